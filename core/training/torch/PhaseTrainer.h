// SPDX-License-Identifier: GPL-3.0-or-later
// Moves the weights that a phase of a run trains: the optimizer and the hooks, the step batch by batch, and
// what must hold of the numbers.
#pragma once

#include <ATen/core/Generator.h>

#include <memory>
#include <optional>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/data/torch/BatchLoader.h"
#include "core/settings/Schedule.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/RunProgress.h"
#include "core/training/torch/RunDevice.h"
#include "core/training/torch/TrainStep.h"

namespace graft::training {

class PhaseTrainer {
  public:
    // network: on the device, with its frozen units. config: as it is in the phase, which begins with that
    // epoch of the run. loss: config's. progress: of the run, which counts on here. All outlive it.
    PhaseTrainer(backbones::Network& network, const settings::TrainConfig& config, int firstEpoch,
                 const RunDevice& device, const Loss& loss, RunProgress& progress,
                 std::size_t batchesPerEpoch);

    // What the optimizer and the hooks keep between two steps, for a run that goes on. Errors: BadFormat,
    // without a path.
    void save(weights::StateDict& dict) const;
    Result<void> load(const weights::StateDict& dict);

    // Draws from here on: before the first batch. unitsDone: that features stand for.
    void begin(const at::Generator& random, std::size_t unitsDone);
    // Images, or features, on the device, to a logit for each class, N x classes in float32, as the finished
    // model is asked. While a ModelShown is there.
    at::Tensor answer(const at::Tensor& input) const;
    // As long as it is there, the network is the model that the run gives: some hooks have other weights for
    // it than those that are trained. No step may be made meanwhile.
    class ModelShown {
      public:
        explicit ModelShown(std::vector<Hook::Replacement> replacements);
        ~ModelShown();
        ModelShown(const ModelShown&) = delete;
        ModelShown& operator=(const ModelShown&) = delete;

      private:
        std::vector<Hook::Replacement> m_trained;
    };
    std::unique_ptr<ModelShown> showModel() const;

    // Of a batch of the running epoch, counted from 0 over the whole run.
    settings::Rate rate(std::int64_t batch);

    void beginStep() { m_step->begin(); }
    // share: see TrainStep::add(). images: what the batch is of, for the sentence of numbers that are not
    // finite.
    void add(const data::Batch& batch, double share, std::vector<data::LoadJob> images);
    void finishStep() { m_step->finish(); }

    // The loss and the right answers since the last call, into the progress. Waits for the device. Errors:
    // Diverged and others of NotFinite, naming where the numbers come from.
    Result<void> readSums();
    // Instead: the mean loss of the images since the last call, whatever it is; none without images.
    std::optional<double> takeLoss();
    // A finite loss may have a gradient that is not.
    Result<void> requireFiniteWeights() const;
    // name: as NotFinite::ofLoss() has it.
    Result<void> requireFinite(double loss, const char* name, std::vector<data::LoadJob> images) const;

  private:
    // mixedType: of mixed precision.
    at::Tensor forward(const at::Tensor& input, const std::optional<c10::ScalarType>& mixedType) const;

    backbones::Network& m_network;
    const settings::TrainConfig& m_config;
    int m_firstEpoch;
    RunDevice m_device;
    RunProgress& m_progress;
    std::size_t m_batchesPerEpoch;
    std::size_t m_unitsDone = 0;
    at::Generator m_random;  // a handle: the run's own
    backbones::Outputs m_outputs;
    std::unique_ptr<Optimizer> m_optimizer;
    std::vector<std::unique_ptr<Hook>> m_hooks;
    std::unique_ptr<TrainStep> m_step;
    std::vector<data::LoadJob> m_lastBatch;
    std::vector<double> m_validationLosses;  // of the phase's epochs, as rate() has last seen them
};

}  // namespace graft::training
