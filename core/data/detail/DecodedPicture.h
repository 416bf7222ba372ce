// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Image.h"
#include "core/data/ImageDecoder.h"

namespace graft::data {

struct DecodedPicture {
    base::Image image;
    PictureNote note = PictureNote::None;
};

}  // namespace graft::data
