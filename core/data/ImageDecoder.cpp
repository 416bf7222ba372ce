// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/ImageDecoder.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <new>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>
#include <utility>

#include "core/data/detail/BmpDecoder.h"
#include "core/data/detail/DecodeBudget.h"
#include "core/data/detail/DecodedPicture.h"
#include "core/data/detail/FileFormat.h"
#include "core/data/detail/GifDecoder.h"
#include "core/data/detail/HeifDecoder.h"
#include "core/data/detail/JpegDecoder.h"
#include "core/data/detail/PngDecoder.h"
#include "core/data/detail/PnmDecoder.h"
#include "core/data/detail/TiffDecoder.h"
#include "core/data/detail/WebpDecoder.h"

namespace graft::data {

namespace {

using Bytes = std::span<const std::uint8_t>;

FileFormat formatIn(Bytes bytes, const std::string& name) {
    return formatOf(bytes.first(std::min(bytes.size(), kHeadBytes)), name);
}

Result<DecodedPicture> plain(Result<base::Image> image) {
    return std::move(image).map([](base::Image pixels) { return DecodedPicture{std::move(pixels)}; });
}

Result<DecodedPicture> decodeAny(Bytes bytes, const std::string& name, JpegScale scale) try {
    if (bytes.empty())
        return fail(ErrorCode::BadFormat, GRAFT_TEXT("The picture cannot be read: the file is empty."), name);
    const FileFormat format = formatIn(bytes, name);
    switch (format.decoder) {
        case Decoder::Jpeg:
            return plain(decodeJpeg(bytes, name, scale));
        case Decoder::Gif:
            return plain(decodeGif(bytes, name));
        case Decoder::Png:
            return decodePng(bytes, name);
        case Decoder::Bmp:
            return plain(decodeBmp(bytes, name));
        case Decoder::Webp:
            return plain(decodeWebp(bytes, name));
        case Decoder::Tiff:
            return decodeTiff(bytes, name);
        case Decoder::Pnm:
            return plain(decodePnm(bytes, name));
        case Decoder::Heif:
            return plain(decodeHeif(bytes, name));
        case Decoder::None:
            break;
    }
    if (format.kind != FileKind::Other) return fail(ErrorCode::BadFormat, formatSentence(format), name);
    return fail(ErrorCode::BadFormat,
                GRAFT_TEXT("The picture cannot be read: it is no JPEG, PNG, BMP, GIF, WebP, TIFF or PPM, "
                           "whatever its name says."),
                name);
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, GRAFT_TEXT("The picture does not fit into memory; make it smaller."),
                name);
}

// A side of so many times the other, resized, has a length that no whole number holds; and it is no picture.
constexpr int kLongest = 65536;

Result<DecodedPicture> decode(Bytes bytes, const std::string& name, JpegScale scale) {
    auto picture = decodeAny(bytes, name, scale);
    if (!picture) return picture;
    const auto [shorter, longer] = std::minmax(picture->image.width, picture->image.height);
    if (longer / shorter >= kLongest) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The picture is {1} pixels long and {2} wide: too thin to be looked at; cut "
                                "it into pieces."),
                     longer, shorter},
                    name);
    }
    return picture;
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
        return fail(ErrorCode::NotFound, GRAFT_TEXT("There is no such file."), path);
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorCode::Unreadable, GRAFT_TEXT("This is no file."), path);
    const auto size = std::filesystem::file_size(path, error);
    if (error)
        return fail(ErrorCode::Unreadable, {GRAFT_TEXT("The file cannot be read: {1}."), error.message()},
                    path);
    if (size > maxBytes)
        return fail(ErrorCode::Unreadable, GRAFT_TEXT("The file is too large to be read."), path);
    std::ifstream file(path, std::ios::binary);
    std::vector<std::uint8_t> bytes(size);
    file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(size));
    if (!file)
        return fail(ErrorCode::Unreadable, GRAFT_TEXT("The file cannot be read; check its access rights."),
                    path);
    return bytes;
}

Result<base::Image> decodeImage(Bytes bytes, const std::string& nameForErrors) {
    const DecodeScope scope;
    return decode(bytes, nameForErrors, JpegScale{8}).map([](DecodedPicture picture) {
        return std::move(picture.image);
    });
}

Result<base::Image> decodeImage(const std::string& path) {
    return readFileBytes(path).and_then([&](const auto& bytes) { return decodeImage(Bytes(bytes), path); });
}

Result<ReducedImage> decodeReduced(Bytes bytes, const std::string& nameForErrors,
                                   const std::function<int(int width, int height)>& wanted) {
    ReducedImage reduced;
    if (formatIn(bytes, nameForErrors).decoder == Decoder::Jpeg) {
        const auto size = jpegSize(bytes, nameForErrors);
        if (!size) return fail(size.error());
        reduced.fullWidth = size->width;
        reduced.fullHeight = size->height;
        reduced.reduction = wanted(size->width, size->height);
    }
    auto image = decode(bytes, nameForErrors, JpegScale{8 / reduced.reduction});
    if (!image) return fail(image.error());
    reduced.image = std::move(image->image);
    if (reduced.fullWidth == 0) {
        reduced.fullWidth = reduced.image.width;
        reduced.fullHeight = reduced.image.height;
    }
    return reduced;
}

Result<base::Image> decodeThumbnail(const std::string& path, int maxSide) {
    const DecodeScope scope;
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

Result<PictureNote> inspectImage(Bytes bytes, const std::string& nameForErrors) {
    const DecodeScope scope;
    // A JPEG at an eighth still reads every coefficient, so nothing missing goes unnoticed.
    return decode(bytes, nameForErrors, JpegScale{1}).map([](const DecodedPicture& picture) {
        return picture.note;
    });
}

Result<void> verifyImage(Bytes bytes, const std::string& nameForErrors) {
    return inspectImage(bytes, nameForErrors).map([](PictureNote) {});
}

namespace {

constexpr std::array<std::string_view, 14> kExtensions{".jpg", ".jpeg", ".jpe",  ".jfif", ".png",
                                                       ".bmp", ".gif",  ".webp", ".tif",  ".tiff",
                                                       ".ppm", ".pgm",  ".pbm",  ".pnm"};

}  // namespace

bool hasImageExtension(const std::string& path) {
    return std::ranges::find(kExtensions, lowerExtension(path)) != kExtensions.end();
}

std::vector<std::string> readableEndings() {
    std::vector<std::string> endings(kExtensions.begin(), kExtensions.end());
    if (canReadHeic()) endings.insert(endings.end(), {".heic", ".heif"});
    if (canReadAvif()) endings.emplace_back(".avif");
    return endings;
}

}  // namespace graft::data
