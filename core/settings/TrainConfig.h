// SPDX-License-Identifier: GPL-3.0-or-later
// Everything needed to repeat a run. Written to RUN/config.json as it is. What can be set is told in
// Settings.h, a row for each: its range, its name, what it is for.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/Head.h"
#include "core/data/Preprocess.h"
#include "core/settings/Stopping.h"
#include "core/settings/Value.h"

namespace graft::settings {

// What networks calculate in. Weights, losses and every file's numbers are float32 all the same.
enum class Precision {
    Auto,  // bfloat16 for the frozen layers behind the feature cache, where the machine is fast in it and
           // the features stay the same (see FeatureSource.h); float32 for everything else
    Float32,
    BFloat16,  // mixed precision; on a GPU, or a CPU that has it (AVX512-BF16, AMX)
    Float16,   // mixed precision with scaled gradients; on a GPU only
};

// Which of these an optimizer uses is told in optimizers/. 0 as beta1, beta2 or epsilon: its own default.
struct OptimizerOptions {
    std::string kind = "sgd";  // as it is listed in optimizers/Optimizers.inc
    double learningRate = 0.01;
    double momentum = 0.9;
    bool nesterov = false;    // needs momentum > 0
    double weightDecay = 0;   // L2 added to the gradient; AdamW, LAMB and Lion have ways of their own
    bool decayNorms = false;  // the weight decay is for norms and biases too
    double layerDecay = 1;    // factor on the learning rate, for each unit downwards from the head
    double beta1 = 0;         // share of the average gradient that a step keeps
    double beta2 = 0;         // the same of the average squared gradient
    double epsilon = 0;       // added to what is divided by
};

// The learning rate by batch: linear warm-up from 0 over warmupEpochs, then the schedule (see Schedule.h).
struct ScheduleOptions {
    std::string kind = "constant";  // as it is listed in schedules/Schedules.inc
    int stepEpochs = 7;             // of "step": multiply by gamma every so many epochs
    double gamma = 0.1;             // of "step" and "plateau"
    int warmupEpochs = 0;           // of all but "one_cycle"
};

// How much an image of each class counts in the loss; see ClassWeights.h.
enum class ClassWeights { None, Balanced, Effective, ByHand };

struct LossOptions {
    std::string kind = "cross_entropy";  // as it is listed in losses/Losses.inc
    ClassWeights classWeights = ClassWeights::None;
};

// Of the features that the frozen units give (see training/FeatureCache.h).
struct CacheOptions {
    // How many randomly cropped and mirrored variants of each training image there are: epoch k trains on
    // variant k mod variants. 0 switches the cache off; every epoch then has new variants, and pays for the
    // frozen layers.
    int variants = 4;
    bool halfPrecision = true;   // float16 on the disk; float32 otherwise
    double budgetGigabytes = 0;  // of all files together; 0: a tenth of the free disk, at most 20 GB
};

struct TrainConfig {
    std::string datasetFolder;
    double validationShare = 0.2;  // where the folder has no split of its own

    std::string backbone = "mobilenet_v2";
    std::string weightsFile;  // empty: random weights
    backbones::FreezePlan freeze;
    backbones::HeadOptions head;

    data::PreprocessOptions preprocess;
    data::AugmentOptions augment;
    CacheOptions cache;

    int epochs = 10;
    int batchSize = 32;
    int accumulate = 1;  // batches whose gradients make one step: a large batch in the memory of a small one
    Precision precision = Precision::Auto;
    OptimizerOptions optimizer;
    ScheduleOptions schedule;
    LossOptions loss;
    bool oversample = false;  // every epoch draws each class equally often
    int earlyStopEpochs = 0;  // stop after so many epochs without a better stopping.stopOn; 0: never
    StoppingOptions stopping;

    std::uint64_t seed = 1;
    int threads = 0;              // compute threads; 0: one per processor
    int loaderThreads = 0;        // decoding threads; 0: chosen by Graft
    std::string device = "auto";  // see runtime::chooseDevice

    // Settings that have no place above, by key: a method brings its own (see ownNumber() in Field.h). What
    // is not in here has its row's default.
    std::map<std::string, Value> own;

    // Where a run was gone on with for another number of epochs than it was planned for: after so many.
    struct PlanChange {
        int afterEpoch = 0;
        int epochsBefore = 0;
        int epochs = 0;
    };
    std::vector<PlanChange> planChanges;

    std::string runFolder;
};

}  // namespace graft::settings
