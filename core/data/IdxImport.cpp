// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/IdxImport.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <opencv2/core.hpp>
#include <opencv2/imgcodecs.hpp>
#include <span>
#include <utility>

#include "core/base/detail/AtomicFile.h"

namespace graft::data {

namespace {

namespace fs = std::filesystem;

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

Result<GzipFile> openIdx(const std::string& path, std::size_t magic, const Message& content) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return fail(ErrorCode::NotFound, GRAFT_TEXT("There is no such file."), path);
    GzipFile file(path);
    if (!file.isOpen())
        return fail(ErrorCode::Unreadable, GRAFT_TEXT("The file cannot be read; check its access rights."),
                    path);
    std::size_t found = 0;
    if (!file.readNumber(found) || found != magic) {
        return fail(ErrorCode::BadFormat, {GRAFT_TEXT("This is no IDX file of {1}."), content}, path);
    }
    return file;
}

bool isFolderName(const std::string& name) {
    return !name.empty() && name != "." && name != ".." && name.find('/') == std::string::npos &&
           name.find('\0') == std::string::npos;
}

Result<void> checkNames(const std::vector<std::string>& names) {
    for (const std::string& name : names) {
        if (!isFolderName(name)) {
            return fail(ErrorCode::InvalidArgument,
                        {GRAFT_TEXT("The class name \"{1}\" cannot be the name of a folder."), name});
        }
        if (std::ranges::count(names, name) > 1)
            return fail(ErrorCode::InvalidArgument,
                        {GRAFT_TEXT("The class name \"{1}\" stands twice."), name});
    }
    return {};
}

// Both files, read up to the pixels.
struct IdxPair {
    GzipFile images;
    std::size_t rows;
    std::size_t columns;
    std::vector<std::uint8_t> labels;  // of each picture
    std::size_t classCount;
};

Result<IdxPair> openPair(const std::string& imagesFile, const std::string& labelsFile) {
    constexpr std::size_t kImageMagic = 0x00000803;  // unsigned bytes, three dimensions
    constexpr std::size_t kLabelMagic = 0x00000801;  // unsigned bytes, one dimension
    auto images = openIdx(imagesFile, kImageMagic, GRAFT_TEXT("pictures"));
    if (!images) return fail(images.error());
    auto labels = openIdx(labelsFile, kLabelMagic, GRAFT_TEXT("labels"));
    if (!labels) return fail(labels.error());

    IdxPair pair{std::move(*images), 0, 0, {}, 0};
    std::size_t count = 0;
    std::size_t labelCount = 0;
    if (!pair.images.readNumber(count) || !pair.images.readNumber(pair.rows) ||
        !pair.images.readNumber(pair.columns) || pair.rows == 0 || pair.columns == 0 ||
        pair.rows > kMaxSide || pair.columns > kMaxSide || count > kMaxImages) {
        return fail(ErrorCode::BadFormat, GRAFT_TEXT("The file's header is damaged."), imagesFile);
    }
    if (!labels->readNumber(labelCount) || labelCount != count) {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The file has {1} labels, but there are {2} pictures in {3}."), labelCount,
                     count, imagesFile},
                    labelsFile);
    }
    while (pair.labels.size() < count) {  // grows with what is there, whatever the header claims
        const std::size_t before = pair.labels.size();
        pair.labels.resize(std::min(count, before + 65536));
        if (!labels->read(std::span(pair.labels).subspan(before)))
            return fail(ErrorCode::BadFormat, GRAFT_TEXT("The file ends too early."), labelsFile);
    }
    if (!labels->endsWell())
        return fail(ErrorCode::BadFormat, GRAFT_TEXT("The file is damaged."), labelsFile);
    if (count > 0) pair.classCount = static_cast<std::size_t>(*std::ranges::max_element(pair.labels)) + 1;
    return pair;
}

// sentence: with a gap for the reason.
tl::unexpected<Error> unwritable(const char* sentence, const std::string& path) {
    const Message why =
        errno != 0 ? Message::words(std::strerror(errno)) : GRAFT_TEXT("the disk may be full");
    return fail(ErrorCode::Unwritable, {sentence, why}, path);
}

constexpr const char* kNoFolder = GRAFT_TEXT("The folder cannot be written: {1}.");
constexpr const char* kNoPicture = GRAFT_TEXT("The picture cannot be written: {1}.");

// The folders that are made on the way to the target: they go again where it does not come.
class FoldersAbove {
  public:
    explicit FoldersAbove(const fs::path& target) {
        std::error_code error;
        for (fs::path above = target.parent_path(); !above.empty() && !fs::exists(above, error);
             above = above.parent_path())
            m_missing.push_back(above);
    }
    ~FoldersAbove() {
        std::error_code error;
        for (const fs::path& folder : m_missing)
            fs::remove(folder, error);  // fails for one that holds something
    }
    FoldersAbove(const FoldersAbove&) = delete;
    FoldersAbove& operator=(const FoldersAbove&) = delete;

    Result<void> make() const {
        return m_missing.empty() ? Result<void>() : base::makeFolder(m_missing.front().string());
    }

  private:
    std::vector<fs::path> m_missing;  // innermost first
};

// The numbers begin at 0 in every file: a second one would take the place of a part of the first.
Result<void> checkFree(const fs::path& target, const std::vector<std::string>& classes) {
    if (const auto made = base::makeFolder(target.string()); !made) return made;  // or is it a file?
    for (const std::string& name : classes) {
        const fs::path ofClass = target / name;
        std::error_code error;
        if (!fs::exists(fs::symlink_status(ofClass, error))) continue;
        if (fs::is_directory(ofClass, error) && fs::is_empty(ofClass, error)) continue;
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("There are files in this folder already; choose another one, or remove it."),
                    ofClass.string());
    }
    return {};
}

// A folder that was there stays, with its rights and what else is in it: the classes are moved into it.
Result<void> moveClasses(const fs::path& pictures, const fs::path& target,
                         const std::vector<std::string>& classes) {
    for (std::size_t i = 0; i < classes.size(); ++i) {
        const fs::path place = target / classes[i];
        if (std::rename((pictures / classes[i]).c_str(), place.c_str()) == 0) continue;
        auto failed = unwritable(kNoFolder, place.string());
        while (i-- > 0)
            std::rename((target / classes[i]).c_str(), (pictures / classes[i]).c_str());
        return failed;
    }
    base::syncFolder(target.string());
    return {};
}

Result<void> moveFolder(const fs::path& pictures, const fs::path& target) {
    if (std::rename(pictures.c_str(), target.c_str()) != 0) return unwritable(kNoFolder, target.string());
    base::syncFolder(target.has_parent_path() ? target.parent_path().string() : ".");
    return {};
}

// Not synced to the disk one by one, which would take minutes: after a power cut scan names what is cut off.
Result<void> writePicture(const fs::path& file, const std::vector<std::uint8_t>& png, const fs::path& place) {
    errno = 0;
    std::ofstream stream(file, std::ios::binary);
    stream.write(reinterpret_cast<const char*>(png.data()), static_cast<std::streamsize>(png.size()));
    stream.close();
    return stream ? Result<void>() : unwritable(kNoPicture, place.string());
}

std::string pictureName(std::size_t index) {
    std::string number = std::to_string(index);
    number.insert(0, number.size() < 6 ? 6 - number.size() : 0, '0');
    return number + ".png";
}

}  // namespace

Result<IdxImportReport> importIdx(const std::string& imagesFile, const std::string& labelsFile,
                                  const std::string& folder, const IdxImportOptions& options,
                                  const std::function<void(std::size_t done, std::size_t total)>& progress,
                                  runtime::RunControl* control) {
    if (const auto named = checkNames(options.classNames); !named) return fail(named.error());
    auto pair = openPair(imagesFile, labelsFile);
    if (!pair) return fail(pair.error());
    if (!options.classNames.empty() && options.classNames.size() < pair->classCount) {
        return fail(ErrorCode::InvalidArgument,
                    {GRAFT_TEXT("There are {1} classes, but only {2} names."), pair->classCount,
                     options.classNames.size()},
                    labelsFile);
    }
    IdxImportReport report;
    for (std::size_t label = 0; label < pair->classCount; ++label) {
        report.classes.push_back(label < options.classNames.size() ? options.classNames[label]
                                                                   : std::to_string(label));
    }
    std::vector<std::size_t> written(pair->classCount, 0);
    std::size_t total = 0;
    for (const std::uint8_t label : pair->labels) {
        if (options.perClass == 0 || written[label] < options.perClass) {
            ++written[label];
            ++total;
        }
    }

    if (total == 0) return report;

    fs::path target(folder);
    if (!target.has_filename()) target = target.parent_path();  // "out/"
    std::error_code error;
    const bool isThere = fs::exists(fs::symlink_status(target, error));
    if (isThere) {
        if (const auto free = checkFree(target, report.classes); !free) return fail(free.error());
    }
    const FoldersAbove above(target);
    if (const auto made = above.make(); !made) return fail(made.error());
    const auto aside = base::AsideFolder::create((isThere ? target / ".import" : target).string());
    if (!aside) return fail(aside.error().code, aside.error().message, folder);
    const fs::path pictures = aside->pathOf("pictures");
    for (const std::string& name : report.classes) {
        if (const auto made = base::makeFolder((pictures / name).string()); !made)
            return fail(made.error().code, made.error().message, (target / name).string());
    }

    std::ranges::fill(written, 0);
    std::vector<std::uint8_t> pixels(pair->rows * pair->columns);
    std::vector<std::uint8_t> png;
    const std::size_t count = pair->labels.size();
    for (std::size_t i = 0; i < count && report.images < total; ++i) {
        if (control != nullptr && !control->checkpoint())
            return fail(ErrorCode::Cancelled, GRAFT_TEXT("The import was stopped; nothing of it was kept."),
                        folder);
        if (!pair->images.read(pixels))
            return fail(ErrorCode::BadFormat, GRAFT_TEXT("The file ends too early."), imagesFile);
        const std::uint8_t label = pair->labels[i];
        if (options.perClass != 0 && written[label] >= options.perClass) continue;
        ++written[label];
        const std::string& name = report.classes[label];
        const cv::Mat picture(static_cast<int>(pair->rows), static_cast<int>(pair->columns), CV_8UC1,
                              pixels.data());
        cv::imencode(".png", picture, png);
        const auto done = writePicture(pictures / name / pictureName(i), png, target / name / pictureName(i));
        if (!done) return fail(done.error());
        ++report.images;
        if (progress) progress(report.images, total);
        if (i + 1 == count && !pair->images.endsWell())
            return fail(ErrorCode::BadFormat, GRAFT_TEXT("The file is damaged; nothing of it was kept."),
                        imagesFile);
    }
    const auto moved = isThere ? moveClasses(pictures, target, report.classes) : moveFolder(pictures, target);
    if (!moved) return fail(moved.error());
    return report;
}

}  // namespace graft::data
