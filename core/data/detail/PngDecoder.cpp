// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/PngDecoder.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/Orientation.h"
#include "core/data/detail/SixteenBits.h"

namespace graft::data {

namespace {

constexpr std::size_t kMostChunkBytes = std::size_t{8} << 20;

[[noreturn]] void onError(png_structp png, png_const_charp) {
    png_longjmp(png, 1);
}

void onWarning(png_structp, png_const_charp) {}

// Everything with a destructor lives here, outside the frame that longjmp leaves.
struct PngReading {
    std::span<const std::uint8_t> bytes;
    std::size_t position = 0;
    bool endsEarly = false;
    bool isForged = false;
    png_structp png = nullptr;
    png_infop info = nullptr;
    DecodedPicture decoded;
    SixteenBits sixteen;
    std::vector<std::uint8_t> rows;  // one, or all of an interlaced picture
    std::size_t rowBytes = 0;
    int channels = 0;
    bool isWide = false;
    bool interlaced = false;
    int orientation = 1;

    explicit PngReading(std::span<const std::uint8_t> source) : bytes(source) {
        png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, onError, onWarning);
        if (png != nullptr) info = png_create_info_struct(png);
    }
    ~PngReading() { png_destroy_read_struct(&png, &info, nullptr); }
    PngReading(const PngReading&) = delete;
    PngReading& operator=(const PngReading&) = delete;

    static void take(png_structp png, png_bytep target, std::size_t count) {
        auto& self = *static_cast<PngReading*>(png_get_io_ptr(png));
        if (count > self.bytes.size() - self.position) {
            self.endsEarly = true;
            png_error(png, "ends early");
        }
        std::memcpy(target, self.bytes.data() + self.position, count);
        self.position += count;
    }

    // zlib makes at most 1032 bytes of one: what claims more is forged or cut.
    bool claimsTooMuch() const {
        const auto height = std::size_t{png_get_image_height(png, info)};
        return png_get_rowbytes(png, info) * height / 1032 > bytes.size();
    }

    void readHeader() {
        png_set_read_fn(png, this, take);
        png_set_user_limits(png, 0x7FFFFFFF, 0x7FFFFFFF);
        png_set_chunk_malloc_max(png, kMostChunkBytes);
        png_read_info(png, info);
        isForged = isTooLarge(png_get_image_width(png, info), png_get_image_height(png, info));
        if (!isForged && claimsTooMuch()) png_error(png, "forged");
    }

    void prepare() {
        const int depth = png_get_bit_depth(png, info);
        const int colour = png_get_color_type(png, info);
        if (colour == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
        if (colour == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
        png_set_strip_alpha(png);
        png_set_interlace_handling(png);
        png_read_update_info(png, info);
        rowBytes = png_get_rowbytes(png, info);
        channels = png_get_channels(png, info);
        isWide = png_get_bit_depth(png, info) == 16;
        const auto width = static_cast<int>(png_get_image_width(png, info));
        const auto height = static_cast<int>(png_get_image_height(png, info));
        interlaced = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
        const std::size_t buffered = rowBytes * static_cast<std::size_t>(interlaced ? height : 1);
        DecodeScope::reserve(
            std::size_t{3} * static_cast<std::size_t>(width) * static_cast<std::size_t>(height) + buffered);
        rows.resize(buffered);
        decoded.image = base::Image(width, height);
    }

    void convert(const std::uint8_t* source, int y) {
        base::Image& image = decoded.image;
        std::uint8_t* target = image.row(y);
        const std::size_t step = static_cast<std::size_t>(channels) * (isWide ? 2 : 1);
        for (int x = 0; x < image.width; ++x, source += step, target += 3) {
            for (int c = 0; c < 3; ++c) {
                const int channel = channels < 3 ? 0 : c;
                if (isWide) {
                    const auto value =
                        static_cast<std::uint16_t>(source[2 * channel] << 8 | source[2 * channel + 1]);
                    const auto written = static_cast<std::size_t>(target + c - image.pixels.data());
                    target[c] = sixteen.convert(value, std::span(image.pixels).first(written));
                } else {
                    target[c] = source[channel];
                }
            }
        }
    }

    void readPixels() {
        const int height = decoded.image.height;
        if (interlaced) {
            for (int pass = 0; pass < 7; ++pass) {
                for (int y = 0; y < height; ++y)
                    png_read_row(png, rows.data() + rowBytes * static_cast<std::size_t>(y), nullptr);
            }
            for (int y = 0; y < height; ++y)
                convert(rows.data() + rowBytes * static_cast<std::size_t>(y), y);
        } else {
            for (int y = 0; y < height; ++y) {
                png_read_row(png, rows.data(), nullptr);
                convert(rows.data(), y);
            }
        }
        if (isWide) decoded.note = sixteen.note();
    }

    // With the last row libpng has checked the pixels' checksum.
    void readBehindPixels() { png_read_end(png, info); }

    // Which way up the picture is, is then not known.
    bool endsInExif() const {
        constexpr png_uint_32 kExif = 0x65584966;  // "eXIf"
        return endsEarly && png_get_io_chunk_type(png) == kExif;
    }

    void readOrientation() {
        png_uint_32 length = 0;
        png_bytep exif = nullptr;
        if (png_get_eXIf_1(png, info, &length, &exif) != 0 && exif != nullptr) {
            const auto found = tiffNumber({exif, length}, kTiffOrientation);
            if (found) orientation = static_cast<int>(std::min<std::uint32_t>(found->value, 255));
        }
    }
};

// Runs step; false if libpng gave up. No object with a destructor may live in this frame.
template <class Step>
bool guarded(PngReading& reading, const Step& step) {
    if (setjmp(png_jmpbuf(reading.png)) != 0) return false;
    step();
    return true;
}

tl::unexpected<Error> damagedFile(const PngReading& reading, const std::string& name) {
    return fail(ErrorCode::BadFormat,
                reading.endsEarly
                    ? GRAFT_TEXT("The picture cannot be read: the file ends in the middle of it.")
                    : GRAFT_TEXT("The picture cannot be read: the PNG is damaged."),
                name);
}

}  // namespace

Result<DecodedPicture> decodePng(std::span<const std::uint8_t> bytes, const std::string& name) {
    const auto reading = std::make_unique<PngReading>(bytes);
    if (reading->info == nullptr) throw std::bad_alloc();
    if (!guarded(*reading, [&] { reading->readHeader(); })) return damagedFile(*reading, name);
    if (reading->isForged) return tooLarge(name);
    if (!guarded(*reading, [&] { reading->prepare(); }) || !guarded(*reading, [&] { reading->readPixels(); }))
        return damagedFile(*reading, name);
    // Remarks and the mark of the end, which no pixel needs: they may be cut off or damaged.
    if (!guarded(*reading, [&] { reading->readBehindPixels(); }) && reading->endsInExif())
        return damagedFile(*reading, name);
    reading->readOrientation();
    reading->decoded.image = oriented(std::move(reading->decoded.image), reading->orientation);
    return std::move(reading->decoded);
}

}  // namespace graft::data
