// SPDX-License-Identifier: GPL-3.0-or-later
// Preprocessing as JSON: one form for config.json and for the file beside an exported model.
#pragma once

#include <nlohmann/json.hpp>

#include "core/base/detail/JsonValues.h"
#include "core/data/Preprocess.h"

namespace graft::data {

inline nlohmann::ordered_json preprocessToJson(const PreprocessOptions& options) {
    return {{"resize", options.resizeSize},
            {"crop", options.cropSize},
            {"interpolation", interpolationName(options.interpolation)},
            {"mean", options.mean},
            {"std", options.deviation}};
}

// Throws nlohmann's exceptions for keys that are missing; values are validated.
inline Result<PreprocessOptions> preprocessFromJson(const nlohmann::ordered_json& json) {
    PreprocessOptions options;
    options.resizeSize = base::integerAt<int>(json, "resize");
    options.cropSize = base::integerAt<int>(json, "crop");
    const auto interpolation = parseInterpolation(json.at("interpolation"));
    if (!interpolation) return fail(interpolation.error());
    options.interpolation = *interpolation;
    options.mean = json.at("mean").get<std::array<float, 3>>();
    options.deviation = json.at("std").get<std::array<float, 3>>();
    if (const auto valid = validate(options); !valid) return fail(valid.error());
    return options;
}

}  // namespace graft::data
