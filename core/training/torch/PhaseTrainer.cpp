// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/PhaseTrainer.h"

#include <torch/utils.h>

#include <cmath>
#include <limits>
#include <utility>

#include "core/base/Seed.h"
#include "core/runtime/torch/Autocast.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/training/detail/Schedules.h"
#include "core/training/detail/Seeds.h"
#include "core/training/torch/HeadOpening.h"
#include "core/training/torch/NotFinite.h"
#include "core/training/torch/Optimizers.h"

namespace graft::training {

PhaseTrainer::PhaseTrainer(backbones::Network& network, const settings::TrainConfig& config,
                           const RunDevice& device, RunProgress& progress, std::size_t batchesPerEpoch)
    : m_network(network),
      m_config(config),
      m_device(device),
      m_progress(progress),
      m_batchesPerEpoch(batchesPerEpoch) {
    openHead(m_network);
    m_optimizer = makeOptimizer(m_network.trainableParameters(), m_config.optimizer);
    m_step = std::make_unique<TrainStep>(
        [this](const at::Tensor& input) { return forward(input, m_device.mixedType); }, *m_optimizer,
        m_device.mixedType == torch::kHalf ? &m_progress.lossScale : nullptr);
}

void PhaseTrainer::begin(const at::Generator& random, std::size_t unitsDone) {
    m_random = random;
    m_unitsDone = unitsDone;
}

at::Tensor PhaseTrainer::forward(const at::Tensor& input,
                                 const std::optional<c10::ScalarType>& mixedType) const {
    const runtime::Autocast mixedPrecision(input.device(), mixedType);
    return m_network.forwardFrom(input, m_unitsDone).to(torch::kFloat);
}

void PhaseTrainer::add(const data::Batch& batch, double share, std::vector<data::LoadJob> images) {
    const c10::Device device = runtime::torchDevice(m_device.device);
    const auto perEpoch = static_cast<std::int64_t>(m_batchesPerEpoch);
    const std::int64_t number =
        (m_progress.epoch - 1) * perEpoch + static_cast<std::int64_t>(m_progress.batchesDone);
    setLearningRate(*m_optimizer, learningRateAt(m_config, number, perEpoch));
    // Dropout draws the same numbers whether or not the run was interrupted before this batch.
    m_random.set_current_seed(base::deriveSeed(m_config.seed, kDropout, static_cast<std::uint64_t>(number)));
    m_lastBatch = std::move(images);
    m_step->add(backbones::Network::toInput(batch.images, device),
                batch.labels.to(device, batch.labels.scalar_type(), true), share);
}

Result<void> PhaseTrainer::readSums() {
    const TrainStep::Sums sums = m_step->takeSums();
    if (const auto finite = requireFinite(sums.loss, "loss", m_lastBatch); !finite) return finite;
    m_progress.lossSum += sums.loss;
    m_progress.correct += sums.correct;
    m_progress.images += sums.images;
    return {};
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
    for (const at::Tensor& parameter : m_network.trainableParameters()) {
        if (!at::isfinite(parameter).all().item<bool>())
            return requireFinite(std::numeric_limits<double>::quiet_NaN(), "gradient", m_lastBatch);
    }
    return {};
}

}  // namespace graft::training
