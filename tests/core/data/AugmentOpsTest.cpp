// SPDX-License-Identifier: GPL-3.0-or-later
// What the augmentations are made of, pixel by pixel against torchvision (augment_reference.py).
#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "core/base/Seed.h"
#include "core/data/ImageDecoder.h"
#include "core/data/augment/ByteOps.h"
#include "core/data/augment/PolicyOps.h"
#include "core/data/augment/Variant.h"
#include "core/data/augment/Warp.h"
#include "core/data/detail/JpegDecoder.h"
#include "core/data/detail/JpegEncoder.h"
#include "tests/support/PlainPictures.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using base::Image;
using data::Homography;
using data::Interpolation;
using data::Outside;
using data::Point;
using data::PolicyOp;

const std::map<std::string, PolicyOp>& policyOps() {
    static const std::map<std::string, PolicyOp> ops{
        {"Identity", PolicyOp::Identity},
        {"ShearX", PolicyOp::ShearX},
        {"ShearY", PolicyOp::ShearY},
        {"TranslateX", PolicyOp::TranslateX},
        {"TranslateY", PolicyOp::TranslateY},
        {"Rotate", PolicyOp::Rotate},
        {"Brightness", PolicyOp::Brightness},
        {"Color", PolicyOp::Color},
        {"Contrast", PolicyOp::Contrast},
        {"Sharpness", PolicyOp::Sharpness},
        {"Posterize", PolicyOp::Posterize},
        {"Solarize", PolicyOp::Solarize},
        {"AutoContrast", PolicyOp::AutoContrast},
        {"Equalize", PolicyOp::Equalize},
    };
    return ops;
}

Image imageFrom(const std::string& bytes, int width, int height) {
    Image image(width, height);
    EXPECT_EQ(bytes.size(), image.pixels.size());
    std::copy(bytes.begin(), bytes.end(), image.pixels.begin());
    return image;
}

struct Difference {
    int largest = 0;
    double mean = 0;
};
Difference difference(const Image& a, const Image& b) {
    Difference result;
    for (std::size_t i = 0; i < a.pixels.size(); ++i) {
        const int d = std::abs(static_cast<int>(a.pixels[i]) - static_cast<int>(b.pixels[i]));
        result.largest = std::max(result.largest, d);
        result.mean += static_cast<double>(d) / static_cast<double>(a.pixels.size());
    }
    return result;
}

// An op's line: its name, its numbers, the file with torchvision's result, the picture.
struct Case {
    std::string op;
    std::string policyOp;
    std::vector<double> numbers;
    std::string result;
    std::string picture;
};

std::vector<Case> casesIn(const std::string& text) {
    std::vector<Case> cases;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        Case next;
        words >> next.op;
        if (next.op == "policy") words >> next.policyOp;
        for (std::string word; words >> word;) {
            if (word.ends_with(".rgb")) {
                next.result = word;
                words >> next.picture;
            } else {
                next.numbers.push_back(std::stod(word));
            }
        }
        cases.push_back(next);
    }
    return cases;
}

Image throughPerspective(const Image& image, const std::vector<double>& numbers) {
    const double width = image.width;
    const double height = image.height;
    const std::array<Point, 4> corners{Point{0, 0}, Point{width, 0}, Point{width, height}, Point{0, height}};
    std::array<Point, 4> moved;
    for (std::size_t i = 0; i < 4; ++i)
        moved[i] = {numbers.at(2 * i), numbers.at(2 * i + 1)};
    const auto map = Homography::ofCorners(moved, corners);
    EXPECT_TRUE(map);
    return data::warp(image, *map, image.width, image.height, Interpolation::Bilinear, {}, false);
}

void apply(Image& image, const Case& next) {
    const double number = next.numbers.at(0);
    const std::map<std::string, std::function<void()>> ops{
        {"brightness", [&] { data::adjustBrightness(image, number); }},
        {"contrast", [&] { data::adjustContrast(image, number); }},
        {"saturation", [&] { data::adjustSaturation(image, number); }},
        {"sharpness", [&] { data::adjustSharpness(image, number); }},
        {"hue", [&] { data::adjustHue(image, number); }},
        {"posterize", [&] { data::posterize(image, static_cast<int>(number)); }},
        {"solarize", [&] { data::solarize(image, number); }},
        {"grey", [&] { data::makeGrey(image); }},
        {"autocontrast", [&] { data::autoContrast(image); }},
        {"equalize", [&] { data::equalize(image); }},
        {"blur", [&] { data::gaussianBlur(image, number, static_cast<int>(next.numbers.at(1))); }},
        {"jpeg",
         [&] { image = data::decodeJpeg(data::encodeJpeg(image, static_cast<int>(number)), "").value(); }},
        {"policy", [&] { data::apply(image, policyOps().at(next.policyOp), number); }},
        {"perspective", [&] { image = throughPerspective(image, next.numbers); }},
    };
    ops.at(next.op)();
}

bool isGeometric(const Case& next) {
    constexpr std::array kOps{"ShearX", "ShearY", "TranslateX", "TranslateY", "Rotate"};
    return next.op == "perspective" || std::ranges::find(kOps, next.policyOp) != kOps.end();
}

class AugmentOpsTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        s_folder = std::make_unique<TemporaryFolder>();
        s_cases = casesIn(runPython("augment_reference.py", {"ops", s_folder->path()}));
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static inline std::unique_ptr<TemporaryFolder> s_folder;
    static inline std::vector<Case> s_cases;
};

TEST_F(AugmentOpsTest, EachGivesTorchvisionsBytes) {
    ASSERT_GT(s_cases.size(), 400U);
    std::map<std::string, Difference> worst;
    for (const Case& next : s_cases) {
        const auto image = data::decodeImage(next.picture);
        ASSERT_TRUE(image) << next.picture;
        const Image expected = imageFrom(readText(next.result), image->width, image->height);
        Image found = *image;
        apply(found, next);
        ASSERT_EQ(found.pixels.size(), expected.pixels.size());
        const Difference d = difference(found, expected);
        const std::string name = next.op + next.policyOp;
        worst[name].largest = std::max(worst[name].largest, d.largest);
        worst[name].mean = std::max(worst[name].mean, d.mean);
        // Pillow cuts the fractions off where it resamples, and Graft rounds; torch's blur adds in single
        // precision in an order of its own. Everything else is the same arithmetic.
        EXPECT_LE(d.largest, isGeometric(next) || next.op == "blur" ? 1 : 0)
            << name << " " << testing::PrintToString(next.numbers) << " " << next.picture;
    }
    for (const auto& [name, d] : worst)
        RecordProperty(name, std::to_string(d.largest));
}

TEST(PolicyTest, TheMagnitudesAreTorchvisions) {
    for (const int side : {32, 224, 301}) {
        std::map<std::string, std::vector<data::OpRange>> policies{
            {"randaugment", data::randAugmentOps(side)},
            {"trivialaugment", data::trivialAugmentOps()},
            {"augmix", data::augMixOps(side)},
        };
        std::map<std::string, std::size_t> seen;
        std::istringstream lines(runPython("augment_reference.py", {"policies", std::to_string(side)}));
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string policy;
            std::string op;
            bool isSigned = false;
            words >> policy >> op >> isSigned;
            const std::vector<double> magnitudes{std::istream_iterator<double>(words), {}};
            const std::size_t at = seen[policy]++;
            ASSERT_LT(at, policies[policy].size()) << line;
            const data::OpRange& range = policies[policy][at];
            EXPECT_EQ(range.op, policyOps().at(op)) << line;
            EXPECT_EQ(range.isSigned, isSigned) << line;
            if (magnitudes.size() == 1) {
                EXPECT_EQ(range.first, range.last) << line;
                continue;
            }
            for (std::size_t bin = 0; bin < magnitudes.size(); ++bin) {
                EXPECT_NEAR(
                    data::magnitudeOf(range, static_cast<int>(bin), static_cast<int>(magnitudes.size())),
                    magnitudes[bin], 1e-4 * std::max(1.0, magnitudes[bin]))
                    << line << " " << bin;
            }
        }
        for (const auto& [policy, ops] : policies)
            EXPECT_EQ(seen[policy], ops.size()) << policy;
    }
}

Image someNoise() {
    Image image(24, 24);
    base::RandomStream random(3);
    for (auto& value : image.pixels)
        value = static_cast<std::uint8_t>(40 + random.below(180));
    return image;
}

// To be looked up by.
std::string bytesOf(const Image& image) {
    return {image.pixels.begin(), image.pixels.end()};
}

// Which operations of the list make which images, with the bins.
using Makers = std::map<std::string, std::set<PolicyOp>>;
Makers makersOf(const std::vector<data::OpRange>& ops, int firstBin, int lastBin) {
    Makers makers;
    for (const data::OpRange& range : ops) {
        for (int bin = firstBin; bin <= lastBin; ++bin) {
            for (const int sign : {1, -1}) {
                if (sign < 0 && !range.isSigned) continue;
                Image image = someNoise();
                const bool hasMagnitude = range.first != range.last;
                data::apply(image, range.op, hasMagnitude ? sign * data::magnitudeOf(range, bin, 31) : 0);
                makers[bytesOf(image)].insert(range.op);
            }
        }
    }
    return makers;
}

void expectOneOpEach(const data::AugmentOptions& augment, const std::vector<data::OpRange>& ops, int firstBin,
                     int lastBin) {
    const Makers makers = makersOf(ops, firstBin, lastBin);
    std::map<PolicyOp, int> seen;
    int unchanged = 0;
    constexpr std::uint64_t kDraws = 600;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
        Image image = someNoise();
        data::changeBytes(image, augment, base::mix(seed));
        const auto made = makers.find(bytesOf(image));
        ASSERT_NE(made, makers.end()) << seed;
        if (made->second.size() == 1) ++seen[*made->second.begin()];
        unchanged += image.pixels == someNoise().pixels ? 1 : 0;
    }
    for (const data::OpRange& range : ops) {
        if (range.op == PolicyOp::Identity) continue;
        EXPECT_NEAR(seen[range.op], kDraws / 14.0, 26) << static_cast<int>(range.op);  // four deviations
    }
    EXPECT_GT(unchanged, 20);
}

TEST(PolicyTest, EveryImageIsMadeByOneOpOfTheListAndEachComesUp) {
    data::AugmentOptions trivial;
    trivial.more["trivialaugment"] = true;
    expectOneOpEach(trivial, data::trivialAugmentOps(), 0, 30);
    data::AugmentOptions random;
    random.more["randaugment"] = std::int64_t{1};
    random.more["randaugment_magnitude"] = std::int64_t{12};
    expectOneOpEach(random, data::randAugmentOps(24), 12, 12);
}

TEST(PolicyTest, AugMixStaysBetweenItsPictures) {
    data::AugmentOptions augment{.more = {{"augmix", true}, {"augmix_severity", std::int64_t{1}}}};
    // With the weakest bin nothing moves: what is left are four bits, stretched contrast and equal shares.
    std::set<std::string> seen;
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        Image image(24, 24);
        std::ranges::fill(image.pixels, std::uint8_t{200});
        data::changeBytes(image, augment, base::mix(seed));
        for (const std::uint8_t byte : image.pixels)
            ASSERT_TRUE(byte >= (200 & 0xF0) - 1 && byte <= 200) << seed;
        seen.insert(bytesOf(image));
    }
    EXPECT_GT(seen.size(), 3U);
    augment.more["augmix_severity"] = std::int64_t{10};
    Image image = someNoise();
    data::changeBytes(image, augment, 1);
    EXPECT_NE(image.pixels, someNoise().pixels);
}

TEST(WarpTest, WithoutATurnItIsTheResizingOfEveryPicture) {
    const Image image = coordinates(200, 150);
    for (const auto interpolation : {Interpolation::Bilinear, Interpolation::Bicubic}) {
        for (const auto& [width, height] : {std::pair{64, 64}, std::pair{200, 150}, std::pair{333, 90}}) {
            const Image expected =
                data::resample(image, {0, 0, 200, 150}, width, height, {0, 0, width, height}, interpolation);
            const Image found = data::warp(image, Homography::scaled(200.0 / width, 150.0 / height), width,
                                           height, interpolation, {});
            // resample() rounds between its two passes.
            EXPECT_LE(difference(found, expected).largest, 1) << width << " x " << height;
        }
    }
}

TEST(WarpTest, WhatIsOutsideIsAsChosen) {
    const Image image = coordinates(40, 30);
    const std::array<std::uint8_t, 3> mean{7, 8, 9};
    const auto pixelAt = [&](Outside outside, double x, double y) {
        // One pixel, whose middle is at x, y.
        const Image found = data::warp(image, Homography::moved(x - 0.5, y - 0.5), 1, 1,
                                       Interpolation::Bilinear, {outside, mean});
        return std::vector<int>(found.pixels.begin(), found.pixels.end());
    };
    using Colour = std::vector<int>;
    for (const Outside outside : {Outside::Mirror, Outside::Edge, Outside::Mean, Outside::Black}) {
        EXPECT_EQ(pixelAt(outside, 0.5, 0.5), (Colour{0, 0, 100}));
        EXPECT_EQ(pixelAt(outside, 39.5, 29.5), (Colour{39, 29, 100}));
        EXPECT_EQ(pixelAt(outside, 12.5, 20.5), (Colour{12, 20, 100}));
    }
    EXPECT_EQ(pixelAt(Outside::Black, -0.5, 3.5), (Colour{0, 0, 0}));
    EXPECT_EQ(pixelAt(Outside::Mean, 40.5, 3.5), (Colour{7, 8, 9}));
    EXPECT_EQ(pixelAt(Outside::Edge, -7.5, 33.5), (Colour{0, 29, 100}));
    EXPECT_EQ(pixelAt(Outside::Mirror, -2.5, 3.5), (Colour{2, 3, 100}));
    EXPECT_EQ(pixelAt(Outside::Mirror, 44.5, -1.5), (Colour{35, 1, 100}));
    EXPECT_EQ(pixelAt(Outside::Mirror, 80.5, 60.5), (Colour{0, 0, 100}));  // twice its width further
    EXPECT_EQ(pixelAt(Outside::Mirror, -81.5, 0.5), (Colour{1, 0, 100}));
}

TEST(WarpTest, BehindTheHorizonIsNoPicture) {
    Homography steep;
    steep.m[6] = -0.1;  // the depth is 0 at x = 10
    const Image found =
        data::warp(coordinates(40, 30), steep, 40, 30, Interpolation::Bilinear, {Outside::Mirror, {1, 2, 3}});
    EXPECT_EQ(found.row(5)[20 * 3], 1);
    EXPECT_EQ(found.row(5)[20 * 3 + 1], 2);
    EXPECT_NE(found.row(5)[1 * 3 + 2], 3);
}

// A chequered picture at a quarter of its size is grey: nothing is left out between the points.
TEST(WarpTest, WhatGetsSmallerIsAveraged) {
    Image image(256, 256);
    for (int y = 0; y < 256; ++y) {
        for (int x = 0; x < 256; ++x)
            std::fill_n(image.row(y) + x * 3, 3, (x + y) % 2 == 0 ? std::uint8_t{255} : std::uint8_t{0});
    }
    const double angle = 0.5;
    const Homography turn =
        Homography::moved(128, 128) *
        Homography::affine(std::cos(angle), -std::sin(angle), 0, std::sin(angle), std::cos(angle), 0) *
        Homography::scaled(4, 4) * Homography::moved(-16, -16);
    const Image found = data::warp(image, turn, 32, 32, Interpolation::Bilinear, {Outside::Mirror, {}});
    for (const std::uint8_t byte : found.pixels)
        ASSERT_NEAR(byte, 127.5, 12);
    const Image plain =
        data::warp(image, turn, 32, 32, Interpolation::Bilinear, {Outside::Mirror, {}}, false);
    EXPECT_GT(*std::ranges::max_element(plain.pixels), 200);
}

TEST(HomographyTest, CornersOnALineGiveNone) {
    const std::array<Point, 4> square{Point{0, 0}, Point{1, 0}, Point{1, 1}, Point{0, 1}};
    const std::array<Point, 4> line{Point{0, 0}, Point{1, 1}, Point{2, 2}, Point{0, 1}};
    EXPECT_FALSE(Homography::ofCorners(line, square));
    const auto same = Homography::ofCorners(square, square);
    ASSERT_TRUE(same);
    for (std::size_t i = 0; i < 9; ++i)
        EXPECT_NEAR(same->m[i], Homography().m[i], 1e-12);
}

TEST(JpegEncoderTest, PicturesOfOnePixel) {
    Image image(1, 1);
    image.pixels = {200, 100, 50};
    const auto read = data::decodeJpeg(data::encodeJpeg(image, 100), "");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->width, 1);
    EXPECT_NEAR(read->pixels[0], 200, 3);
}

}  // namespace

}  // namespace graft::test
