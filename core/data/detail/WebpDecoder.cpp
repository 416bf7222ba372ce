// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/WebpDecoder.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/Orientation.h"

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorCode::BadFormat, "The picture cannot be read: the WebP is damaged or ends too early.",
                name);
}

Result<base::Image> decodeStill(Bytes bytes, const std::string& name, int width, int height) {
    DecodeScope::reserve(std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    base::Image image(width, height);
    if (WebPDecodeRGBInto(bytes.data(), bytes.size(), image.pixels.data(), image.pixels.size(),
                          static_cast<int>(image.stride())) == nullptr)
        return damaged(name);
    return image;
}

Result<base::Image> decodeFirstFrame(Bytes bytes, const std::string& name, int width, int height) {
    constexpr std::int64_t kMostPixels = std::int64_t{1} << 26;  // libwebp holds three canvases
    if (std::int64_t{width} * height > kMostPixels) {
        return fail(ErrorCode::BadFormat,
                    "The animated picture is larger than 67 megapixels; make it smaller.", name);
    }
    DecodeScope::reserve(std::size_t{15} * static_cast<std::size_t>(width) *
                         static_cast<std::size_t>(height));
    WebPAnimDecoderOptions options;
    if (WebPAnimDecoderOptionsInit(&options) == 0) return damaged(name);
    options.color_mode = MODE_RGBA;
    options.use_threads = 0;
    const WebPData data{bytes.data(), bytes.size()};
    const std::unique_ptr<WebPAnimDecoder, void (*)(WebPAnimDecoder*)> decoder(
        WebPAnimDecoderNew(&data, &options), WebPAnimDecoderDelete);
    std::uint8_t* frame = nullptr;
    int timestamp = 0;
    if (!decoder || WebPAnimDecoderGetNext(decoder.get(), &frame, &timestamp) == 0 || frame == nullptr)
        return damaged(name);
    base::Image image(width, height);
    for (std::size_t i = 0, pixel = 0; i < image.pixels.size(); i += 3, pixel += 4)
        std::copy_n(frame + pixel, 3, image.pixels.data() + i);
    return image;
}

}  // namespace

Result<base::Image> decodeWebp(Bytes bytes, const std::string& name) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK) return damaged(name);
    if (features.width <= 0 || features.height <= 0) return damaged(name);
    if (isTooLarge(features.width, features.height)) return tooLarge(name);
    auto image = features.has_animation != 0 ? decodeFirstFrame(bytes, name, features.width, features.height)
                                             : decodeStill(bytes, name, features.width, features.height);
    return std::move(image).map(
        [&](base::Image stored) { return oriented(std::move(stored), webpOrientation(bytes)); });
}

}  // namespace graft::data
