// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/UnitMeasure.h"

#include <time.h>
#include <torch/cuda.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/runtime/torch/Autocast.h"
#include "core/training/torch/MemoryWatch.h"

namespace graft::training {

namespace {

constexpr double kEnoughSeconds = 3;  // of passes, beyond the first two over all units
constexpr std::size_t kMostRounds = 7;

double medianOf(std::vector<double> values) {
    if (values.empty()) return 0;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>((values.size() - 1) / 2);
    std::ranges::nth_element(values, middle);
    return *middle;
}

// What a unit has taken so far, pass by pass.
struct UnitRecord {
    std::vector<double> look;
    std::vector<double> forward;
    std::vector<double> backward;
    std::vector<double> backwardFirst;
    double firstPass = 0;  // of all four, the first time
    double looked = 0;
    double saved = 0;
    double transient = 0;
};

class UnitMeasure {
  public:
    UnitMeasure(backbones::Network& network, c10::Device device,
                const std::optional<c10::ScalarType>& mixedType)
        : m_network(network), m_device(device), m_mixedType(mixedType), m_records(network.units().size()) {}

    // All units once, from images on. False: stopped.
    bool round(const at::Tensor& images, runtime::RunControl& control) {
        at::Tensor input = images;
        for (std::size_t i = 0; i < m_records.size(); ++i) {
            if (!control.checkpoint()) return false;
            input = measure(m_network.units()[i], i == 0, input, m_records[i]);
        }
        ++m_rounds;
        return true;
    }

    UnitsMeasured result(int batch) const {
        UnitsMeasured all;
        const double images = batch;
        for (std::size_t i = 0; i < m_records.size(); ++i) {
            const UnitRecord& record = m_records[i];
            UnitTimes unit;
            unit.name = m_network.units()[i].name;
            unit.look = medianOf(record.look) / images;
            unit.forward = medianOf(record.forward) / images;
            unit.backward = medianOf(record.backward) / images;
            unit.backwardFirst = medianOf(record.backwardFirst) / images;
            unit.looked = record.looked / images;
            unit.saved = record.saved / images;
            unit.transient = record.transient / images;
            const double later = images * (unit.look + 2 * unit.forward + unit.backward + unit.backwardFirst);
            all.firstBatch += std::max(0.0, record.firstPass - later);
            all.units.push_back(std::move(unit));
        }
        return all;
    }

  private:
    // Gives the input of the next unit.
    at::Tensor measure(const backbones::Unit& unit, bool isFirst, const at::Tensor& input,
                       UnitRecord& record) {
        DeviceClock all(m_device);
        unit.train(false);
        {
            const torch::NoGradGuard noGradients;
            m_watch.resetMost();
            const std::int64_t before = m_watch.bytes();
            DeviceClock clock(m_device);
            const at::Tensor looked = unit.forward(input);
            note(record.look, clock.take());
            record.looked =
                static_cast<double>(m_watch.most() - before) + static_cast<double>(input.nbytes());
        }
        unit.train(true);
        const bool isTrained = !unit.parameters().empty();
        // Of the first unit the input are images, which no gradient is for.
        if (isTrained) pass(unit, input.detach(), record.backwardFirst, record);
        if (isFirst && isTrained) {
            record.backward = record.backwardFirst;
        } else {
            pass(unit, input.detach().clone().set_requires_grad(true), record.backward, record);
        }
        const double seconds = all.take();
        if (m_rounds == 0) record.firstPass = seconds;
        return m_output;
    }

    void pass(const backbones::Unit& unit, const at::Tensor& input, std::vector<double>& backward,
              UnitRecord& record) {
        m_watch.resetMost();
        const std::int64_t before = m_watch.bytes();
        DeviceClock clock(m_device);
        at::Tensor output;
        {
            const runtime::Autocast mixedPrecision(m_device, m_mixedType);
            output = unit.forward(input);
        }
        note(record.forward, clock.take());
        const std::int64_t saved = m_watch.bytes() - before;
        std::int64_t transient = m_watch.most() - before - saved;
        const at::Tensor gradient = at::ones_like(output);
        m_output = at::randn_like(output).to(torch::kFloat);
        m_watch.resetMost();
        const std::int64_t beforeBackward = m_watch.bytes();
        clock.take();
        output.backward(gradient);
        note(backward, clock.take());
        std::int64_t gradients = 0;
        std::int64_t weights = 0;
        for (at::Tensor& parameter : unit.parameters()) {
            weights += static_cast<std::int64_t>(parameter.nbytes());
            if (parameter.grad().defined()) gradients += static_cast<std::int64_t>(parameter.grad().nbytes());
            parameter.mutable_grad().reset();
        }
        // Copies of the weights are not of the images.
        transient = std::max<std::int64_t>(
            0, std::max(transient, m_watch.most() - beforeBackward - gradients) - weights);
        record.saved = std::max(record.saved, static_cast<double>(saved));
        record.transient = std::max(record.transient, static_cast<double>(transient));
    }

    // The first round makes what later ones find ready: kernels for each shape.
    void note(std::vector<double>& times, double seconds) const {
        if (m_rounds > 0) times.push_back(seconds);
    }

    backbones::Network& m_network;
    c10::Device m_device;
    std::optional<c10::ScalarType> m_mixedType;
    std::vector<UnitRecord> m_records;
    std::size_t m_rounds = 0;
    at::Tensor m_output;
    MemoryWatch m_watch;
};

}  // namespace

DeviceClock::DeviceClock(c10::Device device) : m_device(device), m_last(now()) {}

double DeviceClock::now() const {
    if (m_device.is_cuda()) {
        torch::cuda::synchronize(m_device.index());
        return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
    }
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double DeviceClock::take() {
    const double before = std::exchange(m_last, now());
    return m_last - before;
}

Result<UnitsMeasured> measureUnits(backbones::Network& network, int inputSize, int batch, c10::Device device,
                                   const std::optional<c10::ScalarType>& mixedType,
                                   runtime::RunControl& control) {
    network.freeze({});
    const torch::AutoGradMode recording(true);
    UnitMeasure measure(network, device, mixedType);
    const at::Tensor images =
        backbones::Network::toInput(torch::randn({batch, 3, inputSize, inputSize}), device);
    DeviceClock clock(device);
    double seconds = 0;
    for (std::size_t round = 0; round < kMostRounds && (round < 2 || seconds < kEnoughSeconds); ++round) {
        if (!measure.round(images, control)) return measureStopped();
        const double taken = clock.take();
        if (round > 0) seconds += taken;
    }
    return measure.result(batch);
}

}  // namespace graft::training
