// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/TrainConfig.h"

#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/base/detail/Quoted.h"
#include "core/base/detail/StrictJson.h"
#include "core/data/detail/PreprocessJson.h"
#include "core/exporting/detail/Sidecar.h"
#include "core/weights/WeightFile.h"

namespace graft::training {

namespace {

using Json = nlohmann::ordered_json;

template <class Kind>
struct Named {
    Kind kind;
    std::string_view name;
};
template <class Kind>
Named(Kind, const char*) -> Named<Kind>;
constexpr std::array kOptimizers{Named{OptimizerKind::Sgd, "sgd"}, Named{OptimizerKind::Adam, "adam"},
                                 Named{OptimizerKind::AdamW, "adamw"},
                                 Named{OptimizerKind::RmsProp, "rmsprop"}};
constexpr std::array kSchedules{Named{ScheduleKind::Constant, "constant"}, Named{ScheduleKind::Step, "step"},
                                Named{ScheduleKind::Cosine, "cosine"}};
constexpr std::array kPrecisions{Named{Precision::Auto, "auto"}, Named{Precision::Float32, "float32"},
                                 Named{Precision::BFloat16, "bfloat16"},
                                 Named{Precision::Float16, "float16"}};
constexpr std::array kHeads{Named{HeadKind::Linear, "linear"}, Named{HeadKind::Mlp, "mlp"}};

template <class Table, class Kind>
std::string_view nameIn(const Table& table, Kind kind) {
    for (const auto& entry : table) {
        if (entry.kind == kind) return entry.name;
    }
    return "";
}

template <class Kind, class Table>
Result<Kind> kindIn(const Table& table, const std::string& name, const std::string& what) {
    std::string known;
    for (const auto& entry : table) {
        if (entry.name == name) return entry.kind;
        known += (known.empty() ? "" : ", ") + std::string(entry.name);
    }
    return fail(ErrorCode::InvalidArgument,
                "Unknown " + what + " " + base::inQuotes(name) + ": it is one of " + known + ".");
}

// A setting's value, what it may be, and the sentence if it is not.
Result<void> require(bool holds, const std::string& setting, const std::string& value,
                     const std::string& range) {
    if (holds) return {};
    return fail(ErrorCode::InvalidArgument,
                "The " + setting + " is " + value + "; it must be " + range + ".");
}

std::string text(double value) {
    return Json(value).dump();
}

}  // namespace

std::string_view optimizerName(OptimizerKind kind) {
    return nameIn(kOptimizers, kind);
}
std::string_view scheduleName(ScheduleKind kind) {
    return nameIn(kSchedules, kind);
}
std::string_view headName(HeadKind kind) {
    return nameIn(kHeads, kind);
}
std::string_view precisionName(Precision precision) {
    return nameIn(kPrecisions, precision);
}
Result<OptimizerKind> parseOptimizer(const std::string& name) {
    return kindIn<OptimizerKind>(kOptimizers, name, "optimizer");
}
Result<ScheduleKind> parseSchedule(const std::string& name) {
    return kindIn<ScheduleKind>(kSchedules, name, "schedule");
}
Result<HeadKind> parseHead(const std::string& name) {
    return kindIn<HeadKind>(kHeads, name, "head");
}
Result<Precision> parsePrecision(const std::string& name) {
    return kindIn<Precision>(kPrecisions, name, "precision");
}

Result<void> validate(const TrainConfig& config) {
    const OptimizerOptions& optimizer = config.optimizer;
    const ScheduleOptions& schedule = config.schedule;
    const auto finite = [](double value, double low, double high) {
        return std::isfinite(value) && value >= low && value <= high;
    };
    const std::array checks{
        require(config.epochs >= 1 && config.epochs <= 100000, "number of epochs",
                std::to_string(config.epochs), "from 1 to 100000"),
        require(config.batchSize >= 1 && config.batchSize <= 65536, "batch size",
                std::to_string(config.batchSize), "from 1 to 65536"),
        require(config.accumulate >= 1 && config.accumulate <= 65536, "number of batches a step",
                std::to_string(config.accumulate), "from 1 to 65536"),
        require(finite(optimizer.learningRate, 0, 1000) && optimizer.learningRate > 0, "learning rate",
                text(optimizer.learningRate), "above 0 and at most 1000"),
        require(finite(optimizer.momentum, 0, 1) && optimizer.momentum < 1, "momentum",
                text(optimizer.momentum), "from 0 to below 1"),
        require(!optimizer.nesterov || (optimizer.kind == OptimizerKind::Sgd && optimizer.momentum > 0),
                "Nesterov momentum", "on", "off unless the optimizer is sgd with a momentum above 0"),
        require(finite(optimizer.weightDecay, 0, 10), "weight decay", text(optimizer.weightDecay),
                "from 0 to 10"),
        require(schedule.warmupEpochs >= 0 && schedule.warmupEpochs < config.epochs, "warm-up",
                std::to_string(schedule.warmupEpochs) + " epochs",
                "at least 0 and shorter than the training"),
        require(schedule.stepEpochs >= 1, "step of the schedule",
                std::to_string(schedule.stepEpochs) + " epochs", "at least 1"),
        require(finite(schedule.gamma, 0, 1) && schedule.gamma > 0, "gamma of the schedule",
                text(schedule.gamma), "above 0 and at most 1"),
        require(config.earlyStopEpochs >= 0, "early stop", std::to_string(config.earlyStopEpochs),
                "0 (never) or more"),
        require(config.head.hiddenUnits >= 1 && config.head.hiddenUnits <= 65536, "number of hidden units",
                std::to_string(config.head.hiddenUnits), "from 1 to 65536"),
        require(finite(config.head.dropout, 0, 1) && config.head.dropout < 1, "dropout",
                text(config.head.dropout), "from 0 to below 1"),
        require(
            finite(config.validationShare, 0, 1) && config.validationShare > 0 && config.validationShare < 1,
            "validation share", text(config.validationShare), "between 0 and 1"),
        require(finite(config.augment.minimumArea, 0, 1) && config.augment.minimumArea > 0, "smallest crop",
                text(config.augment.minimumArea), "above 0 and at most 1"),
        require(config.cache.variants >= 0 && config.cache.variants <= 1000, "number of cached variants",
                std::to_string(config.cache.variants), "from 0 (no cache) to 1000"),
        require(finite(config.cache.budgetGigabytes, 0, 1e6), "size of the feature cache",
                text(config.cache.budgetGigabytes) + " GB", "from 0 (a tenth of the free disk) to 1000000"),
        require(config.precision != Precision::Float16 || config.device != "cpu", "precision", "float16",
                "float32 or bfloat16 on the CPU; float16 needs a GPU"),
        require(config.threads >= 0 && config.threads <= 1024, "number of threads",
                std::to_string(config.threads), "from 0 (all processors) to 1024"),
        require(config.loaderThreads >= 0 && config.loaderThreads <= 1024, "number of loader threads",
                std::to_string(config.loaderThreads), "from 0 (chosen by Graft) to 1024"),
        data::validate(config.preprocess),
    };
    for (const auto& check : checks) {
        if (!check) return check;
    }
    return {};
}

std::string toJson(const TrainConfig& config) {
    Json json;
    json["dataset_folder"] = config.datasetFolder;
    json["validation_share"] = config.validationShare;
    json["backbone"] = config.backbone;
    json["weights_file"] = config.weightsFile;
    json["frozen_units"] = config.freeze.frozenUnits;
    json["head"] = {{"kind", headName(config.head.kind)},
                    {"hidden_units", config.head.hiddenUnits},
                    {"dropout", config.head.dropout}};
    json["preprocess"] = data::preprocessToJson(config.preprocess);
    json["augment"] = {{"random_resized_crop", config.augment.randomResizedCrop},
                       {"minimum_area", config.augment.minimumArea},
                       {"horizontal_flip", config.augment.horizontalFlip}};
    json["cache"] = {{"variants", config.cache.variants},
                     {"half_precision", config.cache.halfPrecision},
                     {"budget_gigabytes", config.cache.budgetGigabytes}};
    json["epochs"] = config.epochs;
    json["batch_size"] = config.batchSize;
    json["accumulate"] = config.accumulate;
    json["precision"] = precisionName(config.precision);
    json["optimizer"] = {{"kind", optimizerName(config.optimizer.kind)},
                         {"learning_rate", config.optimizer.learningRate},
                         {"momentum", config.optimizer.momentum},
                         {"nesterov", config.optimizer.nesterov},
                         {"weight_decay", config.optimizer.weightDecay}};
    json["schedule"] = {{"kind", scheduleName(config.schedule.kind)},
                        {"step_epochs", config.schedule.stepEpochs},
                        {"gamma", config.schedule.gamma},
                        {"warmup_epochs", config.schedule.warmupEpochs}};
    json["early_stop_epochs"] = config.earlyStopEpochs;
    json["seed"] = config.seed;
    json["threads"] = config.threads;
    json["loader_threads"] = config.loaderThreads;
    json["device"] = config.device;
    for (const TrainConfig::PlanChange& change : config.planChanges) {
        json["plan_changes"].push_back({{"after_epoch", change.afterEpoch},
                                        {"epochs_before", change.epochsBefore},
                                        {"epochs", change.epochs}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<TrainConfig> configFromJson(const std::string& content) {
    const base::JsonSource source{"The run's configuration", ""};
    return base::readJson(content, source, [](const base::StrictJson& json) -> Result<TrainConfig> {
        TrainConfig config;
        const auto readKind = [](const base::StrictJson& value, auto parse, auto& target) {
            const auto kind = parse(value.template as<std::string>());
            if (!kind) throw base::JsonProblem(kind.error().message);
            target = *kind;
        };
        json.read("dataset_folder", config.datasetFolder);
        json.read("validation_share", config.validationShare);
        json.read("backbone", config.backbone);
        json.read("weights_file", config.weightsFile);
        for (const auto& unit : json.at("frozen_units").items())
            config.freeze.frozenUnits.insert(unit.as<std::string>());
        const auto head = json.at("head");
        readKind(head.at("kind"), parseHead, config.head.kind);
        head.read("hidden_units", config.head.hiddenUnits);
        head.read("dropout", config.head.dropout);
        const auto preprocess = data::preprocessFromJson(json.at("preprocess"));
        if (!preprocess) return fail(preprocess.error());
        config.preprocess = *preprocess;
        const auto augment = json.at("augment");
        augment.read("random_resized_crop", config.augment.randomResizedCrop);
        augment.read("minimum_area", config.augment.minimumArea);
        augment.read("horizontal_flip", config.augment.horizontalFlip);
        if (json.has("cache")) {  // runs from before the feature cache have none, and had none
            const auto cache = json.at("cache");
            cache.read("variants", config.cache.variants);
            cache.read("half_precision", config.cache.halfPrecision);
            cache.read("budget_gigabytes", config.cache.budgetGigabytes);
        } else {
            config.cache.variants = 0;
        }
        json.read("epochs", config.epochs);
        json.read("batch_size", config.batchSize);
        if (json.has("precision")) {  // older runs have neither, and calculated in float32
            readKind(json.at("precision"), parsePrecision, config.precision);
            json.read("accumulate", config.accumulate);
        } else {
            config.precision = Precision::Float32;
        }
        const auto optimizer = json.at("optimizer");
        readKind(optimizer.at("kind"), parseOptimizer, config.optimizer.kind);
        optimizer.read("learning_rate", config.optimizer.learningRate);
        optimizer.read("momentum", config.optimizer.momentum);
        optimizer.read("nesterov", config.optimizer.nesterov);
        optimizer.read("weight_decay", config.optimizer.weightDecay);
        const auto schedule = json.at("schedule");
        readKind(schedule.at("kind"), parseSchedule, config.schedule.kind);
        schedule.read("step_epochs", config.schedule.stepEpochs);
        schedule.read("gamma", config.schedule.gamma);
        schedule.read("warmup_epochs", config.schedule.warmupEpochs);
        json.read("early_stop_epochs", config.earlyStopEpochs);
        json.read("seed", config.seed);
        json.read("threads", config.threads);
        json.read("loader_threads", config.loaderThreads);
        json.read("device", config.device);
        if (json.has("plan_changes")) {
            for (const auto& entry : json.at("plan_changes").items()) {
                TrainConfig::PlanChange change;
                entry.read("after_epoch", change.afterEpoch);
                entry.read("epochs_before", change.epochsBefore);
                entry.read("epochs", change.epochs);
                config.planChanges.push_back(change);
            }
        }
        if (const auto valid = validate(config); !valid) return fail(valid.error());
        return config;
    });
}

std::string backboneOf(const std::string& weightsFile) {
    if (weightsFile.empty()) return {};
    // Whether it is that model's is for defaultConfig to say, which is asked next: a hash is read once.
    const auto sidecar = exporting::readSidecar(weights::weightFileAt(weightsFile));
    return sidecar ? sidecar->backbone : std::string();
}

}  // namespace graft::training
