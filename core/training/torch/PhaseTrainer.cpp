// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/PhaseTrainer.h"

#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "core/backbones/torch/OutputTensors.h"
#include "core/base/Seed.h"
#include "core/runtime/torch/Autocast.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/settings/HeadSolving.h"
#include "core/training/detail/Seeds.h"
#include "core/training/torch/NotFinite.h"
#include "core/training/torch/Optimizers.h"
#include "core/training/torch/ParameterGroups.h"

namespace graft::training {

PhaseTrainer::PhaseTrainer(backbones::Network& network, const settings::TrainConfig& config, int firstEpoch,
                           const RunDevice& device, const Loss& loss, RunProgress& progress,
                           std::size_t batchesPerEpoch)
    : m_network(network),
      m_config(config),
      m_firstEpoch(firstEpoch),
      m_device(device),
      m_progress(progress),
      m_batchesPerEpoch(batchesPerEpoch),
      m_outputs(outputsOf(config)) {
    m_optimizer = makeOptimizer(parameterGroups(m_network, m_config), m_config);
    if (!settings::solvesHead(m_config)) m_hooks = makeHooks({m_network, m_config});
    m_step = std::make_unique<TrainStep>(
        [this](const at::Tensor& input) { return forward(input, m_device.mixedType); }, *m_optimizer, loss,
        m_outputs, m_hooks, m_device.mixedType == torch::kHalf ? &m_progress.lossScale : nullptr);
}

void PhaseTrainer::save(weights::StateDict& dict) const {
    m_optimizer->save(dict);
    for (const auto& hook : m_hooks)
        hook->save(dict);
}

Result<void> PhaseTrainer::load(const weights::StateDict& dict) {
    if (const auto loaded = m_optimizer->load(dict); !loaded) return loaded;
    for (const auto& hook : m_hooks) {
        if (const auto loaded = hook->load(dict); !loaded) return loaded;
    }
    return {};
}

void PhaseTrainer::begin(const at::Generator& random, std::size_t unitsDone) {
    m_random = random;
    m_unitsDone = unitsDone;
}

at::Tensor PhaseTrainer::answer(const at::Tensor& input) const {
    return backbones::classLogits(forward(input, std::nullopt), m_outputs);
}

PhaseTrainer::ModelShown::ModelShown(std::vector<Hook::Replacement> replacements)
    : m_trained(std::move(replacements)) {
    for (auto& [tensor, other] : m_trained) {
        const at::Tensor trained = tensor.detach();
        tensor.set_data(other);
        other = trained;
    }
}

PhaseTrainer::ModelShown::~ModelShown() {
    for (auto& [tensor, trained] : m_trained)
        tensor.set_data(trained);
}

std::unique_ptr<PhaseTrainer::ModelShown> PhaseTrainer::showModel() const {
    std::vector<Hook::Replacement> all;
    for (const auto& hook : m_hooks)
        std::ranges::move(hook->replacements(), std::back_inserter(all));
    return std::make_unique<ModelShown>(std::move(all));
}

at::Tensor PhaseTrainer::forward(const at::Tensor& input,
                                 const std::optional<c10::ScalarType>& mixedType) const {
    const runtime::Autocast mixedPrecision(input.device(), mixedType);
    return m_network.forwardFrom(input, m_unitsDone).to(torch::kFloat);
}

settings::Rate PhaseTrainer::rate(std::int64_t batch) {
    const auto perEpoch = static_cast<std::int64_t>(m_batchesPerEpoch);
    const std::int64_t before = (m_firstEpoch - 1) * perEpoch;  // batches of other phases
    const std::vector<EpochDone>& history = m_progress.history;
    for (auto next = static_cast<std::size_t>(m_firstEpoch - 1) + m_validationLosses.size();
         next < history.size(); ++next)
        m_validationLosses.push_back(history[next].valLoss);
    return settings::rateAt(m_config,
                            {batch - before, m_config.epochs * perEpoch, perEpoch, m_validationLosses});
}

void PhaseTrainer::add(const data::Batch& batch, double share, std::vector<data::LoadJob> images) {
    const c10::Device device = runtime::torchDevice(m_device.device);
    const auto perEpoch = static_cast<std::int64_t>(m_batchesPerEpoch);
    const std::int64_t number =
        (m_progress.epoch - 1) * perEpoch + static_cast<std::int64_t>(m_progress.batchesDone);
    const settings::Rate now = rate(number);
    m_optimizer->setRate(now.learningRate, now.momentum);
    // Dropout draws the same numbers whether or not the run was interrupted before this batch.
    m_random.set_current_seed(base::deriveSeed(m_config.seed, kDropout, static_cast<std::uint64_t>(number)));
    m_lastBatch = std::move(images);
    at::Tensor input = backbones::Network::toInput(batch.images, device);
    Target target{batch.labels.to(device, batch.labels.scalar_type(), true)};
    for (const auto& hook : m_hooks)
        hook->onBatch(input, target, number);
    m_step->add(input, target, share);
}

Result<void> PhaseTrainer::readSums() {
    const TrainStep::Sums sums = m_step->takeSums();
    if (const auto finite = requireFinite(sums.loss, GRAFT_TEXT("loss"), m_lastBatch); !finite) return finite;
    m_progress.lossSum += sums.loss;
    m_progress.correct += sums.correct;
    m_progress.images += sums.images;
    return {};
}

std::optional<double> PhaseTrainer::takeLoss() {
    const TrainStep::Sums sums = m_step->takeSums();
    if (sums.images == 0) return std::nullopt;
    return sums.loss / static_cast<double>(sums.images);
}

Result<void> PhaseTrainer::requireFinite(double loss, const char* name,
                                         std::vector<data::LoadJob> images) const {
    if (std::isfinite(loss)) return {};
    const bool moved = m_step->hasMoved() || m_progress.epoch > 1 || m_progress.images > 0;
    return fail(NotFinite(m_network, m_config, runtime::torchDevice(m_device.device))
                    .ofLoss(name, loss, m_progress.epoch, moved, std::move(images)));
}

Result<void> PhaseTrainer::requireFiniteWeights() const {
    const torch::NoGradGuard noGradients;
    for (const at::Tensor& parameter : m_optimizer->parameters()) {
        if (!at::isfinite(parameter).all().item<bool>())
            return requireFinite(std::numeric_limits<double>::quiet_NaN(), GRAFT_TEXT("gradient"),
                                 m_lastBatch);
    }
    return {};
}

}  // namespace graft::training
