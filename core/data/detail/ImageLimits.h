// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>

#include "core/base/Result.h"

namespace graft::data {

#ifdef GRAFT_FUZZING
constexpr std::int64_t kMaxPixels = 1LL << 20;
#else
constexpr std::int64_t kMaxPixels = 1LL << 28;  // 268 megapixels: more is a forged header
#endif
// What a decoder takes at once: a strip or tile may be the whole picture.
constexpr std::int64_t kMostBytesAtOnce = 4 * kMaxPixels;

inline bool isTooLarge(std::int64_t width, std::int64_t height) {
    return width > kMaxPixels || height > kMaxPixels || width * height > kMaxPixels;
}

inline tl::unexpected<Error> tooLarge(const std::string& name) {
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture is larger than 268 megapixels; make it smaller."), name);
}

}  // namespace graft::data
