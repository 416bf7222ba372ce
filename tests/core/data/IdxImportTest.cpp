// SPDX-License-Identifier: GPL-3.0-or-later
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "core/data/IdxImport.h"
#include "core/data/ImageDecoder.h"
#include "tests/support/FailingDevice.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using data::IdxImportOptions;
using data::IdxImportReport;

using Names = std::vector<std::string>;

std::string bigEndian(std::uint32_t value) {
    std::string text;
    for (int shift = 24; shift >= 0; shift -= 8)
        text += static_cast<char>(value >> shift & 0xFF);
    return text;
}

constexpr std::uint32_t kRows = 3;
constexpr std::uint32_t kColumns = 4;

// Pixel p of picture i has the value 16 i + p.
std::string imagesIdx(std::uint32_t count, std::uint32_t claimed) {
    std::string idx = bigEndian(0x803) + bigEndian(claimed) + bigEndian(kRows) + bigEndian(kColumns);
    for (std::uint32_t i = 0; i < count; ++i) {
        for (std::uint32_t p = 0; p < kRows * kColumns; ++p)
            idx += static_cast<char>(16 * i + p);
    }
    return idx;
}

std::string labelsIdx(const std::vector<int>& labels) {
    std::string idx = bigEndian(0x801) + bigEndian(static_cast<std::uint32_t>(labels.size()));
    for (const int label : labels)
        idx += static_cast<char>(label);
    return idx;
}

void writeGzip(const std::string& path, const std::string& content) {
    const gzFile file = gzopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    EXPECT_EQ(gzwrite(file, content.data(), static_cast<unsigned>(content.size())),
              static_cast<int>(content.size()));
    EXPECT_EQ(gzclose(file), Z_OK);
}

class IdxImportTest : public testing::Test {
  protected:
    std::string path(const std::string& name) const { return m_folder.path(name); }

    void writePair(const std::vector<int>& labels) const {
        const auto count = static_cast<std::uint32_t>(labels.size());
        writeText(path("images"), imagesIdx(count, count));
        writeText(path("labels"), labelsIdx(labels));
    }
    Result<IdxImportReport> import(const IdxImportOptions& options = {}) const {
        return data::importIdx(path("images"), path("labels"), path("out"), options);
    }
    Error importError(const IdxImportOptions& options = {}) const {
        const auto report = import(options);
        EXPECT_FALSE(report);
        if (report) return {};
        EXPECT_TRUE(report.error().message.english().ends_with(".")) << report.error().message.english();
        return report.error();
    }
    // Every file below out, sorted.
    Names written(const std::string& folder = "out") const {
        Names names;
        for (const auto& entry : fs::recursive_directory_iterator(path(folder))) {
            if (entry.is_regular_file())
                names.push_back(entry.path().lexically_relative(path(folder)).string());
        }
        std::ranges::sort(names);
        return names;
    }
    // Whatever lies below a folder, sorted; nothing for one that is not there.
    Names everythingIn(const std::string& folder) const {
        Names names;
        std::error_code error;
        for (const auto& entry : fs::recursive_directory_iterator(path(folder), error))
            names.push_back(entry.path().lexically_relative(path(folder)).string());
        std::ranges::sort(names);
        return names;
    }
    void expectPicture(const std::string& name, int index) const {
        const auto image = data::decodeImage(path("out/" + name));
        ASSERT_TRUE(image) << name;
        ASSERT_EQ(image->width, static_cast<int>(kColumns));
        ASSERT_EQ(image->height, static_cast<int>(kRows));
        for (std::size_t i = 0; i < image->pixels.size(); ++i)
            ASSERT_EQ(image->pixels[i], 16 * index + static_cast<int>(i / 3)) << name;
    }

    TemporaryFolder m_folder;
};

}  // namespace

TEST_F(IdxImportTest, PlainFilesBecomeClassFolders) {
    writePair({1, 0, 2, 1});
    const auto report = import();
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_EQ(report->images, 4U);
    EXPECT_EQ(report->classes, (Names{"0", "1", "2"}));
    EXPECT_EQ(written(), (Names{"0/000001.png", "1/000000.png", "1/000003.png", "2/000002.png"}));
    expectPicture("1/000000.png", 0);
    expectPicture("0/000001.png", 1);
    expectPicture("2/000002.png", 2);
    expectPicture("1/000003.png", 3);
}

TEST_F(IdxImportTest, GzipIsTheSame) {
    writeGzip(path("images"), imagesIdx(3, 3));
    writeGzip(path("labels"), labelsIdx({1, 0, 1}));
    const auto report = import();
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_EQ(report->images, 3U);
    expectPicture("0/000001.png", 1);
    expectPicture("1/000002.png", 2);
}

TEST_F(IdxImportTest, PerClassTakesTheFirstOnes) {
    writePair({0, 0, 0, 1, 0, 1, 1});
    IdxImportOptions options;
    options.perClass = 2;
    std::size_t last = 0;
    const auto report = data::importIdx(path("images"), path("labels"), path("out"), options,
                                        [&](std::size_t done, std::size_t total) {
                                            EXPECT_EQ(done, ++last);
                                            EXPECT_EQ(total, 4U);
                                        });
    ASSERT_TRUE(report);
    EXPECT_EQ(report->images, 4U);
    EXPECT_EQ(last, 4U);
    EXPECT_EQ(written(), (Names{"0/000000.png", "0/000001.png", "1/000003.png", "1/000005.png"}));
    expectPicture("1/000005.png", 5);
}

TEST_F(IdxImportTest, NamesByLabel) {
    writePair({0, 1});
    IdxImportOptions options;
    options.classNames = {"T-shirt, top", "Käfer", "never used"};
    const auto report = import(options);
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_EQ(report->classes, (Names{"T-shirt, top", "Käfer"}));
    expectPicture("Käfer/000001.png", 1);
}

TEST_F(IdxImportTest, LabelsBeyondTheNames) {
    writePair({0, 1, 4});
    IdxImportOptions options;
    options.classNames = {"a", "b", "c"};
    const Error error = importError(options);
    EXPECT_EQ(error.code, ErrorCode::InvalidArgument);
    EXPECT_EQ(error.message.english(), "There are 5 classes, but only 3 names.");
    EXPECT_FALSE(fs::exists(path("out")));
}

TEST_F(IdxImportTest, NamesThatAreNoFolders) {
    writePair({0, 1});
    for (const std::string& name : {std::string(), std::string("."), std::string(".."), std::string("a/b"),
                                    std::string("/etc"), std::string("a\0b", 3)}) {
        IdxImportOptions options;
        options.classNames = {"good", name};
        const Error error = importError(options);
        EXPECT_EQ(error.code, ErrorCode::InvalidArgument) << name;
        EXPECT_FALSE(fs::exists(path("out")));
    }
}

TEST_F(IdxImportTest, ANameThatStandsTwiceWouldMixTwoClasses) {
    writePair({0, 1});
    IdxImportOptions options;
    options.classNames = {"shirt", "shirt"};
    const Error error = importError(options);
    EXPECT_EQ(error.code, ErrorCode::InvalidArgument);
    EXPECT_NE(error.message.english().find("shirt"), std::string::npos) << error.message.english();
}

TEST_F(IdxImportTest, MissingFiles) {
    writePair({0, 1});
    fs::remove(path("labels"));
    EXPECT_EQ(importError().code, ErrorCode::NotFound);
    EXPECT_EQ(importError().path, path("labels"));
    fs::remove(path("images"));
    EXPECT_EQ(importError().path, path("images"));
}

TEST_F(IdxImportTest, WrongMagicNumbers) {
    writePair({0, 1});
    const std::string images = readText(path("images"));
    writeText(path("images"), readText(path("labels")));  // exchanged
    Error error = importError();
    EXPECT_EQ(error.code, ErrorCode::BadFormat);
    EXPECT_EQ(error.message.english(), "This is no IDX file of pictures.");
    writeText(path("images"), images);
    writeText(path("labels"), images);
    error = importError();
    EXPECT_EQ(error.code, ErrorCode::BadFormat);
    EXPECT_EQ(error.message.english(), "This is no IDX file of labels.");
    for (const std::string content : {"", "x", "\x89PNG\r\n\x1a\n"}) {
        writeText(path("images"), content);
        EXPECT_EQ(importError().code, ErrorCode::BadFormat);
    }
}

TEST_F(IdxImportTest, TruncatedFiles) {
    writePair({0, 1, 1});
    const std::string images = readText(path("images"));
    const std::string labels = readText(path("labels"));
    for (std::size_t length = 0; length < images.size(); ++length) {
        writeText(path("images"), images.substr(0, length));
        fs::remove_all(path("out"));
        const Error error = importError();
        ASSERT_EQ(error.code, ErrorCode::BadFormat) << length;
        ASSERT_EQ(error.path, path("images"));
        if (length > 16) {
            ASSERT_EQ(error.message.english(), "The file ends too early.");
        }
    }
    writeText(path("images"), images);
    for (std::size_t length = 0; length < labels.size(); ++length) {
        writeText(path("labels"), labels.substr(0, length));
        const Error error = importError();
        ASSERT_EQ(error.code, ErrorCode::BadFormat) << length;
        ASSERT_EQ(error.path, path("labels"));
    }
}

TEST_F(IdxImportTest, ATruncatedGzipFile) {
    std::string noise;
    std::uint32_t state = 1;
    for (int i = 0; i < 12 * 400; ++i) {
        state = state * 1664525U + 1013904223U;
        noise += static_cast<char>(state >> 24);
    }
    writeGzip(path("whole"), imagesIdx(0, 400) + noise);
    const std::string whole = readText(path("whole"));
    writeText(path("images"), whole.substr(0, whole.size() / 2));
    writeText(path("labels"), labelsIdx(std::vector<int>(400, 0)));
    const Error error = importError();
    EXPECT_EQ(error.code, ErrorCode::BadFormat);
    EXPECT_EQ(error.message.english(), "The file ends too early.");
}

TEST_F(IdxImportTest, CountsThatDoNotAgree) {
    writePair({0, 1, 1});
    writeText(path("labels"), labelsIdx({0, 1}));
    const Error error = importError();
    EXPECT_EQ(error.code, ErrorCode::BadFormat);
    EXPECT_NE(error.message.english().find("2 labels"), std::string::npos) << error.message.english();
    EXPECT_NE(error.message.english().find("3 pictures"), std::string::npos) << error.message.english();
}

TEST_F(IdxImportTest, ForgedSizes) {
    writeText(path("labels"), labelsIdx({0}));
    for (const auto& [count, rows, columns] : {std::array<std::uint32_t, 3>{0xFFFFFFFF, 28, 28},
                                               {1, 0, 28},
                                               {1, 28, 0},
                                               {1, 0x10000, 28},
                                               {1, 28, 0xFFFFFFFF}}) {
        writeText(path("images"), bigEndian(0x803) + bigEndian(count) + bigEndian(rows) + bigEndian(columns));
        EXPECT_EQ(importError().code, ErrorCode::BadFormat);
    }
}

// The numbers begin at 0 again: it would take the place of a part of the first.
TEST_F(IdxImportTest, ASecondFileNeverGoesIntoTheSameFolder) {
    writePair({0, 1, 1});
    ASSERT_TRUE(import());
    const std::string before = readText(path("out/1/000002.png"));
    const Error error = importError();
    EXPECT_EQ(error.code, ErrorCode::InvalidArgument);
    EXPECT_EQ(error.path, path("out/0"));
    EXPECT_EQ(readText(path("out/1/000002.png")), before);
}

TEST_F(IdxImportTest, GzipsChecksumIsAskedFor) {
    writePair({0, 1, 1});
    for (const std::string name : {"images", "labels"}) {
        const std::string plain = readText(path(name));
        writeGzip(path(name), plain);
        std::string zipped = readText(path(name));
        zipped[zipped.size() - 6] ^= 1;  // of the checksum
        writeText(path(name), zipped);
        EXPECT_EQ(importError().code, ErrorCode::BadFormat) << name;
        writeText(path(name), plain);
        fs::remove_all(path("out"));
    }
}

TEST_F(IdxImportTest, AFileInTheWayOfTheFolder) {
    writePair({0, 1});
    writeText(path("out"), "a file");
    EXPECT_EQ(importError().code, ErrorCode::Unwritable);
    EXPECT_EQ(readText(path("out")), "a file");
}

// Half a data set would look whole to whoever trains on it.
TEST_F(IdxImportTest, WhatIsStoppedInTheMiddleLeavesNothingAndCanBeDoneAgain) {
    writePair({0, 1, 0, 1});
    fs::create_directories(path("disk/empty"));
    fs::create_directories(path("disk/others/cats"));
    writeText(path("disk/others/cats/a.png"), "a person's");
    const Names before = everythingIn("disk");
    // New, with new folders above it, empty, and with another class.
    for (const std::string folder : {"disk/new", "disk/deep/er/new", "disk/empty", "disk/others/"}) {
        SCOPED_TRACE(folder);
        runtime::RunControl control;
        const auto stopped = data::importIdx(
            path("images"), path("labels"), path(folder), {},
            [&](std::size_t done, std::size_t) {
                if (done == 2) control.stop();
            },
            &control);
        ASSERT_FALSE(stopped);
        EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
        EXPECT_EQ(stopped.error().path, path(folder));
        EXPECT_EQ(everythingIn("disk"), before);
    }
    for (const std::string folder : {"disk/new", "disk/deep/er/new", "disk/empty", "disk/others/"}) {
        SCOPED_TRACE(folder);
        const auto again = data::importIdx(path("images"), path("labels"), path(folder), {});
        ASSERT_TRUE(again) << again.error().sentence();
    }
    const Names pictures{"0/000000.png", "0/000002.png", "1/000001.png", "1/000003.png"};
    Names withCats = pictures;
    withCats.emplace_back("cats/a.png");
    EXPECT_EQ(written("disk/new"), pictures);
    EXPECT_EQ(written("disk/deep/er/new"), pictures);
    EXPECT_EQ(written("disk/empty"), pictures);
    EXPECT_EQ(written("disk/others"), withCats);
    EXPECT_EQ(everythingIn("disk/empty").size(), 6U) << "nothing hidden is left";
    EXPECT_EQ(everythingIn("disk").size(), before.size() + 4 + 4 * 6);
}

TEST_F(IdxImportTest, ADiskThatFailsAtAnyChangeIsASentenceAndLeavesNothing) {
    writePair({0, 1, 0, 1});
    const Names pictures{"0/000000.png", "0/000002.png", "1/000001.png", "1/000003.png"};
    for (const std::string folder : {"disk/new", "disk/deep/er/new", "disk/empty"}) {
        for (const DeviceDoes what : {DeviceDoes::Fail, DeviceDoes::Full}) {
            int failures = 0;
            for (long at = 1;; ++at) {
                SCOPED_TRACE(folder + ", change " + std::to_string(at));
                fs::remove_all(path("disk"));
                fs::create_directories(path("disk/empty"));
                setDevice(path("disk"), what, at);
                const auto report = data::importIdx(path("images"), path("labels"), path(folder), {});
                const long changes = deviceChanges();
                setDevice("", DeviceDoes::Nothing, 0);
                if (report) {
                    EXPECT_EQ(written(folder), pictures);
                } else {
                    ++failures;
                    EXPECT_EQ(report.error().code, ErrorCode::Unwritable);
                    EXPECT_NE(report.error().message.english().find("No space left on device."),
                              std::string::npos)
                        << report.error().message.english();
                    EXPECT_TRUE(report.error().path.starts_with(path("disk"))) << report.error().path;
                    EXPECT_EQ(report.error().path.find(".partial"), std::string::npos);
                    EXPECT_EQ(everythingIn("disk"), Names{"empty"});
                }
                if (changes < at) break;
                ASSERT_LT(at, 100);
            }
            EXPECT_GE(failures, 8) << "the folders, the pictures and, of a disk that fails, the move";
        }
    }
}

// What it had begun with goes with the next import, and stands beside its place until then, not in it.
TEST_F(IdxImportTest, AKillAtAnyChangeLeavesAllOrNothing) {
    writePair({0, 1, 0, 1});
    for (long at = 1;; ++at) {
        SCOPED_TRACE(at);
        fs::remove_all(path("disk"));
        fs::create_directories(path("disk"));
        const pid_t child = fork();
        if (child == 0) {
            setDevice(path("disk"), DeviceDoes::Kill, at);
            _exit(data::importIdx(path("images"), path("labels"), path("disk/new"), {}) ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        if (!fs::exists(path("disk/new"))) {
            const auto again = data::importIdx(path("images"), path("labels"), path("disk/new"), {});
            ASSERT_TRUE(again) << again.error().sentence();
            EXPECT_EQ(everythingIn("disk").size(), 7U) << "the folder, two classes and their pictures";
        }
        EXPECT_EQ(written("disk/new").size(), 4U);
        if (WIFEXITED(status)) {
            EXPECT_EQ(WEXITSTATUS(status), 0);
            break;
        }
        ASSERT_LT(at, 100);
    }
}

TEST_F(IdxImportTest, FashionMnist) {
    const std::string folder = "/usr/share/datasets/fashion-mnist/";
    if (!fs::exists(folder + "t10k-images-idx3-ubyte.gz"))
        GTEST_SKIP() << "the package dataset-fashion-mnist is not installed";
    IdxImportOptions options;
    options.perClass = 5;
    const auto report = data::importIdx(folder + "t10k-images-idx3-ubyte.gz",
                                        folder + "t10k-labels-idx1-ubyte.gz", path("out"), options);
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_EQ(report->images, 50U);
    ASSERT_EQ(report->classes.size(), 10U);
    const Names names = written();
    ASSERT_EQ(names.size(), 50U);
    EXPECT_TRUE(std::ranges::find(names, "9/000000.png") != names.end());  // the first test picture is a boot
    for (const std::string& name : names) {
        const auto image = data::decodeImage(path("out/" + name));
        ASSERT_TRUE(image) << name;
        EXPECT_EQ(image->width, 28);
        EXPECT_EQ(image->height, 28);
        EXPECT_GT(*std::ranges::max_element(image->pixels), 100);
    }
}

}  // namespace graft::test
