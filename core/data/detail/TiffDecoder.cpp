// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/TiffDecoder.h"

#include <tiffio.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/Orientation.h"
#include "core/data/detail/SixteenBits.h"

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;

// The file in memory, as libtiff wants to read it.
struct Source {
    Bytes bytes;
    std::uint64_t position = 0;
};

tmsize_t readSource(thandle_t handle, void* target, tmsize_t count) {
    auto& source = *static_cast<Source*>(handle);
    const std::uint64_t left =
        source.position < source.bytes.size() ? source.bytes.size() - source.position : 0;
    const std::uint64_t taken =
        std::min<std::uint64_t>(left, static_cast<std::uint64_t>(std::max<tmsize_t>(count, 0)));
    if (taken > 0) std::memcpy(target, source.bytes.data() + source.position, taken);
    source.position += taken;
    return static_cast<tmsize_t>(taken);
}

tmsize_t writeNothing(thandle_t, void*, tmsize_t) {
    return 0;
}

toff_t seekSource(thandle_t handle, toff_t offset, int whence) {
    auto& source = *static_cast<Source*>(handle);
    if (whence == SEEK_CUR) offset += source.position;
    if (whence == SEEK_END) offset += source.bytes.size();
    source.position = offset;
    return offset;
}

int closeSource(thandle_t) {
    return 0;
}

toff_t sizeOfSource(thandle_t handle) {
    return static_cast<Source*>(handle)->bytes.size();
}

int mapSource(thandle_t handle, void** base, toff_t* size) {
    auto& source = *static_cast<Source*>(handle);
    *base = const_cast<std::uint8_t*>(source.bytes.data());
    *size = source.bytes.size();
    return 1;
}

void unmapSource(thandle_t, void*, toff_t) {}

int keepQuiet(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

using Tiff = std::unique_ptr<TIFF, void (*)(TIFF*)>;

Tiff openTiff(Source& source) {
    const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(TIFFOpenOptionsAlloc(),
                                                                               TIFFOpenOptionsFree);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keepQuiet, nullptr);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), keepQuiet, nullptr);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), static_cast<tmsize_t>(kMostBytesAtOnce));
    return {TIFFClientOpenExt("picture", "r", &source, readSource, writeNothing, seekSource, closeSource,
                              sizeOfSource, mapSource, unmapSource, options.get()),
            TIFFClose};
}

struct Layout {
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint16_t bits = 1;
    std::uint16_t samples = 1;
    std::uint16_t format = SAMPLEFORMAT_UINT;
    std::uint16_t photometric = PHOTOMETRIC_MINISBLACK;
    std::uint16_t planar = PLANARCONFIG_CONTIG;
    std::uint16_t compression = COMPRESSION_NONE;
    std::uint16_t orientation = ORIENTATION_TOPLEFT;
    bool tiled = false;

    bool isColour() const { return photometric == PHOTOMETRIC_RGB && samples >= 3; }
    bool isGrey() const {
        return photometric == PHOTOMETRIC_MINISBLACK || photometric == PHOTOMETRIC_MINISWHITE;
    }
    std::size_t channels() const { return isColour() ? 3 : 1; }
    // Whose values are read as they are; libtiff makes RGB of the others.
    bool isPlainValues() const {
        return format <= SAMPLEFORMAT_VOID && (isColour() || isGrey()) &&
               (bits == 8 || bits == 16 || bits == 32 || bits == 64);
    }
};

Layout layoutOf(TIFF* tiff) {
    Layout layout;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &layout.width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &layout.height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &layout.bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &layout.samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &layout.format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &layout.planar);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &layout.compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &layout.orientation);
    if (TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &layout.photometric) == 0)
        layout.photometric = layout.samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK;
    layout.tiled = TIFFIsTiled(tiff) != 0;
    return layout;
}

tl::unexpected<Error> damaged(const std::string& name) {
    return fail(ErrorCode::BadFormat, "The picture cannot be read: the TIFF is damaged or ends too early.",
                name);
}

// Rows of values of the first one or three channels, channel by channel, in the machine's byte order.
class ValueReader {
  public:
    ValueReader(TIFF* tiff, const Layout& layout) : m_tiff(tiff), m_layout(layout) {
        m_valueBytes = layout.bits / 8U;
        const bool contiguous = layout.planar == PLANARCONFIG_CONTIG;
        m_step = m_valueBytes * (contiguous ? layout.samples : 1U);
        m_planes = contiguous ? 1 : layout.channels();
    }

    // use(y, x, channel, value) for every value; false where the file is damaged.
    template <class Use>
    bool read(const Use& use) {
        return m_layout.tiled ? readTiles(use) : readLines(use);
    }

  private:
    template <class Use>
    void hand(const std::uint8_t* source, std::uint32_t count, std::uint32_t y, std::uint32_t x,
              std::size_t plane, const Use& use) const {
        const std::size_t channels = m_planes > 1 ? 1 : m_layout.channels();
        for (std::uint32_t i = 0; i < count; ++i, source += m_step) {
            for (std::size_t c = 0; c < channels; ++c)
                use(y, x + i, m_planes > 1 ? plane : c, source + c * m_valueBytes);
        }
    }

    // Line by line, so that a strip need not fit into memory.
    template <class Use>
    bool readLines(const Use& use) {
        const auto lineBytes = static_cast<std::size_t>(TIFFScanlineSize64(m_tiff));
        if (lineBytes < m_step * m_layout.width || lineBytes > std::size_t{kMostBytesAtOnce}) return false;
        DecodeScope::reserve(lineBytes);
        std::vector<std::uint8_t> line(lineBytes);
        for (std::size_t plane = 0; plane < m_planes; ++plane) {
            for (std::uint32_t y = 0; y < m_layout.height; ++y) {
                if (TIFFReadScanline(m_tiff, line.data(), y, static_cast<std::uint16_t>(plane)) < 0)
                    return false;
                hand(line.data(), m_layout.width, y, 0, plane, use);
            }
        }
        return true;
    }

    template <class Use>
    bool readTiles(const Use& use) {
        std::uint32_t width = 0;
        std::uint32_t height = 0;
        TIFFGetField(m_tiff, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(m_tiff, TIFFTAG_TILELENGTH, &height);
        const auto tileBytes = static_cast<std::size_t>(TIFFTileSize64(m_tiff));
        if (width == 0 || height == 0 || tileBytes > std::size_t{kMostBytesAtOnce} ||
            tileBytes / m_step / width < height)
            return false;
        DecodeScope::reserve(tileBytes);
        std::vector<std::uint8_t> tile(tileBytes);
        for (std::size_t plane = 0; plane < m_planes; ++plane) {
            for (std::uint32_t top = 0; top < m_layout.height; top += height) {
                for (std::uint32_t left = 0; left < m_layout.width; left += width) {
                    if (TIFFReadTile(m_tiff, tile.data(), left, top, 0, static_cast<std::uint16_t>(plane)) <
                        0)
                        return false;
                    const std::uint32_t rows = std::min(height, m_layout.height - top);
                    for (std::uint32_t row = 0; row < rows; ++row) {
                        hand(tile.data() + std::size_t{row} * width * m_step,
                             std::min(width, m_layout.width - left), top + row, left, plane, use);
                    }
                    if (left > std::numeric_limits<std::uint32_t>::max() - width) break;
                }
                if (top > std::numeric_limits<std::uint32_t>::max() - height) break;
            }
        }
        return true;
    }

    TIFF* m_tiff;
    const Layout& m_layout;
    std::size_t m_valueBytes = 1;
    std::size_t m_step = 1;    // from pixel to pixel
    std::size_t m_planes = 1;  // that are stored one after another
};

template <class T>
T valueAt(const std::uint8_t* source) {
    T value;
    std::memcpy(&value, source, sizeof(value));
    return value;
}

// IEEE 754's binary16.
double fromHalf(std::uint16_t bits) {
    const int exponent = bits >> 10 & 0x1F;
    const int fraction = bits & 0x3FF;
    const double magnitude = exponent == 31  ? (fraction == 0 ? HUGE_VAL : std::nan(""))
                             : exponent == 0 ? std::ldexp(fraction, -24)
                                             : std::ldexp(1024 + fraction, exponent - 25);
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

// A value of any type but unsigned ones of 8 and 16 bits.
double numberAt(const std::uint8_t* source, const Layout& layout) {
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

class TiffDecoding {
  public:
    TiffDecoding(TIFF* tiff, const Layout& layout, const std::string& name)
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
        ValueReader reader(m_tiff, m_layout);
        if (!reader.read(
                [&](auto y, auto x, auto c, const std::uint8_t* value) { target(y, x, c) = *value; }))
            return damaged(m_name);
        return {};
    }

    Result<void> readSixteen() {
        SixteenBits sixteen;
        ValueReader reader(m_tiff, m_layout);
        // Tiles and planes do not come in the picture's order, so all of it is corrected.
        const bool read = reader.read([&](auto y, auto x, auto c, const std::uint8_t* value) {
            target(y, x, c) = sixteen.convert(valueAt<std::uint16_t>(value), m_picture.image.pixels);
        });
        if (!read) return damaged(m_name);
        m_picture.note = sixteen.note();
        return {};
    }

    // Scanners of medicine: where none is negative they are what unsigned ones are.
    Result<void> readSignedSixteen() {
        bool isNegative = false;
        if (!ValueReader(m_tiff, m_layout).read([&](auto, auto, auto, const std::uint8_t* source) {
                isNegative = isNegative || valueAt<std::int16_t>(source) < 0;
            }))
            return damaged(m_name);
        return isNegative ? notBrightness() : readSixteen();
    }

    Result<void> notBrightness() const {
        return fail(
            ErrorCode::BadFormat,
            m_layout.format == SAMPLEFORMAT_IEEEFP
                ? "The picture's values are no brightness from 0 to 1 or to 255 (negative, larger or not "
                  "finite); save it as an 8-bit or 16-bit picture."
                : "The picture's values are no brightness from 0 to 255 or to 65535 (negative or larger); "
                  "save it as an 8-bit or 16-bit picture.",
            m_name);
    }

    // The range says what white is, so the values are read twice.
    Result<void> readNumbers() {
        double least = std::numeric_limits<double>::infinity();
        double largest = -least;
        bool finite = true;
        if (!ValueReader(m_tiff, m_layout).read([&](auto, auto, auto, const std::uint8_t* source) {
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
            ValueReader(m_tiff, m_layout).read([&](auto y, auto x, auto c, const std::uint8_t* source) {
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
                        "The picture cannot be read: this kind of TIFF (" + std::to_string(m_layout.bits) +
                            " bits, photometric " + std::to_string(m_layout.photometric) +
                            ") is unknown or damaged; save it as PNG.",
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
    const Layout& m_layout;
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
bool claimsTooMuch(const Layout& layout, std::size_t bytes) {
    const std::size_t pixels = std::size_t{layout.width} * layout.height;
    constexpr std::size_t kAlwaysAllowed = std::size_t{1} << 22;
    if (layout.compression == COMPRESSION_NONE) return pixels / 8 * layout.bits > bytes;
    if (pixels <= kAlwaysAllowed) return false;
    return pixels / (layout.bits == 1 ? std::size_t{1} << 17 : std::size_t{1} << 12) > bytes;
}

}  // namespace

Result<DecodedPicture> decodeTiff(Bytes bytes, const std::string& name) {
    Source source{bytes};
    const Tiff tiff = openTiff(source);
    if (!tiff) return damaged(name);
    const Layout layout = layoutOf(tiff.get());
    if (layout.width == 0 || layout.height == 0) return damaged(name);
    if (isTooLarge(layout.width, layout.height)) return tooLarge(name);
    if (claimsTooMuch(layout, bytes.size())) return damaged(name);
    if (TIFFIsCODECConfigured(layout.compression) == 0) {
        return fail(ErrorCode::BadFormat,
                    "The picture cannot be read: libtiff does not know its compression (" +
                        compressionName(layout.compression) + "); save it as PNG or as TIFF with LZW.",
                    name);
    }
    // Satellites and microscopes: which of them is the picture, only the person knows. One more may be alpha.
    if (layout.samples > layout.channels() + 1 && layout.isPlainValues()) {
        return fail(ErrorCode::BadFormat,
                    "The picture has " + std::to_string(layout.samples) +
                        " channels; choose one or three of them and save them as a grey or RGB picture.",
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
