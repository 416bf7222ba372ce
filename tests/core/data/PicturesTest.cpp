// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of unusual kinds against Pillow (make_odd_images.py): read, refused with a sentence, never a word
// of a library on standard error.
#include <algorithm>
#include <cstdlib>
#include <thread>

#include "core/data/FolderScanner.h"
#include "core/data/ImageDecoder.h"
#include "core/data/ImageListing.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using base::Image;
using data::DatasetIndex;
using data::PictureNote;
using data::ProblemCode;

Image readExpected(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    int width = 0;
    int height = 0;
    file >> width >> height;
    file.get();
    Image image(width, height);
    file.read(reinterpret_cast<char*>(image.pixels.data()),
              static_cast<std::streamsize>(image.pixels.size()));
    EXPECT_TRUE(file.good()) << path;
    return image;
}

// Pillow rounds inks and JPEG's colours its own way.
int toleranceOf(const std::string& name) {
    return name.starts_with("cmyk") ? 2 : name.starts_with("jpeg.tif") ? 3 : 0;
}

class PicturesTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        s_folder = std::make_unique<TemporaryFolder>();
        runPython("make_odd_images.py", {s_folder->path()});
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static std::string path(const std::string& name) { return s_folder->path(name); }
    static std::vector<std::string> namesIn(const std::string& folder) {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(path(folder))) {
            if (entry.path().extension() != ".rgb") names.push_back(entry.path().filename().string());
        }
        std::ranges::sort(names);
        EXPECT_FALSE(names.empty()) << folder;
        return names;
    }
    static PictureNote noteOf(const std::string& name) {
        const auto bytes = data::readFileBytes(path("good/" + name));
        const auto note = bytes ? data::inspectImage(*bytes, name) : Result<PictureNote>(fail(bytes.error()));
        EXPECT_TRUE(note) << name;
        return note.value_or(PictureNote::None);
    }

    static inline std::unique_ptr<TemporaryFolder> s_folder;
};

}  // namespace

TEST_F(PicturesTest, PixelsArePillows) {
    for (const std::string& name : namesIn("good")) {
        const auto image = data::decodeImage(path("good/" + name));
        if (!image) {
            ADD_FAILURE() << name << ": " << image.error().message;
            continue;
        }
        const std::string ending = fs::path(name).extension().string();
        EXPECT_EQ(std::ranges::count(data::readableEndings(), ending), 1) << name;
        const Image expected = readExpected(path("good/" + name + ".rgb"));
        ASSERT_EQ(image->width, expected.width) << name;
        ASSERT_EQ(image->height, expected.height) << name;
        int largest = 0;
        for (std::size_t i = 0; i < image->pixels.size(); ++i)
            largest = std::max(largest, std::abs(image->pixels[i] - expected.pixels[i]));
        EXPECT_LE(largest, toleranceOf(name)) << name;
    }
}

TEST_F(PicturesTest, WhatNobodyCouldLookAtIsRefused) {
    for (const std::string& name : namesIn("refused")) {
        const auto image = data::decodeImage(path("refused/" + name));
        ASSERT_FALSE(image) << name;
        EXPECT_EQ(image.error().code, ErrorCode::BadFormat);
        const char* words = name.ends_with(".jpg")         ? "ends in the middle"
                            : name.starts_with("channels") ? "13 channels"
                            : name.starts_with("thin")     ? "too thin"
                                                           : "brightness";
        EXPECT_NE(image.error().message.find(words), std::string::npos)
            << name << ": " << image.error().message;
    }
}

TEST_F(PicturesTest, WhatWasDecidedAboutTheValuesIsKnown) {
    EXPECT_EQ(noteOf("u16.tif"), PictureNote::SixteenBits);
    EXPECT_EQ(noteOf("u16.png"), PictureNote::SixteenBits);
    EXPECT_EQ(noteOf("late_white.tif"), PictureNote::SixteenBits);
    EXPECT_EQ(noteOf("u16_12bit.tif"), PictureNote::TwelveBits);
    EXPECT_EQ(noteOf("u16_12bit.png"), PictureNote::TwelveBits);
    EXPECT_EQ(noteOf("rgb12_big_endian.tif"), PictureNote::TwelveBits);
    EXPECT_EQ(noteOf("u16_dark.tif"), PictureNote::DarkBits);
    EXPECT_EQ(noteOf("i16.tif"), PictureNote::SixteenBits);
    EXPECT_EQ(noteOf("i16_12bit.tif"), PictureNote::TwelveBits);
    EXPECT_EQ(noteOf("half.tif"), PictureNote::UnitNumbers);
    EXPECT_EQ(noteOf("int32.tif"), PictureNote::WholeNumbers);
    EXPECT_EQ(noteOf("float_unit.tif"), PictureNote::UnitNumbers);
    EXPECT_EQ(noteOf("float_255.tif"), PictureNote::ByteNumbers);
    EXPECT_EQ(noteOf("u8_lzw.tif"), PictureNote::None);
}

TEST_F(PicturesTest, TwelveBitsInSixteenAreSaidByTheScanAndByTheNextOne) {
    const TemporaryFolder folder;
    for (const std::string name : {"a", "b"}) {
        fs::create_directories(folder.path(name));
        fs::copy_file(path("good/u16_12bit.tif"), folder.path(name + "/twelve.tif"));
        fs::copy_file(path("good/u16.tif"), folder.path(name + "/sixteen.tif"));
    }
    for (int i = 0; i < 2; ++i) {
        const auto index = data::scanFolder(folder.path(), {}, {}, nullptr, false);
        ASSERT_TRUE(index);
        const auto found = std::ranges::find(index->problems, ProblemCode::NarrowRange, &data::Problem::code);
        ASSERT_NE(found, index->problems.end());
        EXPECT_EQ(found->path, "a/twelve.tif");
        EXPECT_NE(found->message.find("2 pictures"), std::string::npos) << found->message;
        EXPECT_NE(found->message.find("twelve"), std::string::npos) << found->message;
        EXPECT_NE(found->message.find("others here use all sixteen"), std::string::npos) << found->message;
    }
}

// Pictures of every format, damaged in every way: no library says a word of its own.
TEST_F(PicturesTest, LibrariesNeverWriteOnStandardError) {
    const TemporaryFolder folder;
    fs::create_directories(folder.path("data"));
    fs::copy(path("damaged"), folder.path("data/a"));
    fs::copy(path("good"), folder.path("data/b"));
    // an AV1 stream with a unit of an unknown kind
    std::string avif = readText(std::string(GRAFT_TEST_SCRIPTS) + "/../core/data/pictures/gradient.avif");
    avif[avif.find("mdat") + 4] = 0x52;
    writeText(folder.path("data/a/unit.avif"), avif);
    writeText(folder.path("data/a/brand.avif"), avif.replace(8, 4, "mif1"));
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const auto index = data::scanFolder(folder.path("data"), {}, {}, nullptr, false);
    std::fflush(stderr);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
    ASSERT_TRUE(index);
    EXPECT_EQ(index->countsPerClass().size(), 2U);
    for (const data::Problem& problem : index->problems) {
        if (problem.code != ProblemCode::UnreadableImage) continue;
        EXPECT_TRUE(problem.path.starts_with("a/")) << problem.path << ": " << problem.message;
        EXPECT_TRUE(problem.message.ends_with(".")) << problem.message;
        EXPECT_EQ(problem.message.find('\n'), std::string::npos) << problem.message;
    }
}

// Debian's libtiff has none for JPEG 2000, as slide scanners write it.
TEST_F(PicturesTest, ACompressionWithoutADecoderIsNamed) {
    const TemporaryFolder folder;
    std::string tiff = readText(path("good/u8_lzw.tif"));
    const std::string lzw("\x03\x01\x03\x00\x01\x00\x00\x00\x05\x00", 10);  // the tag, SHORT, one, LZW
    const auto at = tiff.find(lzw);
    ASSERT_NE(at, std::string::npos);
    tiff.replace(at + 8, 2, std::string("\x98\x87", 2));  // 34712
    writeText(folder.path("slide.tif"), tiff);
    const auto image = data::decodeImage(folder.path("slide.tif"));
    ASSERT_FALSE(image);
    EXPECT_NE(image.error().message.find("compression (JPEG 2000)"), std::string::npos)
        << image.error().message;
}

// Large pictures wait for each other, however many threads decode.
TEST_F(PicturesTest, LargePicturesAreNotDecodedAllAtOnce) {
#ifdef __SANITIZE_ADDRESS__
    GTEST_SKIP() << "the sanitizer holds on to what was freed";
#endif
    std::string pbm = "P4\n8000 8000\n";  // 192 MB of pixels from 8 MB
    pbm.resize(pbm.size() + std::size_t{1000} * 8000);
    const std::vector<std::uint8_t> bytes(pbm.begin(), pbm.end());
    const auto megabytes = [](const std::string& key) {
        std::ifstream status("/proc/self/status");
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with(key)) return std::stoul(line.substr(key.size())) / 1024;
        }
        return 0UL;
    };
    std::ofstream("/proc/self/clear_refs") << "5";  // the peak begins anew
    const std::size_t before = megabytes("VmRSS:");
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 6; ++i)
            threads.emplace_back([&] { EXPECT_TRUE(data::verifyImage(bytes, "large")); });
    }
    EXPECT_LT(megabytes("VmHWM:") - before, 560U);  // six at once would be 1,150
}

TEST_F(PicturesTest, HeicAndAvifAreReadOrNamed) {
    const std::string folder = std::string(GRAFT_TEST_SCRIPTS) + "/../core/data/pictures/";
    for (const std::string name : {"gradient.heic", "gradient.avif"}) {
        const data::FileLook look = data::lookAtFile(folder + name);
        EXPECT_EQ(look.format, name.ends_with("heic") ? "HEIC" : "AVIF");
        const auto image = data::decodeImage(folder + name);
        if (look.content == data::FileContent::OtherFormat) {  // built without libheif or its decoder
            ASSERT_FALSE(image);
            EXPECT_NE(image.error().message.find(look.format), std::string::npos) << image.error().message;
            continue;
        }
        ASSERT_TRUE(image) << image.error().message;
        ASSERT_EQ(image->width, 96);
        ASSERT_EQ(image->height, 64);
        double sum = 0;  // red grows to the right, green downwards, blue is half
        for (int y = 0; y < 64; ++y) {
            for (int x = 0; x < 96; ++x) {
                const std::uint8_t* pixel = image->row(y) + std::ptrdiff_t{3} * x;
                sum += std::abs(pixel[0] - x * 255 / 96) + std::abs(pixel[1] - y * 255 / 64) +
                       std::abs(pixel[2] - 128);
            }
        }
        EXPECT_LT(sum / (96 * 64 * 3), 4.0) << name;
        const auto bytes = data::readFileBytes(folder + name);
        ASSERT_TRUE(bytes);
        for (const std::size_t length : {std::size_t{40}, bytes->size() / 2, bytes->size() - 20})
            EXPECT_FALSE(data::decodeImage(std::span(*bytes).first(length), name)) << length;
    }
}

}  // namespace graft::test
