// SPDX-License-Identifier: GPL-3.0-or-later
// SqueezeNet at high learning rates, and what torchvision's own SqueezeNet, with its ReLU, says of the
// result.
#include <array>
#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "core/data/ImageDecoder.h"
#include "core/data/Preprocess.h"
#include "core/inference/Predictor.h"
#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

using nlohmann::json;

double accuracyOf(const std::vector<std::string>& arguments) {
    std::vector<std::string> all{"train"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    all.emplace_back("--json");
    const auto result = runCli(all);
    EXPECT_EQ(result.status, 0) << result.errors;
    return result.status == 0 ? json::parse(result.output).at("val_accuracy").get<double>() : 0;
}

// What the run itself has written down: the probability of the predicted class, by file.
std::map<std::string, std::pair<std::size_t, double>> predictionsOf(const std::string& run) {
    std::map<std::string, std::pair<std::size_t, double>> all;
    std::istringstream lines(readText(run + "/predictions.csv"));
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        std::string file, truth, predicted, probability;
        std::getline(fields, file, ',');
        std::getline(fields, truth, ',');
        std::getline(fields, predicted, ',');
        std::getline(fields, probability, ',');
        all[file] = {std::stoul(predicted), std::stod(probability)};  // the classes are called 0, 1, 2
    }
    return all;
}

}  // namespace

TEST(SqueezeNetTest, TorchvisionsReluGivesTheRunsProbabilities) {
    const TemporaryFolder folder;
    makeSampleFolder(folder.path("images"));
    for (const std::string backbone : {"squeezenet1_0", "squeezenet1_1"}) {
        SCOPED_TRACE(backbone);
        const std::string run = folder.path("run-" + backbone);
        accuracyOf({folder.path("images"), "--backbone", backbone, "--weights", "none", "--freeze", "all",
                    "--resize", "64", "--crop", "64", "--epochs", "4", "--batch-size", "8", "--lr", "0.5",
                    "--run", run});
        const std::string model = folder.path(backbone + ".safetensors");
        const auto exported =
            runCli({"export", run, "--format", "safetensors", "--output", model, "--verify"});
        ASSERT_EQ(exported.status, 0) << exported.errors;

        const auto expected = predictionsOf(run);
        ASSERT_EQ(expected.size(), 18U);
        const auto predictor = inference::Predictor::open(model, "cpu").value();
        {
            std::ofstream raw(folder.path("in"), std::ios::binary);
            for (const auto& [file, answer] : expected) {
                const auto values = data::preprocess(data::decodeImage(folder.path("images/" + file)).value(),
                                                     predictor.preprocessOptions());
                raw.write(reinterpret_cast<const char*>(values.data()),
                          static_cast<std::streamsize>(values.size() * sizeof(float)));
            }
        }
        runPython("torchvision_reference.py",
                  {"load", backbone, model, "3", folder.path("in"), folder.path("out"), "64"});
        const std::string bytes = readText(folder.path("out"));
        ASSERT_EQ(bytes.size(), 18 * 3 * sizeof(float));
        const char* next = bytes.data();
        for (const auto& [file, answer] : expected) {
            std::array<float, 3> logits{};
            std::memcpy(logits.data(), next, sizeof(logits));
            next += sizeof(logits);
            double sum = 0;
            for (const float logit : logits) {
                EXPECT_GE(logit, 0);
                sum += std::exp(static_cast<double>(logit) - logits[answer.first]);
            }
            EXPECT_NEAR(1 / sum, answer.second, 2e-4) << file;
        }
    }
}

TEST(EverySqueezeNetTest, LearnsAtAnyRateOnPhotos) {
    const std::string weights = sharedPath("weights/squeezenet1_1-imagenet.safetensors");
    GRAFT_NEED_SHARED("weights/squeezenet1_1-imagenet.safetensors");
    GRAFT_NEED_SHARED("data/bccd_crops");
    GRAFT_NEED_SHARED("data/hymenoptera");
    const TemporaryFolder folder;
    int run = 0;
    for (const auto& [data, least] : {std::pair("bccd_crops", 0.98), std::pair("hymenoptera", 0.90)}) {
        for (const std::string rate : {"0.001", "0.003", "0.01", "0.02", "0.05", "0.1"}) {
            EXPECT_GE(accuracyOf({sharedPath(std::string("data/") + data), "--backbone", "squeezenet1_1",
                                  "--weights", weights, "--freeze", "all", "--epochs", "10", "--lr", rate,
                                  "--run", folder.path(std::to_string(++run))}),
                      least)
                << data << " at " << rate;
        }
    }
}

}  // namespace graft::test
