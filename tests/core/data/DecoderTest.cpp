// SPDX-License-Identifier: GPL-3.0-or-later
// Decoded pixels against Pillow's (make_images.py), and files that must be refused.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>  // jpeglib.h needs FILE
#include <cstdlib>
#include <optional>
#include <set>
// after <cstdio>
#include <jpeglib.h>

#include "core/data/ImageDecoder.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using base::Image;

// The largest amount of address space that this process ever had, in bytes.
std::size_t peakAddressSpace() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmPeak:")) return std::stoull(line.substr(7)) * 1024;
    }
    return 0;
}

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

// The largest difference of any value; none if the sizes differ.
std::optional<int> largestDifference(const Image& a, const Image& b) {
    if (a.width != b.width || a.height != b.height) return std::nullopt;
    int largest = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        largest = std::max(largest, std::abs(a.pixels[i] - b.pixels[i]));
    return largest;
}

// What remains of a picture at width x height: the mean of each cell, at least a pixel wide.
Image cellMeans(const Image& image, int width, int height) {
    Image out(width, height);
    for (int y = 0; y < height; ++y) {
        const int top = y * image.height / height;
        const int bottom = std::max(top + 1, (y + 1) * image.height / height);
        for (int x = 0; x < width; ++x) {
            const int left = x * image.width / width;
            const int right = std::max(left + 1, (x + 1) * image.width / width);
            for (int c = 0; c < 3; ++c) {
                int sum = 0;
                for (int v = top; v < bottom; ++v) {
                    for (int u = left; u < right; ++u)
                        sum += image.row(v)[u * 3 + c];
                }
                out.row(y)[x * 3 + c] = static_cast<std::uint8_t>(sum / ((bottom - top) * (right - left)));
            }
        }
    }
    return out;
}

using Bytes = std::vector<std::uint8_t>;

Bytes shortened(const Bytes& bytes, std::size_t by) {
    return {bytes.begin(), bytes.end() - static_cast<std::ptrdiff_t>(by)};
}

// Little endian.
void put(Bytes& bytes, std::size_t position, std::size_t width, std::uint32_t value) {
    for (std::size_t i = 0; i < width; ++i)
        bytes[position + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

std::size_t find(const Bytes& bytes, const std::string& mark) {
    const auto at = std::search(bytes.begin(), bytes.end(), mark.begin(), mark.end());
    EXPECT_NE(at, bytes.end()) << mark;
    return static_cast<std::size_t>(at - bytes.begin());
}

// A baseline JPEG with a scan for each component, as some cameras write them.
Bytes jpegOfThreeScans(const Image& image) {
    jpeg_compress_struct info{};
    jpeg_error_mgr errors{};
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    unsigned char* data = nullptr;
    unsigned long size = 0;
    jpeg_mem_dest(&info, &data, &size);
    info.image_width = static_cast<JDIMENSION>(image.width);
    info.image_height = static_cast<JDIMENSION>(image.height);
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    std::array<jpeg_scan_info, 3> scans{};
    for (int i = 0; i < 3; ++i) {
        scans.at(static_cast<std::size_t>(i)).comps_in_scan = 1;
        scans.at(static_cast<std::size_t>(i)).component_index[0] = i;
        scans.at(static_cast<std::size_t>(i)).Se = DCTSIZE2 - 1;
    }
    info.scan_info = scans.data();
    info.num_scans = 3;
    jpeg_start_compress(&info, TRUE);
    for (int y = 0; y < image.height; ++y) {
        auto* row = const_cast<std::uint8_t*>(image.row(y));
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    Bytes bytes(data, data + size);
    std::free(data);
    return bytes;
}

// 4 x 3 pixels with two colours, of which the second is white.
Bytes bmpOfRuns(const Bytes& runs) {
    constexpr std::size_t kHead = 14 + 40 + 8;
    Bytes bytes(kHead + runs.size());
    bytes[0] = 'B';
    bytes[1] = 'M';
    put(bytes, 10, 4, kHead);  // where the pixels begin
    put(bytes, 14, 4, 40);
    put(bytes, 18, 4, 4);
    put(bytes, 22, 4, 3);
    put(bytes, 26, 2, 1);
    put(bytes, 28, 2, 8);
    put(bytes, 30, 4, 1);  // RLE8
    put(bytes, 46, 4, 2);  // colours
    put(bytes, 54, 4, 0x0A141E);
    put(bytes, 58, 4, 0xFFFFFF);
    std::ranges::copy(runs, bytes.begin() + kHead);
    return bytes;
}

// The same GIF with its pixels in blocks of a byte each.
Bytes withSmallBlocks(const Bytes& gif) {
    std::size_t at = 13 + (std::size_t{3} << ((gif[10] & 7) + 1));  // behind the palette
    while (gif[at] == 0x21) {                                       // extensions
        for (at += 2; gif[at] != 0; at += gif[at] + std::size_t{1}) {
        }
        ++at;
    }
    at += 11;  // the frame's head and the size of a code
    Bytes out(gif.begin(), gif.begin() + static_cast<std::ptrdiff_t>(at));
    for (; gif[at] != 0; at += gif[at] + std::size_t{1}) {
        for (std::size_t i = 1; i <= gif[at]; ++i)
            out.insert(out.end(), {1, gif[at + i]});
    }
    out.insert(out.end(), gif.begin() + static_cast<std::ptrdiff_t>(at), gif.end());
    return out;
}

double meanDifference(const Image& a, const Image& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.pixels.size(); ++i)
        sum += std::abs(a.pixels[i] - b.pixels[i]);
    return sum / static_cast<double>(a.pixels.size());
}

}  // namespace

class DecoderTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        s_folder = std::make_unique<TemporaryFolder>();
        runPython("make_images.py", {s_folder->path()});
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static std::string path(const std::string& name) { return s_folder->path(name); }
    static Image expected(const std::string& name) { return readExpected(path(name + ".rgb")); }
    static std::vector<std::uint8_t> bytesOf(const std::string& name) {
        const auto bytes = data::readFileBytes(path(name));
        EXPECT_TRUE(bytes) << name;
        return bytes ? *bytes : std::vector<std::uint8_t>{};
    }

    static void expectPixels(const std::vector<std::string>& names, int tolerance = 0) {
        for (const std::string& name : names) {
            const auto image = data::decodeImage(path(name));
            ASSERT_TRUE(image) << name << ": " << image.error().message.english();
            const auto difference = largestDifference(*image, expected(name));
            ASSERT_TRUE(difference) << name << " is " << image->width << " x " << image->height;
            EXPECT_LE(*difference, tolerance) << name;
            EXPECT_TRUE(data::verifyImage(bytesOf(name), name)) << name;
        }
    }

    static inline std::unique_ptr<TemporaryFolder> s_folder;
};

TEST_F(DecoderTest, PngOfEveryKindIsExact) {
    expectPixels({"rgb.png", "grey.png", "black_and_white.png", "palette.png", "palette_4bit.png",
                  "alpha.png", "palette_transparent.png", "grey_alpha.png", "interlaced.png",
                  "interlaced_row.png"});
}

TEST_F(DecoderTest, Png16BitKeepsTheUpperByte) {
    expectPixels({"grey16.png", "rgb16.png", "rgba16.png", "grey_alpha16.png"});
}

TEST_F(DecoderTest, BmpIsExact) {
    expectPixels({"rgb.bmp", "grey.bmp", "palette.bmp"});
}

TEST_F(DecoderTest, GifGivesItsFirstFrame) {
    expectPixels({"plain.gif", "interlaced.gif", "transparent.gif", "animated.gif", "offset.gif"});
}

TEST_F(DecoderTest, WebpLosslessIsExactAndLossyIsNear) {
    expectPixels({"lossless.webp", "lossless_alpha.webp"});
    expectPixels({"lossy.webp"}, 2);
}

TEST_F(DecoderTest, TiffIsExact) {
    expectPixels({"raw.tiff", "lzw.tiff", "deflate.tif", "grey.tiff", "palette.tiff", "pages.tiff"});
}

TEST_F(DecoderTest, NetpbmIsExact) {
    expectPixels({"colour.ppm", "grey.pgm", "bits.pbm", "text.ppm", "text.pgm", "text.pbm", "sixteen.pgm",
                  "fifteen.pgm"});
}

TEST_F(DecoderTest, JpegIsExact) {
    expectPixels({"full_chroma.jpg", "half_chroma.jpg", "quarter_chroma.jpg", "progressive.jpg", "grey.jpg",
                  "large_progressive.jpg"});
}

// Pillow rounds each product of ink and black on its own.
TEST_F(DecoderTest, CmykJpegIsNear) {
    expectPixels({"cmyk.jpg"}, 1);
}

TEST_F(DecoderTest, ExifOrientationTurnsEveryFormat) {
    for (int orientation = 1; orientation <= 8; ++orientation) {
        const std::string name = "orientation" + std::to_string(orientation);
        expectPixels({name + ".jpg", name + ".png", name + ".webp", name + ".tiff"});
    }
    // They hold one stored picture: only the orientation may make the difference.
    for (int a = 1; a <= 8; ++a) {
        for (int b = a + 1; b <= 8; ++b) {
            EXPECT_NE(expected("orientation" + std::to_string(a) + ".jpg").pixels,
                      expected("orientation" + std::to_string(b) + ".jpg").pixels);
        }
    }
}

// 34 MB of jumps to the right in one line: their sum is more than an int holds.
TEST_F(DecoderTest, RunsThatLeaveTheirLineWriteNowhere) {
    std::vector<std::uint8_t> file = bytesOf("palette.bmp");
    ASSERT_GT(file.size(), 54U);
    file[30] = 1;  // RLE8
    const std::size_t start = file[10] | file[11] << 8;
    file.resize(start);
    for (int i = 0; i < (1 << 23) + 40000; ++i)
        file.insert(file.end(), {0, 2, 255, 0});
    for (int i = 0; i < 100; ++i)
        file.insert(file.end(), {255, 1});
    file.insert(file.end(), {0, 1});
    EXPECT_TRUE(data::decodeImage(file, "runs.bmp"));
}

TEST_F(DecoderTest, TruncatedFilesAreRefusedWithASentence) {
    for (const std::string name : {"full_chroma.jpg", "progressive.jpg", "large_progressive.jpg", "cmyk.jpg",
                                   "rgb.png", "interlaced.png", "palette.png", "rgb.bmp", "palette.bmp",
                                   "plain.gif", "interlaced.gif", "lossless.webp", "lossy.webp", "raw.tiff",
                                   "lzw.tiff", "deflate.tif", "colour.ppm", "bits.pbm", "text.pgm"}) {
        const std::vector<std::uint8_t> whole = bytesOf(name);
        for (const int percent : {2, 10, 30, 50, 70, 90}) {
            SCOPED_TRACE(name + " cut to " + std::to_string(percent) + " %");
            const std::size_t length =
                std::max<std::size_t>(12, whole.size() * static_cast<unsigned>(percent) / 100);
            const std::span<const std::uint8_t> part(whole.data(), length);
            const auto image = data::decodeImage(part, "cut/" + name);
            ASSERT_FALSE(image);
            EXPECT_EQ(image.error().code, ErrorCode::BadFormat);
            EXPECT_EQ(image.error().path, "cut/" + name);
            const std::string& message = image.error().message.english();
            EXPECT_TRUE(message.starts_with("The picture cannot be read: ")) << message;
            EXPECT_TRUE(message.ends_with(".")) << message;

            const auto verified = data::verifyImage(part, name);
            ASSERT_FALSE(verified);
            EXPECT_EQ(verified.error().message.english(), message);

            writeText(path("cut"), std::string(part.begin(), part.end()));
            EXPECT_FALSE(data::decodeThumbnail(path("cut"), 16));
        }
    }
}

TEST_F(DecoderTest, TruncatedJpegSaysThatItEnds) {
    for (const std::string name : {"large1.jpg", "large_progressive.jpg"}) {
        const std::vector<std::uint8_t> whole = bytesOf(name);
        for (const std::size_t missing : {std::size_t{3}, std::size_t{40}, whole.size() / 2}) {
            const std::span<const std::uint8_t> part(whole.data(), whole.size() - missing);
            const auto verified = data::verifyImage(part, name);
            ASSERT_FALSE(verified) << name << " without its last " << missing << " bytes";
            EXPECT_EQ(verified.error().message.english(),
                      "The picture cannot be read: the file ends in the middle of it.");
        }
    }
}

// How much behind the pixels each file can do without: the pixels are those of the whole file. With a few
// bytes less it is named as cut.
TEST_F(DecoderTest, WhatIsBehindThePixelsMayBeMissing) {
    struct Case {
        std::string name;
        std::vector<std::size_t> missing;
        int tolerance = 0;
    };
    const std::vector<Case> cases{
        {"rgb.png", {1, 4, 8, 12}},  // IEND: its checksum, its name, all of it
        {"interlaced.png", {4, 12}}, {"palette_4bit.png", {12}},
        {"grey16.png", {12}},        {"full_chroma.jpg", {1, 2}},  // the mark of the end
        {"progressive.jpg", {2}},    {"grey.jpg", {2}},
        {"cmyk.jpg", {2}, 1},        {"plain.gif", {1, 2}},  // the trailer, and the block that ends the frame
        {"interlaced.gif", {1, 2}},  {"transparent.gif", {1, 2}},
        {"offset.gif", {2}},         {"rgb.bmp", {1}},  // the last row is filled up to four bytes
        {"palette.bmp", {1, 3}},
    };
    for (const Case& one : cases) {
        const Bytes whole = bytesOf(one.name);
        for (const std::size_t missing : one.missing) {
            SCOPED_TRACE(one.name + " without its last " + std::to_string(missing) + " bytes");
            const Bytes cut = shortened(whole, missing);
            const auto image = data::decodeImage(cut, one.name);
            ASSERT_TRUE(image) << image.error().message.english();
            const auto difference = largestDifference(*image, expected(one.name));
            ASSERT_TRUE(difference);
            EXPECT_LE(*difference, one.tolerance);
            EXPECT_TRUE(data::verifyImage(cut, one.name));
        }
        const auto refused = data::decodeImage(shortened(whole, one.missing.back() + 16), one.name);
        ASSERT_FALSE(refused) << one.name;
        EXPECT_NE(refused.error().message.english().find("end"), std::string::npos)
            << refused.error().message.english();
    }
}

// Pillow and browsers go by what is in the file, too.
TEST_F(DecoderTest, SizesInTheHeadMayBeWrong) {
    struct Case {
        std::string name;
        std::size_t position;
        std::size_t width;
        std::uint32_t value;
    };
    std::vector<Case> cases{{"rgb.bmp", 2, 4, 0},   // the file's
                            {"rgb.bmp", 34, 4, 0},  // the pixels'
                            {"rgb.bmp", 10, 4, 0},  // where they begin
                            {"palette.bmp", 10, 4, 0}, {"grey.bmp", 10, 4, 0},
                            {"plain.gif", 6, 4, 0}};  // the canvas'
    for (const std::string name : {"lossless.webp", "lossless_alpha.webp", "orientation6.webp"}) {
        const auto right = static_cast<std::uint32_t>(bytesOf(name).size() - 8);
        for (const std::uint32_t wrong :
             {right - 8, right - 2, right + 1, right + 2, right + 100, 0U, 1U << 31})
            cases.push_back({name, 4, 4, wrong});
    }
    for (const Case& one : cases) {
        SCOPED_TRACE(one.name + ", " + std::to_string(one.value) + " at " + std::to_string(one.position));
        Bytes bytes = bytesOf(one.name);
        put(bytes, one.position, one.width, one.value);
        const auto image = data::decodeImage(bytes, one.name);
        ASSERT_TRUE(image) << image.error().message.english();
        EXPECT_EQ(largestDifference(*image, expected(one.name)), 0);
        EXPECT_FALSE(data::decodeImage(shortened(bytes, bytes.size() / 4), one.name));
    }
}

TEST_F(DecoderTest, TheChecksumOfPngPixelsCountsAndNotThatOfTheEnd) {
    for (const std::string name : {"rgb.png", "interlaced.png", "palette.png"}) {
        Bytes bytes = bytesOf(name);
        const std::size_t end = find(bytes, "IEND");
        bytes[end + 4] ^= 1;
        const auto image = data::decodeImage(bytes, name);
        ASSERT_TRUE(image) << image.error().message.english();
        EXPECT_EQ(largestDifference(*image, expected(name)), 0) << name;
        bytes[end - 5] ^= 1;  // of the pixels, before the length of the end
        EXPECT_FALSE(data::decodeImage(bytes, name)) << name;
    }
}

TEST_F(DecoderTest, AJpegOfSeveralScansMayLackItsEndButNoScan) {
    const Bytes whole = jpegOfThreeScans(expected("rgb.png"));
    const auto image = data::decodeImage(whole, "x.jpg");
    ASSERT_TRUE(image);
    const auto withoutEnd = data::decodeImage(shortened(whole, 2), "x.jpg");
    ASSERT_TRUE(withoutEnd) << withoutEnd.error().message.english();
    EXPECT_EQ(largestDifference(*image, *withoutEnd), 0);
    EXPECT_LT(meanDifference(*image, expected("rgb.png")), 12.0);
    EXPECT_FALSE(data::decodeImage(shortened(whole, 10), "x.jpg"));
    const std::string scan("\xFF\xDA");
    const auto last = std::find_end(whole.begin(), whole.end(), scan.begin(), scan.end(),
                                    [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); });
    ASSERT_NE(last, whole.end());
    const auto withoutLast = data::decodeImage(Bytes(whole.begin(), last), "x.jpg");
    ASSERT_FALSE(withoutLast);
    EXPECT_NE(withoutLast.error().message.english().find("ends in the middle"), std::string::npos);
}

TEST_F(DecoderTest, AGifInBlocksOfOneByteIsExactAndSoIsACutOne) {
    const Bytes gif = withSmallBlocks(bytesOf("plain.gif"));
    for (const std::size_t missing : {0, 1, 2}) {
        const auto image = data::decodeImage(shortened(gif, missing), "x.gif");
        ASSERT_TRUE(image) << image.error().message.english();
        EXPECT_EQ(largestDifference(*image, expected("plain.gif")), 0) << missing;
    }
    EXPECT_FALSE(data::decodeImage(shortened(gif, 30), "x.gif"));
}

// Which way up it is, stands behind the pixels.
TEST_F(DecoderTest, ATurnedWebpWithoutItsOrientationIsRefused) {
    const Bytes whole = bytesOf("orientation6.webp");
    const std::size_t exif = find(whole, "EXIF");
    for (const std::size_t left : {exif, exif + 4, whole.size() - 4})
        EXPECT_FALSE(
            data::decodeImage(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(left)), "x"))
            << left;
}

// The first colour is what runs jump over (as in Windows); the last row needs no end.
TEST_F(DecoderTest, BmpRunsBeginAndEndAsTheyShould) {
    const std::array<std::uint8_t, 3> first{0x0A, 0x14, 0x1E};
    const std::array<std::uint8_t, 3> second{255, 255, 255};
    const auto isWhite = [](int x, int y) { return y == 2 ? x < 2 : y == 1 ? x == 3 : true; };
    const Bytes runs{2, 1, 0, 0, 0, 2, 3, 0, 1, 1, 0, 0, 4, 1};  // from the lowest row up
    for (const std::size_t more : {0, 2, 4}) {
        Bytes bytes = bmpOfRuns(runs);
        const Bytes end{0, 0, 0, 1};
        bytes.insert(bytes.end(), end.begin(), end.begin() + static_cast<std::ptrdiff_t>(more));
        const auto image = data::decodeImage(bytes, "x.bmp");
        ASSERT_TRUE(image) << image.error().message.english();
        ASSERT_EQ(image->width, 4);
        ASSERT_EQ(image->height, 3);
        for (int y = 0; y < 3; ++y) {
            for (int x = 0; x < 4; ++x) {
                const std::uint8_t* pixel = image->row(y) + std::ptrdiff_t{3} * x;
                EXPECT_TRUE(std::equal(pixel, pixel + 3, (isWhite(x, y) ? second : first).begin()))
                    << x << ", " << y;
            }
        }
    }
    EXPECT_FALSE(data::decodeImage(bmpOfRuns({2, 1, 0, 0, 0, 2, 3, 0, 1, 1, 0, 0, 3, 1}), "x.bmp"));
}

// The header of OS/2 2 may end behind the number of bits.
TEST_F(DecoderTest, AShortBmpHeaderIsRead) {
    Bytes bytes = bytesOf("rgb.bmp");
    ASSERT_EQ(bytes[10], 54);
    bytes.erase(bytes.begin() + 30, bytes.begin() + 54);
    put(bytes, 10, 4, 30);
    put(bytes, 14, 4, 16);
    const auto image = data::decodeImage(bytes, "x.bmp");
    ASSERT_TRUE(image) << image.error().message.english();
    EXPECT_EQ(largestDifference(*image, expected("rgb.bmp")), 0);
}

TEST_F(DecoderTest, APngForIPhonesIsNamed) {
    Bytes bytes = bytesOf("rgb.png");
    const std::string chunk("\0\0\0\4CgBI\x50\0\x20\2\x2B\xD5\xB3\x7F", 16);
    bytes.insert(bytes.begin() + 8, chunk.begin(), chunk.end());
    const auto image = data::decodeImage(bytes, "icon.png");
    ASSERT_FALSE(image);
    EXPECT_NE(image.error().message.english().find("PNG for iPhones"), std::string::npos)
        << image.error().message.english();
}

TEST_F(DecoderTest, DamagedJpegDataIsRefused) {
    std::vector<std::uint8_t> bytes = bytesOf("large1.jpg");
    std::fill_n(bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() / 2), 600, std::uint8_t{0x55});
    bytes[bytes.size() / 2 + 100] = 0xFF;
    bytes[bytes.size() / 2 + 101] = 0xD9;  // end of image, far too early
    EXPECT_FALSE(data::verifyImage(bytes, "x"));
    EXPECT_FALSE(data::decodeImage(bytes, "x"));
}

// A library's own words mean nothing to a person, and are not translated.
TEST_F(DecoderTest, WhatLibjpegRefusesIsSaidInGraftsWords) {
    const auto sentenceWith = [](std::uint8_t marker, std::size_t behind, std::uint8_t value) {
        std::vector<std::uint8_t> bytes = bytesOf("full_chroma.jpg");
        const std::array<std::uint8_t, 2> wanted{0xFF, marker};
        const auto found = std::ranges::search(bytes, wanted);
        EXPECT_FALSE(found.empty());
        if (found.empty()) return std::string();
        *(found.begin() + static_cast<std::ptrdiff_t>(behind)) = value;
        const auto image = data::decodeImage(bytes, "x.jpg");
        EXPECT_FALSE(image);
        if (image) return std::string();
        EXPECT_EQ(image.error().code, ErrorCode::BadFormat);
        EXPECT_EQ(data::verifyImage(bytes, "x.jpg").error().message.english(),
                  image.error().message.english());
        return image.error().message.english();
    };
    const std::string damaged = "The picture cannot be read: the JPEG is damaged.";
    EXPECT_EQ(sentenceWith(0xDB, 4, 0x0F), damaged);  // a quantization table of the number 15
    EXPECT_EQ(sentenceWith(0xC4, 4, 0x0F), damaged);  // a Huffman table of the number 15
    const std::string unknown =
        "The picture cannot be read: this kind of JPEG is unknown or damaged; save it as PNG.";
    EXPECT_EQ(sentenceWith(0xC0, 1, 0xC5), unknown);  // a hierarchical one
    EXPECT_EQ(sentenceWith(0xC0, 4, 17), unknown);    // seventeen bits
}

TEST_F(DecoderTest, WhatIsNoPictureIsRefused) {
    writeText(path("text.jpg"), "I am no picture, whatever my name says.\n");
    const auto text = data::decodeImage(path("text.jpg"));
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::BadFormat);
    EXPECT_NE(text.error().message.english().find("no JPEG"), std::string::npos)
        << text.error().message.english();
    EXPECT_EQ(text.error().path, path("text.jpg"));

    writeText(path("empty.png"), "");
    const auto empty = data::decodeImage(path("empty.png"));
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().code, ErrorCode::BadFormat);
    EXPECT_NE(empty.error().message.english().find("empty"), std::string::npos)
        << empty.error().message.english();

    const auto missing = data::decodeImage(path("missing.png"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    const auto folder = data::decodeImage(s_folder->path());
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().code, ErrorCode::Unreadable);
    EXPECT_FALSE(data::decodeThumbnail(path("missing.png"), 64));
    EXPECT_FALSE(data::decodeThumbnail(path("text.jpg"), 64));
}

TEST_F(DecoderTest, ContentCountsAndNotTheName) {
    fs::copy_file(path("rgb.png"), path("really_png.jpg"), fs::copy_options::overwrite_existing);
    const auto image = data::decodeImage(path("really_png.jpg"));
    ASSERT_TRUE(image);
    EXPECT_EQ(largestDifference(*image, expected("rgb.png")), 0);
}

// A few bytes that claim gigapixels must not take the memory for them.
TEST_F(DecoderTest, ForgedSizesAreRefusedWithoutTheMemory) {
    const std::size_t before = peakAddressSpace();
    ASSERT_GT(before, 0U);
    for (const std::string name : {"forged_60000.png", "forged_20000.png", "forged_full_chroma.jpg",
                                   "forged_plain.gif", "forged_rgb.bmp", "forged_raw.tiff"}) {
        const auto image = data::decodeImage(path(name));
        ASSERT_FALSE(image) << name;
        EXPECT_EQ(image.error().code, ErrorCode::BadFormat)
            << name << ": " << image.error().message.english();
        EXPECT_FALSE(data::verifyImage(bytesOf(name), name)) << name;
        EXPECT_FALSE(data::decodeThumbnail(path(name), 96)) << name;
        EXPECT_LT(peakAddressSpace() - before, std::size_t{400} << 20) << name;
    }
    for (const std::string name : {"forged_60000.png", "forged_full_chroma.jpg", "forged_plain.gif"}) {
        const auto image = data::decodeImage(path(name));
        ASSERT_FALSE(image);
        EXPECT_NE(image.error().message.english().find("large"), std::string::npos)
            << image.error().message.english();
    }
}

TEST_F(DecoderTest, ThumbnailsHaveTheRightSizeAndContent) {
    std::vector<std::string> names{"large.png", "large_progressive.jpg", "rgb.png", "offset.gif", "cmyk.jpg"};
    for (int orientation = 1; orientation <= 8; ++orientation)
        names.push_back("large" + std::to_string(orientation) + ".jpg");
    for (const std::string& name : names) {
        const Image whole = expected(name);
        for (const int side : {1, 7, 16, 33, 64, 96, 149, 150, 299, 300, 301, 1000}) {
            SCOPED_TRACE(name + " at " + std::to_string(side));
            const auto thumbnail = data::decodeThumbnail(path(name), side);
            ASSERT_TRUE(thumbnail) << thumbnail.error().message.english();
            const int longer = std::max(whole.width, whole.height);
            ASSERT_EQ(std::max(thumbnail->width, thumbnail->height), std::min(side, longer));
            const double scale = std::min(1.0, static_cast<double>(side) / longer);
            EXPECT_NEAR(thumbnail->width, whole.width * scale, 1.0);
            EXPECT_NEAR(thumbnail->height, whole.height * scale, 1.0);
            ASSERT_EQ(thumbnail->pixels.size(),
                      thumbnail->stride() * static_cast<std::size_t>(thumbnail->height));
            if (side < 33) continue;  // cells would be a pixel or two wide
            EXPECT_LT(meanDifference(cellMeans(*thumbnail, 4, 4), cellMeans(whole, 4, 4)), 8.0);
        }
    }
}

TEST_F(DecoderTest, ExtensionsInAnyCase) {
    for (const char* name : {"a.jpg", "A.JPG", "b.Jpeg", "c.jpe", "d.jfif", "e.png", "f.bmp", "g.gif",
                             "h.webp", "i.tif", "folder.x/j.TIFF", "k.ppm", "l.PGM", "m.pbm"}) {
        EXPECT_TRUE(data::hasImageExtension(name)) << name;
    }
    for (const char* name : {"a.txt", "jpg", "a.jpg.bak", "folder.jpg/a", ".jpg", "a.heic", ""})
        EXPECT_FALSE(data::hasImageExtension(name)) << name;
}

TEST_F(DecoderTest, ReadFileBytesKeepsItsBound) {
    writeText(path("five"), "12345");
    EXPECT_EQ(data::readFileBytes(path("five"), 5)->size(), 5U);
    const auto larger = data::readFileBytes(path("five"), 4);
    ASSERT_FALSE(larger);
    EXPECT_EQ(larger.error().code, ErrorCode::Unreadable);
}

}  // namespace graft::test
