// SPDX-License-Identifier: GPL-3.0-or-later
// Moves the weights that a phase of a run trains: the optimizer, its step batch by batch, and what must hold
// of the numbers.
#pragma once

#include <ATen/core/Generator.h>
#include <torch/optim/optimizer.h>

#include <memory>
#include <optional>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/data/torch/BatchLoader.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/RunProgress.h"
#include "core/training/torch/RunDevice.h"
#include "core/training/torch/TrainStep.h"

namespace graft::training {

class PhaseTrainer {
  public:
    // network: on the device, with its frozen units. progress: of the run, which counts on here. All outlive
    // it.
    PhaseTrainer(backbones::Network& network, const settings::TrainConfig& config, const RunDevice& device,
                 RunProgress& progress, std::size_t batchesPerEpoch);

    torch::optim::Optimizer& optimizer() { return *m_optimizer; }

    // Draws from here on: before the first batch. unitsDone: that features stand for.
    void begin(const at::Generator& random, std::size_t unitsDone);
    // Images, or features, on the device, to N x classes in float32, as the finished model is asked.
    at::Tensor answer(const at::Tensor& input) const { return forward(input, std::nullopt); }

    void beginStep() { m_step->begin(); }
    // share: see TrainStep::add(). images: what the batch is of, for the sentence of numbers that are not
    // finite.
    void add(const data::Batch& batch, double share, std::vector<data::LoadJob> images);
    void finishStep() { m_step->finish(); }

    // The loss and the right answers since the last call, into the progress. Waits for the device. Errors:
    // Diverged and others of NotFinite, naming where the numbers come from.
    Result<void> readSums();
    // A finite loss may have a gradient that is not.
    Result<void> requireFiniteWeights() const;
    Result<void> requireFinite(double loss, const char* name, std::vector<data::LoadJob> images) const;

  private:
    // mixedType: of mixed precision.
    at::Tensor forward(const at::Tensor& input, const std::optional<c10::ScalarType>& mixedType) const;

    backbones::Network& m_network;
    const settings::TrainConfig& m_config;
    RunDevice m_device;
    RunProgress& m_progress;
    std::size_t m_batchesPerEpoch;
    std::size_t m_unitsDone = 0;
    at::Generator m_random;  // a handle: the run's own
    std::unique_ptr<torch::optim::Optimizer> m_optimizer;
    std::unique_ptr<TrainStep> m_step;
    std::vector<data::LoadJob> m_lastBatch;
};

}  // namespace graft::training
