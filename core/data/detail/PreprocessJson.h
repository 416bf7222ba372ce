// SPDX-License-Identifier: GPL-3.0-or-later
// Preprocessing as JSON: one form for config.json and for the file beside an exported model.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/detail/StrictJson.h"
#include "core/data/Preprocess.h"

namespace graft::data {

inline nlohmann::ordered_json preprocessToJson(const PreprocessOptions& options) {
    return {{"resize", options.resizeSize},
            {"crop", options.cropSize},
            {"interpolation", interpolationName(options.interpolation)},
            {"mean", options.mean},
            {"std", options.deviation}};
}

// Throws JsonProblem for keys that are missing or of another kind. Errors: InvalidArgument.
inline Result<PreprocessOptions> preprocessFromJson(const base::StrictJson& json) {
    PreprocessOptions options;
    json.read("resize", options.resizeSize);
    json.read("crop", options.cropSize);
    const auto interpolation = parseInterpolation(json.at("interpolation").as<std::string>());
    if (!interpolation) return fail(interpolation.error());
    options.interpolation = *interpolation;
    json.read("mean", options.mean);
    json.read("std", options.deviation);
    if (const auto valid = validate(options); !valid) return fail(valid.error());
    return options;
}

}  // namespace graft::data
