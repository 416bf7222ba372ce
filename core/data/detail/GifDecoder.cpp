// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/GifDecoder.h"

#include <gif_lib.h>

#include <algorithm>
#include <memory>
#include <vector>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"

namespace graft::data {

namespace {

struct Source {
    std::span<const std::uint8_t> bytes;
    std::size_t position = 0;
    bool isInPixels = false;  // which are blocks, each behind its length
    bool isLengthNext = true;
};

// Where the file is cut, the length of what is left of the block, then 0, which ends the pixels. giflib
// refuses that while it lacks some, and reads on to it when it has them all.
GifByteType takeLength(Source& source) {
    const std::size_t left = source.bytes.size() - source.position;
    if (left == 0) return 0;
    const auto length = std::min<std::size_t>(source.bytes[source.position++], left - 1);
    source.isLengthNext = length == 0;
    return static_cast<GifByteType>(length);
}

int readBytes(GifFileType* file, GifByteType* target, int count) {
    auto* source = static_cast<Source*>(file->UserData);
    if (source->isInPixels && source->isLengthNext) {
        *target = takeLength(*source);
        return 1;
    }
    source->isLengthNext = true;
    const std::size_t available =
        std::min(static_cast<std::size_t>(count), source->bytes.size() - source->position);
    std::copy_n(source->bytes.data() + source->position, available, target);
    source->position += available;
    return static_cast<int>(available);
}

void closeGif(GifFileType* file) {
    int code = 0;
    DGifCloseFile(file, &code);
}

void putPixel(base::Image& image, int x, int y, const GifColorType& colour) {
    std::uint8_t* pixel = image.row(y) + static_cast<std::ptrdiff_t>(x) * 3;
    pixel[0] = colour.Red;
    pixel[1] = colour.Green;
    pixel[2] = colour.Blue;
}

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture cannot be read: the GIF is damaged or ends too early."), name);
}

}  // namespace

Result<base::Image> decodeGif(std::span<const std::uint8_t> bytes, const std::string& name) {
    Source source{bytes};
    int code = 0;
    const std::unique_ptr<GifFileType, void (*)(GifFileType*)> file(DGifOpen(&source, readBytes, &code),
                                                                    closeGif);
    if (!file) return damaged(name);

    while (true) {
        GifRecordType type = UNDEFINED_RECORD_TYPE;
        if (DGifGetRecordType(file.get(), &type) == GIF_ERROR || type == TERMINATE_RECORD_TYPE)
            return damaged(name);
        if (type == IMAGE_DESC_RECORD_TYPE) break;
        GifByteType* block = nullptr;
        int extension = 0;
        if (DGifGetExtension(file.get(), &extension, &block) == GIF_ERROR) return damaged(name);
        while (block != nullptr) {
            if (DGifGetExtensionNext(file.get(), &block) == GIF_ERROR) return damaged(name);
        }
    }

    if (DGifGetImageDesc(file.get()) == GIF_ERROR) return damaged(name);
    source.isInPixels = true;
    const GifImageDesc& frame = file->Image;
    const ColorMapObject* colours = frame.ColorMap != nullptr ? frame.ColorMap : file->SColorMap;
    if (colours == nullptr || colours->ColorCount == 0 || frame.Width <= 0 || frame.Height <= 0)
        return damaged(name);

    // Some writers leave the canvas' size out.
    const int width = std::max<int>(file->SWidth, frame.Left + frame.Width);
    const int height = std::max<int>(file->SHeight, frame.Top + frame.Height);
    if (isTooLarge(width, height)) return tooLarge(name);
    // A code of the compression stands for at most 4096 pixels: a small file of a huge picture is forged or
    // cut.
    constexpr std::size_t kAlwaysAllowed = std::size_t{1} << 22;
    const std::size_t pixels = static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
    if (pixels > kAlwaysAllowed && pixels / 4096 > bytes.size()) return damaged(name);
    DecodeScope::reserve(pixels * 3);
    base::Image image(width, height);
    if (file->SColorMap != nullptr && file->SBackGroundColor < file->SColorMap->ColorCount) {
        for (int y = 0; y < image.height; ++y) {
            for (int x = 0; x < image.width; ++x)
                putPixel(image, x, y, file->SColorMap->Colors[file->SBackGroundColor]);
        }
    }

    // An interlaced frame stores every 8th row, then the ones between (GIF89a, appendix E).
    static constexpr int kStart[] = {0, 4, 2, 1};
    static constexpr int kStep[] = {8, 8, 4, 2};
    std::vector<GifPixelType> line(static_cast<std::size_t>(frame.Width));
    for (int pass = 0; pass < (frame.Interlace ? 4 : 1); ++pass) {
        for (int y = frame.Interlace ? kStart[pass] : 0; y < frame.Height;
             y += frame.Interlace ? kStep[pass] : 1) {
            if (DGifGetLine(file.get(), line.data(), frame.Width) == GIF_ERROR) return damaged(name);
            for (int x = 0; x < frame.Width; ++x) {
                const int index = std::min<int>(line[static_cast<std::size_t>(x)], colours->ColorCount - 1);
                putPixel(image, frame.Left + x, frame.Top + y, colours->Colors[index]);
            }
        }
    }
    return image;
}

}  // namespace graft::data
