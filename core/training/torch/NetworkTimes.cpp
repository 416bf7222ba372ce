// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/NetworkTimes.h"

#include <fmt/format.h>
#include <torch/types.h>
#include <torch/utils.h>
#include <torch/version.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <numeric>
#include <thread>
#include <utility>

#include "core/backbones/torch/FrozenPrefix.h"
#include "core/backbones/torch/RandomSource.h"
#include "core/base/torch/TorchErrors.h"
#include "core/runtime/Memory.h"
#include "core/runtime/ThreadBudget.h"
#include "core/runtime/torch/CpuArithmetic.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/settings/HeadSolving.h"
#include "core/training/detail/CostFile.h"
#include "core/training/torch/Optimizers.h"
#include "core/training/torch/ParameterGroups.h"
#include "core/training/torch/Precisions.h"
#include "core/training/torch/RunDevice.h"
#include "core/training/torch/TrainStep.h"
#include "core/training/torch/UnitMeasure.h"

namespace graft::training {

namespace {

constexpr int kMostAtOnce = 64;        // images through a unit
constexpr int kPrefixAtOnce = 16;      // as FeatureSource has it on a CPU
constexpr int kStreamAtOnce = 4;       // as inference::StreamOptions
constexpr double kPassSeconds = 0.15;  // that a pass of all units may take

const char* nameOf(c10::ScalarType type) {
    return type == torch::kHalf ? "float16" : type == torch::kBFloat16 ? "bfloat16" : "float32";
}

std::string processorModel() {
    std::ifstream file("/proc/cpuinfo");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("model name")) return line;
    }
    return "";
}

// Half as many images again change little; twice as many do.
int roundedBatch(int batchSize) {
    int rounded = 1;
    while (rounded * 2 <= std::min(batchSize, kMostAtOnce))
        rounded *= 2;
    return rounded;
}

class NetworkMeasure {
  public:
    NetworkMeasure(const settings::TrainConfig& config, const RunDevice& device, int threads,
                   runtime::RunControl& control)
        : m_config(config),
          m_run(device),
          m_device(runtime::torchDevice(device.device)),
          m_control(control),
          m_side(config.preprocess.cropSize) {
        m_times.threads = threads;
        m_times.device = m_device.str();
        if (device.mixedType) m_times.mixed = nameOf(*device.mixedType);
        m_times.kept = nameOf(frozenType(config, m_device));
    }

    std::string key() const {
        const bool isCuda = m_device.is_cuda();
        return fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n{}\n", m_config.backbone, m_side,
                           isCuda ? m_run.device.name.english() : "cpu", m_times.threads,
                           roundedBatch(m_config.batchSize), m_times.mixed, m_times.kept,
                           m_config.optimizer.kind, m_config.optimizer.momentum > 0, TORCH_VERSION,
                           isCuda ? "" : processorModel() + " " + runtime::calculatorName());
    }

    Result<NetworkTimes> measure() {
        m_times.program = static_cast<double>(runtime::usedMemory());
        const at::Generator random = backbones::makeGenerator(c10::kCPU, 1);
        const backbones::DrawFrom ownNumbers(random);
        auto network = backbones::Network::create(m_config.backbone, 2, {});
        if (!network) return fail(network.error());
        if (const auto fits = network->checkInput(m_side); !fits) return fail(fits.error());
        network->to(m_device);
        m_network = std::make_unique<backbones::Network>(std::move(*network));
        chooseBatch();
        return units().and_then([this] { return prefixes(); }).and_then([this]() -> Result<NetworkTimes> {
            if (!m_control.checkpoint()) return measureStopped();
            m_times.stream = m_device.is_cuda() ? m_looked : stream();
            measureRates();
            measureHead();
            return std::move(m_times);
        });
    }

  private:
    at::Tensor images(int count) const {
        return backbones::Network::toInput(torch::randn({count, 3, m_side, m_side}), m_device);
    }

    // As many as the run's, or fewer that do not take for ever.
    void chooseBatch() {
        m_network->train(false);
        const torch::NoGradGuard noGradients;
        const at::Tensor two = images(2);
        for (int pass = 0; pass < 2; ++pass) {
            DeviceClock clock(m_device);
            m_network->forward(two);
            m_looked = clock.take() / 2;
        }
        m_times.batch = fitting(roundedBatch(m_config.batchSize));
    }

    int fitting(int most) const {
        return std::clamp(static_cast<int>(kPassSeconds / m_looked), std::min(2, most), most);
    }

    Result<void> units() {
        auto measured = measureUnits(*m_network, m_side, m_times.batch, m_device, m_run.mixedType, m_control);
        if (!measured) return fail(measured.error());
        m_times.units = std::move(measured->units);
        m_times.firstBatch = measured->firstBatch;
        m_looked = 0;
        for (const UnitTimes& unit : m_times.units)
            m_looked += unit.look;
        return {};
    }

    // Of the first `units` units, for one image.
    double prefixSeconds(std::size_t units, c10::ScalarType type) {
        const int most = m_device.is_cuda() ? roundedBatch(m_config.batchSize) : kPrefixAtOnce;
        const int count = fitting(most);
        const at::Tensor input = images(count);
        DeviceClock clock(m_device);
        const backbones::FrozenPrefix prefix(*m_network, units, m_side, m_device, type);
        prefix(input);
        prefix(input);
        const double made = clock.take();
        double best = 0;
        double all = 0;
        for (int pass = 0; pass < 4 && (pass < 1 || all < 2 * kPassSeconds); ++pass) {
            clock.take();
            prefix(input);
            const double seconds = clock.take();
            best = pass == 0 ? seconds : std::min(best, seconds);
            all += seconds;
        }
        if (units == m_network->units().size()) m_times.makePrefix += std::max(0.0, made - 2 * best);
        return best / count;
    }

    // The time of the whole, shared among the units as their own times are; so that the first half, where
    // maps are large, need not run as the second does, it is measured too.
    Result<PrefixTimes> prefixIn(c10::ScalarType type) {
        const std::size_t all = m_times.units.size();
        std::vector<double> looked{0};
        for (const UnitTimes& unit : m_times.units)
            looked.push_back(looked.back() + unit.look);
        std::size_t half = 0;
        while (half < all && looked[half] < looked[all] / 2)
            ++half;
        std::vector<std::size_t> cuts{0};
        if (half > 0 && half < all) cuts.push_back(half);
        cuts.push_back(all);
        std::vector<double> seconds{0};
        for (std::size_t i = 1; i < cuts.size(); ++i) {
            if (!m_control.checkpoint()) return measureStopped();
            seconds.push_back(std::max(seconds.back(), prefixSeconds(cuts[i], type)));
        }
        PrefixTimes times;
        std::size_t at = 1;
        for (std::size_t units = 0; units <= all; ++units) {
            while (units > cuts[at])
                ++at;
            const double whole = looked[cuts[at]] - looked[cuts[at - 1]];
            const double part = whole > 0 ? (looked[units] - looked[cuts[at - 1]]) / whole : 0;
            times.push_back(seconds[at - 1] + part * (seconds[at] - seconds[at - 1]));
        }
        return times;
    }

    Result<void> prefixes() {
        m_network->train(false);
        auto exact = prefixIn(torch::kFloat);
        if (!exact) return fail(exact.error());
        m_times.exact = m_times.prefix = std::move(*exact);
        const c10::ScalarType type = frozenType(m_config, m_device);
        if (type == torch::kFloat) return {};
        try {
            auto prefix = prefixIn(type);
            if (!prefix) return fail(prefix.error());
            m_times.prefix = std::move(*prefix);
        } catch (const std::bad_alloc&) {
            throw;
        } catch (const std::exception&) {
            m_times.kept = "float32";  // as FeatureSource does where an operator is missing
        }
        return {};
    }

    // Seconds for one image, where each of the threads has a batch and a processor of its own.
    double stream() const {
        const int passes = m_looked < kPassSeconds / 8 ? 3 : 1;
        std::vector<double> seconds(static_cast<std::size_t>(m_times.threads));
        {
            std::vector<std::jthread> workers;
            for (double& own : seconds) {
                workers.emplace_back([this, passes, &own] {
                    runtime::useOneComputeThread();
                    const torch::NoGradGuard noGradients;
                    const at::Tensor input = images(kStreamAtOnce);
                    DeviceClock clock(m_device);
                    for (int pass = 0; pass < passes; ++pass)
                        m_network->forward(input);
                    own = clock.take();
                });
            }
        }
        const double all = std::accumulate(seconds.begin(), seconds.end(), 0.0);
        return all / (passes * kStreamAtOnce * m_times.threads) / m_times.threads;
    }

    void measureRates() {
        const torch::NoGradGuard noGradients;
        const auto options = torch::TensorOptions().device(m_device);
        const at::Tensor left = torch::randn({512, 1024}, options);
        const at::Tensor right = torch::randn({1024, 512}, options);
        const at::Tensor kept = torch::zeros({32, 14, 14, 256}, torch::kHalf);
        DeviceClock clock(m_device);
        for (int pass = 0; pass < 3; ++pass) {
            clock.take();
            at::mm(left, right);
            m_times.multiplyAdd = clock.take() / (512.0 * 1024 * 512);
            const at::Tensor read = kept.clone().to(torch::kFloat).permute({0, 3, 1, 2});
            backbones::Network::toInput(read, m_device);
            m_times.readByte = clock.take() / static_cast<double>(kept.nbytes());
        }
        if (settings::takesSteps(m_config)) measureOptimizer();
    }

    void measureOptimizer() {
        constexpr std::int64_t kParameters = 1 << 22;
        at::Tensor weights = torch::zeros({1 << 11, 1 << 11}, torch::TensorOptions().device(m_device));
        weights.set_requires_grad(true);
        const auto optimizer = makeOptimizer({{{{"weight", weights}}}}, m_config);
        weights.mutable_grad() = at::full_like(weights, 1e-3);
        optimizer->setRate(1e-3);
        DeviceClock clock(m_device);
        for (int pass = 0; pass < 3; ++pass) {
            clock.take();
            optimizer->step();
            m_times.moveParameter = clock.take() / kParameters;
        }
        weights::StateDict kept;
        optimizer->save(kept);
        double bytes = 0;
        for (const auto& entry : kept.tensors)
            bytes += static_cast<double>(entry.second.bytes->size());
        m_times.keptPerParameter = bytes / kParameters;
    }

    // A step on features that are there already: what remains of an epoch where everything is frozen.
    void measureHead() {
        settings::TrainConfig plain;
        plain.backbone = m_config.backbone;
        backbones::FreezePlan all;
        for (const backbones::Unit& unit : m_network->units())
            all.frozenUnits.insert(unit.name);
        m_network->freeze(all);
        m_network->train(true);
        const std::size_t units = m_network->units().size();
        const int batch = roundedBatch(m_config.batchSize);
        const at::Tensor one = m_network->featuresOf(images(1), units);
        std::vector<std::int64_t> shape = one.sizes().vec();
        shape.front() = batch;
        const at::Tensor features = torch::randn(shape, torch::TensorOptions().device(m_device));
        const auto optimizer = makeOptimizer(parameterGroups(*m_network, plain), plain);
        const auto loss = makeLoss(plain, {"a", "b"}, {1, 1}, m_device);
        if (!loss) return;
        const TrainStep::Hooks none;
        TrainStep step([&](const at::Tensor& input) { return m_network->forwardFrom(input, units); },
                       *optimizer, **loss, {}, none, nullptr);
        optimizer->setRate(1e-3);
        const at::Tensor labels =
            torch::zeros({batch}, torch::TensorOptions().dtype(torch::kLong).device(m_device));
        DeviceClock clock(m_device);
        for (int pass = 0; pass < 6; ++pass) {
            clock.take();
            step.begin();
            step.add(features, Target{labels}, 1);
            step.finish();
            step.takeSums();
            const double seconds = clock.take();
            m_times.headStep = pass == 0 ? seconds : std::min(m_times.headStep, seconds);
        }
    }

    const settings::TrainConfig& m_config;
    RunDevice m_run;
    c10::Device m_device;
    runtime::RunControl& m_control;
    int m_side;
    double m_looked = 0;  // seconds of one image, through all units
    std::unique_ptr<backbones::Network> m_network;
    NetworkTimes m_times;
};

}  // namespace

Result<NetworkTimes> networkTimes(const settings::TrainConfig& config, Measure measure,
                                  runtime::RunControl& control) {
    return base::guardTorch([&]() -> Result<NetworkTimes> {
        const auto device = runDevice(config, std::nullopt);
        if (!device) return fail(device.error());
        const int threads = config.threads > 0 ? config.threads : runtime::availableProcessors();
        NetworkMeasure network(config, *device, threads, control);
        const std::string key = network.key();
        if (auto kept = readTimes(key)) return std::move(*kept);
        if (measure == Measure::Never) {
            return fail(ErrorCode::NotFound, {GRAFT_TEXT("{1} has not been measured yet."), config.backbone});
        }
        runtime::setComputeThreads(threads);
        auto times = network.measure();
        if (times) keepTimes(key, *times);
        return times;
    });
}

}  // namespace graft::training
