// SPDX-License-Identifier: GPL-3.0-or-later
// Which files of a folder were read to their end before, and their hashes: a second scan reads only what has
// changed. One file for each folder, in $XDG_CACHE_HOME/graft/scans. A file counts as unchanged while its
// size, inode, and times of modification and of change are the same; the last of these nobody can set back.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/data/ImageDecoder.h"

namespace graft::data {

class ScanCache {
  public:
    // What was kept of this folder (absolute); empty if nothing or nothing readable.
    explicit ScanCache(const std::string& root);

    // Size, inode, device, and both times in nanoseconds.
    using State = std::array<std::int64_t, 5>;
    static std::optional<State> stateOf(const std::string& file);

    struct Known {
        std::string sha256;
        PictureNote note = PictureNote::None;
        bool operator==(const Known&) const = default;
    };

    // What is known of the readable image `path` (relative to the root), if it is unchanged. Thread-safe as
    // long as nobody calls remember().
    std::optional<Known> find(const std::string& path, const State& state) const;

    // state: from before the file was read. A file that changed within the last two seconds is not kept: it
    // could change again within the clock's resolution.
    void remember(const std::string& path, const State& state, Known known);

    // Writes what was remembered, if it is anything new. A failure costs only time: it is ignored.
    void save() const;

  private:
    struct Entry {
        State state{};
        Known known;
        bool operator==(const Entry&) const = default;
    };
    std::string m_file;
    std::map<std::string, Entry> m_before;
    std::map<std::string, Entry> m_now;
};

}  // namespace graft::data
