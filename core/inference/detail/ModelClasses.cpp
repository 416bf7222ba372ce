// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/detail/ModelClasses.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/base/detail/StrictJson.h"
#include "core/inference/ModelFormat.h"

namespace graft::inference {

std::string classesText(const std::vector<std::string>& classes) {
    return nlohmann::json(classes).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

bool isSameOrder(const std::vector<std::string>& classes, const std::vector<std::string>& others) {
    std::map<std::string_view, std::size_t> places;
    for (std::size_t i = 0; i < classes.size(); ++i)
        places[classes[i]] = i;
    for (std::size_t i = 0; i < others.size(); ++i) {
        const auto place = places.find(others[i]);
        if (place != places.end() && place->second != i) return false;
    }
    return true;
}

Result<void> checkOrder(const Sidecar& sidecar, const std::string& modelFile) {
    const auto format = formatOf(sidecar.format);
    if (!format) return fail(format.error());
    if ((*format)->classesWithin == nullptr) return {};
    const std::optional<std::string> text = (*format)->classesWithin(modelFile);
    if (!text) return {};
    const base::JsonSource source{GRAFT_TEXT("The list of classes within the model"), modelFile,
                                  GRAFT_TEXT("Export the model again.")};
    return base::readJson(*text, source, [&](const base::StrictJson& json) -> Result<void> {
        if (isSameOrder(json.as<std::vector<std::string>>(), sidecar.classes)) return {};
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT("The classes beside the model are in another order than in the model: its answers "
                       "would get wrong names. Export it again, or put the file back."),
            sidecarPath(modelFile));
    });
}

}  // namespace graft::inference
