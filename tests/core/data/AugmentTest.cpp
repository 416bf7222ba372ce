// SPDX-License-Identifier: GPL-3.0-or-later
// Random variants of images: what is drawn, how it is put together, and that nothing but the seed decides.
#include <algorithm>
#include <atomic>
#include <cmath>
#include <cstring>
#include <numbers>
#include <set>
#include <thread>

#include "core/base/Seed.h"
#include "core/data/AugmentPreview.h"
#include "core/data/ImageDecoder.h"
#include "core/data/augment/Augmentation.h"
#include "core/data/augment/Variant.h"
#include "core/data/detail/LoadPreprocessed.h"
#include "tests/support/PlainPictures.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using base::Image;
using data::Augmentation;
using data::AugmentOptions;
using data::AugmentValue;
using data::Homography;
using data::Interpolation;
using data::Knob;
using data::Outside;
using data::PreprocessOptions;
using Numbers = std::vector<float>;
using More = std::map<std::string, AugmentValue>;

Image noise(int width, int height, std::uint64_t seed) {
    Image image(width, height);
    base::RandomStream random(seed);
    for (auto& value : image.pixels)
        value = static_cast<std::uint8_t>(random.below(256));
    return image;
}

// Smooth shapes, as in photographs.
Image waves(int width, int height) {
    Image image(width, height);
    for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
            image.row(y)[x * 3] = static_cast<std::uint8_t>(128 + 100 * std::sin(x / 19.0 + y / 31.0));
            image.row(y)[x * 3 + 1] = static_cast<std::uint8_t>(128 + 100 * std::sin(y / 14.0));
            image.row(y)[x * 3 + 2] = static_cast<std::uint8_t>(128 + 100 * std::cos(x / 23.0 - y / 17.0));
        }
    }
    return image;
}

Image flat(int side, std::uint8_t grey) {
    Image image(side, side);
    std::ranges::fill(image.pixels, grey);
    return image;
}

AugmentOptions only(More more) {
    AugmentOptions options;
    options.randomResizedCrop = false;
    options.horizontalFlip = false;
    options.more = std::move(more);
    return options;
}

// A value that shows, for each of an augmentation's knobs that switch it on.
AugmentOptions switchedOn(const Augmentation& augmentation) {
    AugmentOptions options = only({});
    for (const Knob& knob : augmentation.knobs) {
        if (knob.isDetail) continue;
        if (std::holds_alternative<bool>(knob.usual)) options.more[knob.name] = true;
        if (std::holds_alternative<std::int64_t>(knob.usual)) options.more[knob.name] = std::int64_t{2};
        if (std::holds_alternative<double>(knob.usual)) options.more[knob.name] = knob.highest / 2;
    }
    return options;
}

Numbers preprocessed(const Image& image, const AugmentOptions& augment, std::uint64_t seed) {
    return data::preprocessAugmented(image, pixelValues(40, 32), augment, seed);
}

Homography turnOf(const AugmentOptions& augment, std::uint64_t seed) {
    return data::drawGeometry(100, 100, pixelValues(64, 64), augment, seed).turn;
}

float at(const Numbers& numbers, int side, int channel, int y, int x) {
    return numbers[static_cast<std::size_t>((channel * side + y) * side + x)];
}

// Made by the version before the pipeline.
TEST(AugmentTest, CropAndFlipGiveTheBitsThatTheyGaveBefore) {
    AugmentOptions flipOnly;
    flipOnly.randomResizedCrop = false;
    AugmentOptions cropOnly;
    cropOnly.horizontalFlip = false;
    cropOnly.minimumArea = 0.3;
    struct Case {
        AugmentOptions augment;
        Interpolation interpolation;
        std::uint64_t hash;
    };
    const std::vector<Case> cases{
        {{}, Interpolation::Bilinear, 0x1b8df864811061deULL},
        {{}, Interpolation::Bicubic, 0xf506527e00e65c7cULL},
        {flipOnly, Interpolation::Bilinear, 0x83ecb25d42448563ULL},
        {flipOnly, Interpolation::Bicubic, 0x0780438ed49321a5ULL},
        {cropOnly, Interpolation::Bilinear, 0x2ad9d7abb8a98983ULL},
        {cropOnly, Interpolation::Bicubic, 0x3db640df8803f29cULL},
    };
    for (const Case& next : cases) {
        PreprocessOptions options;
        options.resizeSize = 72;
        options.cropSize = 64;
        options.interpolation = next.interpolation;
        std::uint64_t hash = 0xcbf29ce484222325ULL;
        for (const auto& [width, height] : {std::pair{97, 61}, std::pair{300, 411}, std::pair{31, 200}}) {
            const Image image = noise(width, height, 7);
            for (std::uint64_t seed = 0; seed < 40; ++seed) {
                for (const float value :
                     data::preprocessAugmented(image, options, next.augment, base::mix(seed))) {
                    std::uint32_t bits = 0;
                    std::memcpy(&bits, &value, sizeof bits);
                    hash = (hash ^ bits) * 0x100000001b3ULL;
                }
            }
        }
        EXPECT_EQ(hash, next.hash);
    }
}

TEST(AugmentTest, EachIsOffUntilItIsSwitchedOnAndThenChangesSomething) {
    const Image image = noise(50, 40, 1);
    const Numbers plain = data::preprocess(image, pixelValues(40, 32));
    EXPECT_GE(data::augmentations().size(), 16U);
    for (const Augmentation& augmentation : data::augmentations()) {
        SCOPED_TRACE(augmentation.name);
        EXPECT_FALSE(data::isOn(augmentation, AugmentOptions()));
        AugmentOptions detailsOnly = only({});
        for (const Knob& knob : augmentation.knobs) {
            EXPECT_TRUE(knob.isDetail || knob.lowest == 0) << knob.name;
            if (knob.isDetail) detailsOnly.more[knob.name] = knob.usual;
        }
        EXPECT_FALSE(data::changesAnything(detailsOnly));
        EXPECT_EQ(preprocessed(image, detailsOnly, 3), plain);

        const AugmentOptions on = switchedOn(augmentation);
        EXPECT_TRUE(data::isOn(augmentation, on));
        EXPECT_TRUE(data::changesAnything(on));
        std::set<Numbers> seen;
        for (std::uint64_t seed = 0; seed < 40; ++seed) {
            const Numbers first = preprocessed(image, on, seed);
            EXPECT_EQ(preprocessed(image, on, seed), first);
            ASSERT_EQ(first.size(), plain.size());
            for (const float value : first)
                ASSERT_TRUE(value >= 0 && value <= 255.01F);
            seen.insert(first);
        }
        seen.erase(plain);
        EXPECT_GE(seen.size(), 1U);
        // Those that are done to an image or not, always in the same way.
        const std::set<std::string> oneWay{"vertical_flip", "grey"};
        if (!oneWay.contains(augmentation.name)) {
            EXPECT_GE(seen.size(), 3U);
        }
    }
}

// Whatever else is on draws from a stream of its own.
TEST(AugmentTest, OneMoreChangesNothingThatTheOthersDraw) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const More rotation{{"rotation", 30.0}};
        More all = rotation;
        all.insert({{"brightness", 0.5}, {"noise", 0.1}, {"randaugment", std::int64_t{2}}, {"erasing", 1.0}});
        EXPECT_EQ(turnOf(only(rotation), seed), turnOf(only(all), seed));

        AugmentOptions cropped;
        cropped.more = all;
        const auto before = data::drawGeometry(100, 80, pixelValues(64, 64), {}, seed);
        const auto with = data::drawGeometry(100, 80, pixelValues(64, 64), cropped, seed);
        EXPECT_EQ(with.cut.source.x, before.cut.source.x);
        EXPECT_EQ(with.cut.source.width, before.cut.source.width);
    }
}

TEST(AugmentTest, GeometryComposesIntoOneMap) {
    const std::vector<More> single{{{"perspective", 0.5}, {"perspective_share", 1.0}},
                                   {{"shear", 20.0}},
                                   {{"zoom", 0.4}},
                                   {{"rotation", 90.0}},
                                   {{"translation", 0.3}},
                                   {{"vertical_flip", true}},
                                   {{"quarter_turns", true}}};
    More all;
    for (const More& more : single)
        all.insert(more.begin(), more.end());
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        Homography product;
        for (const More& more : single)
            product = product * turnOf(only(more), seed);
        const Homography found = turnOf(only(all), seed);
        for (std::size_t i = 0; i < 9; ++i)
            EXPECT_NEAR(found.m[i], product.m[i], 1e-12);
    }
}

TEST(AugmentTest, TheFlipsAndTurnsMovePixelsExactly) {
    constexpr int kSide = 31;  // with a middle column
    for (const int side : {kSide, kSide + 1}) {
        const Image image = noise(side, side, 5);
        const PreprocessOptions options = pixelValues(side, side);
        const Numbers plain = data::preprocess(image, options);
        int upsideDown = 0;
        std::set<int> turns;
        for (std::uint64_t seed = 0; seed < 400; ++seed) {
            const Numbers flipped =
                data::preprocessAugmented(image, options, only({{"vertical_flip", true}}), seed);
            const Numbers turned =
                data::preprocessAugmented(image, options, only({{"quarter_turns", true}}), seed);
            const bool isFlipped = flipped != plain;
            upsideDown += isFlipped ? 1 : 0;
            int quarters = -1;
            for (int n = 0; n < 4 && quarters < 0; ++n) {
                bool same = true;
                for (int y = 0; y < side && same; ++y) {
                    for (int x = 0; x < side && same; ++x) {
                        int fromY = y;
                        int fromX = x;
                        for (int i = 0; i < n; ++i)
                            fromX = std::exchange(fromY, side - 1 - fromX);
                        same = at(turned, side, 0, y, x) == at(plain, side, 0, fromY, fromX);
                    }
                }
                if (same) quarters = n;
            }
            ASSERT_GE(quarters, 0) << "no quarter turn";
            turns.insert(quarters);
            for (int y = 0; y < side; ++y)
                ASSERT_EQ(at(flipped, side, 1, y, 3), at(plain, side, 1, isFlipped ? side - 1 - y : y, 3));
        }
        EXPECT_NEAR(upsideDown, 200, 30);  // three standard deviations
        EXPECT_EQ(turns.size(), 4U);
    }
}

// Everything on, against torchvision's affine() with what was drawn.
TEST(AugmentTest, RotationShearZoomAndTranslationAreTorchvisionsAffine) {
    constexpr int kSide = 80;
    const TemporaryFolder folder;
    const Image image = waves(kSide, kSide);
    const std::string picture = folder.path("waves.ppm");
    writeText(picture, "P6\n80 80\n255\n" + std::string(image.pixels.begin(), image.pixels.end()));
    std::vector<std::string> arguments{"affine", folder.path(), picture};
    constexpr std::uint64_t kDraws = 12;
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
        const Homography rotation = turnOf(only({{"rotation", 180.0}}), seed);
        const Homography shear = turnOf(only({{"shear", 20.0}}), seed);
        const Homography zoom = turnOf(only({{"zoom", 0.3}}), seed);
        const Homography translation = turnOf(only({{"translation", 0.2}}), seed);
        constexpr double kDegree = std::numbers::pi / 180;
        for (const double number :
             {std::atan2(rotation.m[1], rotation.m[0]) / kDegree, -translation.m[2] * kSide,
              -translation.m[5] * kSide, 1 / zoom.m[0], std::atan(shear.m[1]) / kDegree})
            arguments.push_back(std::to_string(number));
    }
    AugmentOptions all = only({{"rotation", 180.0}, {"shear", 20.0}, {"zoom", 0.3}, {"translation", 0.2}});
    all.outside = Outside::Black;
    std::istringstream results(runPython("augment_reference.py", arguments));
    for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
        std::string file;
        ASSERT_TRUE(results >> file);
        const std::string expected = readText(file);
        const Numbers found = data::preprocessAugmented(image, pixelValues(kSide, kSide), all, seed);
        ASSERT_EQ(expected.size(), found.size());
        double mean = 0;
        std::size_t far = 0;
        for (std::size_t i = 0; i < expected.size(); ++i) {
            const auto byte = static_cast<std::uint8_t>(expected[i]);
            const auto pixel = static_cast<int>(i / 3);
            const double d =
                std::abs(at(found, kSide, static_cast<int>(i % 3), pixel / kSide, pixel % kSide) - byte);
            mean += d / static_cast<double>(expected.size());
            far += d > 4 ? 1 : 0;
        }
        // torchvision cuts fractions off (half a shade) and does not antialias, which smooth shapes hardly
        // show; at the border a point may fall on either side.
        EXPECT_LT(mean, 1.0) << seed;
        EXPECT_LT(far, expected.size() / 100) << seed;
    }
}

struct Sample {
    double least = INFINITY;
    double most = -INFINITY;
    double sum = 0;
    double squares = 0;
    int count = 0;

    void add(double value) {
        least = std::min(least, value);
        most = std::max(most, value);
        sum += value;
        squares += value * value;
        ++count;
    }
    double mean() const { return sum / count; }
    double deviation() const { return std::sqrt(squares / count - mean() * mean()); }
};

void expectUniform(const Sample& sample, double low, double high) {
    const double width = high - low;
    EXPECT_GE(sample.least, low - 1e-9);
    EXPECT_LE(sample.most, high + 1e-9);
    EXPECT_NEAR(sample.least, low, width * 0.01);
    EXPECT_NEAR(sample.most, high, width * 0.01);
    EXPECT_NEAR(sample.mean(), (low + high) / 2, width * 0.03);
    EXPECT_NEAR(sample.deviation(), width / std::sqrt(12.0), width * 0.02);
}

constexpr std::uint64_t kManyDraws = 3000;

template <class Value>
Sample drawn(const AugmentOptions& augment, const Value& value) {
    Sample sample;
    for (std::uint64_t seed = 0; seed < kManyDraws; ++seed)
        sample.add(value(turnOf(augment, base::mix(seed))));
    return sample;
}

TEST(AugmentTest, WhatIsDrawnIsSpreadEvenlyOverItsRange) {
    constexpr double kDegree = std::numbers::pi / 180;
    expectUniform(drawn(only({{"rotation", 40.0}}),
                        [](const Homography& turn) { return std::atan2(turn.m[1], turn.m[0]) / kDegree; }),
                  -40, 40);
    expectUniform(
        drawn(only({{"shear", 15.0}}), [](const Homography& turn) { return std::atan(turn.m[1]) / kDegree; }),
        -15, 15);
    expectUniform(drawn(only({{"zoom", 0.2}}), [](const Homography& turn) { return 1 / turn.m[0]; }), 0.8,
                  1.2);
    for (const std::size_t i : {std::size_t{0}, std::size_t{4}}) {
        expectUniform(drawn(only({{"zoom", 0.2}, {"zoom_sides", true}}),
                            [i](const Homography& turn) { return turn.m[i]; }),
                      0.8, 1.2);
    }
    for (const std::size_t i : {std::size_t{2}, std::size_t{5}}) {
        expectUniform(drawn(only({{"translation", 0.1}}), [i](const Homography& turn) { return turn.m[i]; }),
                      -0.1, 0.1);
    }
}

TEST(AugmentTest, OneZoomKeepsTheShape) {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const Homography same = turnOf(only({{"zoom", 0.5}}), seed);
        EXPECT_EQ(same.m[0], same.m[4]);
        const Homography own = turnOf(only({{"zoom", 0.5}, {"zoom_sides", true}}), seed);
        EXPECT_NE(own.m[0], own.m[4]);
    }
}

TEST(AugmentTest, ColoursAreSpreadEvenlyOverTheirRange) {
    const auto brightnessOf = [](std::uint8_t shade, const AugmentOptions& augment, std::uint64_t seed) {
        const Numbers numbers = data::preprocessAugmented(flat(4, shade), pixelValues(4, 4), augment, seed);
        return static_cast<double>(numbers[0]) / shade;
    };
    Sample weak;
    Sample strong;
    int grey = 0;
    Image colourful = flat(4, 100);
    for (std::size_t i = 0; i < colourful.pixels.size(); i += 3)
        colourful.pixels[i] = 200;
    for (std::uint64_t seed = 0; seed < kManyDraws; ++seed) {
        weak.add(brightnessOf(180, only({{"brightness", 0.4}}), base::mix(seed)));
        strong.add(brightnessOf(127, only({{"brightness", 1.0}}), base::mix(seed)));
        const Numbers numbers =
            data::preprocessAugmented(colourful, pixelValues(4, 4), only({{"grey", 0.25}}), base::mix(seed));
        grey += numbers[0] == numbers[16] ? 1 : 0;
    }
    expectUniform(weak, 0.6 - 1.0 / 180, 1.4);  // fractions of a shade are cut off
    expectUniform(strong, 0, 2);
    EXPECT_NEAR(grey, kManyDraws / 4.0, 72);  // three standard deviations
}

TEST(AugmentTest, NoiseHasItsDeviation) {
    Sample sample;
    const Numbers numbers =
        data::preprocessAugmented(flat(64, 128), pixelValues(64, 64), only({{"noise", 0.05}}), 4);
    for (const float value : numbers)
        sample.add(value);
    EXPECT_NEAR(sample.mean(), 128, 0.4);
    EXPECT_NEAR(sample.deviation(), 0.05 * 255, 0.3);
}

TEST(AugmentTest, HolesAndPerspectivesAreDrawnAsTorchvisionDrawsThem) {
    std::map<std::string, std::vector<double>> expected;
    std::istringstream lines(runPython("augment_reference.py", {"draws"}));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string name;
        words >> name;
        expected[name].assign(std::istream_iterator<double>(words), {});
    }
    constexpr int kSide = 200;
    Sample area;
    Sample shape;
    Sample inwards;
    std::vector<float> numbers(3U * kSide * kSide);
    for (std::uint64_t seed = 0; seed < kManyDraws; ++seed) {
        std::ranges::fill(numbers, 1.0F);
        data::changeNumbers(numbers, kSide, only({{"erasing", 1.0}}), base::mix(seed));
        const auto first = std::ranges::find(numbers, 0.0F) - numbers.begin();
        const auto width = std::find(numbers.begin() + first, numbers.end(), 1.0F) - numbers.begin() - first;
        const auto erased = std::ranges::count(numbers, 0.0F) / 3;
        ASSERT_EQ(erased % width, 0) << "no rectangle";
        area.add(static_cast<double>(erased) / kSide / kSide);
        shape.add(std::log(static_cast<double>(erased) / static_cast<double>(width * width)));

        const Homography turn =
            turnOf(only({{"perspective", 0.5}, {"perspective_share", 1.0}}), base::mix(seed));
        // Where the upper left corner has come to: solved for the point that is mapped to it.
        double x = -0.5;
        double y = -0.5;
        for (int i = 0; i < 50; ++i) {
            const data::Mapped now = data::mapped(turn, {x, y});
            const double determinant = now.byX.x * now.byY.y - now.byX.y * now.byY.x;
            const double dx = -0.5 - now.at.x;
            const double dy = -0.5 - now.at.y;
            x += (now.byY.y * dx - now.byY.x * dy) / determinant;
            y += (now.byX.x * dy - now.byX.y * dx) / determinant;
        }
        if (std::isfinite(x)) inwards.add(x + 0.5);
    }
    EXPECT_NEAR(area.mean(), expected["erasing"].at(0), 0.007);
    EXPECT_NEAR(area.deviation(), expected["erasing"].at(1), 0.005);
    EXPECT_NEAR(shape.mean(), expected["erasing"].at(2), 0.06);
    EXPECT_NEAR(shape.deviation(), expected["erasing"].at(3), 0.03);
    EXPECT_GT(inwards.count, 0.99 * kManyDraws);
    EXPECT_NEAR(inwards.mean(), expected["perspective"].at(0), 0.006);
    EXPECT_NEAR(inwards.deviation(), expected["perspective"].at(1), 0.004);
}

TEST(AugmentTest, ACropsAreaAndShapeStayInTheirRanges) {
    AugmentOptions augment;
    augment.minimumArea = 0.2;
    augment.maximumArea = 0.4;
    augment.narrowest = 0.5;
    Sample area;
    Sample shape;
    for (std::uint64_t seed = 0; seed < kManyDraws; ++seed) {
        const auto source =
            data::drawGeometry(2000, 2000, pixelValues(64, 64), augment, base::mix(seed)).cut.source;
        area.add(source.width * source.height / 4e6);
        shape.add(std::log(static_cast<double>(source.width) / source.height));
    }
    EXPECT_NEAR(area.least, 0.2, 0.003);
    EXPECT_NEAR(area.most, 0.4, 0.003);
    EXPECT_NEAR(area.mean(), 0.3, 0.005);
    EXPECT_NEAR(shape.least, std::log(0.5), 0.01);
    EXPECT_NEAR(shape.most, std::log(2.0), 0.01);
    EXPECT_NEAR(shape.mean(), 0, 0.03);
}

TEST(AugmentTest, AShareOfTheImagesStaysAsItIs) {
    const Image image = noise(32, 32, 9);
    const Numbers plain = data::preprocess(image, pixelValues(32, 32));
    for (const auto& [name, share, on] :
         {std::tuple{"erasing", "erasing", More{}}, std::tuple{"blur", "blur_share", More{{"blur", 2.0}}},
          std::tuple{"perspective", "perspective_share", More{{"perspective", 0.5}}}}) {
        More more = on;
        more[share] = 0.3;
        int changed = 0;
        for (std::uint64_t seed = 0; seed < 1000; ++seed)
            changed +=
                data::preprocessAugmented(image, pixelValues(32, 32), only(more), base::mix(seed)) != plain
                    ? 1
                    : 0;
        EXPECT_NEAR(changed, 300, 45) << name;  // three standard deviations
    }
}

TEST(AugmentTest, TheMeanColourOutsideIsZeroForTheNetwork) {
    const PreprocessOptions options;
    AugmentOptions augment = only({{"translation", 1.0}});
    augment.outside = Outside::Mean;
    // Far away: the seed whose image is moved by half or more.
    for (std::uint64_t seed = 0; seed < 100; ++seed) {
        const auto turn = data::drawGeometry(300, 300, options, augment, seed).turn;
        if (turn.m[2] < 0.5) continue;
        const Numbers numbers = data::preprocessAugmented(noise(300, 300, 2), options, augment, seed);
        for (int channel = 0; channel < 3; ++channel)
            EXPECT_NEAR(at(numbers, 224, channel, 100, 223), 0, 0.5 / 255 / 0.22);
        return;
    }
    FAIL() << "no image was moved far";
}

TEST(AugmentTest, ATurnSeesMoreOfThePictureThanTheCropWhereThereIsMore) {
    AugmentOptions augment = only({{"translation", 0.2}});
    augment.outside = Outside::Black;
    PreprocessOptions options = pixelValues(100, 50);
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        for (const float value : data::preprocessAugmented(flat(100, 200), options, augment, seed))
            ASSERT_NEAR(value, 200, 0.01);
    }
}

// A thread more, another order: everything is drawn from the seed.
TEST(AugmentTest, ThreadsChangeNothing) {
    const Image image = noise(60, 50, 11);
    AugmentOptions everything;
    for (const Augmentation& augmentation : data::augmentations())
        everything.more.merge(switchedOn(augmentation).more);
    constexpr std::uint64_t kSeeds = 64;
    std::vector<Numbers> expected;
    for (std::uint64_t seed = 0; seed < kSeeds; ++seed)
        expected.push_back(preprocessed(image, everything, seed));
    std::vector<Numbers> found(kSeeds);
    std::atomic<std::uint64_t> next{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (std::uint64_t n = next++; n < kSeeds; n = next++) {
                    const std::uint64_t seed = kSeeds - 1 - n;
                    found[seed] = preprocessed(image, everything, seed);
                }
            });
        }
    }
    EXPECT_EQ(found, expected);
}

TEST(AugmentTest, PicturesOfOnePixelOrOneRow) {
    AugmentOptions everything;
    for (const Augmentation& augmentation : data::augmentations())
        everything.more.merge(switchedOn(augmentation).more);
    for (const int crop : {1, 2, 17}) {
        for (const auto& [width, height] : {std::pair{1, 1}, std::pair{1, 200}, std::pair{300, 1}}) {
            for (std::uint64_t seed = 0; seed < 30; ++seed) {
                const Numbers numbers = data::preprocessAugmented(
                    noise(width, height, 4), pixelValues(crop + 3, crop), everything, seed);
                ASSERT_EQ(numbers.size(), 3U * static_cast<std::size_t>(crop * crop));
                for (const float value : numbers)
                    ASSERT_TRUE(value >= 0 && value <= 255.01F);
            }
        }
    }
}

// A large JPEG: decoded small, and kept in memory or not.
class AugmentedFileTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        s_folder = std::make_unique<TemporaryFolder>();
        const Image image = waves(1600, 1200);
        const std::string raw = s_folder->path("large.ppm");
        writeText(raw, "P6\n1600 1200\n255\n" + std::string(image.pixels.begin(), image.pixels.end()));
        ASSERT_EQ(runProcess({GRAFT_PYTHON, "-c",
                              "import sys; from PIL import Image; "
                              "Image.open(sys.argv[1]).save(sys.argv[2], quality=95)",
                              raw, path()})
                      .status,
                  0);
    }
    static void TearDownTestSuite() { s_folder.reset(); }
    static std::string path() { return s_folder->path("large.jpg"); }

    static Numbers loaded(const AugmentOptions& augment, std::uint64_t seed,
                          data::ImageMemory* memory = nullptr) {
        Numbers numbers(3U * 64 * 64);
        EXPECT_TRUE(data::loadPreprocessed(path(), pixelValues(72, 64), augment, seed, numbers, memory));
        return numbers;
    }

    static inline std::unique_ptr<TemporaryFolder> s_folder;
};

TEST_F(AugmentedFileTest, ATurnedPictureIsTheSameFromASmallDecoding) {
    const auto image = data::decodeImage(path());
    ASSERT_TRUE(image);
    AugmentOptions augment;
    augment.more = {{"rotation", 180.0}, {"zoom", 0.5}, {"shear", 20.0}, {"perspective", 0.4}};
    std::set<int> reductions;
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        const auto geometry = data::drawGeometry(1600, 1200, pixelValues(72, 64), augment, seed);
        reductions.insert(data::reductionFor(geometry));
        const Numbers small = loaded(augment, seed);
        const Numbers whole = data::preprocessAugmented(*image, pixelValues(72, 64), augment, seed);
        double mean = 0;
        for (std::size_t i = 0; i < small.size(); ++i)
            mean += std::abs(small[i] - whole[i]) / static_cast<double>(small.size());
        EXPECT_LT(mean, 1.5) << seed;  // shades; shapes of 100 pixels at a tenth of their size
    }
    EXPECT_GE(reductions.size(), 3U);
}

// A pixel or more of what is decoded for each pixel of the result, wherever one looks.
TEST_F(AugmentedFileTest, NoPartIsDecodedTooSmall) {
    AugmentOptions augment;
    augment.more = {{"rotation", 180.0}, {"zoom", 0.5}, {"shear", 30.0}};
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto geometry = data::drawGeometry(1600, 1200, pixelValues(72, 64), augment, seed);
        const int reduction = data::reductionFor(geometry);
        const Homography map = data::wholeMap(geometry);
        for (int angle = 0; angle < 180; angle += 5) {
            const double x = std::cos(angle * std::numbers::pi / 180);
            const double y = std::sin(angle * std::numbers::pi / 180);
            const data::Mapped from = data::mapped(map, {32, 32});
            const double step = std::hypot(from.byX.x * x + from.byY.x * y, from.byX.y * x + from.byY.y * y);
            ASSERT_TRUE(reduction == 1 || step >= reduction * 0.999) << seed;
        }
    }
}

TEST_F(AugmentedFileTest, WhatIsKeptInMemoryChangesNoNumber) {
    for (const More& more :
         {More{{"rotation", 30.0}, {"zoom", 0.9}}, More{{"brightness", 0.5}, {"erasing", 1.0}}, More{}}) {
        for (const bool crops : {false, true}) {
            AugmentOptions augment = only(more);
            augment.randomResizedCrop = crops;
            data::ImageMemory memory(std::size_t{1} << 30);
            for (std::uint64_t seed = 0; seed < 12; ++seed)
                ASSERT_EQ(loaded(augment, seed, &memory), loaded(augment, seed)) << seed;
        }
    }
}

TEST_F(AugmentedFileTest, ThePreviewShowsWhatTheNetworkSees) {
    AugmentOptions augment;
    augment.more = {{"rotation", 30.0}, {"brightness", 0.3}, {"erasing", 1.0}};
    const PreprocessOptions options;
    const auto variants = data::augmentedVariants(path(), options, augment, 7, 8);
    ASSERT_TRUE(variants);
    ASSERT_EQ(variants->size(), 8U);
    EXPECT_NE(variants->front().pixels, variants->back().pixels);
    for (std::size_t i = 0; i < variants->size(); ++i) {
        const Image& variant = (*variants)[i];
        ASSERT_EQ(variant.width, options.cropSize);
        Numbers numbers(3U * 224 * 224);
        ASSERT_TRUE(data::loadPreprocessed(path(), options, augment, base::deriveSeed(7, i), numbers));
        for (std::size_t p = 0; p < 224U * 224; p += 97) {
            for (std::size_t c = 0; c < 3; ++c) {
                ASSERT_NEAR(variant.pixels[p * 3 + c],
                            (numbers[c * 224 * 224 + p] * options.deviation[c] + options.mean[c]) * 255,
                            0.51);
            }
        }
    }
    const auto fewer = data::augmentedVariants(path(), options, augment, 7, 2);
    ASSERT_TRUE(fewer);
    EXPECT_EQ(fewer->back().pixels, (*variants)[1].pixels);
    EXPECT_FALSE(data::augmentedVariants(path() + ".none", options, augment, 7, 2));

    AugmentOptions off = only({});
    const Image image = waves(64, 64);
    const auto same = data::augmentedVariants(image, pixelValues(64, 64), off, 1, 3);
    for (const Image& variant : same)
        EXPECT_EQ(variant.pixels, image.pixels);
}

}  // namespace

}  // namespace graft::test
