// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/Decisions.h"

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "core/base/detail/AtomicFile.h"

namespace graft::training {

using Json = nlohmann::ordered_json;

Result<void> writeDecisions(const RunPaths& paths, const Decisions& decisions) {
    Json json;
    json["graft"] = GRAFT_VERSION;
    json["libtorch"] = decisions.libtorch;
    json["device"] = decisions.device;
    json["threads"] = decisions.threads;
    json["weights_sha256"] = decisions.weightsSha256;
    json["features"] = {{"used", decisions.features},
                        {"units", decisions.units},
                        {"type", decisions.type},
                        {"budget_bytes", decisions.budgetBytes}};
    return base::writeFileAtomically(paths.decisions, json.dump(2) + "\n");
}

Result<std::optional<Decisions>> readDecisions(const RunPaths& paths) {
    std::error_code error;
    if (!std::filesystem::exists(paths.decisions, error)) return std::nullopt;
    try {
        std::ifstream file(paths.decisions);
        const Json json = Json::parse(file);
        const Json& features = json.at("features");
        Decisions decisions{json.at("graft"),     json.at("libtorch"),       json.at("device"),
                            json.at("threads"),   json.at("weights_sha256"), features.at("used"),
                            features.at("units"), features.at("type"),       features.at("budget_bytes")};
        const bool sensible =
            (decisions.device == "cpu" || decisions.device == "cuda") && decisions.threads >= 1 &&
            decisions.threads <= 65536 &&
            (decisions.type == "float32" || decisions.type == "bfloat16" || decisions.type == "float16");
        if (!sensible) throw std::invalid_argument("its values make no sense");
        return decisions;
    } catch (const std::exception& exception) {
        return fail(ErrorCode::BadFormat,
                    std::string("What the run decided at its start is damaged: ") + exception.what() +
                        ". Start the run anew.",
                    paths.decisions);
    }
}

}  // namespace graft::training
