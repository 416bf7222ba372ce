// SPDX-License-Identifier: GPL-3.0-or-later
// The frozen prefix of a network gives the same features for the same image in every epoch and every run.
// They are computed once and kept in $XDG_CACHE_HOME/graft/features: one file for each prefix and
// preprocessing, named by what it depends on, so that a changed image, weight file or setting finds nothing
// instead of something old.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

struct CacheUsage {
    std::string folder;
    std::uint64_t bytes = 0;
    std::size_t files = 0;
};

std::string featureCacheFolder();
CacheUsage featureCacheUsage();

// Removes every file; runs that use one go on without harm. Gives the bytes freed. Errors: Unwritable.
Result<std::uint64_t> clearFeatureCache();

// Bytes that the cache may have on this disk now.
std::uint64_t featureCacheBudget(const settings::CacheOptions& options);

// Removes the least recently used files until `needed` more bytes are within the budget; `keep` (a file)
// stays.
void makeRoomInFeatureCache(std::uint64_t needed, std::uint64_t budget, const std::string& keep);

}  // namespace graft::training
