// SPDX-License-Identifier: GPL-3.0-or-later
// 16-bit values to 8 bits, row by row. Cameras and microscopes store twelve bits in sixteen, which would come
// out almost black: where no value of a picture is above 4095, 4095 is white. Otherwise the upper eight bits
// are taken. The rule looks at one picture alone, so that training and prediction do the same.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>

#include "core/data/ImageDecoder.h"

namespace graft::data {

class SixteenBits {
  public:
    // before: the 8-bit values that have been written so far; they are corrected at the first value above
    // 4095.
    std::uint8_t convert(std::uint16_t value, std::span<std::uint8_t> before) {
        m_largest = std::max(m_largest, value);
        if (!m_isWide && value > 4095) {
            m_isWide = true;
            for (std::uint8_t& earlier : before)
                earlier = static_cast<std::uint8_t>(earlier >> 4);  // v >> 4 >> 4 is v >> 8
        }
        return static_cast<std::uint8_t>(value >> (m_isWide ? 8 : 4));
    }

    // A black picture says nothing.
    PictureNote note() const {
        if (m_isWide || m_largest == 0) return PictureNote::SixteenBits;
        return m_largest < 256 ? PictureNote::DarkBits : PictureNote::TwelveBits;
    }

  private:
    std::uint16_t m_largest = 0;
    bool m_isWide = false;
};

}  // namespace graft::data
