// SPDX-License-Identifier: GPL-3.0-or-later
// What a HEIF file (ISO/IEC 23008-12) says about its pictures, read without a library: which coding its
// primary one has. Its brands only say which readers it is for.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/base/Message.h"

namespace graft::data {

struct HeifItems {
    // The type of the primary item, "av01" or "hvc1", of a picture made of others that of the first of them;
    // empty where the file does not say.
    std::string coding;
    bool isMovie = false;  // there are tracks and no items
};

// bytes: the whole file, or a part that may be damaged.
HeifItems heifItems(std::span<const std::uint8_t> bytes);

// "AV1" for "av01", fit for a sentence.
Message codingName(std::string_view coding);

}  // namespace graft::data
