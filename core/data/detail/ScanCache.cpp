// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/ScanCache.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Hash.h"
#include "core/base/detail/XdgFolders.h"

namespace graft::data {

namespace {

using Json = nlohmann::json;

// Changes when an image may become readable, or stop being so, without a change of the file.
constexpr int kVersion = 3;

constexpr std::int64_t kSecond = 1'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * kSecond + time.tv_nsec;
}

std::string fileFor(const std::string& root) {
    base::Hasher hasher;
    hasher.add(root);
    return (base::cacheFolder() / "scans" / (hasher.hex().substr(0, 40) + ".json")).string();
}

// [state, sha256, note], as save() writes it. A number of another kind would become any number.
bool isEntry(const Json& entry) {
    const auto isWhole = [](const Json& value) { return value.is_number_integer(); };
    return entry.is_array() && entry.size() == 3 && entry[0].is_array() &&
           entry[0].size() == std::tuple_size_v<ScanCache::State> && std::ranges::all_of(entry[0], isWhole) &&
           entry[1].is_string() && entry[2].is_number_unsigned() && entry[2] < kPictureNotes;
}

}  // namespace

ScanCache::ScanCache(const std::string& root) : m_file(fileFor(root)) {
    std::ifstream file(m_file);
    if (!file) return;
    try {
        const Json json = Json::parse(file);
        if (json.at("version") != kVersion) return;
        for (const auto& [path, entry] : json.at("images").items()) {
            if (!isEntry(entry)) continue;  // is read again
            m_before[path] = {entry[0].get<State>(),
                              {entry[1].get<std::string>(), static_cast<PictureNote>(entry[2].get<int>())}};
        }
    } catch (const Json::exception&) {
        m_before.clear();
    }
}

std::optional<ScanCache::State> ScanCache::stateOf(const std::string& file) {
    struct stat status {};
    if (stat(file.c_str(), &status) != 0) return std::nullopt;
    return State{static_cast<std::int64_t>(status.st_size), static_cast<std::int64_t>(status.st_ino),
                 static_cast<std::int64_t>(status.st_dev), nanoseconds(status.st_mtim),
                 nanoseconds(status.st_ctim)};
}

std::optional<ScanCache::Known> ScanCache::find(const std::string& path, const State& state) const {
    const auto found = m_before.find(path);
    if (found == m_before.end() || found->second.state != state) return std::nullopt;
    return found->second.known;
}

void ScanCache::remember(const std::string& path, const State& state, Known known) {
    const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(
                         std::chrono::system_clock::now().time_since_epoch())
                         .count();
    if (state.back() > now - 2 * kSecond) return;
    m_now[path] = {state, std::move(known)};
}

void ScanCache::save() const {
    if (m_now == m_before) return;
    Json json{{"version", kVersion}, {"images", Json::object()}};
    for (const auto& [path, entry] : m_now)
        json["images"][path] = {entry.state, entry.known.sha256, static_cast<int>(entry.known.note)};
    if (!base::makeFolder(std::filesystem::path(m_file).parent_path().string())) return;
    // What cannot be kept is read again the next time.
    static_cast<void>(
        base::writeFileAtomically(m_file, json.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace graft::data
