// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Validation.h"

#include <torch/types.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <thread>

#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

// Images of two classes, and a network that answers with the class that every second image has.
class ValidationTest : public testing::Test {
  protected:
    training::Validation made(int threads) {
        training::Validation::Options options;
        options.classes = {"a", "b"};
        options.preprocess.resizeSize = options.preprocess.cropSize = 32;
        options.batchSize = 8;
        options.threads = threads;
        training::Validation validation(options);
        for (std::size_t i = 0; i < m_images.size(); ++i)
            validation.add({m_images[i], static_cast<int>(i % 2), 0, {}}, std::to_string(i), {});
        return validation;
    }

    void SetUp() override {
        makeClasses(m_folder.path("images"), 2, 10, 1);
        for (const auto& entry : fs::recursive_directory_iterator(m_folder.path("images"))) {
            if (entry.is_regular_file()) m_images.push_back(entry.path().string());
        }
        std::ranges::sort(m_images);
    }

    // Class 0, always; e : 1 between the classes.
    at::Tensor answer(const at::Tensor& images) {
        const int now = ++m_inside;
        int most = m_mostInside;
        while (now > most && !m_mostInside.compare_exchange_weak(most, now)) {
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        --m_inside;
        return torch::tensor({1.0F, 0.0F}).repeat({images.size(0), 1});
    }

    TemporaryFolder m_folder;
    std::vector<std::string> m_images;
    std::atomic<int> m_inside = 0;
    std::atomic<int> m_mostInside = 0;
};

TEST_F(ValidationTest, ScoresEveryImageInItsPlaceAndTellsEveryBatch) {
    const auto validation = made(2);
    ASSERT_EQ(m_images.size(), 20U);
    std::vector<std::size_t> seen;
    const auto evaluation =
        validation.score([&](const at::Tensor& images) { return answer(images); }, nullptr, nullptr,
                         [&](std::size_t batch, std::size_t images, double, double accuracy) {
                             seen.push_back(images);
                             EXPECT_EQ(batch, seen.size());
                             EXPECT_EQ(accuracy, 0.5);
                             return true;
                         },
                         [](std::size_t, const Error&) { return false; });
    ASSERT_TRUE(evaluation);
    EXPECT_EQ(seen, (std::vector<std::size_t>{8, 16, 20}));
    EXPECT_EQ(validation.batches(), 3U);
    EXPECT_EQ(evaluation->images, 20U);
    EXPECT_EQ(evaluation->accuracy, 0.5);
    EXPECT_NEAR(evaluation->loss, (std::log(1 + std::exp(-1.0)) + std::log(1 + std::exp(1.0))) / 2, 1e-6);
    for (std::size_t i = 0; i < evaluation->predictions.size(); ++i) {
        EXPECT_EQ(evaluation->predictions[i].path, std::to_string(i));
        EXPECT_EQ(evaluation->predictions[i].truth, static_cast<int>(i % 2));
    }
}

// A run that was given one thread takes one, in validation too.
TEST_F(ValidationTest, TakesTheThreadsThatItWasGiven) {
    for (const int threads : {1, 3}) {
        m_mostInside = 0;
        made(threads).score([&](const at::Tensor& images) { return answer(images); }, nullptr, nullptr,
                            [](std::size_t, std::size_t, double, double) { return true; },
                            [](std::size_t, const Error&) { return false; });
        EXPECT_LE(m_mostInside, threads);
        EXPECT_GE(m_mostInside, threads == 1 ? 1 : 2);
    }
}

TEST_F(ValidationTest, AnImageThatIsGoneIsToldAndInNoFigure) {
    fs::remove(m_images[3]);
    fs::remove(m_images[19]);
    for (const bool goesOn : {true, false}) {
        std::vector<std::size_t> lost;
        const auto evaluation =
            made(2).score([&](const at::Tensor& images) { return answer(images); }, nullptr, nullptr,
                          [](std::size_t, std::size_t, double, double) { return true; },
                          [&](std::size_t image, const Error& why) {
                              EXPECT_EQ(why.path, m_images[image]);
                              lost.push_back(image);
                              return goesOn;
                          });
        EXPECT_EQ(lost, goesOn ? (std::vector<std::size_t>{3, 19}) : std::vector<std::size_t>{3});
        ASSERT_EQ(evaluation.has_value(), goesOn);
        if (evaluation) {
            EXPECT_EQ(evaluation->images, 18U);
        }
    }
}

}  // namespace

}  // namespace graft::test
