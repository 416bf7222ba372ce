// SPDX-License-Identifier: GPL-3.0-or-later
// nan and infinity: where they come from is named, and what helps.
#include <torch/types.h>
#include <torch/utils.h>

#include <cstring>
#include <limits>

#include "core/backbones/ModelSummary.h"
#include "core/backbones/WeightStore.h"
#include "core/backbones/torch/Network.h"
#include "core/training/FeatureCache.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

class NotFiniteTest : public TrainingFixture {
  protected:
    // resnet18's weights with the numbers of one tensor set.
    std::string weightsWith(const std::string& tensor, float value) const {
        torch::manual_seed(5);
        auto network = backbones::Network::create("resnet18", 3, {}).value();
        const torch::NoGradGuard noGradients;
        for (auto& [name, data] : network.namedTensors()) {
            if (name == tensor) data.fill_(value);
        }
        const std::string file = path(tensor + ".safetensors");
        EXPECT_TRUE(weights::writeSafetensors(file, network.stateDict()));
        return file;
    }

    settings::TrainConfig from(const std::string& file, bool frozen) const {
        settings::TrainConfig c = config("run", "resnet18");
        c.weightsFile = file;
        c.optimizer.learningRate = 1e-7;
        if (frozen) {
            c.freeze = backbones::freezeAll(backbones::listUnits("resnet18").value());
        }
        return c;
    }

    Error errorOf(const settings::TrainConfig& c) const {
        runtime::RunControl control;
        const auto report = training::train(
            c, [](const auto&) {}, control);
        EXPECT_FALSE(report);
        return report ? Error{} : report.error();
    }

    static void expectWords(const std::string& sentence, const std::vector<std::string>& words) {
        for (const std::string& word : words)
            EXPECT_NE(sentence.find(word), std::string::npos) << word << ": " << sentence;
    }
};

TEST_F(NotFiniteTest, WeightsThatHoldNanAreRefusedByName) {
    const std::string file = weightsWith("layer3.0.bn2.running_var", std::numeric_limits<float>::quiet_NaN());
    const Error error = errorOf(from(file, false));
    EXPECT_EQ(error.path, file);
    expectWords(error.message.english(),
                {"layer3.0.bn2.running_var", "nan in 256 of its 256", "[0]", "other weights"});
    const auto fit = backbones::checkWeights(file, "resnet18");
    ASSERT_FALSE(fit);
    expectWords(fit.error().message.english(), {"layer3.0.bn2.running_var"});
    // Of the old classifier nothing is used.
    EXPECT_TRUE(backbones::checkWeights(weightsWith("fc.weight", std::nanf("")), "resnet18"));
}

TEST_F(NotFiniteTest, ATrainedModelThatHoldsNanIsRefusedToo) {
    auto network = backbones::Network::create("resnet18", 3, {}).value();
    auto dict = network.stateDict();
    for (auto& [name, data] : dict.tensors) {
        if (name != "fc.bias") continue;
        const float infinity = -std::numeric_limits<float>::infinity();
        std::memcpy(data.bytes->data() + 2 * sizeof(float), &infinity, sizeof(infinity));
    }
    const auto loaded = network.load(dict, true, "model.safetensors");
    ASSERT_FALSE(loaded);
    expectWords(loaded.error().message.english(), {"fc.bias", "infinity in 1 of its 3", "[2]"});
    EXPECT_TRUE(network.load(dict, false, "model.safetensors"));
}

// Numbers that are finite each, and whose products are not: a lower learning rate than 1e-7 does not help.
TEST_F(NotFiniteTest, FeaturesThatOverflowNameTheUnitAndTheImage) {
    const std::string file = weightsWith("layer1.0.conv1.weight", 3e38F);
    const Error cached = errorOf(from(file, true));
    expectWords(cached.message.english(), {"layer1.0", "resnet18", "other weights"});
    EXPECT_EQ(cached.message.english().find("learning rate"), std::string::npos) << cached.message.english();
    EXPECT_TRUE(cached.path.ends_with(".png")) << cached.path;

    auto c = from(file, false);
    c.runFolder = path("trained");
    const Error trained = errorOf(c);
    expectWords(trained.message.english(), {"other weights"});
    EXPECT_EQ(trained.message.english().find("learning rate"), std::string::npos)
        << trained.message.english();

    c = from(file, true);
    c.cache.variants = 0;
    c.runFolder = path("uncached");
    const Error uncached = errorOf(c);
    expectWords(uncached.message.english(), {"layer1.0", "other weights"});
    EXPECT_TRUE(uncached.path.ends_with(".png")) << uncached.path;
}

TEST_F(NotFiniteTest, ATrainingThatDivergesIsToldToSlowDown) {
    auto c = config("diverged");
    c.epochs = 20;
    c.optimizer.learningRate = 1000;
    const Error error = errorOf(c);
    EXPECT_EQ(error.code, ErrorCode::Diverged);
    expectWords(error.message.english(), {"a lower learning rate than 1000"});
}

class BatchOfOneTest : public NotFiniteTest {
  protected:
    settings::TrainConfig batchOfOne(const std::string& backbone, int side) const {
        settings::TrainConfig c = config(backbone + std::to_string(side), backbone);
        c.preprocess.resizeSize = c.preprocess.cropSize = side;
        c.batchSize = 1;
        c.epochs = 1;
        c.optimizer.learningRate = 1e-4;  // single pictures are rough steps
        return c;
    }

    void expectFiniteModel(const std::string& run, const std::string& backbone) const {
        auto network = backbones::Network::create(backbone, 3, {}).value();
        const auto dict = weights::readSafetensors(path(run + "/model.safetensors")).value();
        const auto loaded = network.load(dict, true, run);
        EXPECT_TRUE(loaded) << loaded.error().message.english();
    }
};

TEST_F(BatchOfOneTest, IsRefusedBeforeTheTrainingWhereAMapIsOneByOne) {
    for (const std::string backbone : {"resnet18", "mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2_x0_5",
                                       "densenet121", "efficientnet_b0", "mnasnet0_5", "regnet_y_400mf"}) {
        auto c = batchOfOne(backbone, 32);
        for (const int accumulate : {1, 4}) {
            c.accumulate = accumulate;
            const Error error = errorOf(c);
            EXPECT_EQ(error.code, ErrorCode::InvalidArgument) << backbone;
            expectWords(error.message.english(), {"batch size of 2", "freeze", "larger crop"});
            EXPECT_FALSE(fs::exists(c.runFolder)) << "before anything is written";
        }
    }
    expectWords(errorOf(batchOfOne("resnet18", 32)).message.english(), {"layer4.0, layer4.1"});
}

// Two numbers are a variance, of a kind.
TEST_F(BatchOfOneTest, WhereFewNumbersMakeItDivergeALargerBatchIsNamed) {
    auto c = batchOfOne("resnet18", 32);
    c.batchSize = 2;
    c.epochs = 20;
    c.optimizer.learningRate = 1000;
    const Error error = errorOf(c);
    EXPECT_EQ(error.code, ErrorCode::Diverged);
    expectWords(error.message.english(),
                {"a lower learning rate than 1000", "larger batch size", "layer4.1"});
}

TEST_F(BatchOfOneTest, TrainsWhereNothingStandsInTheWay) {
    // No batch norm; a larger map; the units in question frozen.
    trainOrFail(batchOfOne("squeezenet1_1", 32));
    trainOrFail(batchOfOne("resnet18", 64));
    expectFiniteModel("resnet1864", "resnet18");
    auto c = batchOfOne("resnet18", 32);
    c.freeze.frozenUnits = {"layer4.0", "layer4.1"};
    trainOrFail(c);
    expectFiniteModel("resnet1832", "resnet18");
}

// A batch of two whose other image has gone: nothing becomes nan.
TEST_F(BatchOfOneTest, ABatchThatShrinksDoesNoHarm) {
    auto c = batchOfOne("resnet18", 32);
    c.batchSize = 2;
    c.runFolder = path("shrunk");
    auto dataset = data::scanFolder(c.datasetFolder, {c.validationShare, c.seed, 0}, {}).value();
    int removed = 0;
    for (const auto& sample : dataset.samples) {
        if (sample.split == data::Split::Train && ++removed % 2 == 0)
            fs::remove(dataset.absolutePath(sample));
    }
    runtime::RunControl control;
    const auto report = training::train(
        c, dataset, [](const auto&) {}, control);
    if (report) expectFiniteModel("shrunk", "resnet18");
    EXPECT_TRUE(report || report.error().code != ErrorCode::Diverged) << report.error().message.english();
}

}  // namespace

}  // namespace graft::test
