// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/detail/ModelHash.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

#include "core/base/detail/Hash.h"
#include "core/data/detail/ScanCache.h"

namespace graft::inference {

namespace {

using State = data::ScanCache::State;

constexpr std::size_t kMostKnown = 64;

// A file that changed a moment ago may change again within the clock's resolution.
bool isSettled(const State& state) {
    const auto then = std::chrono::system_clock::now() - std::chrono::seconds(2);
    return state.back() <=
           std::chrono::duration_cast<std::chrono::nanoseconds>(then.time_since_epoch()).count();
}

}  // namespace

Result<std::string> sha256OfModel(const std::string& file) {
    static std::mutex mutex;
    static std::map<State, std::string> known;
    const std::optional<State> before = data::ScanCache::stateOf(file);
    if (before) {
        const std::lock_guard lock(mutex);
        const auto found = known.find(*before);
        if (found != known.end()) return found->second;
    }
    auto sha256 = base::sha256OfFile(file);
    if (!sha256 || !before || !isSettled(*before) || data::ScanCache::stateOf(file) != before) return sha256;
    const std::lock_guard lock(mutex);
    if (known.size() >= kMostKnown) known.clear();
    known.emplace(*before, *sha256);
    return sha256;
}

}  // namespace graft::inference
