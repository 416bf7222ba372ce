// SPDX-License-Identifier: GPL-3.0-or-later
// The phase that a run is in: what it is fed with, what trains, how long it still takes.
#pragma once

#include "core/settings/Phases.h"
#include "core/training/detail/Estimate.h"
#include "core/training/torch/PhaseBatches.h"
#include "core/training/torch/PhaseTrainer.h"

namespace graft::training {

struct RunPhase {
    // network: on the device, and with the phase's frozen units. All of these outlive it.
    RunPhase(const settings::TrainConfig& run, const settings::Phase& phase, std::size_t index,
             backbones::Network& network, const RunImages& images, const RunDevice& device, const Loss& loss,
             RunProgress& progress, std::size_t batchesPerEpoch)
        : number(index),
          firstEpoch(phase.firstEpoch),
          config(settings::configOf(run, phase)),
          trainer(network, config, firstEpoch, device, loss, progress, batchesPerEpoch),
          batches(config, images, firstEpoch) {}
    RunPhase(const RunPhase&) = delete;  // its parts refer to its config
    RunPhase& operator=(const RunPhase&) = delete;

    int epochInPhase(int epoch) const { return epoch - firstEpoch + 1; }

    std::size_t number;  // from 0
    int firstEpoch;      // of the run
    settings::TrainConfig config;
    PhaseTrainer trainer;
    PhaseBatches batches;
    Estimate estimate{EpochPlan{}};
    bool begun = false;  // the batches are there
};

}  // namespace graft::training
