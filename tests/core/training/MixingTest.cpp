// SPDX-License-Identifier: GPL-3.0-or-later
// Mixed batches: each pixel and each label, recounted one by one.
#include "core/training/torch/Mixing.h"

#include <gtest/gtest.h>
#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include "core/base/Seed.h"

namespace graft::test {

namespace {

constexpr std::int64_t kCount = 6;
constexpr std::int64_t kChannels = 3;
constexpr std::int64_t kHeight = 10;
constexpr std::int64_t kWidth = 14;

// Each image is of another label, so that the other label tells whom it was mixed with.
at::Tensor someImages() {
    return torch::arange(kCount * kChannels * kHeight * kWidth, torch::kFloat)
        .reshape({kCount, kChannels, kHeight, kWidth});
}
at::Tensor someLabels() {
    return torch::arange(kCount, torch::kLong);
}

std::int64_t partnerOf(const training::MixedBatch& batch, std::int64_t image) {
    return batch.target.otherLabels[image].item<std::int64_t>();
}

void expectPermutation(const training::MixedBatch& batch) {
    std::set<std::int64_t> partners;
    for (std::int64_t i = 0; i < kCount; ++i) {
        EXPECT_EQ(batch.target.labels[i].item<std::int64_t>(), i);
        partners.insert(partnerOf(batch, i));
    }
    EXPECT_EQ(partners.size(), static_cast<std::size_t>(kCount));
}

TEST(MixingTest, MixupAddsUpTwoImages) {
    const at::Tensor images = someImages();
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto batch = training::mixup(images, someLabels(), 0.4, seed);
        expectPermutation(batch);
        const double share = batch.target.share;
        EXPECT_TRUE(share >= 0 && share <= 1);
        const auto before = images.accessor<float, 4>();
        const auto after = batch.images.accessor<float, 4>();
        for (std::int64_t i = 0; i < kCount; ++i) {
            const std::int64_t other = partnerOf(batch, i);
            for (std::int64_t c = 0; c < kChannels; ++c) {
                ASSERT_NEAR(after[i][c][7][3],
                            share * before[i][c][7][3] + (1 - share) * before[other][c][7][3], 0.001);
            }
        }
    }
}

TEST(MixingTest, CutmixPutsARectangleIn) {
    const at::Tensor images = someImages();
    std::set<double> shares;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto batch = training::cutmix(images, someLabels(), 1, seed);
        expectPermutation(batch);
        const auto before = images.accessor<float, 4>();
        const auto after = batch.images.accessor<float, 4>();
        for (std::int64_t i = 0; i < kCount; ++i) {
            const std::int64_t other = partnerOf(batch, i);
            if (other == i) continue;
            std::int64_t taken = 0;
            std::int64_t left = kWidth, top = kHeight, right = -1, bottom = -1;
            for (std::int64_t y = 0; y < kHeight; ++y) {
                for (std::int64_t x = 0; x < kWidth; ++x) {
                    const bool isOther = after[i][1][y][x] == before[other][1][y][x];
                    ASSERT_TRUE(isOther || after[i][1][y][x] == before[i][1][y][x]);
                    if (!isOther) continue;
                    ++taken;
                    left = std::min(left, x), right = std::max(right, x);
                    top = std::min(top, y), bottom = std::max(bottom, y);
                }
            }
            if (taken > 0) {
                EXPECT_EQ(taken, (right - left + 1) * (bottom - top + 1)) << "no rectangle";
            }
            EXPECT_NEAR(batch.target.share, 1 - static_cast<double>(taken) / (kHeight * kWidth), 1e-9);
        }
        shares.insert(batch.target.share);
    }
    EXPECT_GT(shares.size(), 20U);
    EXPECT_TRUE(torch::equal(images, someImages())) << "the given ones are as they were";
}

TEST(MixingTest, SharesAreBetaDistributed) {
    const at::Tensor images = torch::zeros({2, 1, 1, 1});
    const at::Tensor labels = torch::zeros({2}, torch::kLong);
    for (const double alpha : {0.2, 1.0, 5.0}) {
        constexpr int kDraws = 4000;
        double mean = 0;
        double squares = 0;
        for (std::uint64_t seed = 0; seed < kDraws; ++seed) {
            const double share = training::mixup(images, labels, alpha, base::mix(seed)).target.share;
            mean += share / kDraws;
            squares += share * share / kDraws;
        }
        const double variance = 1 / (4 * (2 * alpha + 1));  // of Beta(alpha, alpha)
        EXPECT_NEAR(mean, 0.5, 4 * std::sqrt(variance / kDraws)) << alpha;
        EXPECT_NEAR(squares - mean * mean, variance, 0.06 * variance) << alpha;
    }
}

TEST(MixingTest, TheSeedDecides) {
    const at::Tensor images = someImages();
    const training::MixOptions both{0.4, 1.0};
    int cut = 0;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        const auto batch = training::mixed(images, someLabels(), both, seed);
        const auto again = training::mixed(images, someLabels(), both, seed);
        ASSERT_TRUE(torch::equal(batch.images, again.images));
        ASSERT_EQ(batch.target.share, again.target.share);
        ASSERT_TRUE(torch::equal(batch.target.otherLabels, again.target.otherLabels));
        const auto asCut = training::cutmix(images, someLabels(), 1.0, seed);
        cut += torch::equal(batch.images, asCut.images) ? 1 : 0;
    }
    EXPECT_NEAR(cut, 100, 22);  // three standard deviations
    EXPECT_FALSE(torch::equal(training::mixup(images, someLabels(), 1, 1).images,
                              training::mixup(images, someLabels(), 1, 2).images));
}

TEST(MixingTest, WithoutEitherTheBatchStaysAsItIs) {
    const at::Tensor images = someImages();
    const auto batch = training::mixed(images, someLabels(), {}, 3);
    EXPECT_TRUE(batch.images.is_same(images));
    EXPECT_FALSE(batch.target.isMixed());
    const auto single = training::mixed(images.slice(0, 0, 1), someLabels().slice(0, 0, 1), {0.4, 0}, 3);
    EXPECT_TRUE(torch::allclose(single.images, images.slice(0, 0, 1)));
}

TEST(MixingTest, ChannelsLastStaysSo) {
    const at::Tensor images = someImages().contiguous(at::MemoryFormat::ChannelsLast);
    for (const training::MixOptions options : {training::MixOptions{1, 0}, training::MixOptions{0, 1}}) {
        const auto batch = training::mixed(images, someLabels(), options, 3);
        EXPECT_TRUE(batch.images.is_contiguous(at::MemoryFormat::ChannelsLast));
    }
}

}  // namespace

}  // namespace graft::test
