// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/TiffValues.h"

#include <cmath>

namespace graft::data {

namespace {

// IEEE 754's binary16.
double fromHalf(std::uint16_t bits) {
    const int exponent = bits >> 10 & 0x1F;
    const int fraction = bits & 0x3FF;
    const double magnitude = exponent == 31  ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                             : exponent == 0 ? std::ldexp(fraction, -24)
                                             : std::ldexp(1024 + fraction, exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

}  // namespace

double numberAt(const std::uint8_t* source, const TiffLayout& layout) {
    // decodeTiff() lets no other number of bits through.
    if (layout.format == SAMPLEFORMAT_IEEEFP) {
        if (layout.bits == 64) return valueAt<double>(source);
        return layout.bits == 32 ? static_cast<double>(valueAt<float>(source))
                                 : fromHalf(valueAt<std::uint16_t>(source));
    }
    const bool isSigned = layout.format == SAMPLEFORMAT_INT;
    switch (layout.bits) {
        case 8:
            return isSigned ? valueAt<std::int8_t>(source) : valueAt<std::uint8_t>(source);
        case 16:
            return isSigned ? valueAt<std::int16_t>(source) : valueAt<std::uint16_t>(source);
        case 32:
            return isSigned ? valueAt<std::int32_t>(source) : valueAt<std::uint32_t>(source);
        default:
            return isSigned ? static_cast<double>(valueAt<std::int64_t>(source))
                            : static_cast<double>(valueAt<std::uint64_t>(source));
    }
}

}  // namespace graft::data
