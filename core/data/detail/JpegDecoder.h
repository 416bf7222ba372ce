// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "core/base/Image.h"
#include "core/base/Result.h"

namespace graft::data {

// eighths: decode at eighths/8 of the size (1, 2, 4 or 8), in the DCT, which is cheap.
struct JpegScale {
    int eighths = 8;
};

// What libjpeg gives with its defaults (accurate DCT, smooth chroma), turned as EXIF says. A file
// that ends early or has damaged data is an error, where libjpeg would fill up with grey.
Result<base::Image> decodeJpeg(std::span<const std::uint8_t> bytes, const std::string& name,
                               JpegScale scale = {});

// Width and height of the picture, turned as EXIF says.
struct JpegSize {
    int width = 0;
    int height = 0;
};
Result<JpegSize> jpegSize(std::span<const std::uint8_t> bytes, const std::string& name);

}  // namespace graft::data
