// SPDX-License-Identifier: GPL-3.0-or-later
// Which images an epoch shows, in which order.
#include "core/training/detail/EpochOrder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/training/detail/ImageLoss.h"

namespace graft::test {

namespace {

using training::balancedOrder;
using training::Drawn;
using training::epochOrder;

std::vector<std::size_t> imagesOf(const std::vector<Drawn>& order) {
    std::vector<std::size_t> images;
    for (const Drawn& drawn : order)
        images.push_back(drawn.image);
    return images;
}

// Of Python, by the same definitions (SplitMix64; Fisher and Yates from the end).
TEST(EpochOrderTest, IsTheOneThatRunsHaveAlwaysHad) {
    const std::vector<std::size_t> images{4, 5, 7, 8, 11, 12, 13, 20, 21, 30};
    EXPECT_EQ(imagesOf(epochOrder(images, 1, 1)),
              (std::vector<std::size_t>{30, 20, 7, 5, 12, 13, 11, 21, 8, 4}));
    EXPECT_EQ(imagesOf(epochOrder(images, 7, 3)),
              (std::vector<std::size_t>{5, 13, 20, 30, 7, 11, 12, 8, 21, 4}));
    for (const Drawn& drawn : epochOrder(images, 7, 3))
        EXPECT_EQ(drawn.repeat, 0U);
}

// 50 images of class 0, 5 of class 2 and 1 of class 7; their numbers are not those of the classes.
struct Rare {
    std::vector<std::size_t> images;
    std::vector<int> classes;
    std::map<std::size_t, int> classOf;

    Rare() {
        for (std::size_t i = 0; i < 56; ++i) {
            images.push_back(100 + i);
            classes.push_back(i % 11 == 3 ? 2 : i == 55 ? 7 : 0);
            classOf[images.back()] = classes.back();
        }
    }
    std::vector<Drawn> order(std::uint64_t seed, std::uint64_t epoch) const {
        return balancedOrder(images, classes, seed, epoch);
    }
};

TEST(BalancedOrderTest, DrawsEachClassEquallyOftenAndItsImagesToo) {
    const Rare rare;
    for (std::uint64_t epoch = 1; epoch <= 20; ++epoch) {
        const auto order = rare.order(3, epoch);
        EXPECT_EQ(order.size(), rare.images.size());
        std::map<int, int> draws;
        std::map<std::size_t, std::size_t> ofImage;
        for (const Drawn& drawn : order) {
            ++draws[rare.classOf.at(drawn.image)];
            EXPECT_EQ(drawn.repeat < 19, true);
            ++ofImage[drawn.image];
        }
        ASSERT_EQ(draws.size(), 3U);
        for (const auto& [name, count] : draws)
            EXPECT_TRUE(count == 18 || count == 19) << name << ": " << count;
        for (const auto& [image, count] : ofImage) {
            const int name = rare.classOf.at(image);
            const auto ofClass = static_cast<std::size_t>(std::ranges::count(rare.classes, name));
            const auto draw = static_cast<std::size_t>(draws.at(name));
            EXPECT_TRUE(count == draw / ofClass || count == draw / ofClass + 1) << image;
        }
        // The repeats of an image are numbered without a gap.
        std::map<std::size_t, std::set<std::size_t>> repeats;
        for (const Drawn& drawn : order)
            EXPECT_TRUE(repeats[drawn.image].insert(drawn.repeat).second);
        for (const auto& [image, numbers] : repeats)
            EXPECT_EQ(*numbers.rbegin() + 1, numbers.size()) << image;
    }
}

TEST(BalancedOrderTest, ComesFromTheSeedAndTheEpoch) {
    const Rare rare;
    const auto images = imagesOf(rare.order(3, 5));
    EXPECT_EQ(imagesOf(rare.order(3, 5)), images);
    EXPECT_NE(imagesOf(rare.order(3, 6)), images);
    EXPECT_NE(imagesOf(rare.order(4, 5)), images);
    // Over the epochs all images of the common class have their turn, each about as often: 18.7 draws of 50
    // images in 200 epochs are 75 each, with a deviation of 7.
    std::map<std::size_t, int> counts;
    for (std::uint64_t epoch = 1; epoch <= 200; ++epoch) {
        for (const std::size_t image : imagesOf(rare.order(3, epoch)))
            ++counts[image];
    }
    EXPECT_EQ(counts.size(), rare.images.size());
    for (const auto& [image, count] : counts) {
        if (rare.classOf.at(image) != 0) continue;
        EXPECT_GT(count, 40) << image;
        EXPECT_LT(count, 110) << image;
    }
    // Classes are mixed: the first third of an epoch is not one of them.
    const auto order = rare.order(3, 1);
    std::set<int> first;
    for (std::size_t i = 0; i < 12; ++i)
        first.insert(rare.classOf.at(order[i].image));
    EXPECT_GT(first.size(), 1U);
}

TEST(BalancedOrderTest, WithEquallyLargeClassesEveryImageComesOnce) {
    const std::vector<std::size_t> images{0, 1, 2, 3, 4, 5};
    auto order = imagesOf(balancedOrder(images, {0, 1, 0, 1, 0, 1}, 9, 2));
    std::ranges::sort(order);
    EXPECT_EQ(order, images);
    EXPECT_TRUE(balancedOrder({}, {}, 9, 2).empty());
}

TEST(ImageLossTest, OneAndSeveralAreSaidInSentencesOfTheirOwn) {
    const Message what = GRAFT_TEXT("can no longer be read");
    training::ImageLoss loss({0, 0, 1});
    loss.add(0, "/d/a.png");
    const Message one = loss.sentence(data::Split::Train, what);
    EXPECT_EQ(one.english(), "1 of 3 training images can no longer be read: /d/a.png.");
    loss.add(1, "/d/b.png", Message(GRAFT_TEXT("The file ends early.")));
    const Message two = loss.sentence(data::Split::Validation, what);
    EXPECT_EQ(
        two.english(),
        "2 of 3 validation images can no longer be read, all of a class among them, the first is /d/b.png "
        "(The file ends early.).");
    EXPECT_NE(one.id(), two.id());
}

// One of three images that an epoch draws 30 times is a third of them, and counts once.
TEST(ImageLossTest, AnImageThatIsLostAgainAndAgainIsOne) {
    constexpr int kNone = training::ImageLoss::kNoPart;
    std::vector<int> labels(60, 0);
    labels[3] = labels[40] = labels[41] = 1;
    labels[7] = labels[8] = kNone;  // validation images
    training::ImageLoss loss(labels);
    EXPECT_EQ(loss.total(), 58U);
    EXPECT_FALSE(loss.isThere(7));
    EXPECT_FALSE(loss.isThere(60));
    for (int i = 0; i < 20; ++i)
        loss.add(40, "forty", "it is gone");
    EXPECT_EQ(loss.count(), 1U);
    EXPECT_FALSE(loss.isThere(40));
    EXPECT_FALSE(loss.isTooMuch());
    loss.add(3, "three");
    EXPECT_FALSE(loss.isTooMuch());
    loss.add(41, "forty-one");
    EXPECT_TRUE(loss.isTooMuch()) << "all of a class";
    EXPECT_EQ(loss.count(), 3U);
}

}  // namespace

}  // namespace graft::test
