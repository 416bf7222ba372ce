// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/FeatureKeys.h"

#include <fmt/format.h>

#include "core/base/Seed.h"
#include "core/base/detail/Hash.h"
#include "core/settings/Settings.h"

namespace graft::training {

namespace {

RowKey keyOf(const std::string& text) {
    base::Hasher hasher;
    hasher.add(text);
    const std::string hex = hasher.hex();
    RowKey key{};
    for (std::size_t i = 0; i < key.size(); ++i)
        key[i] = static_cast<std::uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
    return key;
}

}  // namespace

RowKey exactKey(const std::string& sha256) {
    return keyOf(sha256 + " centre float32");
}

std::string lookOf(const settings::TrainConfig& config) {
    return data::changesAnything(config.augment) ? settings::pixelText(config) : "";
}

RowKey variantKey(const data::Sample& sample, const std::string& look, int variant) {
    // Without a random change every variant is the centre crop.
    if (look.empty()) return keyOf(sample.sha256 + " centre");
    return keyOf(fmt::format("{} {} {}", sample.sha256, look, variant));
}

std::uint64_t variantSeed(const data::Sample& sample, int variant) {
    // Of the picture, not of the run: another run with another seed finds the same variants.
    const std::uint64_t picture = std::stoull(sample.sha256.substr(0, 16), nullptr, 16);
    return base::deriveSeed(picture, static_cast<std::uint64_t>(variant));
}

}  // namespace graft::training
