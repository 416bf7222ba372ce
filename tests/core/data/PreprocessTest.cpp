// SPDX-License-Identifier: GPL-3.0-or-later
// The numbers a network reads, against torchvision's (preprocess_reference.py).
#include <algorithm>
#include <cmath>
#include <cstring>
#include <iostream>
#include <limits>
#include <map>

#include "core/base/Seed.h"
#include "core/data/ImageDecoder.h"
#include "core/data/Preprocess.h"
#include "core/data/detail/LoadPreprocessed.h"
#include "tests/support/PlainPictures.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using base::Image;
using data::AugmentOptions;
using data::Interpolation;
using data::PreprocessOptions;

struct Case {
    PreprocessOptions options;
    std::string numbers;
    std::string picture;
};

struct Difference {
    double mean = 0;
    double largest = 0;
};

std::vector<float> readNumbers(const std::string& path) {
    const std::string bytes = readText(path);
    std::vector<float> numbers(bytes.size() / sizeof(float));
    std::memcpy(numbers.data(), bytes.data(), numbers.size() * sizeof(float));
    return numbers;
}

Difference difference(const std::vector<float>& a, const std::vector<float>& b) {
    Difference result;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double d = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        result.mean += d / static_cast<double>(a.size());
        result.largest = std::max(result.largest, d);
    }
    return result;
}

Image noise(int width, int height, std::uint64_t seed) {
    Image image(width, height);
    base::RandomStream random(seed);
    for (auto& value : image.pixels)
        value = static_cast<std::uint8_t>(random.below(256));
    return image;
}

std::vector<float> mirrored(const std::vector<float>& numbers, int side) {
    std::vector<float> result = numbers;
    for (auto row = result.begin(); row != result.end(); row += side)
        std::reverse(row, row + side);
    return result;
}

// Where a crop of coordinates() was taken, from inner pixels: those at the border lack neighbours.
struct Crop {
    double left, top, width, height;
    bool isMirrored;
};
Crop cropOf(const std::vector<float>& numbers, int side) {
    const int low = side / 4;
    const int high = side - 1 - low;
    const auto at = [&](int channel, int y, int x) {
        return static_cast<double>(numbers[static_cast<std::size_t>((channel * side + y) * side + x)]);
    };
    double slopeX = (at(0, low, high) - at(0, low, low)) / (high - low);
    const double slopeY = (at(1, high, low) - at(1, low, low)) / (high - low);
    const bool isMirrored = slopeX < 0;
    const double firstX = isMirrored ? at(0, low, high) : at(0, low, low);
    slopeX = std::abs(slopeX);
    return {firstX + 0.5 - (low + 0.5) * slopeX, at(1, low, low) + 0.5 - (low + 0.5) * slopeY, slopeX * side,
            slopeY * side, isMirrored};
}

std::vector<std::string> somePhotos() {
    std::vector<std::string> photos;
    for (const char* folder : {"data/hymenoptera/val/ants", "data/hymenoptera/val/bees"}) {
        std::vector<std::string> found;
        if (!fs::is_directory(sharedPath(folder))) continue;
        for (const auto& entry : fs::directory_iterator(sharedPath(folder))) {
            if (data::hasImageExtension(entry.path().string())) found.push_back(entry.path().string());
        }
        std::ranges::sort(found);
        found.resize(std::min<std::size_t>(found.size(), 10));
        photos.insert(photos.end(), found.begin(), found.end());
    }
    return photos;
}

}  // namespace

class PreprocessReferenceTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        s_folder = std::make_unique<TemporaryFolder>();
        std::vector<std::string> arguments = somePhotos();
        arguments.insert(arguments.begin(), s_folder->path());
        std::istringstream lines(runPython("preprocess_reference.py", arguments));
        for (std::string line; std::getline(lines, line);) {
            std::istringstream words(line);
            std::string kind;
            words >> kind;
            if (kind == "crops") {
                words >> s_meanArea >> s_meanLogRatio;
                continue;
            }
            Case next;
            std::string interpolation;
            words >> next.options.resizeSize >> next.options.cropSize >> interpolation >> next.numbers >>
                std::ws;
            std::getline(words, next.picture);
            const auto parsed = data::parseInterpolation(interpolation);
            ASSERT_TRUE(parsed) << line;
            next.options.interpolation = *parsed;
            s_cases.push_back(next);
        }
    }
    static void TearDownTestSuite() { s_folder.reset(); }

    static void compare(bool generated) {
        double worstMean = 0;
        double worst = 0;
        std::size_t compared = 0;
        for (const Case& next : s_cases) {
            if (next.picture.starts_with(s_folder->path()) != generated) continue;
            SCOPED_TRACE(next.picture + " " + std::to_string(next.options.resizeSize) + "/" +
                         std::to_string(next.options.cropSize) + " " +
                         std::string(data::interpolationName(next.options.interpolation)));
            const auto image = data::decodeImage(next.picture);
            ASSERT_TRUE(image) << image.error().message.english();
            const auto expected = readNumbers(next.numbers);
            const auto found = data::preprocess(*image, next.options);
            const auto side = static_cast<std::size_t>(next.options.cropSize);
            ASSERT_EQ(found.size(), 3 * side * side);
            ASSERT_EQ(found.size(), expected.size());
            const Difference d = difference(found, expected);
            EXPECT_LT(d.mean, 1e-4);     // the same pixels; a single wrong shade is 0.018 in one value
            EXPECT_LT(d.largest, 0.02);  // one shade, should a library round differently
            worstMean = std::max(worstMean, d.mean);
            worst = std::max(worst, d.largest);
            ++compared;
        }
        ASSERT_GE(compared, 20U);
        RecordProperty("worst_mean_difference", std::to_string(worstMean));
        RecordProperty("largest_difference", std::to_string(worst));
        std::cout << compared << " pictures against torchvision: mean difference at most " << worstMean
                  << ", largest " << worst << "\n";
    }

    static inline std::unique_ptr<TemporaryFolder> s_folder;
    static inline std::vector<Case> s_cases;
    static inline double s_meanArea = 0;
    static inline double s_meanLogRatio = 0;
};

// Decoded at a half (800 pixels), a quarter and an eighth of its size.
TEST_F(PreprocessReferenceTest, ALargeJpegIsDecodedSmallAndLooksTheSame) {
    std::size_t compared = 0;
    for (const Case& next : s_cases) {
        if (!next.picture.ends_with("large.jpg")) continue;
        SCOPED_TRACE(next.options.resizeSize);
        const auto side = static_cast<std::size_t>(next.options.cropSize);
        std::vector<float> found(3 * side * side);
        ASSERT_TRUE(data::loadPreprocessed(next.picture, next.options, std::nullopt, 0, found));
        const Difference d = difference(found, readNumbers(next.numbers));
        EXPECT_LT(d.mean, 0.02);    // about a shade of 256
        EXPECT_LT(d.largest, 0.2);  // a shift by half a pixel gives 0.5
        const auto image = data::decodeImage(next.picture);
        ASSERT_TRUE(image);
        if (next.options.resizeSize < 750)
            EXPECT_NE(found, data::preprocess(*image, next.options));
        else
            EXPECT_EQ(found, data::preprocess(*image, next.options));
        ++compared;
    }
    EXPECT_EQ(compared, 4U);
}

// Whatever is kept, and whichever was loaded first, the numbers are the same.
TEST_F(PreprocessReferenceTest, WhatIsKeptInMemoryChangesNoNumber) {
    const data::AugmentOptions random{true, 0.005, true};  // small crops, too
    const data::AugmentOptions flips{false, 0.08, true};
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{3'000'000}, std::size_t{1} << 30}) {
        for (const std::optional<data::AugmentOptions>& augment :
             {std::optional<data::AugmentOptions>(), std::optional(random), std::optional(flips)}) {
            data::ImageMemory memory(bytes);
            for (const Case& next : s_cases) {
                if (next.options.resizeSize != 256) continue;
                const auto side = static_cast<std::size_t>(next.options.cropSize);
                // Of the large JPEG some crops are decoded small and some are not.
                const std::uint64_t seeds = next.picture.ends_with("large.jpg") ? 20 : 3;
                for (std::uint64_t seed = 0; seed < seeds; ++seed) {
                    std::vector<float> fresh(3 * side * side);
                    std::vector<float> kept = fresh;
                    ASSERT_TRUE(data::loadPreprocessed(next.picture, next.options, augment, seed, fresh));
                    ASSERT_TRUE(
                        data::loadPreprocessed(next.picture, next.options, augment, seed, kept, &memory));
                    ASSERT_EQ(kept, fresh) << next.picture << " " << seed;
                }
            }
        }
    }
}

TEST_F(PreprocessReferenceTest, ARandomCropOfALargeJpegIsTheSamePartOfIt) {
    for (const Case& next : s_cases) {
        if (!next.picture.ends_with("large.jpg") || next.options.resizeSize > 256) continue;
        const auto image = data::decodeImage(next.picture);
        ASSERT_TRUE(image);
        const auto side = static_cast<std::size_t>(next.options.cropSize);
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            std::vector<float> found(3 * side * side);
            ASSERT_TRUE(
                data::loadPreprocessed(next.picture, next.options, data::AugmentOptions(), seed, found));
            const Difference d = difference(found, data::preprocessAugmented(*image, next.options, {}, seed));
            EXPECT_LT(d.mean, 0.02) << seed;
        }
    }
}

TEST_F(PreprocessReferenceTest, NoiseOfEverySizeAsTorchvision) {
    compare(true);

    // RandomResizedCrop's boxes, as torchvision draws them.
    const Image image = coordinates(256, 256);
    const PreprocessOptions options = pixelValues(16, 16);
    constexpr int kDraws = 4000;
    double area = 0;
    double logRatio = 0;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
        const Crop crop = cropOf(data::preprocessAugmented(image, options, {}, base::mix(seed)), 16);
        area += crop.width * crop.height / (256.0 * 256.0) / kDraws;
        logRatio += std::log(crop.width / crop.height) / kDraws;
    }
    EXPECT_NEAR(area, s_meanArea, 0.02);
    EXPECT_NEAR(logRatio, s_meanLogRatio, 0.02);
}

TEST_F(PreprocessReferenceTest, PhotosAsTorchvision) {
    GRAFT_NEED_SHARED("data/hymenoptera/val/ants");
    compare(false);
}

TEST(PreprocessTest, NumbersOfAFlatPictureByHand) {
    Image image(40, 30);
    for (std::size_t i = 0; i < image.pixels.size(); i += 3) {
        image.pixels[i] = 255;
        image.pixels[i + 1] = 0;
        image.pixels[i + 2] = 51;
    }
    const auto numbers = data::preprocess(image, {});
    ASSERT_EQ(numbers.size(), 3U * 224 * 224);
    for (std::size_t i = 0; i < 224U * 224; ++i) {
        ASSERT_NEAR(numbers[i], (1.0 - 0.485) / 0.229, 1e-5);
        ASSERT_NEAR(numbers[i + 224U * 224], (0.0 - 0.456) / 0.224, 1e-5);
        ASSERT_NEAR(numbers[i + 2U * 224 * 224], (0.2 - 0.406) / 0.225, 1e-5);
    }
}

TEST(PreprocessTest, TheCropIsTheCentre) {
    const auto numbers = data::preprocess(coordinates(200, 100), pixelValues(100, 60));
    EXPECT_NEAR(numbers[0], 70, 0.001);             // column of the first pixel
    EXPECT_NEAR(numbers[60 * 60], 20, 0.001);       // its row
    EXPECT_NEAR(numbers[60 * 60 - 1], 129, 0.001);  // the last pixel
    EXPECT_NEAR(numbers[2 * 60 * 60 - 1], 79, 0.001);
}

TEST(PreprocessTest, WithoutAugmentationItIsPreprocess) {
    AugmentOptions off;
    off.randomResizedCrop = false;
    off.horizontalFlip = false;
    const Image image = noise(97, 61, 1);
    PreprocessOptions options;
    for (const int crop : {224, 64}) {
        options.cropSize = crop;
        EXPECT_EQ(data::preprocessAugmented(image, options, off, 5), data::preprocess(image, options));
    }
}

TEST(PreprocessTest, TheSeedDecides) {
    const Image image = noise(97, 61, 2);
    PreprocessOptions options;
    options.resizeSize = 40;
    options.cropSize = 32;
    const auto first = data::preprocessAugmented(image, options, {}, 1);
    EXPECT_EQ(first.size(), 3U * 32 * 32);
    EXPECT_EQ(data::preprocessAugmented(image, options, {}, 1), first);
    for (std::uint64_t seed = 2; seed < 30; ++seed)
        EXPECT_NE(data::preprocessAugmented(image, options, {}, seed), first) << seed;
}

TEST(PreprocessTest, AFlipIsTheExactMirrorImage) {
    const Image image = noise(90, 60, 3);
    PreprocessOptions options;
    options.resizeSize = 33;
    options.cropSize = 32;
    AugmentOptions flipOnly;
    flipOnly.randomResizedCrop = false;
    AugmentOptions cropOnly;
    cropOnly.horizontalFlip = false;
    const auto straight = data::preprocess(image, options);
    int flips = 0;
    constexpr int kDraws = 1000;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
        const auto found = data::preprocessAugmented(image, options, flipOnly, base::mix(seed));
        const bool isFlipped = found != straight;
        ASSERT_EQ(found, isFlipped ? mirrored(straight, 32) : straight) << seed;
        flips += isFlipped ? 1 : 0;
        if (seed >= 50) continue;
        // The flip does not change which crop is taken.
        const auto crop = data::preprocessAugmented(image, options, cropOnly, base::mix(seed));
        ASSERT_EQ(data::preprocessAugmented(image, options, {}, base::mix(seed)),
                  isFlipped ? mirrored(crop, 32) : crop)
            << seed;
    }
    EXPECT_NEAR(flips, kDraws / 2, 50);  // three standard deviations are 47
}

TEST(PreprocessTest, CropsLieInsideAndFillTheirRange) {
    constexpr int kSide = 32;
    for (const auto& [width, height] : {std::pair{256, 256}, std::pair{256, 120}, std::pair{90, 250}}) {
        const Image image = coordinates(width, height);
        const double whole = static_cast<double>(width) * height;
        double smallest = 1;
        double largest = 0;
        double centreX = 0;
        double centreY = 0;
        constexpr int kDraws = 1000;
        for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
            const auto numbers =
                data::preprocessAugmented(image, pixelValues(kSide, kSide), {}, base::mix(seed));
            const Crop crop = cropOf(numbers, kSide);
            // Rounded pixels: each slope is known to 1/15 of a pixel.
            ASSERT_GE(crop.left, -1.7);
            ASSERT_GE(crop.top, -1.7);
            ASSERT_LE(crop.left + crop.width, width + 1.7);
            ASSERT_LE(crop.top + crop.height, height + 1.7);
            const double ratio = crop.width / crop.height;
            ASSERT_GT(ratio, 0.75 * 0.93);
            ASSERT_LT(ratio, 4.0 / 3.0 * 1.07);
            smallest = std::min(smallest, crop.width * crop.height / whole);
            largest = std::max(largest, crop.width * crop.height / whole);
            centreX += (crop.left + crop.width / 2) / width / kDraws;
            centreY += (crop.top + crop.height / 2) / height / kDraws;
        }
        EXPECT_GT(smallest, 0.07);
        EXPECT_LT(smallest, 0.11);
        // The longest crop has the ratio 4/3.
        const double possible = std::min(1.0, std::min(width, height) * 4.0 / 3.0 / std::max(width, height));
        EXPECT_GT(largest, 0.9 * possible);
        EXPECT_NEAR(centreX, 0.5, 0.02);
        EXPECT_NEAR(centreY, 0.5, 0.02);
    }
}

TEST(PreprocessTest, MinimumAreaIsKept) {
    AugmentOptions augment;
    augment.minimumArea = 0.6;
    const Image image = coordinates(256, 256);
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        const Crop crop =
            cropOf(data::preprocessAugmented(image, pixelValues(32, 32), augment, base::mix(seed)), 32);
        ASSERT_GT(crop.width * crop.height / (256.0 * 256.0), 0.58);
    }
}

TEST(PreprocessTest, PicturesOfOnePixelOrOneRow) {
    for (const auto& [width, height] : {std::pair{1, 1}, std::pair{1, 200}, std::pair{3000, 1}}) {
        const Image image = noise(width, height, 4);
        for (std::uint64_t seed = 0; seed < 20; ++seed) {
            const auto numbers = data::preprocessAugmented(image, pixelValues(20, 16), {}, seed);
            ASSERT_EQ(numbers.size(), 3U * 16 * 16);
            for (const float value : numbers)
                ASSERT_TRUE(value >= 0 && value <= 255.01F);
        }
        EXPECT_EQ(data::preprocess(image, pixelValues(20, 16)).size(), 3U * 16 * 16);
    }
}

TEST(PreprocessTest, ValidateNamesTheWrongValue) {
    EXPECT_TRUE(data::validate({}));
    const auto messageOf = [](const auto& change) {
        PreprocessOptions options;
        change(options);
        const auto result = data::validate(options);
        EXPECT_FALSE(result);
        if (result) return std::string();
        EXPECT_EQ(result.error().code, ErrorCode::InvalidArgument);
        EXPECT_TRUE(result.error().message.english().ends_with(".")) << result.error().message.english();
        return result.error().message.english();
    };
    const auto expect = [&](const std::string& part, const auto& change) {
        const std::string message = messageOf(change);
        EXPECT_NE(message.find(part), std::string::npos) << message;
    };
    expect("crop size is 0", [](auto& o) { o.cropSize = 0; });
    expect("crop size is -4", [](auto& o) { o.cropSize = -4; });
    expect("crop size is 4097", [](auto& o) { o.cropSize = 4097, o.resizeSize = 5000; });
    expect("resize size is 223", [](auto& o) { o.resizeSize = 223; });
    expect("resize size is 8193", [](auto& o) { o.resizeSize = 8193; });
    expect("mean", [](auto& o) { o.mean[1] = std::numeric_limits<float>::quiet_NaN(); });
    expect("mean", [](auto& o) { o.mean[2] = std::numeric_limits<float>::infinity(); });
    expect("standard deviation", [](auto& o) { o.deviation[0] = 0; });
    expect("standard deviation", [](auto& o) { o.deviation[2] = -1; });
    expect("standard deviation", [](auto& o) { o.deviation[2] = std::numeric_limits<float>::quiet_NaN(); });
    PreprocessOptions equal;
    equal.resizeSize = equal.cropSize;
    EXPECT_TRUE(data::validate(equal));
}

TEST(PreprocessTest, InterpolationNamesComeBack) {
    for (const auto value : {Interpolation::Bilinear, Interpolation::Bicubic})
        EXPECT_EQ(*data::parseInterpolation(std::string(data::interpolationName(value))), value);
    const auto unknown = data::parseInterpolation("nearest");
    ASSERT_FALSE(unknown);
    EXPECT_NE(unknown.error().message.english().find("nearest"), std::string::npos);
}

}  // namespace graft::test
