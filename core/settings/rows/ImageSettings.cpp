// SPDX-License-Identifier: GPL-3.0-or-later
// What becomes of a picture before the network sees it.
#include <array>

#include "core/settings/rows/Rows.h"

namespace graft::settings {

namespace {

using data::Interpolation;

constexpr std::array kInterpolations{
    Named{Interpolation::Bilinear, "bilinear", GRAFT_TEXT("bilinear")},
    Named{Interpolation::Bicubic, "bicubic", GRAFT_TEXT("bicubic")},
};

bool cropFits(const TrainConfig& config) {
    return config.preprocess.cropSize <= config.preprocess.resizeSize;
}

bool isDivisible(const TrainConfig& config) {
    return data::validate(config.preprocess).has_value();
}

}  // namespace

Rows imageSettings() {
    Rows rows;
    rows.settings = {
        {
            .key = "preprocess.resize",
            .option = "--resize",
            .group = Group::Images,
            .label = GRAFT_TEXT("Resize to"),
            .help = GRAFT_TEXT("Shorter side after resizing, pixels"),
            .field = whole(
                [](auto& c) -> auto& { return c.preprocess.resizeSize; }, from(1, 8192)),
            .ofWeights = true,
        },
        {
            .key = "preprocess.crop",
            .option = "--crop",
            .group = Group::Images,
            .label = GRAFT_TEXT("Crop to"),
            .help = GRAFT_TEXT("Side of the square that the network sees, pixels"),
            .field = whole(
                [](auto& c) -> auto& { return c.preprocess.cropSize; }, from(1, 4096)),
            .ofWeights = true,
        },
        {
            .key = "preprocess.interpolation",
            .option = "--interpolation",
            .group = Group::Images,
            .label = GRAFT_TEXT("Interpolation"),
            .help = GRAFT_TEXT("How pictures are resized: as those that the weights were trained on"),
            .field = oneOf(
                [](auto& c) -> auto& { return c.preprocess.interpolation; }, kInterpolations),
            .ofWeights = true,
        },
        {
            .key = "preprocess.mean",
            .option = "--mean",
            .group = Group::Images,
            .label = GRAFT_TEXT("Mean"),
            .help = GRAFT_TEXT("Of red, green and blue, 0 to 1: it is taken off every pixel"),
            .field = colour([](auto& c) -> auto& { return c.preprocess.mean; }),
            .inPanel = false,
            .ofWeights = true,
        },
        {
            .key = "preprocess.std",
            .option = "--std",
            .group = Group::Images,
            .label = GRAFT_TEXT("Standard deviation"),
            .help = GRAFT_TEXT("Of red, green and blue: every pixel is divided by it"),
            .field = colour([](auto& c) -> auto& { return c.preprocess.deviation; }),
            .inPanel = false,
            .ofWeights = true,
        },
    };
    rows.rules = {
        {"preprocess.crop", cropFits,
         GRAFT_TEXT(
             "The crop must not be larger than the resized picture; take a smaller one, or resize to more.")},
        {"preprocess.std", isDivisible,
         GRAFT_TEXT(
             "The mean must be three numbers from -1000 to 1000, the standard deviation three from "
             "0.000001 to 1000: beyond these the network's numbers overflow. Give them for pixels from "
             "0 to 1; usual is around 0.5.")},
    };
    return rows;
}

}  // namespace graft::settings
