// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/detail/ModelClasses.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "core/base/detail/StrictJson.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/ZipArchive.h"

namespace graft::inference {

namespace {

using Text = std::optional<std::string>;

Text textInArchive(const std::string& modelFile) {
    weights::ZipArchive archive(modelFile);
    if (!archive.isOpen()) return std::nullopt;
    const auto found = std::ranges::find_if(archive.entries(), [](const auto& entry) {
        return entry.first.ends_with(std::string("/extra/") + kClassesEntry);  // behind the archive's name
    });
    if (found == archive.entries().end()) return std::nullopt;
    // Where it cannot be read, it is no list of classes.
    const auto bytes = archive.read<char>(found->first);
    return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

Text textInSafetensors(const std::string& modelFile) {
    const auto metadata = weights::readSafetensorsMetadata(modelFile);
    if (!metadata) return std::nullopt;
    const auto found = std::ranges::find(*metadata, kClassesKey, &weights::Metadata::value_type::first);
    return found == metadata->end() ? Text() : Text(found->second);
}

}  // namespace

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
    const Text text =
        sidecar.format == "torchscript" ? textInArchive(modelFile) : textInSafetensors(modelFile);
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
