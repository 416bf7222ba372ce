// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that version 0.1.0 wrote, before there was a table of settings (old-runs.tar.xz): they open, go on,
// and come to the weights that 0.1.0 itself came to (expected.json, by its own resume).
//     whole  everything trained, SGD without momentum, two batches a step; stopped in epoch 21 of 30
//     head   the head alone on cached features, SGD with Nesterov momentum, cosine; stopped in epoch 13 of 60
//     top    from conv5 on, AdamW, step schedule, hidden layer with dropout; complete, 3 more epochs are
//     asked for
#include <gtest/gtest.h>
#include <torch/types.h>

#include <nlohmann/json.hpp>

#include "core/backbones/torch/Network.h"
#include "core/base/detail/Hash.h"
#include "core/runtime/ThreadBudget.h"
#include "core/training/Trainer.h"
#include "core/training/detail/Decisions.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using nlohmann::json;

// Of a step's gradients, bit for bit: other processors and libraries give others, even with the same
// instructions.
std::string arithmeticOf(const std::string& model) {
    using backbones::Network;
    runtime::setComputeThreads(1);
    auto network = Network::create("shufflenet_v2_x0_5", 3, {}, Network::BackboneWeights::Unset).value();
    EXPECT_TRUE(network.load(weights::readSafetensors(model).value(), true, model));
    network.freeze({});
    network.to(torch::kCPU);
    network.train(true);
    const at::Tensor images = torch::linspace(-2, 2, std::int64_t{4} * 3 * 36 * 36).view({4, 3, 36, 36});
    network.forward(Network::toInput(images, torch::kCPU)).square().sum().backward();
    std::vector<std::uint8_t> bytes;
    for (const auto& [name, parameter] : network.trainableParameters()) {
        const at::Tensor gradient = parameter.grad().contiguous();
        const auto* data = static_cast<const std::uint8_t*>(gradient.data_ptr());
        bytes.insert(bytes.end(), data, data + gradient.nbytes());
    }
    return base::sha256Hex(bytes);
}

class OldRunsTest : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        const std::string archive = std::string(GRAFT_SOURCE_DIR) + "/tests/core/training/old-runs.tar.xz";
        const auto unpacked = runProcess({GRAFT_PYTHON, "-m", "tarfile", "-e", archive, path("")});
        ASSERT_EQ(unpacked.status, 0) << unpacked.errors;
        const json expected = json::parse(readText(path("expected.json")));
        m_expected = expected.at(GetParam());
        m_isSameArithmetic =
            arithmeticOf(path("whole/model.safetensors")) == expected.at("arithmetic").get<std::string>();
    }

    std::string path(const std::string& name) const { return m_folder.path(name); }

    TemporaryFolder m_folder;
    json m_expected;
    bool m_isSameArithmetic = false;
};

TEST_P(OldRunsTest, OpensGoesOnAndComesToTheSameWeights) {
    const std::string folder = path(GetParam());
    const auto before = training::openRun(folder);
    ASSERT_TRUE(before) << before.error().sentence();
    EXPECT_EQ(before->epochs.size(), m_expected.at("epochs_before").get<std::size_t>());
    EXPECT_TRUE(before->hasModel);
    const auto decisions = training::readDecisions(training::RunPaths(folder));
    ASSERT_TRUE(decisions && *decisions);

    training::ResumeOptions options;
    options.dataFolder = path("images");
    if (before->completed) options.epochs = m_expected.at("epochs").get<int>();
    runtime::RunControl control;
    const auto report = training::resumeRun(
        folder, [](const auto&) {}, control, options);
    ASSERT_TRUE(report) << report.error().sentence();
    const auto after = training::openRun(folder);
    ASSERT_TRUE(after) << after.error().sentence();
    EXPECT_TRUE(after->completed);
    ASSERT_EQ(after->epochs.size(), m_expected.at("epochs").get<std::size_t>());

    if (m_isSameArithmetic) {
        EXPECT_EQ(base::sha256OfFile(folder + "/model.safetensors").value(),
                  m_expected.at("model_sha256").get<std::string>());
        EXPECT_EQ(after->epochs.back().trainLoss, m_expected.at("train_loss").get<double>());
        EXPECT_EQ(after->epochs.back().valLoss, m_expected.at("val_loss").get<double>());
    }
    // They grow from epoch to epoch: the next one is near wherever it is computed.
    const json& next = m_expected.at("next");
    const training::EpochDone& epoch = after->epochs.at(before->epochs.size());
    EXPECT_EQ(epoch.epoch, next.at("epoch").get<int>());
    // Of twelve pictures, behind four steps of all weights: LibTorch 2.6 was seen to differ by 0.027.
    const double valTolerance = GetParam() == std::string("whole") ? 0.05 : 0.02;
    EXPECT_NEAR(epoch.trainLoss, next.at("train_loss").get<double>(), 0.02);
    EXPECT_NEAR(epoch.valLoss, next.at("val_loss").get<double>(), valTolerance);
}

INSTANTIATE_TEST_SUITE_P(OfVersion010, OldRunsTest, testing::Values("whole", "head", "top"),
                         [](const auto& run) { return std::string(run.param); });

}  // namespace

}  // namespace graft::test
