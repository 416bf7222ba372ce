// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/torch/ImageStream.h"

#include <torch/types.h>

#include <atomic>
#include <mutex>
#include <optional>
#include <stdexcept>

#include "tests/support/SampleFolder.h"
#include "tests/support/TinyImages.h"

namespace graft::test {

namespace {

using inference::Seen;

class ImageStreamTest : public testing::Test {
  protected:
    void SetUp() override {
        makeClasses(m_folder.path("images"), 3, 15, 1);
        for (const auto& entry : fs::recursive_directory_iterator(m_folder.path("images"))) {
            if (entry.is_regular_file()) m_images.push_back(entry.path().string());
        }
        m_options.preprocess.resizeSize = m_options.preprocess.cropSize = 32;
        m_options.threads = 3;
    }

    // A picture's answer is its own sum, which no other picture shares.
    static at::Tensor sums(const at::Tensor& images) { return images.flatten(1).sum(1, true); }

    float expected(const std::string& image) const {
        std::vector<float> values(3 * 32 * 32);
        EXPECT_TRUE(data::loadPreprocessed(image, m_options.preprocess, std::nullopt, 0, values));
        return torch::from_blob(values.data(), {1, 3, 32, 32}).flatten(1).sum(1).item<float>();
    }

    TemporaryFolder m_folder;
    std::vector<std::string> m_images;
    inference::StreamOptions m_options;
    runtime::RunControl m_control;
};

TEST_F(ImageStreamTest, EveryPictureGetsItsOwnAnswerInOrder) {
    for (const std::size_t batchSize : {std::size_t{1}, std::size_t{2}, std::size_t{8}, std::size_t{100}}) {
        m_options.batchSize = batchSize;
        std::size_t next = 0;
        EXPECT_TRUE(inference::streamImages(
            m_images, m_options, sums,
            [&](const Seen& seen) {
                EXPECT_EQ(seen.index, next++);
                EXPECT_EQ(seen.error, nullptr);
                EXPECT_NEAR(seen.row[0], expected(m_images[seen.index]), 1e-2) << m_images[seen.index];
                return true;
            },
            m_control));
        EXPECT_EQ(next, m_images.size());
    }
}

TEST_F(ImageStreamTest, OnePictureAloneToo) {
    m_images.resize(1);
    std::size_t seenImages = 0;
    EXPECT_TRUE(inference::streamImages(
        m_images, m_options, sums,
        [&](const Seen& seen) {
            EXPECT_NEAR(seen.row[0], expected(m_images[0]), 1e-2);
            return ++seenImages == 1;
        },
        m_control));
    EXPECT_EQ(seenImages, 1U);
}

TEST_F(ImageStreamTest, APictureThatCannotBeReadHasItsErrorAndTheOthersTheirAnswers) {
    for (const std::size_t bad : {0U, 4U, 5U, 44U})
        writeText(m_images[bad], "no picture");
    std::vector<std::size_t> failed;
    inference::streamImages(
        m_images, m_options, sums,
        [&](const Seen& seen) {
            if (seen.error != nullptr) {
                failed.push_back(seen.index);
                EXPECT_NE(seen.error->sentence().find(m_images[seen.index]), std::string::npos);
            } else {
                EXPECT_NEAR(seen.row[0], expected(m_images[seen.index]), 1e-2);
            }
            return true;
        },
        m_control);
    EXPECT_EQ(failed, (std::vector<std::size_t>{0, 4, 5, 44}));
}

TEST_F(ImageStreamTest, StopsAtTheNextPicture) {
    std::size_t answers = 0;
    EXPECT_FALSE(inference::streamImages(
        m_images, m_options, sums,
        [&](const Seen&) {
            if (++answers == 6) m_control.stop();
            return true;
        },
        m_control));
    EXPECT_EQ(answers, 6U);
    answers = 0;
    runtime::RunControl other;
    EXPECT_FALSE(inference::streamImages(
        m_images, m_options, sums, [&](const Seen&) { return ++answers < 6; }, other));
    EXPECT_EQ(answers, 6U);
}

// Whatever the number of pictures, only some batches are decoded before the first is asked for.
TEST_F(ImageStreamTest, DecodesAheadWithinABound) {
    m_options.batchSize = 4;
    m_options.threads = 2;
    std::vector<std::string> many;
    for (int i = 0; i < 20; ++i)
        many.insert(many.end(), m_images.begin(), m_images.end());
    std::atomic<std::int64_t> run = 0;
    std::int64_t handedOut = 0;
    std::int64_t mostAhead = 0;
    inference::streamImages(
        many, m_options,
        [&](const at::Tensor& images) {
            run += images.size(0);
            return sums(images);
        },
        [&](const Seen&) {
            mostAhead = std::max(mostAhead, run - handedOut++);
            return true;
        },
        m_control);
    EXPECT_EQ(handedOut, 900);
    EXPECT_LE(mostAhead, 4 * (2 * 2 + 2));
}

// A network that proves itself on its first pictures decides by the same ones in every run.
TEST_F(ImageStreamTest, TheFirstBatchGoesThroughTheNetworkFirstEvenWhereALaterOneIsReadySooner) {
    writeText(m_images[1], tinyBmp(7, 3000, 3000));
    m_options.batchSize = 2;
    const float first = expected(m_images[0]) + expected(m_images[1]);
    std::mutex mutex;
    std::optional<float> seen;
    inference::streamImages(
        m_images, m_options,
        [&](const at::Tensor& images) {
            const std::lock_guard lock(mutex);
            if (!seen) seen = images.sum().item<float>();
            return sums(images);
        },
        [](const Seen&) { return true; }, m_control);
    ASSERT_TRUE(seen);
    EXPECT_NEAR(*seen, first, 1e-1);
}

// A foreign model may give for one picture another number of classes than for the next.
TEST_F(ImageStreamTest, AnAnswerOfAnotherWidthIsNeverHandedOut) {
    m_options.width = 2;
    m_options.batchSize = 4;
    std::atomic<int> batches = 0;
    const auto run = [&](const at::Tensor& images) {
        return torch::zeros({images.size(0), ++batches < 3 ? 2 : 1});
    };
    const auto sink = [](const Seen& seen) {
        EXPECT_EQ(seen.row.size(), 2U);
        return true;
    };
    EXPECT_THROW(inference::streamImages(m_images, m_options, run, sink, m_control), c10::Error);
    m_images.resize(1);
    EXPECT_THROW(inference::streamImages(m_images, m_options, run, sink, m_control), c10::Error);
}

TEST_F(ImageStreamTest, WhatTheNetworkThrowsIsThrownToTheCaller) {
    std::atomic<int> batches = 0;
    const auto run = [&](const at::Tensor& images) -> at::Tensor {
        if (++batches == 3) throw std::bad_alloc();
        return sums(images);
    };
    EXPECT_THROW(inference::streamImages(
                     m_images, m_options, run, [](const Seen&) { return true; }, m_control),
                 std::bad_alloc);
}

}  // namespace

}  // namespace graft::test
