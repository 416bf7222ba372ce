// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/inference/ModelFormat.h"
#include "core/inference/detail/ModelClasses.h"
#include "core/weights/WeightFile.h"

namespace graft::inference::formats {

namespace {

std::optional<std::string> classesInMetadata(const std::string& modelFile) {
    const auto metadata = weights::readSafetensorsMetadata(modelFile);
    if (!metadata) return std::nullopt;
    const auto found = std::ranges::find(*metadata, kClassesKey, &weights::Metadata::value_type::first);
    if (found == metadata->end()) return std::nullopt;
    return found->second;
}

}  // namespace

ModelFormat safetensors() {
    return {
        .name = "safetensors",
        .label = GRAFT_TEXT("safetensors"),
        .help = GRAFT_TEXT("weights alone, with torchvision's names"),
        .extension = ".safetensors",
        .classesWithin = classesInMetadata,
    };
}

}  // namespace graft::inference::formats
