// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/WebpDecoder.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/Orientation.h"

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kRiffHeader = 12;  // "RIFF", size, "WEBP"
constexpr std::size_t kChunkHeader = 8;  // name, size

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture cannot be read: the WebP is damaged or ends too early."), name);
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
                    GRAFT_TEXT("The animated picture is larger than 67 megapixels; make it smaller."), name);
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

// Little endian; only called for positions that lie inside.
std::size_t sizeAt(Bytes bytes, std::size_t position) {
    std::size_t size = 0;
    for (std::size_t i = 4; i > 0; --i)
        size = size << 8 | bytes[position + i - 1];
    return size;
}

struct WholeChunks {
    // With the byte that makes the last one's length even, also where it is missing.
    std::size_t end = kRiffHeader;
    bool exif = false;
    bool claimsExif = false;
};

WholeChunks wholeChunks(Bytes bytes) {
    WholeChunks found;
    while (found.end + kChunkHeader <= bytes.size()) {
        const std::string_view name(reinterpret_cast<const char*>(bytes.data()) + found.end, 4);
        const std::size_t size = sizeAt(bytes, found.end + 4);
        if (size > bytes.size() - found.end - kChunkHeader) break;
        found.exif = found.exif || name == "EXIF";
        if (name == "VP8X" && size > 0) found.claimsExif = (bytes[found.end + kChunkHeader] & 0x08) != 0;
        found.end += kChunkHeader + size + size % 2;
    }
    return found;
}

// libwebp refuses a file whose own size is wrong, or whose last frame or remark is cut off, though the
// picture is there: its whole chunks under their right size. Empty where that is the file as it is, and where
// it is not known any more which way up the picture is.
std::vector<std::uint8_t> withRightSize(Bytes bytes) {
    const WholeChunks chunks = wholeChunks(bytes);
    const std::size_t size = chunks.end - kChunkHeader;
    if (chunks.end == kRiffHeader || (chunks.claimsExif && !chunks.exif) ||
        (chunks.end == bytes.size() && sizeAt(bytes, 4) == size))
        return {};
    DecodeScope::reserve(chunks.end);
    std::vector<std::uint8_t> whole(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(chunks.end, bytes.size())));
    whole.resize(chunks.end);
    for (std::size_t i = 0; i < 4; ++i)
        whole[4 + i] = static_cast<std::uint8_t>(size >> 8 * i);
    return whole;
}

Result<base::Image> decodeStored(Bytes bytes, const std::string& name) {
    WebPBitstreamFeatures features;
    if (WebPGetFeatures(bytes.data(), bytes.size(), &features) != VP8_STATUS_OK) return damaged(name);
    if (features.width <= 0 || features.height <= 0) return damaged(name);
    if (isTooLarge(features.width, features.height)) return tooLarge(name);
    return features.has_animation != 0 ? decodeFirstFrame(bytes, name, features.width, features.height)
                                       : decodeStill(bytes, name, features.width, features.height);
}

}  // namespace

Result<base::Image> decodeWebp(Bytes bytes, const std::string& name) {
    auto image = decodeStored(bytes, name);
    if (!image && bytes.size() > kRiffHeader) {
        if (const auto whole = withRightSize(bytes); !whole.empty()) image = decodeStored(whole, name);
    }
    return std::move(image).map(
        [&](base::Image stored) { return oriented(std::move(stored), webpOrientation(bytes)); });
}

}  // namespace graft::data
