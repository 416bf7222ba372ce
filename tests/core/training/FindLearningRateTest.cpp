// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/FindLearningRate.h"

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "core/backbones/ModelSummary.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

namespace fs = std::filesystem;
using training::FoundRate;
using training::RateEvent;
using training::RateStep;
using training::RateSweep;

class FindLearningRateTest : public TrainingFixture {
  protected:
    data::DatasetIndex dataset(const settings::TrainConfig& c) const {
        auto found = data::scanFolder(c.datasetFolder, {c.validationShare, c.seed, 1});
        EXPECT_TRUE(found) << found.error().sentence();
        return std::move(found).value_or(data::DatasetIndex{});
    }

    Result<FoundRate> find(const settings::TrainConfig& c, const RateSweep& sweep = {},
                           const training::RateObserver& observer = {}) {
        return training::findLearningRate(
            c, dataset(c), observer ? observer : [](const RateEvent&) {}, m_control, sweep);
    }

    static backbones::FreezePlan freeze(const std::string& backbone, const std::string& what) {
        return backbones::parseFreezePlan(what, backbones::listUnits(backbone).value()).value();
    }

    // Every file there is, with its bytes.
    std::map<std::string, std::string> files() const {
        std::map<std::string, std::string> all;
        for (const auto& entry : fs::recursive_directory_iterator(path("."))) {
            const std::string file = entry.path().string();
            all[file] = entry.is_regular_file() ? readText(file) : std::string();
        }
        return all;
    }

    static std::string curveOf(const FoundRate& found) {
        std::string text;
        for (const training::RateAndLoss& point : found.curve)
            text += base::numberText(point.rate) + " " + base::numberText(point.loss) + "\n";
        return text;
    }

    runtime::RunControl m_control;
};

struct Case {
    std::string name;
    std::string trainFrom;
    std::vector<std::string> trained;  // torchvision's modules
    bool nesterov = false;
    double smoothing = 0;
    int batchSize = 36;
    int accumulate = 1;
    RateSweep sweep = {};
    double tolerance = 1e-4;
};

class AgainstPyTorch : public FindLearningRateTest, public testing::WithParamInterface<Case> {};

// Each step sees all images, so that their order says nothing.
TEST_P(AgainstPyTorch, ThePointsAndTheSuggestionAreTheSame) {
    const Case& given = GetParam();
    settings::TrainConfig c = config("start", "resnet18");
    c.augment.randomResizedCrop = false;
    c.augment.horizontalFlip = false;
    c.precision = settings::Precision::Float32;
    c.cache.halfPrecision = false;
    c.batchSize = given.batchSize;
    c.epochs = 1;
    c.optimizer.learningRate = 1e-4;
    trainOrFail(c);

    c.weightsFile = path("start");
    c.runFolder = path("never");
    c.freeze = backbones::trainFrom(given.trainFrom, backbones::listUnits("resnet18").value()).value();
    c.optimizer.nesterov = given.nesterov;
    c.accumulate = given.accumulate;
    c.own["loss.label_smoothing"] = given.smoothing;
    const auto found = find(c, given.sweep);
    ASSERT_TRUE(found) << found.error().sentence();

    nlohmann::json told{{"trained", given.trained},   {"momentum", c.optimizer.momentum},
                        {"nesterov", given.nesterov}, {"label_smoothing", given.smoothing},
                        {"first", given.sweep.first}, {"last", given.sweep.last},
                        {"count", given.sweep.count}};
    told["mean"] = c.preprocess.mean;
    told["std"] = c.preprocess.deviation;
    writeText(path("case.json"), told.dump());
    const auto expected = nlohmann::json::parse(runPython(
        "find_lr_reference.py", {path("start/model.safetensors"), path("images/train"), path("case.json")}));
    const auto losses = expected.at("losses").get<std::vector<double>>();
    const auto rates = expected.at("rates").get<std::vector<double>>();
    ASSERT_EQ(found->curve.size(), losses.size());
    for (std::size_t i = 0; i < losses.size(); ++i) {
        EXPECT_NEAR(found->curve[i].rate / rates[i], 1, 1e-9) << i;
        EXPECT_NEAR(found->curve[i].loss / losses[i], 1, given.tolerance) << i;
    }
    ASSERT_TRUE(found->valley && found->steepest);
    EXPECT_NEAR(*found->valley / expected.at("valley").get<double>(), 1, 1e-9);
    EXPECT_NEAR(*found->steepest / expected.at("steepest").get<double>(), 1, 1e-9);
}

INSTANTIATE_TEST_SUITE_P(
    FindLearningRate, AgainstPyTorch,
    testing::Values(Case{"head", "head", {"fc"}, false, 0.1, 36, 1, {1e-6, 0.1, 60, 0.98, 4}},
                    // Where it explodes float32 loses digits: in PyTorch itself it is 4e-4 away from float64.
                    Case{"to_the_end", "head", {"fc"}, false, 0.1, 36, 1, {}, 5e-3},
                    Case{"last_stage", "layer4", {"layer4", "fc"}, true, 0, 36, 1, {1e-5, 0.01, 24, 0.98, 4}},
                    Case{"accumulated", "head", {"fc"}, false, 0, 18, 2, {1e-6, 0.1, 60, 0.98, 4}}),
    [](const auto& one) { return one.param.name; });

TEST_F(FindLearningRateTest, IsTheSameEveryTimeWithTheSeedAndHearsEachStep) {
    settings::TrainConfig c = config("never");
    std::vector<training::RateAndLoss> heard;
    std::size_t next = 1;
    const auto first = find(c, {1e-5, 1, 20, 0.98, 4}, [&](const RateEvent& event) {
        const auto* step = std::get_if<RateStep>(&event);
        if (step == nullptr) return;
        EXPECT_EQ(step->step, next++);
        EXPECT_EQ(step->steps, 20U);
        heard.push_back(step->point);
    });
    ASSERT_TRUE(first) << first.error().sentence();
    // 36 images make five batches: it goes on over several epochs.
    EXPECT_GT(first->curve.size(), 5U);
    ASSERT_EQ(heard.size(), first->curve.size());
    for (std::size_t i = 0; i < heard.size(); ++i)
        EXPECT_EQ(heard[i].loss, first->curve[i].loss);

    const auto again = find(c, {1e-5, 1, 20, 0.98, 4});
    ASSERT_TRUE(again);
    EXPECT_EQ(curveOf(*again), curveOf(*first));
    c.optimizer.learningRate = 0.5;  // what is looked for, and its schedule, say nothing
    c.schedule.kind = "cosine";
    c.schedule.warmupEpochs = 1;
    const auto other = find(c, {1e-5, 1, 20, 0.98, 4});
    ASSERT_TRUE(other);
    EXPECT_EQ(curveOf(*other), curveOf(*first));
    c.seed = 2;
    const auto seeded = find(c, {1e-5, 1, 20, 0.98, 4});
    ASSERT_TRUE(seeded);
    EXPECT_NE(curveOf(*seeded), curveOf(*first));
}

TEST_F(FindLearningRateTest, StopsAtTheNextStep) {
    const auto found = find(config("never"), {}, [this](const RateEvent& event) {
        const auto* step = std::get_if<RateStep>(&event);
        if (step != nullptr && step->step == 7) m_control.stop();
    });
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_TRUE(found->stopped);
    EXPECT_EQ(found->curve.size(), 7U);
    EXPECT_FALSE(found->valley);  // so few say nothing
}

TEST_F(FindLearningRateTest, WritesNothingAndTheFirstPhaseCounts) {
    settings::TrainConfig start = config("start");
    start.epochs = 1;
    trainOrFail(start);
    settings::TrainConfig c = config("never");
    c.weightsFile = path("start");
    c.freeze = freeze(c.backbone, "none");
    const auto before = files();
    const auto all = find(c, {1e-5, 1, 12, 0.98, 4});
    ASSERT_TRUE(all) << all.error().sentence();
    EXPECT_EQ(files(), before);

    // The head comes first: its sweep is that of the head alone.
    c.cache.variants = 1;  // as many as either way of cutting the run has epochs for
    c.epochs = 4;
    c.own["phases.kind"] = std::string("head_first");
    const auto phased = find(c, {1e-5, 1, 12, 0.98, 4});
    ASSERT_TRUE(phased) << phased.error().sentence();
    c.own.erase("phases.kind");
    c.freeze = freeze(c.backbone, "all");
    const auto head = find(c, {1e-5, 1, 12, 0.98, 4});
    ASSERT_TRUE(head) << head.error().sentence();
    EXPECT_EQ(curveOf(*phased), curveOf(*head));
    EXPECT_NE(curveOf(*phased), curveOf(*all));
    EXPECT_EQ(files(), before);
}

TEST_F(FindLearningRateTest, IsRefusedWhereThereIsNothingToFind) {
    settings::TrainConfig c = config("never");
    c.freeze = freeze(c.backbone, "all");
    c.optimizer.kind = "lbfgs";
    const auto solved = find(c);
    ASSERT_FALSE(solved);
    EXPECT_EQ(solved.error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(solved.error().setting, "optimizer.kind");
    EXPECT_NE(solved.error().sentence().find("needs no learning rate"), std::string::npos);
    // And that before anything is asked of the images.
    const auto nothing =
        training::findLearningRate(c, data::DatasetIndex{}, [](const RateEvent&) {}, m_control, {});
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().setting, "optimizer.kind") << nothing.error().sentence();

    c = config("never");
    c.batchSize = 12;
    c.accumulate = 4;  // 48, of 36
    const auto few = find(c);
    ASSERT_FALSE(few);
    EXPECT_EQ(few.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(few.error().sentence().find("takes 48 training images and there are 36"), std::string::npos)
        << few.error().sentence();
    EXPECT_NE(few.error().sentence().find("--batch-size"), std::string::npos);
}

// What is found is the run's --lr, which a phase with an lr of its own does not ask.
TEST_F(FindLearningRateTest, IsForThePhaseThatAsksForIt) {
    settings::TrainConfig c = config("never", "resnet18");
    c.epochs = 4;
    c.own["phases.kind"] = std::string("own");
    c.own["phases.list"] = std::string("2 all lr=0.25; rest from layer4");
    const auto own = find(c);
    ASSERT_FALSE(own);
    EXPECT_EQ(own.error().code, ErrorCode::InvalidArgument);
    EXPECT_EQ(own.error().setting, "phases.list");
    EXPECT_NE(own.error().sentence().find("\"head\""), std::string::npos) << own.error().sentence();
    EXPECT_NE(own.error().sentence().find("(lr=0.25)"), std::string::npos) << own.error().sentence();

    const auto units = backbones::listUnits("resnet18").value();
    c.own["phases.list"] = std::string("2 all; rest from layer4 lr=0.25");
    EXPECT_TRUE(training::checkHasRate(c, units));
    c.own["phases.list"] = std::string("2 all optimizer=lbfgs; rest from layer4");
    EXPECT_EQ(training::checkHasRate(c, units).error().setting, "optimizer.kind");
    c.own["phases.list"] = std::string("2 all; rest from layer4 optimizer=adamw");
    EXPECT_TRUE(training::checkHasRate(c, units));
    c.own["phases.list"] = std::string("2 all; rest from layer7");
    EXPECT_EQ(training::checkHasRate(c, units).error().setting, "phases.list");
}

TEST_F(FindLearningRateTest, AFewImagesThatAreGoneAreNamed) {
    const settings::TrainConfig c = config("never");
    const data::DatasetIndex images = dataset(c);
    const auto& gone = images.samples[images.indicesOf(data::Split::Train).front()];
    fs::remove(images.absolutePath(gone));
    std::string heard;
    const auto found =
        training::findLearningRate(c, images,
                                   [&](const RateEvent& event) {
                                       if (const auto* notice = std::get_if<training::Notice>(&event))
                                           heard += notice->message.english() + "\n";
                                   },
                                   m_control, {1e-5, 1, 6, 0.98, 4});
    ASSERT_TRUE(found) << found.error().sentence();
    EXPECT_EQ(found->curve.size(), 6U);
    EXPECT_NE(heard.find(fs::path(gone.path).filename().string()), std::string::npos) << heard;
}

}  // namespace

}  // namespace graft::test
