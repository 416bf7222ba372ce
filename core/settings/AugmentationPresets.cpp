// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/AugmentationPresets.h"

#include <algorithm>
#include <cstdint>

#include "core/settings/Settings.h"

namespace graft::settings {

namespace {

bool looksLike(const TrainConfig& a, const TrainConfig& b) {
    return std::ranges::all_of(all(), [&](const Setting& setting) {
        if (!setting.changesPixels) return true;
        const bool counts = applies(setting, a);
        if (counts != applies(setting, b)) return false;
        return !counts || setting.field.get(a) == setting.field.get(b);
    });
}

}  // namespace

const std::vector<AugmentationPreset>& augmentationPresets() {
    static const std::vector<AugmentationPreset> presets{
        {"none", GRAFT_TEXT("None"), GRAFT_TEXT("Every image as it is, in every epoch"), {}},
        {"gentle",
         GRAFT_TEXT("Gentle"),
         GRAFT_TEXT("Almost all of the image, hardly turned: where little things decide"),
         {{"augment.random_resized_crop", true},
          {"augment.minimum_area", 0.7},
          {"augment.horizontal_flip", true},
          {"augment.rotation", 5.0},
          {"augment.brightness", 0.1},
          {"augment.contrast", 0.1}}},
        {"standard",
         GRAFT_TEXT("Crop and flip"),
         GRAFT_TEXT("What ImageNet's networks were trained with, and PyTorch's tutorial"),
         {{"augment.random_resized_crop", true}, {"augment.horizontal_flip", true}}},
        {"photo",
         GRAFT_TEXT("Photos"),
         GRAFT_TEXT("Another distance, angle and light, as one takes photos; after fastai's aug_transforms"),
         {{"augment.random_resized_crop", true},
          {"augment.minimum_area", 0.35},
          {"augment.horizontal_flip", true},
          {"augment.perspective", 0.2},
          {"augment.rotation", 10.0},
          {"augment.brightness", 0.2},
          {"augment.contrast", 0.2},
          {"augment.saturation", 0.2}}},
        {"any_angle",
         GRAFT_TEXT("From above, microscope"),
         GRAFT_TEXT("Turned to any angle and flipped both ways: pictures that have no up"),
         {{"augment.random_resized_crop", true},
          {"augment.minimum_area", 0.5},
          {"augment.horizontal_flip", true},
          {"augment.vertical_flip", true},
          {"augment.rotation", 180.0},
          {"augment.brightness", 0.2},
          {"augment.contrast", 0.2},
          {"augment.hue", 0.02}}},
        {"document",
         GRAFT_TEXT("Documents"),
         GRAFT_TEXT("Moved, tilted, badly lit and badly saved, but never mirrored: letters, digits, scans"),
         {{"augment.perspective", 0.1},
          {"augment.shear", 3.0},
          {"augment.zoom", 0.1},
          {"augment.rotation", 3.0},
          {"augment.translation", 0.03},
          {"augment.outside", std::string("edge")},
          {"augment.brightness", 0.2},
          {"augment.contrast", 0.2},
          {"augment.blur", 1.0},
          {"augment.blur_share", 0.3},
          {"augment.jpeg_quality", std::int64_t{40}}}},
        {"strong",
         GRAFT_TEXT("Strong"),
         GRAFT_TEXT("TrivialAugment and holes, as torchvision's newer weights: many epochs, few images"),
         {{"augment.random_resized_crop", true},
          {"augment.horizontal_flip", true},
          {"augment.trivialaugment", true},
          {"augment.erasing", 0.1}}},
    };
    return presets;
}

const AugmentationPreset* findAugmentationPreset(const std::string& name) {
    const auto found = std::ranges::find(augmentationPresets(), name, &AugmentationPreset::name);
    return found != augmentationPresets().end() ? &*found : nullptr;
}

void apply(const AugmentationPreset& preset, TrainConfig& config) {
    config.augment = {};
    config.augment.randomResizedCrop = false;
    config.augment.horizontalFlip = false;
    for (const auto& [key, value] : preset.values)
        find(key)->field.set(config, value);
}

const AugmentationPreset* presetOf(const TrainConfig& config) {
    const auto found = std::ranges::find_if(augmentationPresets(), [&](const AugmentationPreset& preset) {
        TrainConfig other;
        apply(preset, other);
        return looksLike(config, other);
    });
    return found != augmentationPresets().end() ? &*found : nullptr;
}

}  // namespace graft::settings
