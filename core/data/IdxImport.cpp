// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/IdxImport.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <span>

#include "core/base/detail/AtomicFile.h"

namespace graft::data {

namespace {

constexpr std::size_t kMaxSide = 4096;
constexpr std::size_t kMaxImages = 100'000'000;

// zlib's reader takes plain files as they are.
class GzipFile {
  public:
    explicit GzipFile(const std::string& path) : m_path(path), m_file(gzopen(path.c_str(), "rb"), gzclose) {}

    bool isOpen() const { return m_file != nullptr; }
    const std::string& path() const { return m_path; }
    bool read(std::span<std::uint8_t> target) {
        return gzread(m_file.get(), target.data(), static_cast<unsigned>(target.size())) ==
               static_cast<int>(target.size());
    }
    // Behind the last byte: gzip's checksum is compared only there.
    bool endsWell() {
        std::uint8_t more = 0;
        return gzread(m_file.get(), &more, 1) >= 0;
    }
    // IDX numbers are big endian.
    bool readNumber(std::size_t& value) {
        std::array<std::uint8_t, 4> bytes{};
        if (!read(bytes)) return false;
        value = 0;
        for (const std::uint8_t byte : bytes)
            value = value << 8 | byte;
        return true;
    }

  private:
    std::string m_path;
    std::unique_ptr<gzFile_s, int (*)(gzFile)> m_file;
};

Result<GzipFile> openIdx(const std::string& path, std::size_t magic, const char* content) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorCode::NotFound, "There is no such file.", path);
    GzipFile file(path);
    if (!file.isOpen())
        return fail(ErrorCode::Unreadable, "The file cannot be read; check its access rights.", path);
    std::size_t found = 0;
    if (!file.readNumber(found) || found != magic) {
        return fail(ErrorCode::BadFormat, std::string("This is no IDX file of ") + content + ".", path);
    }
    return file;
}

bool isFolderName(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos;
}

}  // namespace

Result<IdxImportReport> importIdx(const std::string& imagesFile, const std::string& labelsFile,
                                  const std::string& folder, const IdxImportOptions& options,
                                  const std::function<void(std::size_t done, std::size_t total)>& progress) {
    for (const std::string& name : options.classNames) {
        if (!isFolderName(name)) {
            return fail(ErrorCode::InvalidArgument,
                        "The class name \"" + name + "\" cannot be the name of a folder.");
        }
        if (std::ranges::count(options.classNames, name) > 1) {
            return fail(ErrorCode::InvalidArgument, "The class name \"" + name + "\" stands twice.");
        }
    }
    constexpr std::size_t kImageMagic = 0x00000803;  // unsigned bytes, three dimensions
    constexpr std::size_t kLabelMagic = 0x00000801;  // unsigned bytes, one dimension
    auto images = openIdx(imagesFile, kImageMagic, "pictures");
    if (!images) return fail(images.error());
    auto labels = openIdx(labelsFile, kLabelMagic, "labels");
    if (!labels) return fail(labels.error());

    std::size_t count = 0;
    std::size_t labelCount = 0;
    std::size_t rows = 0;
    std::size_t columns = 0;
    if (!images->readNumber(count) || !images->readNumber(rows) || !images->readNumber(columns) ||
        rows == 0 || columns == 0 || rows > kMaxSide || columns > kMaxSide || count > kMaxImages) {
        return fail(ErrorCode::BadFormat, "The file's header is damaged.", imagesFile);
    }
    if (!labels->readNumber(labelCount) || labelCount != count) {
        return fail(ErrorCode::BadFormat,
                    "The file has " + std::to_string(labelCount) + " labels, but there are " +
                        std::to_string(count) + " pictures in " + imagesFile + ".",
                    labelsFile);
    }

    std::vector<std::uint8_t> allLabels;  // grows with what is there, whatever the header claims
    while (allLabels.size() < count) {
        const std::size_t before = allLabels.size();
        allLabels.resize(std::min(count, before + 65536));
        if (!labels->read(std::span(allLabels).subspan(before)))
            return fail(ErrorCode::BadFormat, "The file ends too early.", labelsFile);
    }
    if (!labels->endsWell()) return fail(ErrorCode::BadFormat, "The file is damaged.", labelsFile);
    const std::size_t classCount =
        count == 0 ? 0 : static_cast<std::size_t>(*std::max_element(allLabels.begin(), allLabels.end())) + 1;
    if (!options.classNames.empty() && options.classNames.size() < classCount) {
        return fail(ErrorCode::InvalidArgument,
                    "There are " + std::to_string(classCount) + " classes, but only " +
                        std::to_string(options.classNames.size()) + " names.",
                    labelsFile);
    }

    IdxImportReport report;
    std::vector<std::size_t> written(classCount, 0);
    std::size_t total = 0;
    for (const std::uint8_t label : allLabels) {
        if (options.perClass == 0 || written[label] < options.perClass) {
            ++written[label];
            ++total;
        }
    }
    for (std::size_t label = 0; label < classCount; ++label) {
        report.classes.push_back(label < options.classNames.size() ? options.classNames[label]
                                                                   : std::to_string(label));
        const std::string ofClass = folder + "/" + report.classes.back();
        if (const auto made = base::makeFolder(ofClass); !made) return fail(made.error());
        // The numbers begin at 0 in every file: a second one would take the place of a part of the first.
        std::error_code error;
        if (!std::filesystem::is_empty(ofClass, error) && !error) {
            return fail(ErrorCode::InvalidArgument,
                        "There are files in this folder already; choose another one, or remove it.", ofClass);
        }
    }

    std::ranges::fill(written, 0);
    std::vector<std::uint8_t> pixels(rows * columns);
    std::vector<std::uint8_t> png;
    for (std::size_t i = 0; i < count && report.images < total; ++i) {
        if (!images->read(pixels)) return fail(ErrorCode::BadFormat, "The file ends too early.", imagesFile);
        const std::uint8_t label = allLabels[i];
        if (options.perClass != 0 && written[label] >= options.perClass) continue;
        ++written[label];
        std::string number = std::to_string(i);
        number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
        const std::string path = folder + "/" + report.classes[label] + "/" + number + ".png";
        const cv::Mat picture(static_cast<int>(rows), static_cast<int>(columns), CV_8UC1, pixels.data());
        cv::imencode(".png", picture, png);
        std::ofstream file(path, std::ios::binary);
        file.write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
        if (!file.flush())
            return fail(ErrorCode::Unwritable, "The picture cannot be written; the disk may be full.", path);
        ++report.images;
        if (progress) progress(report.images, total);
        if (i + 1 == count && !images->endsWell())
            return fail(ErrorCode::BadFormat, "The file is damaged; the pictures that it gave are, too.",
                        imagesFile);
    }
    return report;
}

}  // namespace graft::data
