// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cstring>
#include <filesystem>

#include "core/data/IdxImport.h"
#include "core/data/ImageDecoder.h"
#include "core/data/detail/FileFormat.h"
#include "core/data/detail/GifDecoder.h"
#include "core/data/detail/JpegDecoder.h"
#include "core/data/detail/Orientation.h"
#include "tests/fuzz/Checks.h"
#include "tests/fuzz/MemoryFile.h"
#include "tests/fuzz/Targets.h"

namespace graft::fuzz {

namespace {

void requireSound(const Result<base::Image>& image) {
    if (!image) {
        requireSentence(image.error());
        return;
    }
    require(image->width > 0 && image->height > 0);
    require(image->pixels.size() == static_cast<std::size_t>(image->width) * image->height * 3);
}

// A folder that goes with the program; in memory where the machine has such a place.
class Scratch {
  public:
    Scratch() {
        const bool inMemory = std::filesystem::is_directory("/dev/shm");
        std::string pattern =
            (inMemory ? "/dev/shm" : std::filesystem::temp_directory_path().string()) + "/graft-fuzz-XXXXXX";
        require(mkdtemp(pattern.data()) != nullptr);
        m_path = pattern;
    }
    ~Scratch() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const std::string& path() const { return m_path; }

  private:
    std::string m_path;
};

}  // namespace

// Graft's own readers: JPEG with EXIF, GIF, and the orientation of TIFF and WebP files.
void fuzzImage(Bytes bytes) {
    const bool gif = bytes.size() > 3 && std::memcmp(bytes.data(), "GIF", 3) == 0;
    if (gif) {
        requireSound(data::decodeGif(bytes, "memory"));
        return;
    }
    data::tiffNumber(bytes, data::kTiffOrientation);
    data::webpOrientation(bytes);
    const auto size = data::jpegSize(bytes, "memory");
    if (!size) {
        requireSentence(size.error());
        return;
    }
    if (std::int64_t{size->width} * size->height > 1'000'000) return;  // honest but slow
    requireSound(data::decodeJpeg(bytes, "memory", data::JpegScale{8}));
    requireSound(data::decodeJpeg(bytes, "memory", data::JpegScale{1}));
}

// Every other format, through what the rest of the program calls. JPEG and GIF have a target of their own.
void fuzzPicture(Bytes bytes) {
    const std::string name = "memory";
    const data::FileFormat format =
        data::formatOf(bytes.first(std::min(bytes.size(), data::kHeadBytes)), name);
    if (!format.isRead()) requireSentence(Error{ErrorCode::BadFormat, data::formatSentence(format), name});
    if (format.decoder == data::Decoder::Jpeg || format.decoder == data::Decoder::Gif) return;
    requireSound(data::decodeImage(bytes, name));
}

// The first half is the file of pictures, the second the file of labels.
void fuzzIdx(Bytes bytes) {
    static const Scratch scratch;
    const MemoryFile images(bytes.first(bytes.size() / 2));
    const MemoryFile labels(bytes.subspan(bytes.size() / 2));
    data::IdxImportOptions options;
    options.perClass = 1;
    options.classNames = {"a", "b"};
    const std::string folder = scratch.path() + "/out";
    std::filesystem::remove_all(folder);
    const auto report = data::importIdx(images.path(), labels.path(), folder, options);
    if (!report) requireSentence(report.error());
}

}  // namespace graft::fuzz
