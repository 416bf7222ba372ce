// SPDX-License-Identifier: GPL-3.0-or-later
// Under which keys the features of images are kept, and what random variants of images are drawn from.
#pragma once

#include <cstdint>
#include <string>

#include "core/data/DatasetIndex.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/FeatureStore.h"

namespace graft::training {

// Of an image's centre crop in float32. sha256: of its file, as hex.
RowKey exactKey(const std::string& sha256);

// Two runs have it in common whose random variants are the same; empty where each is the centre crop.
std::string lookOf(const settings::TrainConfig& config);
RowKey variantKey(const data::Sample& sample, const std::string& look, int variant);
std::uint64_t variantSeed(const data::Sample& sample, int variant);

}  // namespace graft::training
