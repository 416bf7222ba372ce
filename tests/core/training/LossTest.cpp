// SPDX-License-Identifier: GPL-3.0-or-later
// Each loss and its gradient are those of PyTorch and of the papers; a loss that exists in this file alone is
// found wherever one is chosen, and trains.
#include "core/training/torch/Loss.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

#include "app/graft-cli/SettingOptions.h"
#include "core/settings/ClassWeights.h"
#include "core/settings/Settings.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using nlohmann::json;
using settings::TrainConfig;
using training::Target;

TrainConfig with(const std::string& kind, const std::map<std::string, settings::Value>& own = {}) {
    TrainConfig config;
    config.loss.kind = kind;
    config.own = own;
    return config;
}

std::unique_ptr<training::Loss> lossOf(const TrainConfig& config, std::size_t classes) {
    const std::vector<std::string> names{"a", "b", "c"};
    auto loss = training::makeLoss(config, {names.begin(), names.begin() + static_cast<long>(classes)},
                                   std::vector<std::size_t>(classes, 2), torch::kCPU);
    EXPECT_TRUE(loss) << loss.error().message.english();
    return std::move(loss).value();
}

at::Tensor tensorOf(const json& rows) {
    std::vector<at::Tensor> tensors;
    for (const json& row : rows)
        tensors.push_back(torch::tensor(row.get<std::vector<double>>(), torch::kDouble));
    return at::stack(tensors);
}

at::Tensor labelsOf(const json& labels) {
    return torch::tensor(labels.get<std::vector<std::int64_t>>(), torch::kLong);
}

TEST(LossTest, LossesAndGradientsAreThoseOfPyTorchAndOfThePapers) {
    const TemporaryFolder folder;
    runPython("loss_reference.py", {"losses", folder.path("losses.json")});
    const json given = json::parse(readText(folder.path("losses.json")));
    const auto weighted = [](TrainConfig config, const std::string& weights) {
        config.loss.classWeights = settings::ClassWeights::ByHand;
        config.own[settings::kWeightsByHand] = weights;
        return config;
    };
    const Target plain{labelsOf(given.at("labels"))};
    const Target mixed{labelsOf(given.at("labels")), labelsOf(given.at("others")),
                       given.at("share").get<double>()};
    const Target two{labelsOf(given.at("two"))};
    const std::string kWeights = "0.5,2,1.25";  // as in the script
    EXPECT_EQ(given.at("weights"), (json{0.5, 2.0, 1.25}));
    struct Case {
        std::string name;
        TrainConfig config;
        const Target& target;
    };
    const std::vector<Case> cases{
        {"plain", with("cross_entropy"), plain},
        {"smooth", with("cross_entropy", {{"loss.label_smoothing", 0.1}}), plain},
        {"weighted", weighted(with("cross_entropy"), kWeights), plain},
        {"smooth-weighted", weighted(with("cross_entropy", {{"loss.label_smoothing", 0.2}}), kWeights),
         plain},
        {"mixed", with("cross_entropy"), mixed},
        {"focal", with("focal"), plain},
        {"focal-0", with("focal", {{"loss.gamma", 0.0}}), plain},
        {"focal-half", with("focal", {{"loss.gamma", 0.5}}), plain},
        {"focal-weighted", weighted(with("focal"), kWeights), plain},
        {"focal-mixed", with("focal"), mixed},
        {"binary", with("binary_cross_entropy"), two},
        {"binary-weighted", weighted(with("binary_cross_entropy"), "0.5,2"), two},
    };
    EXPECT_EQ(cases.size(), given.at("cases").size());
    for (const auto& [name, config, target] : cases) {
        const json& expected = given.at("cases").at(name);
        const bool isBinary = config.loss.kind == "binary_cross_entropy";
        at::Tensor input = tensorOf(given.at(isBinary ? "numbers" : "logits")).to(torch::kFloat);
        input.set_requires_grad(true);
        const at::Tensor loss = (*lossOf(config, isBinary ? 2 : 3))(input, target);
        ASSERT_EQ(loss.dim(), 0) << name;
        EXPECT_NEAR(loss.item<double>(), expected.at("loss").get<double>(), 1e-5) << name;
        loss.backward();
        const at::Tensor difference = input.grad().to(torch::kDouble) - tensorOf(expected.at("gradient"));
        EXPECT_LT(difference.abs().max().item<double>(), 1e-6) << name;
    }
}

// Far more sure than float32's digits.
TEST(LossTest, StaysFiniteWhereTheModelIsSure) {
    for (const char* kind : {"cross_entropy", "focal", "binary_cross_entropy"}) {
        for (const double gamma : {0.0, 0.5, 2.0}) {
            const bool isBinary = std::string(kind) == "binary_cross_entropy";
            at::Tensor input =
                isBinary ? torch::tensor({{200.0F}, {-200.0F}, {200.0F}, {-200.0F}})
                         : torch::tensor({{0.0F, 200.0F}, {200.0F, 0.0F}, {0.0F, 200.0F}, {200.0F, 0.0F}});
            input.set_requires_grad(true);
            const Target target{torch::tensor({0, 0, 1, 1}, torch::kLong)};
            const at::Tensor loss = (*lossOf(with(kind, {{"loss.gamma", gamma}}), 2))(input, target);
            EXPECT_NEAR(loss.item<double>(), 100, 1e-3) << kind;  // two of four are wrong by 200
            loss.backward();
            EXPECT_TRUE(at::isfinite(input.grad()).all().item<bool>()) << kind << " " << gamma;
        }
    }
}

TEST(LossTest, EveryOneOfTheTableIsThere) {
    const auto& choices = settings::find("loss.kind")->field.choices;
    ASSERT_GE(choices.size(), 3U);
    for (const settings::Choice& choice : choices) {
        EXPECT_NE(lossOf(with(choice.name), 2), nullptr) << choice.name;
        EXPECT_FALSE(choice.help.empty());
    }
}

TEST(LossTest, ALossForTwoClassesSaysSo) {
    const auto loss =
        training::makeLoss(with("binary_cross_entropy"), {"a", "b", "c"}, {1, 1, 1}, torch::kCPU);
    ASSERT_FALSE(loss);
    EXPECT_EQ(loss.error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(loss.error().setting, "loss.kind");
    EXPECT_EQ(
        loss.error().message.english(),
        "This loss tells two classes apart, and the folder has 3; choose another, such as cross-entropy "
        "(--loss cross_entropy).");
}

TEST(TargetTest, AMixedImageIsMostlyOneOfTwo) {
    const at::Tensor labels = torch::tensor({0, 1}, torch::kLong);
    const at::Tensor others = torch::tensor({1, 1}, torch::kLong);
    EXPECT_TRUE(Target{labels}.mostly().equal(labels));
    EXPECT_TRUE((Target{labels, others, 0.6}).mostly().equal(labels));
    EXPECT_TRUE((Target{labels, others, 0.4}).mostly().equal(others));
}

// A loss as docs/add-a-method.md tells it, of this test alone: the mean squared distance of the probabilities
// from the labels (Brier, 1950).
class Brier final : public training::Loss {
  public:
    explicit Brier(double factor) : m_factor(factor) {}

  protected:
    at::Tensor mean(const at::Tensor& given, const at::Tensor& labels) const override {
        const at::Tensor wanted = at::one_hot(labels, given.size(1));
        return (given.softmax(1) - wanted).pow(2).sum(1).mean() * m_factor;
    }

  private:
    double m_factor;
};

constexpr const char* kOwnFactor = "loss.test_factor";

class OwnLossTest : public ResumableFixture {
  protected:
    void SetUp() override {
        ResumableFixture::SetUp();
        if (settings::find(kOwnFactor) != nullptr) return;
        settings::addMethod("loss.kind",
                            {.name = "test-brier",
                             .label = "Test Brier",
                             .help = "Of this test alone",
                             .settings = {{
                                 .key = kOwnFactor,
                                 .option = "--test-factor",
                                 .group = settings::Group::Loss,
                                 .label = "Test factor",
                                 .help = "Of this test alone",
                                 .field = settings::ownNumber(kOwnFactor, 1, settings::above(0, 9)),
                                 .whenAbsent = 1.0,
                             }}});
        training::addLoss("test-brier", {[](const training::LossContext& context) {
                              return std::unique_ptr<training::Loss>(std::make_unique<Brier>(
                                  settings::ownValue(context.config, kOwnFactor, 1.0)));
                          }});
    }
};

TEST_F(OwnLossTest, IsFoundWhereALossIsChosen) {
    const auto& choices = settings::find("loss.kind")->field.choices;
    const auto found = std::ranges::find(choices, "test-brier", &settings::Choice::name);
    ASSERT_NE(found, choices.end());
    EXPECT_EQ(found->label, "Test Brier");

    CLI::App command;
    cli::SettingOptions options;
    options.addTo(command);
    EXPECT_NE(command.help().find("test-brier"), std::string::npos);
    EXPECT_NE(command.help().find("--test-factor"), std::string::npos);
    std::vector<std::string> arguments{"2.5", "--test-factor", "test-brier", "--loss"};
    command.parse(arguments);
    TrainConfig given;
    options.applyTo(given);
    EXPECT_TRUE(options.checkUsed(given));

    const json written = json::parse(settings::toJson(given));
    EXPECT_EQ(written.at("loss").at("kind").get<std::string>(), "test-brier");
    EXPECT_EQ(written.at("loss").at("test_factor").get<double>(), 2.5);
    const auto read = settings::configFromJson(written.dump());
    ASSERT_TRUE(read) << read.error().message.english();
    EXPECT_EQ(read->loss.kind, "test-brier");
    EXPECT_EQ(settings::ownValue(*read, kOwnFactor, 1.0), 2.5);
}

TEST_F(OwnLossTest, TrainsStopsAndGoesOn) {
    auto c = config("whole");
    c.loss.kind = "test-brier";
    c.own[kOwnFactor] = 2.0;
    const auto whole = trainOrFail(c);
    // At most 2 for each image, twice.
    EXPECT_LE(whole.epochs.at(0).trainLoss, 4);
    c.runFolder = path("stopped");
    trainUntil(c, {2, false, 1});
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
    c.loss.kind = "cross_entropy";
    c.runFolder = path("other");
    const auto other = trainOrFail(c);
    EXPECT_NE(other.epochs.at(0).trainLoss, whole.epochs.at(0).trainLoss);
    EXPECT_NE(tensorsIn(path("other/model.safetensors")), tensorsIn(path("whole/model.safetensors")));
}

class LossRunTest : public ResumableFixture {
  protected:
    static void keepFew(const std::string& folder, std::size_t count) {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(folder))
            files.push_back(entry.path());
        std::ranges::sort(files);
        ASSERT_GT(files.size(), count);
        for (std::size_t i = count; i < files.size(); ++i)
            fs::remove(files[i]);
    }
};

// Each gives other weights than the plain loss, a validation loss that is the plain cross-entropy, and goes
// on bit for bit.
TEST_F(LossRunTest, EveryWayToWeighTrainsAndGoesOn) {
    keepFew(path("images/train/2"), 3);
    trainOrFail(config("plain"));
    const std::map<std::string, std::function<void(TrainConfig&)>> ways{
        {"smooth", [](TrainConfig& c) { c.own["loss.label_smoothing"] = 0.2; }},
        {"balanced", [](TrainConfig& c) { c.loss.classWeights = settings::ClassWeights::Balanced; }},
        {"focal", [](TrainConfig& c) { c.loss.kind = "focal"; }},
        {"oversampled", [](TrainConfig& c) { c.oversample = true; }}};
    for (const auto& [name, change] : ways) {
        auto c = config(name);
        change(c);
        trainOrFail(c);
        EXPECT_NE(tensorsIn(path(name + "/model.safetensors")), tensorsIn(path("plain/model.safetensors")))
            << name;
        expectItsFiguresAreItsModels(path(name));
        c.runFolder = path(name + "-stopped");
        trainUntil(c, {2, false, 1});
        resume(c.runFolder);
        expectSameEnd(name, name + "-stopped");
    }
}

}  // namespace

}  // namespace graft::test
