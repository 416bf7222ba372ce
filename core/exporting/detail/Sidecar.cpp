// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/detail/Sidecar.h"

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/detail/AtomicFile.h"
#include "core/data/detail/PreprocessJson.h"
#include "core/training/TrainConfig.h"

namespace graft::exporting {

using Json = nlohmann::ordered_json;

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
    json["input"] = {{"shape", {"N", 3, side, side}}, {"channels", "RGB"}, {"dtype", "float32"}};
    json["output"] = {{"shape", {"N", sidecar.classes.size()}},
                      {"meaning", "logits; softmax gives probabilities"}};
    return base::writeFileAtomically(sidecarPath(modelFile),
                                     json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

Result<Sidecar> readSidecar(const std::string& modelFile) {
    const std::string path = sidecarPath(modelFile);
    std::ifstream file(path);
    if (!file) {
        return fail(ErrorCode::NotFound,
                    "The file that names the model's classes is missing; it belongs beside the model.", path);
    }
    try {
        const Json json = Json::parse(file);
        Sidecar sidecar;
        sidecar.format = json.at("format");
        sidecar.backbone = json.at("backbone");
        const Json& head = json.at("head");
        const auto kind = training::parseHead(head.at("kind"));
        if (!kind) return fail(ErrorCode::BadFormat, kind.error().message, path);
        sidecar.head = {*kind, head.at("hidden_units"), head.at("dropout")};
        sidecar.classes = json.at("classes").get<std::vector<std::string>>();
        const auto preprocess = data::preprocessFromJson(json.at("preprocess"));
        if (!preprocess) return fail(ErrorCode::BadFormat, preprocess.error().message, path);
        sidecar.preprocess = *preprocess;
        if (sidecar.classes.empty() || sidecar.classes.size() > 1'000'000 || sidecar.head.hiddenUnits < 1 ||
            sidecar.head.hiddenUnits > 65536) {
            return fail(ErrorCode::BadFormat,
                        "The file beside the model is damaged: its sizes make no sense.", path);
        }
        return sidecar;
    } catch (const Json::exception& exception) {
        return fail(ErrorCode::BadFormat,
                    std::string("The file beside the model is damaged: ") + exception.what() + ".", path);
    }
}

}  // namespace graft::exporting
