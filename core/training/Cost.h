// SPDX-License-Identifier: GPL-3.0-or-later
// What a run will cost, before it starts: seconds, memory, space. Put together from how long each unit takes
// on this machine (NetworkTimes.h), how long its images take (LoadTimes.h) and what its settings do with
// them; some microseconds, for a GUI thread.
//     Result<Cost> cost = costOf({config, 244, 153, 2, budget}, summary, times, loads);
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"
#include "core/training/LoadTimes.h"
#include "core/training/NetworkTimes.h"

namespace graft::training {

// Of one phase of the run (settings/Phases.h). Where features of the frozen units are kept, its first epochs
// compute them, one variant of each image in each; what comes later only reads them.
struct PhaseCost {
    std::string name;
    int firstEpoch = 1;  // of the run
    int epochs = 1;
    std::int64_t trainable = 0;  // parameters
    bool keepsFeatures = false;
    int fillingEpochs = 0;     // of them; 0: all epochs after the first are alike
    double first = 0;          // seconds of the phase's first epoch; it validates for the first time, too
    double filling = 0;        // of each epoch from the second to fillingEpochs
    double later = 0;          // of each one after these, whether the phase has any or not
    double loading = 0;        // of the first, the share of reading and decoding images, 0..1
    double seconds = 0;        // of the whole phase, with what lies between its epochs
    std::uint64_t memory = 0;  // bytes, at most
    std::uint64_t cache = 0;   // bytes of features that it will have computed and kept

    double secondsOf(int epochOfPhase) const {
        return epochOfPhase <= 1 ? first : epochOfPhase <= fillingEpochs ? filling : later;
    }
};

struct Cost {
    bool rough = false;  // something in it was guessed instead of measured
    std::int64_t parameters = 0;
    std::int64_t trainable = 0;  // in any phase
    std::vector<PhaseCost> phases;
    double firstEpoch = 0;  // seconds
    // Seconds of an epoch after the first: the last phase's, once nothing of it is left to compute and keep.
    double laterEpoch = 0;
    double seconds = 0;        // of the whole run
    std::uint64_t memory = 0;  // bytes: of the program, or of the GPU that calculates
    std::uint64_t cache = 0;   // bytes of features; 0: none are kept

    int fillingEpochs() const { return phases.empty() ? 0 : phases.front().fillingEpochs; }
};

struct CostQuestion {
    const settings::TrainConfig& config;
    std::size_t trainImages = 0;
    std::size_t validationImages = 0;
    int outputs = 2;                // of the head
    std::uint64_t cacheBudget = 0;  // see featureCacheBudget()
};

// summary: for the head's outputs, at the crop's size. Assumes that no features are kept yet. Errors: those
// of settings::phasesOf().
Result<Cost> costOf(const CostQuestion& question, const backbones::ModelSummary& summary,
                    const NetworkTimes& times, const LoadTimes& loads);

// Bytes that a run may use here: what the processes leave free, and this one's own; of a GPU what it has. 0:
// unknown.
std::uint64_t memoryFor(const NetworkTimes& times);

}  // namespace graft::training
