// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/detail/Sidecar.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/JsonValues.h"
#include "core/data/detail/PreprocessJson.h"
#include "core/training/TrainConfig.h"

namespace graft::exporting {

using Json = nlohmann::ordered_json;

namespace {
constexpr std::size_t kMostClasses = 1'000'000;
constexpr const char* kJpegDecoding =
    "at 1/8, 1/4 or 1/2 of its size in the DCT (libjpeg's scale, Pillow's draft) where that still leaves a "
    "pixel or "
    "more for each pixel after resizing; whole otherwise";
}  // namespace

std::string sidecarPath(const std::string& modelFile) {
    return modelFile + ".json";
}

Result<void> writeSidecar(const std::string& modelFile, const Sidecar& sidecar) {
    const int side = sidecar.preprocess.cropSize;
    Json json;
    json["made_by"] = "Graft " GRAFT_VERSION;
    json["format"] = sidecar.format;
    json["backbone"] = sidecar.backbone;
    json["head"] = {{"kind", training::headName(sidecar.head.kind)},
                    {"hidden_units", sidecar.head.hiddenUnits},
                    {"dropout", sidecar.head.dropout}};
    json["classes"] = sidecar.classes;
    json["preprocess"] = data::preprocessToJson(sidecar.preprocess);
    json["decode"] = {{"colours", "RGB; transparency is ignored"},
                      {"orientation", "turned as the EXIF data say"},
                      {"jpeg", kJpegDecoding}};
    json["input"] = {{"shape", {"N", 3, side, side}}, {"channels", "RGB"}, {"dtype", "float32"}};
    json["output"] = {{"shape", {"N", sidecar.classes.size()}},
                      {"meaning", "logits; softmax gives probabilities"}};
    if (!sidecar.sha256.empty()) json["sha256"] = sidecar.sha256;
    return base::writeFileAtomically(sidecarPath(modelFile),
                                     json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<Sidecar> readSidecar(const std::string& modelFile) {
    const std::string path = sidecarPath(modelFile);
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        return fail(ErrorCode::NotFound,
                    "The file that names the model's classes is missing; it belongs beside the model.", path);
    }
    std::ostringstream content;
    content << file.rdbuf();
    return sidecarFromJson(content.str(), path);
}

Result<Sidecar> sidecarFromJson(const std::string& content, const std::string& path) try {
    const auto damaged = [&](const std::string& what) {
        return fail(ErrorCode::BadFormat,
                    "The file beside the model is damaged: " + what + "; export the model again.", path);
    };
    const Json json = Json::parse(content);
    Sidecar sidecar;
    sidecar.format = json.at("format");
    if (sidecar.format != "torchscript" && sidecar.format != "safetensors")
        return damaged("the format \"" + sidecar.format + "\" is unknown");
    sidecar.backbone = json.at("backbone");
    const Json& head = json.at("head");
    const auto kind = training::parseHead(head.at("kind"));
    if (!kind) return fail(ErrorCode::BadFormat, kind.error().message, path);
    sidecar.head = {*kind, base::integerAt<int>(head, "hidden_units"), base::finiteAt(head, "dropout")};
    if (sidecar.head.hiddenUnits < 1 || sidecar.head.hiddenUnits > 65536 || sidecar.head.dropout < 0 ||
        sidecar.head.dropout >= 1) {
        return damaged("the head's sizes make no sense");
    }
    const auto preprocess = data::preprocessFromJson(json.at("preprocess"));
    if (!preprocess) return fail(ErrorCode::BadFormat, preprocess.error().message, path);
    sidecar.preprocess = *preprocess;

    sidecar.classes = json.at("classes").get<std::vector<std::string>>();
    if (sidecar.classes.empty() || sidecar.classes.size() > kMostClasses)
        return damaged("it names " + std::to_string(sidecar.classes.size()) + " classes");
    std::vector<std::string> sorted = sidecar.classes;
    std::ranges::sort(sorted);
    if (sorted.front().empty()) return damaged("a class has no name");
    if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
        return damaged("two classes are called \"" + *twice + "\"");

    // What stands there twice must agree; older files, and those of other programs, may lack it.
    const auto number = [&](const char* part, std::size_t dimension) -> std::optional<std::size_t> {
        if (!json.contains(part)) return std::nullopt;
        const Json& shape = json.at(part).at("shape");
        return shape.size() > dimension && shape[dimension].is_number_unsigned()
                   ? std::optional(shape[dimension].get<std::size_t>())
                   : std::nullopt;
    };
    if (const auto outputs = number("output", 1); outputs && *outputs != sidecar.classes.size()) {
        return damaged("it names " + std::to_string(sidecar.classes.size()) + " classes for " +
                       std::to_string(*outputs) + " outputs");
    }
    const auto side = static_cast<std::size_t>(sidecar.preprocess.cropSize);
    if (const auto input = number("input", 2); input && *input != side) {
        return damaged("the crop is " + std::to_string(side) + " pixels and the input " +
                       std::to_string(*input));
    }
    if (json.contains("sha256")) sidecar.sha256 = json.at("sha256");
    return sidecar;
} catch (const Json::exception& exception) {
    return fail(ErrorCode::BadFormat,
                std::string("The file beside the model is damaged: ") + exception.what() +
                    "; export the model again.",
                path);
}

}  // namespace graft::exporting
