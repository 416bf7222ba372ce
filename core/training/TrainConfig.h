// SPDX-License-Identifier: GPL-3.0-or-later
// Everything needed to repeat a run. Written to RUN/config.json as it is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/Head.h"
#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/data/Preprocess.h"
#include "core/training/FeatureCache.h"

namespace graft::training {

enum class OptimizerKind { Sgd, Adam, AdamW, RmsProp };
enum class ScheduleKind { Constant, Step, Cosine };
// What networks calculate in. Weights, losses and every file's numbers are float32 all the same.
enum class Precision {
    Auto,  // bfloat16 for the frozen layers behind the feature cache, where the machine is fast in it and
           // the features stay the same (see FeatureSource.h); float32 for everything else
    Float32,
    BFloat16,  // mixed precision; on a GPU, or a CPU that has it (AVX512-BF16, AMX)
    Float16,   // mixed precision with scaled gradients; on a GPU only
};
using backbones::HeadKind;
using backbones::HeadOptions;
// Names as in JSON and on the command line: "sgd", "adamw", "cosine", "linear", ...
std::string_view optimizerName(OptimizerKind kind);
std::string_view scheduleName(ScheduleKind kind);
std::string_view headName(HeadKind kind);
std::string_view precisionName(Precision precision);
Result<OptimizerKind> parseOptimizer(const std::string& name);
Result<ScheduleKind> parseSchedule(const std::string& name);
Result<HeadKind> parseHead(const std::string& name);
Result<Precision> parsePrecision(const std::string& name);

struct OptimizerOptions {
    OptimizerKind kind = OptimizerKind::Sgd;
    double learningRate = 0.01;
    double momentum = 0.9;   // Sgd and RmsProp
    bool nesterov = false;   // Sgd only; needs momentum > 0
    double weightDecay = 0;  // L2 added to the gradient; decoupled for AdamW
};

// The learning rate by batch: linear warm-up from 0 over warmupEpochs, then the schedule.
struct ScheduleOptions {
    ScheduleKind kind = ScheduleKind::Constant;
    int stepEpochs = 7;  // Step: multiply by gamma every so many epochs
    double gamma = 0.1;  // Step
    int warmupEpochs = 0;
};

struct TrainConfig {
    std::string datasetFolder;
    double validationShare = 0.2;  // where the folder has no split of its own

    std::string backbone = "mobilenet_v2";
    std::string weightsFile;  // empty: random weights
    backbones::FreezePlan freeze;
    HeadOptions head;

    data::PreprocessOptions preprocess;
    data::AugmentOptions augment;
    CacheOptions cache;

    int epochs = 10;
    int batchSize = 32;
    int accumulate = 1;  // batches whose gradients make one step: a large batch in the memory of a small one
    Precision precision = Precision::Auto;
    OptimizerOptions optimizer;
    ScheduleOptions schedule;
    int earlyStopEpochs = 0;  // stop after so many epochs without a better validation accuracy; 0: never

    std::uint64_t seed = 1;
    int threads = 0;              // compute threads; 0: one per processor
    int loaderThreads = 0;        // decoding threads; 0: chosen by Graft
    std::string device = "auto";  // see runtime::chooseDevice

    // Where a run was gone on with for another number of epochs than it was planned for: after so many.
    struct PlanChange {
        int afterEpoch = 0;
        int epochsBefore = 0;
        int epochs = 0;
    };
    std::vector<PlanChange> planChanges;

    std::string runFolder;
};

// The backbone of a run (its folder) or of a model with its .json beside it; empty for other weights.
std::string backboneOf(const std::string& weightsFile);

// The defaults for a backbone with these weights ("" for random ones): preprocessing from the catalogue, or,
// where they are a run's or another model's with its .json beside it, preprocessing and head from there;
// everything frozen but the head when there are weights, everything trained when there are none.
// Errors: NotFound (unknown backbone), BadFormat (the .json is damaged, or another model's).
Result<TrainConfig> defaultConfig(const std::string& backbone, const std::string& weightsFile);

// Errors: InvalidArgument with the sentence that names the setting, its value and what it may be.
Result<void> validate(const TrainConfig& config);

// JSON as in RUN/config.json. Errors of the second: BadFormat, naming the key.
std::string toJson(const TrainConfig& config);
Result<TrainConfig> configFromJson(const std::string& json);

}  // namespace graft::training
