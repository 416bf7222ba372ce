// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/ImageDecoder.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "core/data/detail/FileFormat.h"
#include "core/data/detail/GifDecoder.h"
#include "core/data/detail/ImageLimits.h"
#include "core/data/detail/JpegDecoder.h"
#include "core/data/detail/Orientation.h"
#include "core/data/detail/PnmDecoder.h"

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;

std::int64_t bigEndian(Bytes bytes, std::size_t position) {
    return std::int64_t{bytes[position]} << 24 | bytes[position + 1] << 16 | bytes[position + 2] << 8 |
           bytes[position + 3];
}

std::int64_t littleEndian(Bytes bytes, std::size_t position) {
    std::int32_t value = 0;
    std::memcpy(&value, bytes.data() + position, sizeof(value));
    return value;
}

// OpenCV's own bound is four times Graft's, and it takes the memory before it looks at the data.
bool claimsTooMuch(Bytes bytes, Decoder type) {
    if (type == Decoder::Png)
        return bytes.size() >= 24 && isTooLarge(bigEndian(bytes, 16), bigEndian(bytes, 20));
    if (type == Decoder::Bmp) {  // a negative height: from top to bottom
        return bytes.size() >= 26 && littleEndian(bytes, 14) >= 40 &&
               isTooLarge(std::abs(littleEndian(bytes, 18)), std::abs(littleEndian(bytes, 22)));
    }
    if (type == Decoder::Tiff) {
        const auto width = tiffNumber(bytes, kTiffWidth);
        const auto height = tiffNumber(bytes, kTiffHeight);
        return width && height && isTooLarge(width->value, height->value);
    }
    return false;  // a WebP side has at most 16383 pixels
}

Result<base::Image> decodeWithOpenCv(Bytes bytes, const std::string& name) {
    static const bool quiet = [] {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        return true;
    }();
    static_cast<void>(quiet);
    try {
        const cv::Mat raw(1, static_cast<int>(bytes.size()), CV_8UC1,
                          const_cast<std::uint8_t*>(bytes.data()));
        const cv::Mat bgr = cv::imdecode(raw, cv::IMREAD_COLOR);
        if (bgr.empty() || bgr.type() != CV_8UC3) {
            return fail(ErrorCode::BadFormat, "The picture cannot be read: it is damaged or ends too early.",
                        name);
        }
        base::Image image(bgr.cols, bgr.rows);
        cv::Mat rgb(image.height, image.width, CV_8UC3, image.pixels.data(), image.stride());
        cv::cvtColor(bgr, rgb, cv::COLOR_BGR2RGB);
        return image;
    } catch (const cv::Exception&) {
        return fail(ErrorCode::BadFormat, "The picture cannot be read: it is damaged or too large.", name);
    }
}

// OpenCV turns some orientations of some TIFF files: it is told of none.
Result<base::Image> decodeTiff(Bytes bytes, const std::string& name) {
    const auto orientation = tiffNumber(bytes, kTiffOrientation);
    if (!orientation || orientation->value < 2 || orientation->value > 8)
        return decodeWithOpenCv(bytes, name);
    std::vector<std::uint8_t> upright(bytes.begin(), bytes.end());
    const bool isLittleEndian = bytes[0] == 'I';
    for (std::size_t i = 0; i < orientation->width; ++i)
        upright[orientation->position + i] = i == (isLittleEndian ? 0 : orientation->width - 1) ? 1 : 0;
    return decodeWithOpenCv(upright, name).map([&](base::Image image) {
        return oriented(std::move(image), static_cast<int>(orientation->value));
    });
}

Result<base::Image> decode(Bytes bytes, const std::string& name, JpegScale scale) try {
    if (bytes.empty())
        return fail(ErrorCode::BadFormat, "The picture cannot be read: the file is empty.", name);
    const FileFormat format = formatOf(bytes.first(std::min(bytes.size(), kHeadBytes)), name);
    const Decoder type = format.decoder;
    if (claimsTooMuch(bytes, type)) return tooLarge(name);
    switch (type) {
        case Decoder::Jpeg:
            return decodeJpeg(bytes, name, scale);
        case Decoder::Gif:
            return decodeGif(bytes, name);
        case Decoder::Png:  // OpenCV turns it as its EXIF says
        case Decoder::Bmp:
            return decodeWithOpenCv(bytes, name);
        case Decoder::Webp:
            return decodeWithOpenCv(bytes, name).map([&](base::Image image) {
                return oriented(std::move(image), webpOrientation(bytes));
            });
        case Decoder::Tiff:
            return decodeTiff(bytes, name);
        case Decoder::Pnm:
            return decodePnm(bytes, name);
        case Decoder::Heif:
        case Decoder::None:
            break;
    }
    if (format.kind != FileKind::Other) return fail(ErrorCode::BadFormat, formatSentence(format), name);
    return fail(
        ErrorCode::BadFormat,
        "The picture cannot be read: it is no JPEG, PNG, BMP, GIF, WebP, TIFF or PPM, whatever its name "
        "says.",
        name);
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The picture does not fit into memory; make it smaller.", name);
}

base::Image shrunk(const base::Image& image, int maxSide) {
    const double scale = static_cast<double>(maxSide) / std::max(image.width, image.height);
    if (scale >= 1.0) return image;
    base::Image out(std::max(1, static_cast<int>(image.width * scale)),
                    std::max(1, static_cast<int>(image.height * scale)));
    const cv::Mat source(image.height, image.width, CV_8UC3, const_cast<std::uint8_t*>(image.pixels.data()),
                         image.stride());
    cv::Mat target(out.height, out.width, CV_8UC3, out.pixels.data(), out.stride());
    cv::resize(source, target, target.size(), 0, 0, cv::INTER_AREA);
    return out;
}

}  // namespace

Result<std::vector<std::uint8_t>> readFileBytes(const std::string& path, std::size_t maxBytes) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return fail(ErrorCode::NotFound, "There is no such file.", path);
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorCode::Unreadable, "This is no file.", path);
    const auto size = std::filesystem::file_size(path, error);
    if (error) return fail(ErrorCode::Unreadable, "The file cannot be read: " + error.message() + ".", path);
    if (size > maxBytes) return fail(ErrorCode::Unreadable, "The file is too large to be read.", path);
    std::ifstream file(path, std::ios::binary);
    std::vector<std::uint8_t> bytes(size);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (!file) return fail(ErrorCode::Unreadable, "The file cannot be read; check its access rights.", path);
    return bytes;
}

Result<base::Image> decodeImage(Bytes bytes, const std::string& nameForErrors) {
    return decode(bytes, nameForErrors, JpegScale{8});
}

Result<base::Image> decodeImage(const std::string& path) {
    return readFileBytes(path).and_then([&](const auto& bytes) { return decodeImage(Bytes(bytes), path); });
}

Result<ReducedImage> decodeReduced(Bytes bytes, const std::string& nameForErrors,
                                   const std::function<int(int width, int height)>& wanted) {
    ReducedImage reduced;
    if (formatOf(bytes.first(std::min(bytes.size(), kHeadBytes)), nameForErrors).decoder == Decoder::Jpeg) {
        const auto size = jpegSize(bytes, nameForErrors);
        if (!size) return fail(size.error());
        reduced.fullWidth = size->width;
        reduced.fullHeight = size->height;
        reduced.reduction = wanted(size->width, size->height);
    }
    auto image = decode(bytes, nameForErrors, JpegScale{8 / reduced.reduction});
    if (!image) return fail(image.error());
    reduced.image = std::move(*image);
    if (reduced.fullWidth == 0) {
        reduced.fullWidth = reduced.image.width;
        reduced.fullHeight = reduced.image.height;
    }
    return reduced;
}

Result<base::Image> decodeThumbnail(const std::string& path, int maxSide) {
    const auto bytes = readFileBytes(path);
    if (!bytes) return fail(bytes.error());
    const auto decoded = decodeReduced(*bytes, path, [maxSide](int width, int height) {
        int reduction = 1;
        while (reduction < 8 && std::max(width, height) / (2 * reduction) >= maxSide)
            reduction *= 2;
        return reduction;
    });
    if (!decoded) return fail(decoded.error());
    return shrunk(decoded->image, maxSide);
}

Result<void> verifyImage(Bytes bytes, const std::string& nameForErrors) {
    // A JPEG at an eighth still reads every coefficient, so nothing missing goes unnoticed.
    const auto image = decode(bytes, nameForErrors, JpegScale{1});
    if (!image) return fail(image.error());
    return {};
}

bool hasImageExtension(const std::string& path) {
    static constexpr std::array<std::string_view, 14> kExtensions{".jpg", ".jpeg", ".jpe",  ".jfif", ".png",
                                                                  ".bmp", ".gif",  ".webp", ".tif",  ".tiff",
                                                                  ".ppm", ".pgm",  ".pbm",  ".pnm"};
    return std::ranges::find(kExtensions, lowerExtension(path)) != kExtensions.end();
}

}  // namespace graft::data
