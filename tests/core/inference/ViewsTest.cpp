// SPDX-License-Identifier: GPL-3.0-or-later
// Test-time augmentation: the same pictures made by the augmentation pipeline, saved without loss and
// predicted one by one without it.
#include "core/inference/detail/Views.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>

#include "core/data/AugmentPreview.h"
#include "core/inference/Predictor.h"
#include "core/inference/torch/ViewMean.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using inference::Seen;

constexpr int kViews = 4;

class ViewsTest : public TrainingFixture {
  protected:
    void train(const std::string& run, const std::string& loss = "cross_entropy") {
        auto c = config(run, "resnet18");
        c.epochs = 3;
        c.seed = 11;
        c.optimizer.learningRate = 0.003;
        c.augment.minimumArea = 0.4;
        c.augment.more["rotation"] = 30.0;
        c.loss.kind = loss;
        if (loss == "binary_cross_entropy") {
            for (const char* split : {"/train", "/val"})
                fs::remove_all(c.datasetFolder + split + "/2");
        }
        trainOrFail(c);
    }

    std::vector<std::string> images() const {
        std::vector<std::string> found;
        for (const auto& entry : fs::recursive_directory_iterator(path("images/val"))) {
            if (entry.is_regular_file()) found.push_back(entry.path().string());
        }
        std::ranges::sort(found);
        return found;
    }

    // The probability of each class, in class order.
    static std::vector<double> predicted(inference::Predictor& predictor, const std::string& image) {
        std::vector<double> probabilities;
        runtime::RunControl control;
        EXPECT_TRUE(predictor.predictAll(
            {image},
            [&](std::size_t, const inference::Probabilities& answer) {
                EXPECT_TRUE(answer) << answer.error().sentence();
                probabilities = answer.value_or(std::vector<double>());
                return true;
            },
            control));
        return probabilities;
    }

    // By hand: the picture and its variants, each as a file of its own.
    std::vector<double> meanOverFiles(const std::string& run, const std::string& image) {
        const auto c = training::openRun(path(run)).value().config;
        const inference::Views views{kViews, c.augment, c.seed};
        const auto variants = data::augmentedVariants(image, c.preprocess, c.augment,
                                                      inference::seedOfVariants(views, image), kViews - 1)
                                  .value();
        auto plain = inference::Predictor::open(path(run), "cpu").value();
        std::vector<double> mean = predicted(plain, image);
        for (const base::Image& variant : variants) {
            const std::string file = path("variant.ppm");
            writeText(file, "P6 " + std::to_string(variant.width) + " " + std::to_string(variant.height) +
                                " 255\n" + std::string(variant.pixels.begin(), variant.pixels.end()));
            std::ranges::transform(mean, predicted(plain, file), mean.begin(), std::plus<>());
        }
        for (double& probability : mean)
            probability /= kViews;
        return mean;
    }
};

}  // namespace

TEST_F(ViewsTest, AnAnswerIsTheMeanOfThoseToPicturesThatThePipelineMade) {
    for (const char* loss : {"cross_entropy", "binary_cross_entropy"}) {
        train(loss, loss);
        auto predictor = inference::Predictor::open(path(loss), "cpu", kViews).value();
        auto plain = inference::Predictor::open(path(loss), "cpu").value();
        double farthest = 0;
        double lossSum = 0;
        std::size_t correct = 0;
        const auto all = images();
        for (const std::string& image : all) {
            const auto expected = meanOverFiles(loss, image);
            const auto found = predicted(predictor, image);
            const auto single = predicted(plain, image);
            ASSERT_EQ(found.size(), expected.size());
            for (std::size_t i = 0; i < found.size(); ++i) {
                EXPECT_NEAR(found[i], expected[i], 1e-5) << image;
                farthest = std::max(farthest, std::abs(single[i] - expected[i]));
            }
            const auto truth =
                static_cast<std::size_t>(std::stoi(fs::path(image).parent_path().filename().string()));
            lossSum -= std::log(expected[truth]);
            correct += std::ranges::max_element(expected) - expected.begin() == std::ptrdiff_t(truth) ? 1 : 0;
        }
        EXPECT_GT(farthest, 1e-3);  // the views are not all the same

        runtime::RunControl control;
        evaluation::EvaluateOptions options;
        options.device = "cpu";
        options.views = kViews;
        const auto scored = evaluation::evaluateFolder(path(loss), path("images/val"), options, {}, control);
        ASSERT_TRUE(scored) << scored.error().sentence();
        EXPECT_EQ(scored->images, all.size());
        EXPECT_NEAR(scored->loss, lossSum / static_cast<double>(all.size()), 1e-4);
        EXPECT_EQ(scored->accuracy, static_cast<double>(correct) / static_cast<double>(all.size()));
        EXPECT_NE(evaluation::toJson(*scored).find("\"tta\": 4"), std::string::npos);
        const auto again = evaluation::evaluateFolder(path(loss), path("images/val"), options, {}, control);
        EXPECT_EQ(again->loss, scored->loss);
    }
}

TEST_F(ViewsTest, WithoutAugmentationThereIsOneView) {
    auto c = config("plain");
    c.epochs = 1;
    c.augment.randomResizedCrop = false;
    c.augment.horizontalFlip = false;
    trainOrFail(c);
    const auto plain = inference::viewsOf(path("plain"), kViews);
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(plain.error().message.english().find("without augmentation"), std::string::npos);
    EXPECT_EQ(inference::viewsOf(path("plain"), 1).value().count, 1U);

    fs::create_directories(path("away"));
    for (const char* file : {"model.safetensors", "model.safetensors.json"})
        fs::copy_file(path("plain") + "/" + file, path("away") + "/" + file);
    const auto exported = inference::Predictor::open(path("away/model.safetensors"), "cpu", kViews);
    ASSERT_FALSE(exported);
    EXPECT_EQ(exported.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(exported.error().message.english().find("exported"), std::string::npos);
}

TEST(ViewMeanTest, ByHand) {
    const Error unreadable{ErrorCode::Unreadable, GRAFT_TEXT("It cannot be read."), ""};
    const float nan = std::numeric_limits<float>::quiet_NaN();
    const float log3 = std::log(3.0F);
    const std::vector<std::vector<float>> rows{
        {0, log3}, {5, 5},     // 1/4, 3/4 and 1/2, 1/2
        {0, 2000}, {0, 2000},  // the first class's probability is no number of any kind
        {0, 1},    {nan, 0},   // the model is broken
        {0, 0},    {0, 0},     // of these the second cannot be read
        {0, log3}, {0, log3},  // and it goes on behind it
    };
    std::vector<std::vector<float>> found;
    std::vector<bool> failed;
    const inference::Sink mean = inference::meanOfViews(2, [&](const Seen& seen) {
        EXPECT_EQ(seen.index, found.size());
        found.emplace_back(seen.row.begin(), seen.row.end());
        failed.push_back(seen.error != nullptr);
        if (seen.error != nullptr) {
            EXPECT_EQ(seen.error->message.english(), "It cannot be read.");
        }
        return seen.index < 4;
    });
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const bool isLost = i == 7;
        const bool goesOn = mean({i, isLost ? std::span<const float>() : std::span<const float>(rows[i]),
                                  isLost ? &unreadable : nullptr, nullptr});
        EXPECT_EQ(goesOn, i + 1 < rows.size());
    }
    ASSERT_EQ(found.size(), 5U);
    EXPECT_EQ(failed, (std::vector<bool>{false, false, false, true, false}));
    EXPECT_NEAR(std::exp(found[0][0]), 0.375, 1e-6);
    EXPECT_NEAR(std::exp(found[0][1]), 0.625, 1e-6);
    EXPECT_NEAR(found[1][0], -2000, 1e-3);
    EXPECT_NEAR(found[1][1], 0, 1e-6);
    EXPECT_TRUE(std::isnan(found[2][0]) && std::isnan(found[2][1]));
    EXPECT_NEAR(std::exp(found[4][0]), 0.25, 1e-6);
}

}  // namespace graft::test
