// SPDX-License-Identifier: GPL-3.0-or-later
// A run as the start of another, and what a run can still do where its parts are gone.
#include "core/training/RepeatRun.h"

#include "core/evaluation/Evaluator.h"
#include "core/exporting/Exporter.h"
#include "core/training/RunNeeds.h"
#include "core/training/RunUpkeep.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using settings::TrainConfig;

class RepeatRunTest : public ResumableFixture {
  protected:
    training::RunNeeds needs(const std::string& run) const {
        runtime::RunControl control;
        const auto found = training::needsOf(path(run), control);
        EXPECT_TRUE(found) << found.error().sentence();
        return found.value_or(training::RunNeeds{});
    }
    static std::string said(const training::RunNeeds& needs) {
        std::string all;
        for (const Message& sentence : needs.sentences)
            all += sentence.english() + "\n";
        return all;
    }
};

TEST_F(RepeatRunTest, ARepeatedRunGivesTheSameNumbers) {
    auto c = frozen("first");
    c.optimizer.kind = "adam";
    c.optimizer.learningRate = 0.003;
    c.own["loss.label_smoothing"] = 0.1;
    c.seed = 23;
    trainOrFail(c);
    const auto like = training::configLike(path("first"));
    ASSERT_TRUE(like) << like.error().sentence();
    EXPECT_TRUE(like->notices.empty());
    EXPECT_TRUE(like->hasWeights);
    EXPECT_EQ(like->config.runFolder, "");
    TrainConfig again = like->config;
    again.runFolder = path("again");
    trainOrFail(again);
    expectSameEnd("first", "again");
    EXPECT_EQ(readText(path("first/config.json")), readText(path("again/config.json")));
}

// Its weights and all: the second begins where the first ended.
TEST_F(RepeatRunTest, ARunBeginsFromAnothersModelWithItsSettings) {
    trainOrFail(config("first"));
    TrainConfig next = training::configLike(path("first"))->config;
    next.weightsFile = path("first/model.safetensors");
    next.runFolder = path("second");
    std::string notes;
    trainOrFail(next, [&](const training::TrainEvent& event) {
        if (const auto* started = std::get_if<training::RunStarted>(&event)) {
            for (const Message& note : started->weightNotes)
                notes += note.english();
        }
    });
    EXPECT_NE(notes.find("trained classifier is used"), std::string::npos) << notes;
}

TEST_F(RepeatRunTest, WhatIsNoRepetitionIsSaid) {
    const std::string weights = path("weights.safetensors");
    trainOrFail(config("source"));
    fs::copy(path("source/model.safetensors"), weights);
    auto c = config("run");
    c.weightsFile = weights;
    trainOrFail(c);
    EXPECT_TRUE(training::configLike(path("run"))->notices.empty());
    training::ResumeOptions more;
    more.epochs = 3;
    resume(path("run"), more);
    const auto longer = training::configLike(path("run"));
    ASSERT_EQ(longer->notices.size(), 1U);
    EXPECT_EQ(longer->notices[0].english(),
              "The run was planned for 2 epochs and went on to 3; the new run plans all 3 from the first, so "
              "that its numbers may be others.");
    EXPECT_TRUE(longer->config.planChanges.empty());
    EXPECT_EQ(longer->config.epochs, 3);

    auto o = config("other");
    o.seed = 9;  // whose model has another content
    trainOrFail(o);
    fs::remove_all(path("source"));  // which has the same model
    fs::copy(path("other/checkpoint/frozen.safetensors"), weights, fs::copy_options::overwrite_existing);
    const auto replaced = training::configLike(path("run"));
    ASSERT_EQ(replaced->notices.size(), 2U);
    EXPECT_NE(replaced->notices[1].english().find("is another file"), std::string::npos);
    EXPECT_NE(said(needs("run")).find("is another file"), std::string::npos) << said(needs("run"));
    fs::remove(weights);
    EXPECT_FALSE(training::configLike(path("run"))->hasWeights);
}

// As a folder that was moved here from another machine: the backbone's own weights lie elsewhere.
TEST_F(RepeatRunTest, WeightsThatLieElsewhereHereAreFoundByTheirContent) {
    const std::string data = path("data");
    setenv("XDG_DATA_HOME", data.c_str(), 1);
    trainOrFail(config("source"));
    const std::string there = path("there.safetensors");
    fs::copy(path("source/model.safetensors"), there);
    auto c = config("run");
    c.weightsFile = there;
    trainOrFail(c);
    fs::create_directories(data + "/graft/weights");
    const std::string here = data + "/graft/weights/squeezenet1_1.safetensors";
    fs::rename(there, here);
    const auto like = training::configLike(path("run"));
    unsetenv("XDG_DATA_HOME");
    ASSERT_TRUE(like) << like.error().sentence();
    EXPECT_TRUE(like->hasWeights);
    EXPECT_EQ(like->config.weightsFile, here);
    ASSERT_EQ(like->notices.size(), 1U);
    EXPECT_NE(like->notices[0].english().find(here), std::string::npos);
}

// It names the model by the path that it had.
TEST_F(RepeatRunTest, AModelWhoseRunHasAnotherNameIsFoundByItsContent) {
    trainOrFail(config("source"));
    auto c = config("run");
    c.weightsFile = path("source/model.safetensors");
    trainOrFail(c);
    ASSERT_TRUE(training::renameRun(path("source"), "renamed"));
    const auto expectFound = [&] {
        const auto like = training::configLike(path("run"));
        ASSERT_TRUE(like) << like.error().sentence();
        EXPECT_TRUE(like->hasWeights);
        EXPECT_EQ(like->config.weightsFile, path("renamed/model.safetensors"));
        ASSERT_EQ(like->notices.size(), 1U);
        EXPECT_NE(like->notices[0].english().find(path("renamed/model.safetensors")), std::string::npos);
        const training::RunNeeds found = needs("run");
        EXPECT_TRUE(found.hasWeights);
        EXPECT_TRUE(found.sentences.empty()) << said(found);
    };
    expectFound();
    // Another run has taken the name.
    auto other = config("source");
    other.seed = 9;
    trainOrFail(other);
    expectFound();
    // Moved away alone, it looks where the other one lay.
    fs::create_directories(path("archive"));
    fs::rename(path("run"), path("archive/run"));
    EXPECT_EQ(training::configLike(path("archive/run"))->config.weightsFile,
              path("renamed/model.safetensors"));
    fs::remove_all(path("renamed"));
    fs::remove_all(path("source"));
    EXPECT_FALSE(training::configLike(path("archive/run"))->hasWeights);
    EXPECT_NE(said(needs("archive/run")).find("are not there any more"), std::string::npos);
}

TEST_F(RepeatRunTest, ARunWithoutAModelSaysWhetherItHadOne) {
    trainUntil(config("run"), {1, false, 1});
    EXPECT_NE(said(needs("run")).find("no model yet"), std::string::npos) << said(needs("run"));
    trainOrFail(config("whole"));
    for (const char* file : {"model.safetensors", "model.safetensors.json", "metrics.jsonl"})
        fs::remove(path(std::string("whole/") + file));
    EXPECT_NE(said(needs("whole")).find("model is missing"), std::string::npos) << said(needs("whole"));
    EXPECT_EQ(said(needs("whole")).find("no model yet"), std::string::npos) << said(needs("whole"));
}

TEST_F(RepeatRunTest, OneImageThatHasChangedIsOne) {
    trainOrFail(config("run"));
    const std::string image = path("images/val/0/000000.png");
    writeText(image, readText(image) + "x");
    EXPECT_EQ(said(needs("run")), "1 of its 54 images has changed since it was trained.\n");
}

TEST_F(RepeatRunTest, ARunThatIsAllThereNeedsNothing) {
    trainOrFail(config("run"));
    const training::RunNeeds all = needs("run");
    EXPECT_TRUE(all.sentences.empty()) << said(all);
    EXPECT_TRUE(all.hasImages() && all.hasModel && all.hasResults && all.hasCheckpoint && all.hasWeights);
    EXPECT_EQ(all.images, 54U);  // 3 classes of 12 and 6
    fs::remove(path("images/val/0/000000.png"));
    const training::RunNeeds less = needs("run");
    EXPECT_EQ(less.missing, 1U);
    EXPECT_NE(said(less).find("1 of its 54 images"), std::string::npos) << said(less);
}

// Moved here from elsewhere, its pictures gone: it opens, says what it lacks, and does what it can.
TEST_F(RepeatRunTest, AMovedRunWithoutItsPicturesDoesWhatItCan) {
    trainUntil(config("whole"), {2, false, 2});
    fs::create_directories(path("archive"));
    fs::rename(path("whole"), path("archive/moved"));
    fs::rename(path("images"), path("elsewhere"));
    const std::string run = path("archive/moved");
    const auto opened = training::openRun(run);
    ASSERT_TRUE(opened) << opened.error().sentence();
    EXPECT_EQ(opened->epochs.size(), 1U);
    EXPECT_TRUE(training::readEvaluation(run));
    const training::RunNeeds lacking = needs("archive/moved");
    EXPECT_FALSE(lacking.hasDataset);
    EXPECT_FALSE(lacking.hasImages());
    EXPECT_EQ(lacking.missing, 54U);
    EXPECT_NE(said(lacking).find("is not there any more: " + path("images")), std::string::npos)
        << said(lacking);
    EXPECT_NE(said(lacking).find("exported without verification"), std::string::npos) << said(lacking);

    runtime::RunControl control;
    const auto evaluated = evaluation::evaluateFolder(run, path("elsewhere/val"), {}, {}, control);
    ASSERT_TRUE(evaluated) << evaluated.error().sentence();
    EXPECT_EQ(evaluated->images, 18U);
    const auto exported =
        exporting::exportRun(run, "safetensors", path("out.safetensors"), false, {}, control);
    ASSERT_TRUE(exported) << exported.error().sentence();
    EXPECT_FALSE(exported->verified);
    const auto verified =
        exporting::exportRun(run, "safetensors", path("out2.safetensors"), true, {}, control);
    ASSERT_FALSE(verified);
    EXPECT_NE(verified.error().message.english().find("--data FOLDER"), std::string::npos);
    EXPECT_NE(verified.error().message.english().find("without verification"), std::string::npos);
    EXPECT_FALSE(tryToResume(run));

    training::ResumeOptions there;
    there.dataFolder = path("elsewhere");
    resume(run, there);
    EXPECT_TRUE(needs("archive/moved").sentences.empty());
    EXPECT_TRUE(
        exporting::exportRun(run, "safetensors", path("out2.safetensors"), true, {}, control)->verified);
}

TEST_F(RepeatRunTest, EachPartThatIsGoneIsNamed) {
    trainOrFail(config("run"));
    const auto without = [&](const std::string& file) {
        fs::rename(path("run/" + file), path("kept"));
        const training::RunNeeds found = needs("run");
        fs::rename(path("kept"), path("run/" + file));
        EXPECT_EQ(found.sentences.size(), 1U) << file << ": " << said(found);
        return said(found);
    };
    EXPECT_NE(without("dataset.json").find("dataset.json"), std::string::npos);
    EXPECT_NE(without("model.safetensors").find("model.safetensors"), std::string::npos);
    EXPECT_NE(without("model.safetensors.json").find("model.safetensors.json"), std::string::npos);
    EXPECT_NE(without("evaluation.json").find("evaluation.json"), std::string::npos);
    EXPECT_NE(without("checkpoint/state.safetensors").find("checkpoint"), std::string::npos);
    EXPECT_TRUE(needs("run").sentences.empty());
}

}  // namespace

}  // namespace graft::test
