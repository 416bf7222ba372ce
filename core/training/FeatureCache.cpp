// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/FeatureCache.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/base/detail/XdgFolders.h"

namespace graft::training {

namespace fs = std::filesystem;

namespace {

constexpr double kShareOfFreeDisk = 0.1;
constexpr double kLargestGigabytes = 20;
constexpr double kGigabyte = 1e9;

struct CacheFile {
    fs::path path;
    std::uint64_t bytes;
    fs::file_time_type used;
};

std::vector<CacheFile> cacheFiles() {
    std::vector<CacheFile> files;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(featureCacheFolder(), error)) {
        std::error_code gone;  // another process may remove it meanwhile
        if (!entry.path().filename().string().ends_with(".features") || !entry.is_regular_file(gone))
            continue;
        const auto bytes = entry.file_size(gone);
        const auto used = entry.last_write_time(gone);
        if (!gone) files.push_back({entry.path(), bytes, used});
    }
    return files;
}

std::uint64_t sumOf(const std::vector<CacheFile>& files) {
    std::uint64_t bytes = 0;
    for (const CacheFile& file : files)
        bytes += file.bytes;
    return bytes;
}

}  // namespace

std::string featureCacheFolder() {
    return (base::cacheFolder() / "features").string();
}

CacheUsage featureCacheUsage() {
    const auto files = cacheFiles();
    return {featureCacheFolder(), sumOf(files), files.size()};
}

Result<std::uint64_t> clearFeatureCache() {
    std::uint64_t freed = 0;
    for (const CacheFile& file : cacheFiles()) {
        std::error_code error;
        fs::remove(file.path, error);
        if (error) {
            return fail(ErrorCode::Unwritable,
                        {GRAFT_TEXT("The file cannot be removed: {1}."), error.message()},
                        file.path.string());
        }
        freed += file.bytes;
    }
    return freed;
}

std::uint64_t featureCacheBudget(const settings::CacheOptions& options) {
    if (options.budgetGigabytes > 0) return static_cast<std::uint64_t>(options.budgetGigabytes * kGigabyte);
    std::error_code error;
    fs::path folder = featureCacheFolder();
    while (!fs::exists(folder, error) && folder.has_relative_path())
        folder = folder.parent_path();
    const auto space = fs::space(folder, error);
    if (error) return 0;
    // What the cache has already counts as free: it can be given up.
    const auto free = static_cast<double>(space.available + featureCacheUsage().bytes);
    return static_cast<std::uint64_t>(std::min(free * kShareOfFreeDisk, kLargestGigabytes * kGigabyte));
}

void makeRoomInFeatureCache(std::uint64_t needed, std::uint64_t budget, const std::string& keep) {
    auto files = cacheFiles();
    std::ranges::sort(files, {}, &CacheFile::used);
    std::uint64_t used = sumOf(files);
    for (const CacheFile& file : files) {
        if (used + needed <= budget) return;
        if (file.path == keep) continue;
        std::error_code error;
        fs::remove(file.path, error);
        if (!error) used -= file.bytes;
    }
}

}  // namespace graft::training
