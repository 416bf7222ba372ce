// SPDX-License-Identifier: GPL-3.0-or-later
// How long the units of a backbone take on this machine, and how much memory: measured once for each backbone
// and size and kept (networkTimes()), or guessed from multiply-adds (roughTimes()). What a run costs is put
// together from them (Cost.h). Seconds are those of the wall clock with all of the run's threads; for one
// image unless something else is said.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

struct UnitTimes {
    std::string name;
    double look = 0;           // forward, in evaluation mode and without recording
    double forward = 0;        // recording, in training mode
    double backward = 0;       // to its parameters and its input
    double backwardFirst = 0;  // to its parameters alone: nothing below it is trained
    // Bytes for one image.
    double looked = 0;     // at most, as it only looks: what it reads, what it gives and all in between
    double saved = 0;      // that a backward pass will need, and what the unit gives
    double transient = 0;  // beyond these, at most, in both passes
};

// Seconds of the first units of a network as an inference engine runs them (backbones/torch/FrozenPrefix.h),
// for each number of units from 0 on; behind the last one the head's average pool is among them.
using PrefixTimes = std::vector<double>;

struct NetworkTimes {
    bool rough = false;  // guessed
    std::string device;  // "cpu", "cuda:0"
    int threads = 1;
    int batch = 1;      // images that passed through a unit at once
    std::string mixed;  // the type of mixed precision in the trained layers; empty: float32
    std::string kept;   // the type in which features are computed for training: "float32", "bfloat16"

    std::vector<UnitTimes> units;  // in the order of the forward pass
    PrefixTimes prefix;            // in `kept`
    PrefixTimes exact;             // in float32, for validation
    double firstBatch = 0;         // seconds that the first pass of the units takes beyond any later one
    double makePrefix = 0;   // seconds to make both prefixes, and of their first passes beyond later ones
    double stream = 0;       // validation that looks at images: the whole network, a processor for each batch
    double headStep = 0;     // seconds of a step of a small head on features, for a batch of `batch`
    double multiplyAdd = 0;  // seconds of one, of the largest matrix products
    double readByte = 0;     // seconds to read one byte of kept features, and to make float32 of it
    double moveParameter = 0;     // seconds of an optimizer's step for one parameter
    double keptPerParameter = 0;  // bytes that the optimizer keeps of each
    double program = 0;           // bytes of the program without a network
    double deviceMemory = 0;      // bytes that a GPU has; 0: unknown, or the CPU
};

// By multiply-adds and by what passes through memory, at rates that are usual for this kind of processor.
// threads: 0: one for each processor.
NetworkTimes roughTimes(const backbones::ModelSummary& summary, const settings::TrainConfig& config);

enum class Measure {
    IfNotKept,  // seconds, of all processors
    Never,
};
// Of config's backbone, crop, batch size, precision, optimizer, device and threads: what was kept of an
// earlier measurement, or measured now with random weights, and kept in $XDG_CACHE_HOME/graft/costs. Control
// is asked between units. Errors: NotFound (nothing is kept, and it shall not be measured), Cancelled, and
// those of train() that are about the network and the device.
Result<NetworkTimes> networkTimes(const settings::TrainConfig& config, Measure measure,
                                  runtime::RunControl& control);

}  // namespace graft::training
