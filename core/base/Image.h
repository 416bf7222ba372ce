// SPDX-License-Identifier: GPL-3.0-or-later
// A decoded picture: 8-bit RGB, rows from top to bottom, no padding between rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace graft::base {

struct Image {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> pixels;  // height x width x 3

    Image() = default;
    Image(int w, int h)
        : width(w), height(h), pixels(static_cast<std::size_t>(w) * static_cast<std::size_t>(h) * 3) {}

    bool empty() const { return pixels.empty(); }
    std::size_t stride() const { return static_cast<std::size_t>(width) * 3; }
    const std::uint8_t* row(int y) const { return pixels.data() + stride() * static_cast<std::size_t>(y); }
    std::uint8_t* row(int y) { return pixels.data() + stride() * static_cast<std::size_t>(y); }
};

}  // namespace graft::base
