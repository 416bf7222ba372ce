// SPDX-License-Identifier: GPL-3.0-or-later
// SqueezeNet's classifier ends in a ReLU. It is trained without it, and written such that it stays open.
#include <torch/types.h>
#include <torch/utils.h>

#include "core/backbones/ModelSummary.h"
#include "core/data/ImageDecoder.h"
#include "core/inference/Predictor.h"
#include "core/training/RunFolder.h"
#include "core/training/torch/HeadOpening.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

class HeadOpeningTest : public TrainingFixture {
  protected:
    // Head only, on random features: several positions a picture.
    settings::TrainConfig headOnly(const std::string& run, double learningRate,
                                   const std::string& backbone = "squeezenet1_1") const {
        settings::TrainConfig c = config(run, backbone);
        c.freeze = backbones::freezeAll(backbones::listUnits(backbone).value());
        c.preprocess.resizeSize = 64;
        c.preprocess.cropSize = 64;
        c.optimizer.learningRate = learningRate;
        c.epochs = 12;
        return c;
    }

    // What a run's model is for everyone else, with torchvision's ReLU in its place.
    backbones::Network modelOf(const std::string& run, const std::string& backbone = "squeezenet1_1") const {
        auto network = backbones::Network::create(backbone, 3, {}).value();
        const auto dict = weights::readSafetensors(path(run + "/model.safetensors")).value();
        EXPECT_TRUE(network.load(dict, true, run));
        network.train(false);
        return network;
    }

    std::vector<std::string> pictures() const {
        std::vector<std::string> files;
        for (const auto& entry : fs::recursive_directory_iterator(path("images"))) {
            if (entry.is_regular_file()) files.push_back(entry.path().string());
        }
        return files;
    }

    static at::Tensor inputOf(const std::string& file, const data::PreprocessOptions& options) {
        const auto values = data::preprocess(data::decodeImage(file).value(), options);
        const std::int64_t side = options.cropSize;
        return torch::tensor(values).reshape({1, 3, side, side});
    }
};

TEST_F(HeadOpeningTest, NoClassDiesAtAnyLearningRate) {
    GRAFT_NEED_SHARED("weights/squeezenet1_1-imagenet.safetensors");
    for (const double rate : {0.01, 0.1, 1.0}) {
        auto c = headOnly("run" + std::to_string(rate), rate);
        c.weightsFile = sharedPath("weights/squeezenet1_1-imagenet.safetensors");
        c.augment = {false, 0.08, false};
        EXPECT_GE(trainOrFail(c).valAccuracy, 0.94) << rate;
    }
}

// With the ReLU its gradient is 0, and stays so.
TEST_F(HeadOpeningTest, AClassFarBelowTheOthersStillLearns) {
    for (const std::string backbone : {"squeezenet1_0", "squeezenet1_1"}) {
        torch::manual_seed(2);
        auto network = backbones::Network::create(backbone, 3, {}).value();
        const at::Tensor picture = torch::randn({1, 3, 64, 64});
        const at::Tensor bias = network.head().steps.front()->parameters().at(1);
        const auto gradient = [&] {
            bias.mutable_grad() = at::Tensor();
            at::cross_entropy_loss(network.forward(picture), torch::tensor({1})).backward();
            return bias.grad()[1].item<double>();
        };
        {
            const torch::NoGradGuard noGradients;
            bias.copy_(torch::tensor({0.0F, -1000.0F, 0.0F}));
        }
        EXPECT_EQ(gradient(), 0);
        training::openHead(network);
        EXPECT_LT(gradient(), -0.9);
    }
}

TEST_F(HeadOpeningTest, TheReluIsOpenEverywhereOnEveryPicture) {
    const auto c = headOnly("run", 0.1);
    trainOrFail(c);
    const auto network = modelOf("run");
    const torch::NoGradGuard noGradients;
    const auto lowestOf = [&](const at::Tensor& picture) {
        const at::Tensor features = network.featuresOf(picture, network.units().size());
        return network.head().steps.front()->forward(features).min().item<double>();
    };
    for (const std::string& file : pictures())
        EXPECT_GE(lowestOf(inputOf(file, c.preprocess)), 0) << file;
    // Nor on any other picture, such as no camera takes.
    torch::manual_seed(4);
    for (const double scale : {0.01, 1.0, 100.0})
        EXPECT_GE(lowestOf(torch::randn({4, 3, 64, 64}) * scale), 0) << scale;
}

// The figures of the run were made without the ReLU; whoever opens its model has it.
TEST_F(HeadOpeningTest, TheModelGivesTheRunsOwnProbabilities) {
    for (const double rate : {0.01, 1.0}) {
        const std::string run = "run" + std::to_string(rate);
        auto c = headOnly(run, rate);
        // Features that are calculated in bfloat16, or kept in half precision, differ by more than the ReLU
        // could.
        c.precision = settings::Precision::Float32;
        c.cache.halfPrecision = false;
        trainOrFail(c);
        auto predictor = inference::Predictor::open(path(run), "cpu").value();
        std::istringstream lines(readText(path(run + "/predictions.csv")));
        std::string line;
        std::getline(lines, line);  // the header
        int images = 0;
        while (std::getline(lines, line)) {
            std::istringstream fields(line);
            std::string file, truth, predicted, probability;
            std::getline(fields, file, ',');
            std::getline(fields, truth, ',');
            std::getline(fields, predicted, ',');
            std::getline(fields, probability, ',');
            const auto answer = predictor.predict(path("images/" + file)).value();
            EXPECT_EQ(answer.front().name, predicted) << file;
            EXPECT_NEAR(answer.front().probability, std::stod(probability), 1e-4) << file;
            ++images;
        }
        EXPECT_EQ(images, 18);
    }
}

// By hand: of each channel the smallest weight goes, and the smallest bias.
TEST_F(HeadOpeningTest, TheSmallestOfAllClassesIsTakenOff) {
    auto network = backbones::Network::create("squeezenet1_1", 2, {}).value();
    std::vector<std::pair<std::string, at::Tensor>> tensors{
        {"features.0.bias", torch::tensor({-1.0F, 2.0F})},
        {"classifier.1.weight", torch::tensor({{1.0F, -2.0F, 0.5F}, {-3.0F, 4.0F, 0.5F}})},
        {"classifier.1.bias", torch::tensor({-1.0F, 3.0F})}};
    training::closeHead(network, tensors);
    EXPECT_TRUE(at::equal(tensors[0].second, torch::tensor({-1.0F, 2.0F})));
    EXPECT_TRUE(at::equal(tensors[1].second, torch::tensor({{4.0F, 0.0F, 0.0F}, {0.0F, 6.0F, 0.0F}})));
    EXPECT_TRUE(at::equal(tensors[2].second, torch::tensor({0.0F, 4.0F})));
    // No ReLU, nothing to do.
    auto plain = backbones::Network::create("resnet18", 2, {}).value();
    tensors = {{"fc.bias", torch::tensor({-1.0F, 3.0F})}};
    training::closeHead(plain, tensors);
    EXPECT_TRUE(at::equal(tensors[0].second, torch::tensor({-1.0F, 3.0F})));
}

// Whoever trains a trained model on gets its answers from the start.
TEST_F(HeadOpeningTest, ATrainedModelGoesOnAsItIs) {
    const auto before = trainOrFail(headOnly("first", 0.1));
    auto c = headOnly("second", 1e-9);
    c.epochs = 1;
    c.weightsFile = path("first/model.safetensors");
    const auto after = trainOrFail(c);
    EXPECT_EQ(after.valAccuracy, before.valAccuracy);
    const auto best = static_cast<std::size_t>(before.bestEpoch - 1);
    EXPECT_NEAR(after.epochs.at(0).valLoss, before.epochs.at(best).valLoss, 1e-4);
}

// As an older version left it: trained with the ReLU, biases from 1.
TEST_F(HeadOpeningTest, AnOlderModelGivesItsOldAnswers) {
    torch::manual_seed(6);
    auto network = backbones::Network::create("squeezenet1_1", 3, {}).value();
    network.train(false);
    const torch::NoGradGuard noGradients;
    const auto& classifier = *network.head().steps.front();
    classifier.parameters().at(1).copy_(torch::tensor({1.0F, -5.0F, 0.2F}));
    const at::Tensor picture = torch::randn({2, 3, 64, 64});
    const at::Tensor features = network.featuresOf(picture, network.units().size());
    const at::Tensor expected =
        at::conv2d(features, classifier.parameters().at(0), classifier.parameters().at(1))
            .relu()
            .mean({2, 3});
    EXPECT_TRUE(at::allclose(network.forward(picture), expected, 1e-5, 1e-6));
    EXPECT_EQ(expected.select(1, 1).max().item<float>(), 0) << "a class that is closed";
}

}  // namespace

}  // namespace graft::test
