// SPDX-License-Identifier: GPL-3.0-or-later
// Pictures of unusual kinds against Pillow (make_odd_images.py): read, refused with a sentence, never a word
// of a library on standard error.
#include <algorithm>
#include <cstdlib>
#include <thread>
#include <utility>

#include "core/data/FolderScanner.h"
#include "core/data/ImageDecoder.h"
#include "core/data/ImageListing.h"
#include "core/data/detail/FileFormat.h"
#include "core/data/detail/HeifItems.h"
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

std::string committed(const std::string& name) {
    return readText(std::string(GRAFT_TEST_SCRIPTS) + "/../core/data/pictures/" + name);
}

Result<Image> decodeText(const std::string& content, const std::string& name) {
    return data::decodeImage(std::vector<std::uint8_t>(content.begin(), content.end()), name);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    const auto at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

// Big endian, as ISO base media files are.
std::string number(std::size_t value, int width) {
    std::string text;
    for (int i = width - 1; i >= 0; --i)
        text += static_cast<char>(value >> 8 * i);
    return text;
}

std::string box(const std::string& type, const std::string& content) {
    return number(content.size() + 8, 4) + type + content;
}

std::string fullBox(const std::string& type, const std::string& content, int version = 0) {
    return box(type, number(static_cast<std::size_t>(version), 1) + number(0, 3) + content);
}

// A picture inside a file of its own, as both committed ones are: its properties and its coded data.
struct HeifItem {
    std::string type;
    std::vector<std::string> properties;
    std::string associations;  // a byte each: essential or not, and which property
    std::string data;
};

std::string boxContent(const std::string& file, const std::string& type) {
    const auto at = file.find(type);
    std::size_t size = 0;
    for (std::size_t i = at - 4; i < at; ++i)
        size = size << 8 | static_cast<std::uint8_t>(file[i]);
    return file.substr(at + 4, size - 8);
}

HeifItem heifItem(const std::string& file, const std::string& type) {
    HeifItem item{type, {}, boxContent(file, "ipma").substr(11), boxContent(file, "mdat")};
    const std::string properties = boxContent(file, "ipco");
    for (std::size_t at = 0; at < properties.size(); at += item.properties.back().size())
        item.properties.push_back(properties.substr(
            at, 8 + boxContent(properties.substr(at), properties.substr(at + 4, 4)).size()));
    return item;
}

// A file with several pictures under the given brands, of which the first in order is item 1.
std::string heifOf(const std::vector<HeifItem>& items, std::size_t primary, const std::string& brands) {
    std::string infos;
    std::string properties;
    std::string associations;
    std::string data;
    std::vector<std::size_t> starts;
    std::size_t before = 0;  // properties of the items before
    for (std::size_t i = 0; i < items.size(); ++i) {
        const HeifItem& item = items[i];
        infos += fullBox("infe", number(i + 1, 2) + number(0, 2) + item.type + std::string(1, '\0'), 2);
        associations += number(i + 1, 2) + number(item.associations.size(), 1);
        for (const char one : item.associations)
            associations += static_cast<char>(one + static_cast<char>(before));
        for (const std::string& property : item.properties)
            properties += property;
        before += item.properties.size();
        starts.push_back(data.size());
        data += item.data;
    }
    const std::string head = box("ftyp", brands.substr(0, 4) + number(0, 4) + brands.substr(4));
    const auto metaAt = [&](std::size_t dataAt) {
        std::string places = "\x44" + number(0, 1) + number(items.size(), 2);
        for (std::size_t i = 0; i < items.size(); ++i)
            places += number(i + 1, 2) + number(0, 2) + number(1, 2) + number(dataAt + starts[i], 4) +
                      number(items[i].data.size(), 4);
        return fullBox("meta", fullBox("hdlr", number(0, 4) + "pict" + std::string(13, '\0')) +
                                   fullBox("pitm", number(primary, 2)) + fullBox("iloc", places) +
                                   fullBox("iinf", number(items.size(), 2) + infos) +
                                   box("iprp", box("ipco", properties) +
                                                   fullBox("ipma", number(items.size(), 4) + associations)));
    };
    return head + metaAt(head.size() + metaAt(0).size() + 8) + box("mdat", data);
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
            ADD_FAILURE() << name << ": " << image.error().message.english();
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
        EXPECT_NE(image.error().message.english().find(words), std::string::npos)
            << name << ": " << image.error().message.english();
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
        EXPECT_NE(found->message.english().find("2 pictures"), std::string::npos) << found->message.english();
        EXPECT_NE(found->message.english().find("twelve"), std::string::npos) << found->message.english();
        EXPECT_NE(found->message.english().find("others here use all sixteen"), std::string::npos)
            << found->message.english();
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
    writeText(folder.path("data/a/both.avif"), replaced(avif, "miaf", "hvc1"));
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
        EXPECT_TRUE(problem.path.starts_with("a/")) << problem.path << ": " << problem.message.english();
        EXPECT_TRUE(problem.message.english().ends_with(".")) << problem.message.english();
        EXPECT_EQ(problem.message.english().find('\n'), std::string::npos) << problem.message.english();
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
    EXPECT_NE(image.error().message.english().find("compression (JPEG 2000)"), std::string::npos)
        << image.error().message.english();
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

// The frames and pages behind the first may be cut off, but not what says which way up it is.
TEST_F(PicturesTest, WhatIsCutBehindTheFirstPictureDoesNotMatter) {
    for (const std::string name :
         {"animated.webp", "animated_alpha.webp", "animated.png", "animated.gif", "pages.tif"}) {
        const std::string whole = readText(path("good/" + name));
        const Image expected = readExpected(path("good/" + name + ".rgb"));
        const auto cut = decodeText(whole.substr(0, whole.size() - 100), name);
        ASSERT_TRUE(cut) << name << ": " << cut.error().message.english();
        EXPECT_EQ(cut->pixels, expected.pixels) << name;
        EXPECT_FALSE(decodeText(whole.substr(0, whole.size() / 4), name)) << name;
    }
    const std::string turned = readText(path("good/turned_late.png"));
    const auto refused = decodeText(turned.substr(0, turned.find("eXIf") + 10), "turned.png");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.english().find("ends in the middle"), std::string::npos);
}

// Of brands for HEIC and for AVIF the main one gives the name, unless only the other is read here.
TEST_F(PicturesTest, AHeifFileIsReadIfOneOfItsBrandsIs) {
    struct Case {
        std::string brands;
        data::HeifCodings codings;
        std::string name;
        bool isRead;
    };
    const data::HeifCodings both{true, true};
    const data::HeifCodings hevc{true, false};
    const data::HeifCodings av1{false, true};
    for (const Case& one :
         {Case{"heicmif1avif", both, "HEIC", true}, Case{"avifmif1heic", both, "AVIF", true},
          Case{"mif1heicavif", both, "HEIC", true}, Case{"mif1avifheic", both, "AVIF", true},
          Case{"heicmif1avif", av1, "AVIF", true}, Case{"avifmif1heic", hevc, "HEIC", true},
          Case{"heicmif1avif", {}, "HEIC", false}, Case{"avifmif1miaf", hevc, "AVIF", false},
          Case{"heicmif1miaf", av1, "HEIC", false}, Case{"mif1miaf", av1, "HEIF", true},
          Case{"jpegmif1", av1, "HEIF", true}, Case{"crx isom", both, "camera raw (CR3)", false},
          Case{"isommp42", both, "MP4 or QuickTime", false}}) {
        const std::string head = box("ftyp", one.brands.substr(0, 4) + number(0, 4) + one.brands.substr(4));
        const data::FileFormat format = data::formatOf(
            {reinterpret_cast<const std::uint8_t*>(head.data()), head.size()}, "x", one.codings);
        EXPECT_EQ(format.name, one.name) << one.brands;
        EXPECT_EQ(format.isRead(), one.isRead) << one.brands;
    }
}

// The primary item is the picture (ISO/IEC 23008-12, 6.2), whatever the brands and the other item say.
TEST_F(PicturesTest, OfTwoCodingsThePrimaryItemsIsTaken) {
    if (!data::readHeifCodings().hevc || !data::readHeifCodings().av1)
        GTEST_SKIP() << "libheif reads one or none";
    const std::vector<HeifItem> items{heifItem(committed("gradient.avif"), "av01"),
                                      heifItem(committed("gradient.heic"), "hvc1")};
    const auto av1 = decodeText(committed("gradient.avif"), "av1");
    const auto hevc = decodeText(committed("gradient.heic"), "hevc");
    ASSERT_TRUE(av1 && hevc);
    ASSERT_NE(av1->pixels, hevc->pixels);
    for (const std::string brands : {"avifmif1heic", "heicmif1avif", "mif1avifheic", "mif1heicavif"}) {
        for (const std::size_t primary : {1, 2}) {
            const auto image = decodeText(heifOf(items, primary, brands), brands);
            ASSERT_TRUE(image) << brands << ": " << image.error().message.english();
            EXPECT_EQ(image->pixels, primary == 1 ? av1->pixels : hevc->pixels) << brands << primary;
        }
    }
}

TEST_F(PicturesTest, AHeifCodingWithoutADecoderIsNamed) {
    if (!data::readHeifCodings().hevc) GTEST_SKIP() << "built without libheif or its decoder";
    for (const auto& [type, word] : std::vector<std::pair<std::string, std::string>>{
             {"vvc1", "VVC"}, {"evc1", "EVC"}, {"abcd", "an unusual coding"}}) {
        HeifItem item = heifItem(committed("gradient.heic"), "hvc1");
        item.type = type;
        for (const std::string brands : {"mif1vvic", "heicmif1"}) {
            const auto image = decodeText(heifOf({item}, 1, brands), "x.heif");
            ASSERT_FALSE(image) << type;
            EXPECT_NE(image.error().message.english().find("stored with " + word), std::string::npos)
                << image.error().message.english();
            EXPECT_NE(image.error().message.english().find("JPEG or PNG"), std::string::npos)
                << image.error().message.english();
        }
    }
    const std::string film = box("ftyp", "hevc" + number(0, 4) + "msf1") + box("moov", std::string(40, '\0'));
    const auto refused = decodeText(film, "x.heics");
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.english().find("film"), std::string::npos)
        << refused.error().message.english();
}

// By hand after ISO/IEC 14496-12 and 23008-12: long numbers, grids of tiles, boxes of 64 bits; forged ones.
TEST_F(PicturesTest, TheCodingOfAHeifFileIsThatOfItsPrimaryItem) {
    const auto item = [](std::size_t id, const std::string& type, bool isLong) {
        return fullBox("infe", number(id, isLong ? 4 : 2) + number(0, 2) + type, isLong ? 3 : 2);
    };
    const auto made = [](std::size_t from, std::size_t of, bool isLong) {
        const int width = isLong ? 4 : 2;
        return fullBox("iref",
                       box("thmb", number(9, width) + number(1, 2) + number(from, width)) +
                           box("dimg", number(from, width) + number(1, 2) + number(of, width)),
                       isLong ? 1 : 0);
    };
    for (const bool isLong : {false, true}) {
        const auto codingOf = [&](std::size_t primary, const std::string& references) {
            const std::string infos = item(1, "av01", isLong) + item(2, "hvc1", isLong) +
                                      item(3, "grid", isLong) + item(4, "iden", isLong);
            const std::string meta = fullBox("pitm", number(primary, isLong ? 4 : 2), isLong ? 1 : 0) +
                                     fullBox("iinf", number(4, isLong ? 4 : 2) + infos, isLong ? 1 : 0) +
                                     references;
            const std::string file = number(1, 4) + "free" + number(16, 8) + fullBox("meta", meta);
            return data::heifItems({reinterpret_cast<const std::uint8_t*>(file.data()), file.size()}).coding;
        };
        EXPECT_EQ(codingOf(1, ""), "av01");
        EXPECT_EQ(codingOf(2, ""), "hvc1");
        EXPECT_EQ(codingOf(3, made(3, 2, isLong)), "hvc1");
        EXPECT_EQ(codingOf(3, made(3, 1, isLong)), "av01");
        EXPECT_EQ(codingOf(3, made(3, 3, isLong)), "");  // in a circle
        EXPECT_EQ(codingOf(7, ""), "");
    }
}

TEST_F(PicturesTest, HeicAndAvifAreReadOrNamed) {
    const std::string folder = std::string(GRAFT_TEST_SCRIPTS) + "/../core/data/pictures/";
    for (const std::string name : {"gradient.heic", "gradient.avif"}) {
        const data::FileLook look = data::lookAtFile(folder + name);
        EXPECT_EQ(look.format, name.ends_with("heic") ? "HEIC" : "AVIF");
        const auto image = data::decodeImage(folder + name);
        if (look.content == data::FileContent::OtherFormat) {  // built without libheif or its decoder
            ASSERT_FALSE(image);
            EXPECT_NE(image.error().message.english().find(look.format), std::string::npos)
                << image.error().message.english();
            continue;
        }
        ASSERT_TRUE(image) << image.error().message.english();
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
