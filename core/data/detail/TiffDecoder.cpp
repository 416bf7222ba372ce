// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/TiffDecoder.h"

#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/Orientation.h"
#include "core/data/detail/SixteenBits.h"
#include "core/data/detail/TiffFile.h"
#include "core/data/detail/TiffValues.h"

namespace graft::data {

namespace {

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture cannot be read: the TIFF is damaged or ends too early."), name);
}

class TiffDecoding {
  public:
    TiffDecoding(TIFF* tiff, const TiffLayout& layout, const std::string& name)
        : m_tiff(tiff), m_layout(layout), m_name(name) {}

    Result<DecodedPicture> decode() {
        const std::size_t pixels = std::size_t{m_layout.width} * m_layout.height;
        DecodeScope::reserve(pixels * (m_layout.isPlainValues() ? 3 : 8));
        m_picture.image = base::Image(static_cast<int>(m_layout.width), static_cast<int>(m_layout.height));
        Result<void> read;
        if (!m_layout.isPlainValues()) {
            read = readAsRgb();
        } else if (m_layout.format == SAMPLEFORMAT_INT && m_layout.bits == 16) {
            read = readSignedSixteen();
        } else if (m_layout.format == SAMPLEFORMAT_IEEEFP || m_layout.bits > 16 ||
                   m_layout.format == SAMPLEFORMAT_INT) {
            read = readNumbers();
        } else {
            read = m_layout.bits == 8 ? readBytes() : readSixteen();
        }
        if (!read) return fail(read.error());
        if (m_layout.isPlainValues()) finishGrey();
        return std::move(m_picture);
    }

  private:
    std::uint8_t& target(std::uint32_t y, std::uint32_t x, std::size_t channel) {
        return m_picture.image.row(static_cast<int>(y))[std::size_t{x} * 3 + channel];
    }

    Result<void> readBytes() {
        TiffValues values(m_tiff, m_layout);
        if (!values.read(
                [&](auto y, auto x, auto c, const std::uint8_t* value) { target(y, x, c) = *value; }))
            return damaged(m_name);
        return {};
    }

    Result<void> readSixteen() {
        SixteenBits sixteen;
        TiffValues values(m_tiff, m_layout);
        // Tiles and planes do not come in the picture's order, so all of it is corrected.
        const bool read = values.read([&](auto y, auto x, auto c, const std::uint8_t* value) {
            target(y, x, c) = sixteen.convert(valueAt<std::uint16_t>(value), m_picture.image.pixels);
        });
        if (!read) return damaged(m_name);
        m_picture.note = sixteen.note();
        return {};
    }

    // Scanners of medicine: where none is negative they are what unsigned ones are.
    Result<void> readSignedSixteen() {
        bool isNegative = false;
        if (!TiffValues(m_tiff, m_layout).read([&](auto, auto, auto, const std::uint8_t* source) {
                isNegative = isNegative || valueAt<std::int16_t>(source) < 0;
            }))
            return damaged(m_name);
        return isNegative ? notBrightness() : readSixteen();
    }

    Result<void> notBrightness() const {
        return fail(
            ErrorCode::BadFormat,
            m_layout.format == SAMPLEFORMAT_IEEEFP
                ? GRAFT_TEXT("The picture's values are no brightness from 0 to 1 or to 255 (negative, larger "
                             "or not finite); save it as an 8-bit or 16-bit picture.")
                : GRAFT_TEXT("The picture's values are no brightness from 0 to 255 or to 65535 (negative or "
                             "larger); save it as an 8-bit or 16-bit picture."),
            m_name);
    }

    // The range says what white is, so the values are read twice.
    Result<void> readNumbers() {
        double least = std::numeric_limits<double>::infinity();
        double largest = -least;
        bool finite = true;
        if (!TiffValues(m_tiff, m_layout).read([&](auto, auto, auto, const std::uint8_t* source) {
                const double value = numberAt(source, m_layout);
                finite = finite && std::isfinite(value);
                least = std::min(least, value);
                largest = std::max(largest, value);
            }))
            return damaged(m_name);
        const bool isFloat = m_layout.format == SAMPLEFORMAT_IEEEFP;
        constexpr double kSlack = 1e-3;  // what rounding leaves
        double white = 0;
        if (isFloat) {
            white = largest <= 1 + kSlack ? 1 : 255;
        } else {
            white = largest <= 255 ? 255 : 65535;
        }
        if (!finite || least < (isFloat ? -kSlack : 0) || largest > white * (1 + kSlack)) {
            return notBrightness();
        }
        m_picture.note = !isFloat     ? PictureNote::WholeNumbers
                         : white == 1 ? PictureNote::UnitNumbers
                                      : PictureNote::ByteNumbers;
        const bool read =
            TiffValues(m_tiff, m_layout).read([&](auto y, auto x, auto c, const std::uint8_t* source) {
                const double value = std::clamp(numberAt(source, m_layout) / white, 0.0, 1.0) * 255;
                target(y, x, c) = static_cast<std::uint8_t>(std::lround(value));
            });
        if (!read) return damaged(m_name);
        return {};
    }

    void finishGrey() {
        if (m_layout.isColour()) return;
        const bool inverted = m_layout.photometric == PHOTOMETRIC_MINISWHITE;
        std::vector<std::uint8_t>& pixels = m_picture.image.pixels;
        for (std::size_t i = 0; i < pixels.size(); i += 3) {
            if (inverted) pixels[i] = static_cast<std::uint8_t>(255 - pixels[i]);
            pixels[i + 1] = pixels[i + 2] = pixels[i];
        }
    }

    // Palettes, bits, YCbCr, Lab, CMYK: libtiff makes RGB of them, strip by strip.
    Result<void> readAsRgb() {
        std::uint32_t rows = 0;
        TIFFGetFieldDefaulted(m_tiff, m_layout.tiled ? TIFFTAG_TILELENGTH : TIFFTAG_ROWSPERSTRIP, &rows);
        rows = std::clamp<std::uint32_t>(rows, 1, m_layout.height);
        char message[1024] = {};
        TIFFRGBAImage converter;
        if (TIFFRGBAImageOK(m_tiff, message) == 0 ||
            TIFFRGBAImageBegin(&converter, m_tiff, 1, message) == 0) {
            return fail(ErrorCode::BadFormat,
                        {GRAFT_TEXT("The picture cannot be read: this kind of TIFF ({1} bits, photometric "
                                    "{2}) is unknown or damaged; save it as PNG."),
                         m_layout.bits, m_layout.photometric},
                        m_name);
        }
        const std::unique_ptr<TIFFRGBAImage, void (*)(TIFFRGBAImage*)> ended(&converter, TIFFRGBAImageEnd);
        converter.req_orientation = converter.orientation = ORIENTATION_TOPLEFT;  // turned later
        converter.col_offset = 0;
        std::vector<std::uint32_t> strip(std::size_t{rows} * m_layout.width);
        for (std::uint32_t top = 0; top < m_layout.height; top += rows) {
            const std::uint32_t count = std::min(rows, m_layout.height - top);
            converter.row_offset = static_cast<int>(top);
            if (TIFFRGBAImageGet(&converter, strip.data(), m_layout.width, count) == 0)
                return damaged(m_name);
            std::uint8_t* out = m_picture.image.row(static_cast<int>(top));
            for (std::size_t i = 0; i < std::size_t{count} * m_layout.width; ++i, out += 3) {
                out[0] = static_cast<std::uint8_t>(TIFFGetR(strip[i]));
                out[1] = static_cast<std::uint8_t>(TIFFGetG(strip[i]));
                out[2] = static_cast<std::uint8_t>(TIFFGetB(strip[i]));
            }
        }
        return {};
    }

    TIFF* m_tiff;
    const TiffLayout& m_layout;
    const std::string& m_name;
    DecodedPicture m_picture;
};

// What microscopes and cameras write that Debian's libtiff has no decoder for.
std::string compressionName(std::uint16_t compression) {
    switch (compression) {
        case 33003:
        case 33004:
        case 33005:
        case 34712:
            return "JPEG 2000";
        case 22610:
        case 34934:
            return "JPEG XR";
        case 50002:
        case 52546:
            return "JPEG XL";
        case 34887:
            return "LERC";
        case 34925:
            return "LZMA";
        case 50000:
            return "Zstandard";
        case 50001:
            return "WebP";
        default:
            return "number " + std::to_string(compression);
    }
}

// How many pixels a byte may honestly stand for: more is forged or cut.
bool claimsTooMuch(const TiffLayout& layout, std::size_t bytes) {
    const std::size_t pixels = std::size_t{layout.width} * layout.height;
    constexpr std::size_t kAlwaysAllowed = std::size_t{1} << 22;
    if (layout.compression == COMPRESSION_NONE) return pixels / 8 * layout.bits > bytes;
    if (pixels <= kAlwaysAllowed) return false;
    return pixels / (layout.bits == 1 ? std::size_t{1} << 17 : std::size_t{1} << 12) > bytes;
}

}  // namespace

Result<DecodedPicture> decodeTiff(std::span<const std::uint8_t> bytes, const std::string& name) {
    TiffSource source{bytes};
    const Tiff tiff = openTiff(source);
    if (!tiff) return damaged(name);
    const TiffLayout layout = layoutOf(tiff.get());
    if (layout.width == 0 || layout.height == 0) return damaged(name);
    if (isTooLarge(layout.width, layout.height)) return tooLarge(name);
    if (claimsTooMuch(layout, bytes.size())) return damaged(name);
    if (TIFFIsCODECConfigured(layout.compression) == 0) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The picture cannot be read: libtiff does not know its compression ({1}); "
                                "save it as PNG or as TIFF with LZW."),
                     compressionName(layout.compression)},
                    name);
    }
    // Satellites and microscopes: which of them is the picture, only the person knows. One more may be alpha.
    if (layout.samples > layout.channels() + 1 && layout.isPlainValues()) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The picture has {1} channels; choose one or three of them and save them as "
                                "a grey or RGB picture."),
                     layout.samples},
                    name);
    }
    const bool isFloat = layout.format == SAMPLEFORMAT_IEEEFP;
    if (isFloat && layout.bits != 16 && layout.bits != 32 && layout.bits != 64) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The picture's brightness is in floating-point numbers of {1} bits, which "
                                "nothing reads; save it with 8 or 16 bits per channel."),
                     layout.bits},
                    name);
    }
    // JPEG inside a TIFF is YCbCr, which libjpeg makes RGB of.
    if (layout.compression == COMPRESSION_JPEG && layout.photometric == PHOTOMETRIC_YCBCR)
        TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
    auto picture = TiffDecoding(tiff.get(), layout, name).decode();
    if (!picture) return fail(picture.error());
    picture->image = oriented(std::move(picture->image), layout.orientation);
    return picture;
}

}  // namespace graft::data
