// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunJson.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <sstream>

#include "core/base/detail/Quoted.h"
#include "core/base/detail/StrictJson.h"

namespace graft::training {

namespace {

using Json = nlohmann::ordered_json;
using base::StrictJson;

// Names of files need not be UTF-8.
std::string dump(const Json& json, int indent) {
    return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

data::Split splitFrom(const StrictJson& json) {
    const auto name = json.as<std::string>();
    for (const data::Split split : {data::Split::Train, data::Split::Validation, data::Split::Test}) {
        if (splitName(split) == name) return split;
    }
    json.refuse({GRAFT_TEXT("is {1}, which is no split"), base::inQuotes(name)});
}

// Another version may know other problems; what it says of them stands in the message.
data::ProblemCode problemFromName(const std::string& name) {
    for (const data::ProblemCode code : data::problemCodes()) {
        if (problemCodeName(code) == name) return code;
    }
    return data::ProblemCode::ClassMissingInSplit;
}

void requireShare(const StrictJson& json, double share) {
    if (share < 0 || share > 1)
        json.refuse({GRAFT_TEXT("is {1}; it must be from 0 to 1"), Json(share).dump()});
}

// A number of images, or null where it is not known.
std::optional<std::size_t> countFrom(const StrictJson& json) {
    if (json.isNull()) return std::nullopt;
    return json.as<std::size_t>();
}

Json fromCount(const std::optional<std::size_t>& count) {
    return count ? Json(*count) : Json();
}

// A share, or null where there is none.
std::optional<double> shareFrom(const StrictJson& json) {
    if (json.isNull()) return std::nullopt;
    const auto share = json.as<double>();
    requireShare(json, share);
    return share;
}

Json fromShare(const std::optional<double>& share) {
    return share ? Json(*share) : Json();
}

// A share for each class, or null where there was no image of it.
std::vector<std::optional<double>> recallFrom(const StrictJson& json) {
    std::vector<std::optional<double>> recall;
    for (const StrictJson& share : json.items())
        recall.push_back(shareFrom(share));
    return recall;
}

Json fromRecall(const std::vector<std::optional<double>>& recall) {
    Json shares = Json::array();
    for (const std::optional<double>& share : recall)
        shares.push_back(fromShare(share));
    return shares;
}

EpochDone epochFrom(const StrictJson& json) {
    EpochDone epoch;
    json.read("epoch", epoch.epoch);
    json.read("train_loss", epoch.trainLoss);
    json.read("train_accuracy", epoch.trainAccuracy);
    json.read("val_loss", epoch.valLoss);
    json.read("val_accuracy", epoch.valAccuracy);
    json.read("learning_rate", epoch.learningRate);
    json.read("seconds", epoch.seconds);
    json.read("images_per_second", epoch.imagesPerSecond);
    json.read("best", epoch.best);
    if (json.has("train_images")) {  // not in runs of older versions
        json.read("train_images", epoch.trainImages);
        json.read("val_images", epoch.validationImages);
    }
    if (json.has("val_images_trained_on"))
        epoch.validationLearnt = countFrom(json.at("val_images_trained_on"));
    if (json.has("phase")) json.read("phase", epoch.phase);
    if (json.has("val_recall")) epoch.recall = recallFrom(json.at("val_recall"));
    if (json.has("val_balanced_accuracy"))
        epoch.balancedAccuracy = shareFrom(json.at("val_balanced_accuracy"));
    if (json.has("val_macro_f1")) epoch.macroF1 = shareFrom(json.at("val_macro_f1"));
    requireShare(json.at("train_accuracy"), epoch.trainAccuracy);
    requireShare(json.at("val_accuracy"), epoch.valAccuracy);
    return epoch;
}

}  // namespace

std::string toJson(const data::DatasetIndex& dataset) {
    Json json;
    json["root"] = dataset.root;
    json["classes"] = dataset.classes;
    json["split_by_folders"] = dataset.splitByFolders;
    json["unused_files"] = dataset.unusedFiles;
    json["files"] = Json::array();
    for (const data::Sample& sample : dataset.samples) {
        json["files"].push_back({{"path", sample.path},
                                 {"class", sample.classIndex},
                                 {"split", splitName(sample.split)},
                                 {"bytes", sample.bytes},
                                 {"sha256", sample.sha256}});
        if (!sample.otherSha256.empty()) json["files"].back()["other_sha256"] = sample.otherSha256;
    }
    json["problems"] = Json::array();
    for (const data::Problem& problem : dataset.problems) {
        json["problems"].push_back({{"path", problem.path},
                                    {"code", problemCodeName(problem.code)},
                                    {"message", problem.message.english()},
                                    {"left_out", problem.leftOut}});
    }
    return dump(json, 1) + "\n";
}

Result<data::DatasetIndex> datasetFromJson(const std::string& text, const std::string& path) {
    const base::JsonSource source{GRAFT_TEXT("The run's list of files"), path};
    return base::readJson(text, source, [](const StrictJson& json) -> Result<data::DatasetIndex> {
        data::DatasetIndex index;
        json.read("root", index.root);
        json.read("classes", index.classes);
        const std::set<std::string> names(index.classes.begin(), index.classes.end());
        if (names.contains("") || names.size() != index.classes.size())
            json.at("classes").refuse(GRAFT_TEXT("holds an empty name, or one twice"));
        json.read("split_by_folders", index.splitByFolders);
        json.read("unused_files", index.unusedFiles);
        for (const StrictJson& file : json.at("files").items()) {
            data::Sample sample;
            file.read("path", sample.path);
            file.read("class", sample.classIndex);
            sample.split = splitFrom(file.at("split"));
            file.read("bytes", sample.bytes);
            file.read("sha256", sample.sha256);
            if (file.has("other_sha256")) file.read("other_sha256", sample.otherSha256);
            if (sample.classIndex < 0 || static_cast<std::size_t>(sample.classIndex) >= index.classes.size())
                file.at("class").refuse(GRAFT_TEXT("is none of the classes"));
            index.samples.push_back(std::move(sample));
        }
        for (const StrictJson& entry : json.at("problems").items()) {
            data::Problem problem;
            entry.read("path", problem.path);
            problem.code = problemFromName(entry.at("code").as<std::string>());
            problem.message = Message::words(entry.at("message").as<std::string>());
            entry.read("left_out", problem.leftOut);
            index.problems.push_back(std::move(problem));
        }
        return index;
    });
}

std::string toJson(const EpochDone& epoch) {
    Json json{{"epoch", epoch.epoch},
              {"train_loss", epoch.trainLoss},
              {"train_accuracy", epoch.trainAccuracy},
              {"val_loss", epoch.valLoss},
              {"val_accuracy", epoch.valAccuracy},
              {"learning_rate", epoch.learningRate},
              {"seconds", epoch.seconds},
              {"images_per_second", epoch.imagesPerSecond},
              {"best", epoch.best},
              {"train_images", epoch.trainImages},
              {"val_images", epoch.validationImages},
              {"val_images_trained_on", fromCount(epoch.validationLearnt)}};
    if (!epoch.phase.empty()) json["phase"] = epoch.phase;
    if (epoch.balancedAccuracy) json["val_balanced_accuracy"] = *epoch.balancedAccuracy;
    if (epoch.macroF1) json["val_macro_f1"] = *epoch.macroF1;
    if (!epoch.recall.empty()) json["val_recall"] = fromRecall(epoch.recall);
    return dump(json, -1);
}

std::string toJsonLines(const std::vector<EpochDone>& epochs) {
    std::string lines;
    for (const EpochDone& epoch : epochs)
        lines += toJson(epoch) + "\n";
    return lines;
}

Result<std::vector<EpochDone>> epochsFromJsonLines(const std::string& text, const std::string& path) {
    std::vector<EpochDone> epochs;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const int number = static_cast<int>(epochs.size()) + 1;
        const base::JsonSource source{{GRAFT_TEXT("Line {1} of the run's figures"), number}, path};
        const auto epoch = base::readJson(line, source, [&](const StrictJson& json) -> Result<EpochDone> {
            EpochDone read = epochFrom(json);
            if (read.epoch != number) json.at("epoch").refuse(GRAFT_TEXT("is not the next epoch"));
            return read;
        });
        if (!epoch) return fail(epoch.error());
        epochs.push_back(*epoch);
    }
    return epochs;
}

std::string toJson(const Decisions& decisions) {
    Json json;
    if (!decisions.run.empty()) json["run"] = decisions.run;
    json["graft"] = decisions.graft;
    json["libtorch"] = decisions.libtorch;
    json["processor"] = decisions.processor;
    json["device"] = decisions.device;
    json["threads"] = decisions.threads;
    json["weights_sha256"] = decisions.weightsSha256;
    json["settings"] = decisions.settings;
    json["list_sha256"] = decisions.listSha256;
    if (const auto& learnt = decisions.learntBefore)
        json["learnt_before"] = {{"sha256", learnt->sha256}, {"unknown", learnt->unknown}};
    json["features"] = Json::array();
    for (const FeatureDecision& phase : decisions.features) {
        json["features"].push_back({{"used", phase.used},
                                    {"units", phase.units},
                                    {"type", phase.type},
                                    {"budget_bytes", phase.budgetBytes}});
    }
    return dump(json, 2) + "\n";
}

Result<Decisions> decisionsFromJson(const std::string& text, const std::string& path) {
    const base::JsonSource source{GRAFT_TEXT("What the run decided at its start"), path,
                                  GRAFT_TEXT("Start the run anew.")};
    return base::readJson(text, source, [](const StrictJson& json) -> Result<Decisions> {
        const auto oneOf = [](const StrictJson& value, auto... names) {
            const auto name = value.as<std::string>();
            if (((name != names) && ...))
                value.refuse({GRAFT_TEXT("is {1}, which is unknown"), base::inQuotes(name)});
            return name;
        };
        Decisions decisions;
        if (json.has("run")) json.read("run", decisions.run);
        json.read("graft", decisions.graft);
        json.read("libtorch", decisions.libtorch);
        if (json.has("processor")) json.read("processor", decisions.processor);
        decisions.device = oneOf(json.at("device"), "cpu", "cuda");
        json.read("threads", decisions.threads);
        if (decisions.threads < 1 || decisions.threads > 1024)
            json.at("threads").refuse(GRAFT_TEXT("must be from 1 to 1024"));
        json.read("weights_sha256", decisions.weightsSha256);
        if (json.has("settings")) {
            json.read("settings", decisions.settings);
            json.read("list_sha256", decisions.listSha256);
        }
        if (json.has("learnt_before")) {
            const StrictJson before = json.at("learnt_before");
            Learnt& learnt = decisions.learntBefore.emplace();
            for (const StrictJson& hash : before.at("sha256").items())
                learnt.sha256.insert(hash.as<std::string>());
            before.read("unknown", learnt.unknown);
        }
        const StrictJson features = json.at("features");
        // Versions without phases wrote that of the only one.
        const bool isOne = features.has("used");
        for (const StrictJson& phase : isOne ? std::vector{features} : features.items()) {
            FeatureDecision& decision = decisions.features.emplace_back();
            phase.read("used", decision.used);
            phase.read("units", decision.units);
            decision.type = oneOf(phase.at("type"), "float32", "bfloat16", "float16");
            if (decision.type == "float16" && decisions.device == "cpu")
                phase.at("type").refuse(GRAFT_TEXT("is float16, which is for GPUs"));
            phase.read("budget_bytes", decision.budgetBytes);
        }
        return decisions;
    });
}

std::string toJson(const RunProgress& progress) {
    Json json{{"epoch", progress.epoch},      {"batches_done", progress.batchesDone},
              {"loss_sum", progress.lossSum}, {"correct", progress.correct},
              {"images", progress.images},    {"epoch_seconds", progress.epochSeconds},
              {"history", Json::array()}};
    json["train_seconds"] = progress.trainSeconds;
    json["lost"] = progress.lost;
    json["decided"] = progress.decided;
    json["loss_scale"] = {progress.lossScale.scale, progress.lossScale.stepsWithoutOverflow};
    for (const EpochDone& e : progress.history) {
        json["history"].push_back({e.epoch, e.trainLoss, e.trainAccuracy, e.valLoss, e.valAccuracy,
                                   e.learningRate, e.seconds, e.imagesPerSecond, e.best, e.trainImages,
                                   e.validationImages, fromCount(e.validationLearnt), e.phase,
                                   fromShare(e.balancedAccuracy), fromShare(e.macroF1)});
    }
    return json.dump();
}

Result<RunProgress> progressFromJson(const std::string& text, const std::string& path) {
    const base::JsonSource source{GRAFT_TEXT("The checkpoint"), path, GRAFT_TEXT("Start the run anew.")};
    return base::readJson(text, source, [](const StrictJson& json) -> Result<RunProgress> {
        RunProgress progress;
        json.read("epoch", progress.epoch);
        json.read("batches_done", progress.batchesDone);
        json.read("loss_sum", progress.lossSum);
        json.read("correct", progress.correct);
        json.read("images", progress.images);
        json.read("epoch_seconds", progress.epochSeconds);
        if (json.has("lost")) {  // not in checkpoints of older versions
            json.read("train_seconds", progress.trainSeconds);
            json.read("lost", progress.lost);
        }
        if (json.has("decided")) json.read("decided", progress.decided);
        if (progress.correct > progress.images)
            json.at("correct").refuse(GRAFT_TEXT("is more than there were images"));
        if (progress.batchesDone > 0 && progress.images == 0 && progress.lost.empty())
            json.at("images").refuse(GRAFT_TEXT("is 0 after batches that were done"));
        if (json.has("loss_scale")) {  // not in checkpoints of older versions
            const auto scale = json.at("loss_scale").items();
            if (scale.size() != 2) json.at("loss_scale").refuse({GRAFT_TEXT("is no list of {1}"), 2});
            progress.lossScale = {scale[0].as<double>(), scale[1].as<int>()};
            if (!(progress.lossScale.scale > 0)) scale[0].refuse(GRAFT_TEXT("must be larger than 0"));
        }
        for (const StrictJson& entry : json.at("history").items()) {
            const auto e = entry.items();
            // Fewer in older versions.
            if (e.size() != 9 && e.size() != 15 && (e.size() < 11 || e.size() > 13))
                entry.refuse({GRAFT_TEXT("is no list of {1}"), 15});
            progress.history.push_back({e[0].as<int>(), e[1].as<double>(), e[2].as<double>(),
                                        e[3].as<double>(), e[4].as<double>(), e[5].as<double>(),
                                        e[6].as<double>(), e[7].as<double>(), e[8].as<bool>(), 0, 0, 0});
            EpochDone& epoch = progress.history.back();
            if (epoch.epoch != static_cast<int>(progress.history.size()))
                entry.refuse(GRAFT_TEXT("is not the next epoch"));
            if (e.size() < 11) continue;
            requireShare(e[2], epoch.trainAccuracy);
            requireShare(e[4], epoch.valAccuracy);
            epoch.trainImages = e[9].as<std::size_t>();
            epoch.validationImages = e[10].as<std::size_t>();
            if (e.size() > 11) epoch.validationLearnt = countFrom(e[11]);
            if (e.size() > 12) epoch.phase = e[12].as<std::string>();
            if (e.size() > 14) {
                epoch.balancedAccuracy = shareFrom(e[13]);
                epoch.macroF1 = shareFrom(e[14]);
            }
        }
        if (progress.epoch < 1 || static_cast<std::size_t>(progress.epoch) != progress.history.size() + 1)
            json.at("epoch").refuse(GRAFT_TEXT("is not the one behind those that are done"));
        return progress;
    });
}

}  // namespace graft::training
