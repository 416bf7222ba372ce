// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures that are needed again in the next epoch, as far as they fit: decoded ones, which are cropped anew
// every time, and centre crops, which stay as they are. Thread-safe.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "core/base/Image.h"

namespace graft::data {

class ImageMemory {
  public:
    enum class Kind { Decoded, CentreCrop };
    using Picture = std::shared_ptr<const base::Image>;

    explicit ImageMemory(std::size_t bytes) : m_bytes(bytes), m_room(bytes) {}

    std::size_t used() const {
        const std::lock_guard lock(m_mutex);
        return m_bytes - m_room;
    }

    Picture find(Kind kind, const std::string& path) const {
        const std::lock_guard lock(m_mutex);
        const auto found = m_pictures.find({kind, path});
        return found == m_pictures.end() ? nullptr : found->second;
    }

    // Nothing is given up for it: every picture comes round once an epoch, so the first are as good as the
    // last.
    void keep(Kind kind, const std::string& path, Picture picture) {
        const std::lock_guard lock(m_mutex);
        const std::size_t bytes = picture->pixels.size();
        if (bytes > m_room || !m_pictures.try_emplace({kind, path}, std::move(picture)).second) return;
        m_room -= bytes;
    }

  private:
    mutable std::mutex m_mutex;
    std::map<std::pair<Kind, std::string>, Picture> m_pictures;
    std::size_t m_bytes;
    std::size_t m_room;
};

}  // namespace graft::data
