// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/detail/Sidecar.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/backbones/Head.h"
#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Quoted.h"
#include "core/base/detail/StrictJson.h"
#include "core/base/detail/TextFile.h"
#include "core/data/detail/PreprocessJson.h"
#include "core/inference/ModelFormat.h"
#include "core/inference/detail/ModelClasses.h"
#include "core/inference/detail/ModelHash.h"
#include "core/weights/WeightFile.h"

namespace graft::inference {

using Json = nlohmann::ordered_json;

namespace {
constexpr const char* kTrainedBy = "trained_by";
constexpr const char* kGraft = "Graft";
constexpr const char* kReplaces = "replaces";
constexpr std::size_t kMostClasses = 1'000'000;
constexpr const char* kJpegDecoding =
    "at 1/8, 1/4 or 1/2 of its size in the DCT (libjpeg's scale, Pillow's draft) where that still leaves a "
    "pixel or "
    "more for each pixel after resizing; whole otherwise";

void describeOutputs(const Sidecar& sidecar, Json& json) {
    json["output"] = {{"shape", {"N", sidecar.outputs.count(sidecar.classes.size())}},
                      {"meaning", "logits; softmax gives probabilities"}};
    if (sidecar.outputs.kind == backbones::OutputKind::Softmax) return;
    json["output"]["meaning"] =
        "one number x for two classes; sigmoid(x) is the probability of the second one, which is decided for "
        "where that is above the threshold";
    json["outputs"] = backbones::outputName(sidecar.outputs.kind);
    json["threshold"] = sidecar.outputs.threshold;
}

// Absent: of models with a logit for each class, and of older versions.
backbones::Outputs outputsFrom(const base::StrictJson& json, std::size_t classes) {
    backbones::Outputs outputs;
    if (!json.has("outputs")) return outputs;
    const auto name = json.at("outputs").as<std::string>();
    const auto kind = backbones::parseOutput(name);
    if (!kind) json.at("outputs").refuse({GRAFT_TEXT("is {1}, which is unknown"), base::inQuotes(name)});
    outputs.kind = *kind;
    if (outputs.kind == backbones::OutputKind::Softmax) return outputs;
    if (classes != 2) {
        json.at("outputs").refuse(
            {GRAFT_TEXT("is sigmoid, which is for two classes, and it names {1}"), classes});
    }
    json.read("threshold", outputs.threshold);
    if (!(outputs.threshold > 0 && outputs.threshold < 1))
        json.at("threshold").refuse(GRAFT_TEXT("must be between 0 and 1"));
    return outputs;
}

Json toJson(const Sidecar& sidecar) {
    const int side = sidecar.preprocess.cropSize;
    Json json;
    json["made_by"] = "Graft " GRAFT_VERSION;
    json["format"] = sidecar.format;
    json["backbone"] = sidecar.backbone;
    json["head"] = {{"kind", sidecar.head.kind},
                    {"hidden_units", sidecar.head.hiddenUnits},
                    {"dropout", sidecar.head.dropout}};
    json["classes"] = sidecar.classes;
    json["preprocess"] = data::preprocessToJson(sidecar.preprocess);
    json["decode"] = {{"colours", "RGB; transparency is ignored"},
                      {"orientation", "turned as the EXIF data say"},
                      {"jpeg", kJpegDecoding}};
    json["input"] = {{"shape", {"N", 3, side, side}}, {"channels", "RGB"}, {"dtype", "float32"}};
    describeOutputs(sidecar, json);
    if (!sidecar.sha256.empty()) json["sha256"] = sidecar.sha256;
    return json;
}

// Throws base::JsonProblem.
Sidecar fromJson(const base::StrictJson& json) {
    const auto wrong = [](const Message& what) { throw base::JsonProblem(what); };
    Sidecar sidecar;
    json.read("format", sidecar.format);
    if (findFormat(sidecar.format) == nullptr)
        wrong({GRAFT_TEXT("the format {1} is unknown"), base::inQuotes(sidecar.format)});
    json.read("backbone", sidecar.backbone);
    const auto head = json.at("head");
    head.read("kind", sidecar.head.kind);
    head.read("hidden_units", sidecar.head.hiddenUnits);
    head.read("dropout", sidecar.head.dropout);
    if (const auto valid = backbones::validate(sidecar.head); !valid) wrong(valid.error().message);
    const auto preprocess = data::preprocessFromJson(json.at("preprocess"));
    if (!preprocess) wrong(preprocess.error().message);
    sidecar.preprocess = *preprocess;

    json.read("classes", sidecar.classes);
    if (sidecar.classes.empty() || sidecar.classes.size() > kMostClasses)
        wrong({GRAFT_TEXT("it names {1} classes"), sidecar.classes.size()});
    std::vector<std::string> sorted = sidecar.classes;
    std::ranges::sort(sorted);
    if (sorted.front().empty()) wrong(GRAFT_TEXT("a class has no name"));
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
        wrong({GRAFT_TEXT("two classes are called {1}"), base::inQuotes(*twice)});

    // What stands there twice must agree; older files, and those of other programs, may lack it.
    const auto number = [&](const char* part, std::size_t dimension) -> std::optional<std::size_t> {
        if (!json.has(part)) return std::nullopt;
        const auto shape = json.at(part).at("shape").items();
        if (shape.size() <= dimension || !shape[dimension].isNumber()) return std::nullopt;
        return shape[dimension].as<std::size_t>();
    };
    sidecar.outputs = outputsFrom(json, sidecar.classes.size());
    const std::size_t count = sidecar.outputs.count(sidecar.classes.size());
    if (const auto outputs = number("output", 1); outputs && *outputs != count) {
        wrong({GRAFT_TEXT("it names {1} classes for {2} outputs"), sidecar.classes.size(), *outputs});
    }
    const auto side = static_cast<std::size_t>(sidecar.preprocess.cropSize);
    if (const auto input = number("input", 2); input && *input != side) {
        wrong({GRAFT_TEXT("the crop is {1} pixels and the input {2}"), side, *input});
    }
    if (json.has("sha256")) json.read("sha256", sidecar.sha256);
    return sidecar;
}

// What is said of the model with this hash.
std::optional<Sidecar> ofModel(Sidecar sidecar, const std::string& sha256) {
    const auto before = std::exchange(sidecar.replaces, nullptr);
    if (sidecar.sha256 == sha256) return sidecar;
    if (before && before->sha256 == sha256) return *before;
    return std::nullopt;
}

// What was said of the model that lies there, by its hash.
Result<Sidecar> sidecarOfThis(const std::string& modelFile) {
    auto sidecar = readSidecar(modelFile);
    if (!sidecar) return sidecar;
    if (sidecar->sha256.empty()) {
        sidecar->replaces.reset();
        return sidecar;
    }
    const auto sha256 = sha256OfModel(modelFile);
    if (!sha256) return fail(sha256.error());
    if (auto fitting = ofModel(*sidecar, *sha256)) return std::move(*fitting);
    // A run that goes on, or an export, may have put its next model there in between.
    const auto now = readSidecar(modelFile);
    if (!now) return now;
    if (auto fitting = ofModel(*now, *sha256)) return std::move(*fitting);
    return fail(
        ErrorCode::BadFormat,
        GRAFT_TEXT("The model is not the file that the .json beside it was written for: it is damaged or was "
                   "replaced, or an export was interrupted. Export the model again, or put the run's own "
                   "file back."),
        modelFile);
}

}  // namespace

std::string sidecarPath(const std::string& modelFile) {
    return modelFile + ".json";
}

Result<void> writeSidecar(const std::string& modelFile, const Sidecar& sidecar) {
    Json json = toJson(sidecar);
    if (sidecar.replaces) json[kReplaces] = toJson(*sidecar.replaces);
    return base::writeFileAtomically(sidecarPath(modelFile),
                                     json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<Sidecar> readSidecar(const std::string& modelFile) {
    const std::string path = sidecarPath(modelFile);
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        for (const std::string ending : {".json", ".py"}) {
            const std::string model =
                modelFile.substr(0, modelFile.size() - std::min(modelFile.size(), ending.size()));
            if (!modelFile.ends_with(ending) || !std::filesystem::is_regular_file(model, error)) continue;
            return fail(ErrorCode::InvalidArgument,
                        {GRAFT_TEXT("This lies beside a model; give the model itself: {1}."), model},
                        modelFile);
        }
        return fail(
            ErrorCode::NotFound,
            GRAFT_TEXT(
                "The file that names the model's classes is missing; it belongs beside the model, which is "
                "named first."),
            path);
    }
    return base::readText(path).and_then(
        [&](const std::string& text) { return sidecarFromJson(text, path); });
}

Result<Sidecar> sidecarThatFits(const std::string& modelFile) {
    auto sidecar = sidecarOfThis(modelFile);
    if (!sidecar) return sidecar;
    if (const auto named = checkOrder(*sidecar, modelFile); !named) return fail(named.error());
    return sidecar;
}

Result<Sidecar> sidecarFromJson(const std::string& content, const std::string& path) {
    const base::JsonSource source{GRAFT_TEXT("The file beside the model"), path,
                                  GRAFT_TEXT("Export the model again.")};
    return base::readJson(content, source, [](const base::StrictJson& json) -> Result<Sidecar> {
        Sidecar sidecar = fromJson(json);
        if (json.has(kReplaces))
            sidecar.replaces = std::make_shared<const Sidecar>(fromJson(json.at(kReplaces)));
        return sidecar;
    });
}

void markAsTrained(weights::StateDict& model, const std::vector<std::string>& classes) {
    model.metadata.emplace_back(kTrainedBy, kGraft);
    model.metadata.emplace_back(kClassesKey, classesText(classes));
}

bool isMarkedAsTrained(const std::string& modelFile) {
    const auto metadata = weights::readSafetensorsMetadata(modelFile);
    return metadata && std::ranges::count(*metadata, weights::Metadata::value_type(kTrainedBy, kGraft)) > 0;
}

}  // namespace graft::inference
