// SPDX-License-Identifier: GPL-3.0-or-later
// A run that was stopped and resumed ends with the weights of an uninterrupted one, bit for bit.
#include <ATen/Parallel.h>

#include <unistd.h>

#include <chrono>
#include <map>
#include <thread>

#include "core/backbones/torch/Network.h"
#include "core/base/detail/Hash.h"
#include "core/evaluation/Evaluator.h"
#include "core/exporting/Exporter.h"
#include "core/runtime/Device.h"
#include "core/training/FeatureCache.h"
#include "core/training/RunFolder.h"
#include "tests/support/ResumableFixture.h"
#include "tests/support/TinyImages.h"

namespace graft::test {

namespace {

class ResumeTest : public ResumableFixture {};

TEST_F(ResumeTest, StoppedAnywhereWithEveryOptimizer) {
    const std::map<std::string, StopPoint> cases{{"sgd", {1, false, 2}},     {"adam", {2, false, 1}},
                                                 {"adamw", {1, true, 1}},    {"rmsprop", {2, true, 1}},
                                                 {"adagrad", {1, false, 3}}, {"lamb", {2, false, 2}},
                                                 {"lion", {1, false, 1}}};
    for (const auto& [kind, stop] : cases) {
        auto c = config(kind + "-whole");
        c.optimizer.kind = kind;
        c.optimizer.learningRate = 0.001;
        c.optimizer.weightDecay = 0.01;
        c.optimizer.layerDecay = 0.9;
        c.head = {"mlp", 16, 0.5};  // dropout draws random numbers
        c.schedule.kind = "cosine";
        trainOrFail(c);
        c.runFolder = path(kind + "-stopped");
        trainUntil(c, stop);
        EXPECT_EQ(resume(c.runFolder).epochs.size(), 2U);
        expectSameEnd(kind + "-whole", kind + "-stopped");
    }
}

// Version 0.1 wrote the place of a parameter among those that are trained where its name is now.
TEST_F(ResumeTest, OptimizerStateUnderPlaces) {
    auto c = config("whole");
    c.optimizer.kind = "adam";
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {1, false, 2});
    std::map<std::string, std::size_t> places;
    auto network = backbones::Network::create(c.backbone, 2, c.head).value();
    network.freeze(c.freeze);
    for (const auto& [name, parameter] : network.trainableParameters())
        places.emplace(name, places.size());
    const std::string file = path("stopped/checkpoint/state.safetensors");
    auto state = weights::readSafetensors(file).value();
    std::size_t renamed = 0;
    for (auto& [name, data] : state.tensors) {
        if (!name.starts_with("optimizer.")) continue;
        const std::size_t begin = name.find('.') + 1;
        const std::size_t dot = name.rfind('.');
        name = "optimizer." + std::to_string(places.at(name.substr(begin, dot - begin))) + name.substr(dot);
        ++renamed;
    }
    EXPECT_EQ(renamed, 3 * places.size());  // two averages and the count of steps
    ASSERT_TRUE(weights::writeSafetensors(file, state));
    makeOlder("stopped");
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
}

TEST_F(ResumeTest, BatchNormAndAFrozenPrefix) {
    auto c = config("whole", "resnet18");
    c.freeze = backbones::trainFrom("layer4", backbones::listUnits("resnet18").value()).value();
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {2, false, 3});
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
}

TEST_F(ResumeTest, StoppedTwice) {
    auto c = config("whole");
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {1, false, 1});
    runtime::RunControl control;
    control.stop();
    const auto second = training::resumeRun(
        c.runFolder, [](const auto&) {}, control);
    ASSERT_TRUE(second);
    EXPECT_FALSE(second->completed);
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
}

TEST_F(ResumeTest, WhatAnEpochSaysIsTheSameWhereItWasStoppedInValidation) {
    auto c = config("whole");
    c.schedule.kind = "cosine";
    const auto whole = trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {1, true, 1});
    const auto stopped = resume(c.runFolder);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_GT(stopped.epochs[i].learningRate, 0);
        EXPECT_EQ(stopped.epochs[i].learningRate, whole.epochs[i].learningRate);
        EXPECT_GT(stopped.epochs[i].imagesPerSecond, 0);
        EXPECT_EQ(stopped.epochs[i].trainImages, 36U);
        EXPECT_EQ(stopped.epochs[i].validationImages, 18U);
    }
    EXPECT_EQ(training::openRun(c.runFolder)->epochs[1].validationImages, 18U);
}

// As after a kill between writing the plan and the first checkpoint.
TEST_F(ResumeTest, ARunWithoutACheckpointBeginsAgain) {
    for (const char* lost :
         {"checkpoint/state.safetensors", "decisions.json", "checkpoint/frozen.safetensors"}) {
        fs::remove_all(path("whole"));
        fs::remove_all(path("again"));
        auto c = config("whole");
        trainOrFail(c);
        c.runFolder = path("again");
        trainUntil(c, {1, false, 1});
        for (const char* file : {"checkpoint/state.safetensors", "metrics.jsonl", lost})
            fs::remove(path(std::string("again/") + file));
        const auto run = training::openRun(path("again"));
        EXPECT_TRUE(run->resumable) << run->whyNotResumable.english();
        EXPECT_EQ(resume(path("again")).epochs.size(), 2U);
        expectSameEnd("whole", "again");
    }
}

// From its beginning it would write over its model.
TEST_F(ResumeTest, ATrainedRunWithoutItsCheckpointIsLeftAsItIs) {
    trainOrFail(config("run"));
    fs::remove_all(path("run/checkpoint"));
    const std::string model = readText(path("run/model.safetensors"));
    const std::string metrics = readText(path("run/metrics.jsonl"));
    const auto run = training::openRun(path("run")).value();
    EXPECT_FALSE(run.resumable);
    EXPECT_NE(run.whyNotResumable.english().find("checkpoint is missing"), std::string::npos)
        << run.whyNotResumable.english();
    for (const int epochs : {0, 5}) {
        const auto refused = tryToResume(path("run"), {.dataFolder = {}, .epochs = epochs, .device = {}});
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().message.english().find("checkpoint is missing"), std::string::npos)
            << refused.error().message.english();
    }
    EXPECT_EQ(readText(path("run/model.safetensors")), model);
    EXPECT_EQ(readText(path("run/metrics.jsonl")), metrics);
}

TEST_F(ResumeTest, ARunIsNeverMadeOverWhatLiesThere) {
    runtime::RunControl control;
    for (const std::string file :
         {"dataset.json", "model.safetensors", "model.safetensors.json", "metrics.jsonl", "predictions.csv",
          "log.txt", "checkpoint/state.safetensors", "checkpoint/completed",
          "checkpoint/next/model.safetensors"}) {
        SCOPED_TRACE(file);
        fs::remove_all(path("run"));
        writeText(path("run/" + file), "mine");
        const auto report = training::train(
            config("run"), [](const auto&) {}, control);
        ASSERT_FALSE(report);
        EXPECT_EQ(report.error().code, ErrorCode::InvalidArgument);
        EXPECT_EQ(readText(path("run/" + file)), "mine");
        EXPECT_FALSE(fs::exists(path("run/config.json")));
    }
}

// The model has seen the new picture: nobody may score it on that as if it had not.
TEST_F(ResumeTest, APictureThatWasReplacedIsKnownByItsNewContent) {
    auto c = config("run");
    c.cache.variants = 0;
    trainUntil(c, {1, false, 1});
    const auto before = training::readDataset(c.runFolder).value();
    const std::size_t index = before.indicesOf(data::Split::Train).front();
    const std::string file = before.absolutePath(before.samples[index]);
    writeBmp(file, 12345);
    resume(c.runFolder);
    const auto after = training::readDataset(c.runFolder).value();
    EXPECT_NE(after.samples[index].sha256, before.samples[index].sha256);
    runtime::RunControl control;
    const auto all = evaluation::evaluateFolder(
        c.runFolder, fs::path(file).parent_path().parent_path().string(), {.everything = true}, {}, control);
    ASSERT_TRUE(all) << all.error().sentence();
    EXPECT_EQ(all->trainedOn, 36U);
}

// Whatever lay under the path while the run went on was learnt, and nobody may score the model on it.
TEST_F(ResumeTest, EveryContentThatWasLearntIsKnown) {
    auto c = config("run");
    c.cache.variants = 0;
    trainUntil(c, {1, false, 1});
    const auto before = training::readDataset(c.runFolder).value();
    const auto trained = before.indicesOf(data::Split::Train);
    const std::string file = before.absolutePath(before.samples[trained.front()]);
    const std::string unreadable = before.absolutePath(before.samples[trained.back()]);
    const std::string folder = fs::path(file).parent_path().parent_path().string();
    const std::string first = readText(file);
    const std::string kept = readText(unreadable);
    const auto trainedOn = [&] {
        runtime::RunControl control;
        const auto all = evaluation::evaluateFolder(c.runFolder, folder, {.everything = true}, {}, control);
        EXPECT_TRUE(all) << all.error().sentence();
        return all ? all->trainedOn : 0;
    };
    writeBmp(file, 12345);  // between two parts of the run
    fs::remove(unreadable);
    runtime::RunControl control;
    std::string told;
    const auto report = training::resumeRun(
        c.runFolder,
        [&](const training::TrainEvent& event) {
            // ... and while it goes on, after the hashes were asked
            if (std::holds_alternative<training::RunStarted>(event)) writeBmp(file, 54321);
            if (const auto* notice = std::get_if<training::Notice>(&event)) told += notice->message.english();
        },
        control);
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_NE(told.find("this training image was replaced"), std::string::npos) << told;
    writeText(unreadable, kept);
    EXPECT_EQ(trainedOn(), 36U) << "what lies there now";
    writeBmp(file, 12345);
    EXPECT_EQ(trainedOn(), 36U) << "what the run found when it went on";
    writeText(file, first);
    EXPECT_EQ(trainedOn(), 36U) << "what it began with";
    writeBmp(file, 99);
    EXPECT_EQ(trainedOn(), 35U) << "what it has never seen";
}

// Figures rest on the pictures that are looked at: one that is another by then is said, with features or not.
TEST_F(ResumeTest, AValidationPictureThatIsReplacedIsSaid) {
    for (const int variants : {0, 2}) {
        SCOPED_TRACE(variants);
        auto c = frozen("run" + std::to_string(variants));
        c.cache.variants = variants;
        trainUntil(c, {1, false, 1});
        const auto list = training::readDataset(c.runFolder).value();
        const auto held = list.indicesOf(data::Split::Validation);
        const std::string replaced = list.absolutePath(list.samples[held.front()]);
        const std::string away = list.absolutePath(list.samples[held.back()]);
        const std::string kept = readText(replaced);
        const std::string back = readText(away);
        fs::remove(away);
        runtime::RunControl control;
        std::string told;
        const auto report = training::resumeRun(
            c.runFolder,
            [&](const training::TrainEvent& event) {
                if (std::holds_alternative<training::RunStarted>(event)) {
                    writeBmp(replaced, 54321);
                    writeText(away, back);  // the one that it began with is no other one
                }
                if (const auto* notice = std::get_if<training::Notice>(&event))
                    told += notice->message.english() + "\n";
            },
            control);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_NE(told.find(replaced + ": this validation image was replaced"), std::string::npos) << told;
        EXPECT_EQ(told.find(away + ": this validation image was replaced"), std::string::npos) << told;
        writeText(replaced, kept);
    }
}

TEST_F(ResumeTest, WhatARunWasBegunWithIsRecordedAndAChangeIsSaid) {
    auto c = config("run");
    trainUntil(c, {1, false, 1});
    std::string decisions = readText(path("run/decisions.json"));
    EXPECT_NE(decisions.find("\"graft\": \""), std::string::npos) << decisions;
    EXPECT_EQ(decisions.find("\"graft\": \"\""), std::string::npos) << decisions;
    const std::string processor = "\"processor\": \"cpu";
    ASSERT_NE(decisions.find(processor), std::string::npos) << decisions;
    decisions.replace(decisions.find(processor), processor.size(), "\"processor\": \"another cpu");
    writeText(path("run/decisions.json"), decisions);
    runtime::RunControl control;
    std::string told;
    ASSERT_TRUE(training::resumeRun(
        c.runFolder,
        [&](const training::TrainEvent& event) {
            if (const auto* notice = std::get_if<training::Notice>(&event)) told += notice->message.english();
        },
        control));
    EXPECT_NE(told.find("begun with the processor another cpu"), std::string::npos) << told;
}

// A run would otherwise end with figures and without the model that they are of.
TEST_F(ResumeTest, AModelThatIsGoneOrAnothersIsSaidBeforeTheRunGoesOn) {
    auto c = config("run");
    trainOrFail(c);
    auto other = config("other");
    other.seed = 77;
    trainOrFail(other);
    const auto refusedAs = [&](ErrorCode code, const std::string& file) {
        const auto refused = tryToResume(path("run"), {.dataFolder = {}, .epochs = 9, .device = {}});
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, code) << refused.error().sentence();
        EXPECT_EQ(refused.error().path, path("run/" + file));
        EXPECT_TRUE(training::openRun(path("run"))->completed);
    };
    for (const std::string file : {"model.safetensors", "model.safetensors.json"}) {
        fs::rename(path("run/" + file), path("kept"));
        refusedAs(ErrorCode::NotFound, "model.safetensors");
        fs::rename(path("kept"), path("run/" + file));
    }
    fs::copy_file(path("run/model.safetensors"), path("kept"));
    fs::copy_file(path("other/model.safetensors"), path("run/model.safetensors"),
                  fs::copy_options::overwrite_existing);
    refusedAs(ErrorCode::BadFormat, "model.safetensors");
    runtime::RunControl control;
    const auto foreign = evaluation::evaluateFolder(path("run"), path("images"), {}, {}, control);
    ASSERT_FALSE(foreign);
    EXPECT_EQ(foreign.error().code, ErrorCode::BadFormat) << foreign.error().sentence();
    fs::rename(path("kept"), path("run/model.safetensors"));

    const std::string list = readText(path("run/dataset.json"));
    std::string swapped = list;
    const auto first = swapped.find("\"0\"");
    const auto second = swapped.find("\"1\"", first);
    ASSERT_LT(second, swapped.find("split_by_folders"));
    std::swap(swapped[first + 1], swapped[second + 1]);
    writeText(path("run/dataset.json"), swapped);
    refusedAs(ErrorCode::BadFormat, "dataset.json");
    writeText(path("run/dataset.json"), list);
    resume(path("run"), {.dataFolder = {}, .epochs = 3, .device = {}});
}

// As after a kill between the commit and its files' places.
TEST_F(ResumeTest, WeightsOfAnotherRunAreThoseOfItsLastCommit) {
    trainOrFail(config("first"));
    auto other = config("other");
    other.seed = 77;
    trainOrFail(other);
    fs::create_directories(path("first/checkpoint/next"));
    for (const std::string file : {"model.safetensors", "model.safetensors.json"})
        fs::copy_file(path("other/" + file), path("first/checkpoint/next/" + file));
    auto second = config("second");
    second.epochs = 1;
    second.weightsFile = path("first/model.safetensors");
    trainOrFail(second);
    EXPECT_FALSE(fs::exists(path("first/checkpoint/next")));
    // What only looks like it is a person's.
    fs::create_directories(path("mine/checkpoint/next"));
    fs::copy_file(path("other/model.safetensors"), path("mine/weights.safetensors"));
    writeText(path("mine/checkpoint/next/notes.txt"), "mine");
    auto third = second;
    third.runFolder = path("third");
    third.weightsFile = path("mine/weights.safetensors");
    trainOrFail(third);
    EXPECT_EQ(readText(path("mine/checkpoint/next/notes.txt")), "mine");
    EXPECT_FALSE(fs::exists(path("mine/.lock")));
    EXPECT_EQ(readText(path("first/model.safetensors")), readText(path("other/model.safetensors")));
    EXPECT_NE(readText(path("second/decisions.json"))
                  .find(base::sha256OfFile(path("other/model.safetensors")).value()),
              std::string::npos);
}

TEST_F(ResumeTest, ACompletedRunLearnsWhereItsImagesLieNow) {
    const auto c = config("run");
    trainOrFail(c);
    const auto before = tensorsIn(path("run/checkpoint/state.safetensors"));
    fs::rename(path("images"), path("elsewhere"));
    fs::create_directories(path("linked"));
    for (const std::string split : {"train", "val"})  // behind links, and none under its path
        fs::create_directory_symlink(path("elsewhere/" + split), path("linked/" + split + "_photos"));
    const auto report = resume(c.runFolder, {.dataFolder = path("linked"), .epochs = 0, .device = {}});
    EXPECT_TRUE(report.completed);
    EXPECT_NE(m_notices.find("found by their content"), std::string::npos) << m_notices;
    const auto moved = training::readDataset(c.runFolder).value();
    EXPECT_EQ(moved.root, fs::canonical(path("linked")).string());
    for (const data::Sample& sample : moved.samples)
        EXPECT_TRUE(fs::exists(moved.absolutePath(sample))) << sample.path;
    EXPECT_TRUE(training::openRun(c.runFolder)->completed);
    EXPECT_EQ(tensorsIn(path("run/checkpoint/state.safetensors")), before);
}

TEST_F(ResumeTest, EditedDecisionsAreRefused) {
    auto c = frozen("run");
    trainUntil(c, {1, false, 1});
    const std::string decisions = readText(path("run/decisions.json"));
    const std::size_t at = decisions.find("\"units\": ");
    ASSERT_NE(at, std::string::npos);
    for (const std::string units : {"0", "1000"}) {
        std::string edited = decisions;
        const std::size_t end = edited.find_first_of(",\n", at);
        edited.replace(at, end - at, "\"units\": " + units);
        writeText(path("run/decisions.json"), edited);
        const auto refused = tryToResume(c.runFolder);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::BadFormat) << refused.error().sentence();
        EXPECT_EQ(refused.error().path, path("run/decisions.json"));
    }
    writeText(path("run/decisions.json"), decisions);
    resume(c.runFolder);
}

TEST_F(ResumeTest, NoRunVanishesFromTheList) {
    trainUntil(config("runs/one"), {1, false, 1});
    fs::create_directories(path("runs/away"));
    fs::create_symlink("config.json", path("runs/away/config.json"));  // leads round in a circle
    const auto runs = training::listRuns(path("runs"));
    ASSERT_TRUE(runs) << runs.error().sentence();
    ASSERT_EQ(runs->size(), 2U);
    EXPECT_TRUE(runs->front().run);
    EXPECT_FALSE(runs->back().run);
    EXPECT_EQ(runs->back().run.error().path, path("runs/away"));

    EXPECT_TRUE(training::listRuns(path("nothing"))->empty());
    const auto refused = training::listRuns(path("runs/one/config.json"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unreadable);
}

TEST_F(ResumeTest, HalfOfARunsFilesIsRefused) {
    const auto c = config("run");
    trainUntil(c, {2, false, 1});
    for (const char* file : {"run/decisions.json", "run/metrics.jsonl"}) {
        const std::string whole = readText(path(file));
        fs::remove(path(file));
        const auto refused = tryToResume(c.runFolder);
        ASSERT_FALSE(refused) << file;
        EXPECT_EQ(refused.error().path, path(file)) << refused.error().sentence();
        writeText(path(file), whole);
    }
    resume(c.runFolder);
}

// "Continue" is offered only where it works: what resumeRun() would refuse is seen beforehand.
TEST_F(ResumeTest, ADeviceThatIsNotHereIsKnownBeforehand) {
    auto c = config("run");
    c.device = "auto";
    trainUntil(c, {2, false, 1});
    const auto open = [&] { return training::openRun(c.runFolder).value(); };
    ASSERT_TRUE(open().resumable) << open().whyNotResumable.english();
    EXPECT_TRUE(training::checkResumable(open()));

    if (runtime::availableDevices().size() > 1) GTEST_SKIP() << "a GPU is here";
    const std::string decisions = readText(path("run/decisions.json"));
    const std::string device = "\"device\": \"cpu\"";
    ASSERT_NE(decisions.find(device), std::string::npos) << decisions;
    std::string onGpu = decisions;
    writeText(path("run/decisions.json"),
              onGpu.replace(onGpu.find(device), device.size(), "\"device\": \"cuda\""));
    const auto refused = tryToResume(c.runFolder);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::DeviceUnavailable);
    EXPECT_NE(refused.error().message.english().find("--device cpu"), std::string::npos)
        << refused.error().message.english();
    const auto seen = training::checkResumable(open());
    ASSERT_FALSE(seen);
    EXPECT_EQ(seen.error().message.english(), refused.error().message.english());
    writeText(path("run/decisions.json"), decisions);
    resume(c.runFolder);
}

TEST_F(ResumeTest, AnEditedListWithoutImagesIsRefused) {
    auto c = frozen("run");
    trainUntil(c, {1, false, 1});
    makeOlder("run");
    std::string decisions = readText(path("run/decisions.json"));  // nor has it a hash of the list
    const auto hash = decisions.find("\"list_sha256\": \"") + 16;
    writeText(path("run/decisions.json"), decisions.erase(hash, 64));
    const std::string dataset = readText(path("run/dataset.json"));
    for (const auto& [from, to] : {std::pair{"\"train\"", "\"test\""}, std::pair{"\"val\"", "\"test\""}}) {
        std::string edited = dataset;
        for (std::size_t at = edited.find(from); at != std::string::npos; at = edited.find(from, at))
            edited.replace(at, std::string(from).size(), to);
        ASSERT_NE(edited, dataset);
        writeText(path("run/dataset.json"), edited);
        const auto refused = tryToResume(c.runFolder);
        ASSERT_FALSE(refused);
        EXPECT_NE(refused.error().message.english().find("no image to train on, or none to validate on"),
                  std::string::npos)
            << refused.error().sentence();
    }
    writeText(path("run/dataset.json"), dataset);
    resume(c.runFolder);
}

TEST_F(ResumeTest, APauseIsNoPartOfAnEpoch) {
    using Clock = std::chrono::steady_clock;
    runtime::RunControl control;
    std::jthread person;
    double paused = 0;
    Clock::time_point since;
    double epochs = 0;
    const auto start = Clock::now();
    const auto report = training::train(
        config("run"),
        [&](const training::TrainEvent& event) {
            if (const auto* batch = std::get_if<training::BatchDone>(&event)) {
                // once while it trains, once while it validates
                if (batch->epoch == 1 && batch->batch == 1) control.pause();
            } else if (std::holds_alternative<training::Paused>(event)) {
                since = Clock::now();
                person = std::jthread([&] {
                    std::this_thread::sleep_for(std::chrono::milliseconds(700));
                    control.resume();
                });
            } else if (std::holds_alternative<training::Resumed>(event)) {
                paused += std::chrono::duration<double>(Clock::now() - since).count();
            } else if (const auto* epoch = std::get_if<training::EpochDone>(&event)) {
                epochs += epoch->seconds;
            }
        },
        control);
    const double all = std::chrono::duration<double>(Clock::now() - start).count();
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_GE(paused, 1.3);
    EXPECT_LE(epochs, all - paused);
}

TEST_F(ResumeTest, APauseThatEndsInAStopIsNoPartOfAnEpochEither) {
    using Clock = std::chrono::steady_clock;
    constexpr auto kPause = std::chrono::milliseconds(1500);
    auto c = config("run");
    const auto start = Clock::now();
    {
        runtime::RunControl control;
        std::jthread person;
        const auto stopped = training::train(
            c,
            [&](const training::TrainEvent& event) {
                if (const auto* batch = std::get_if<training::BatchDone>(&event); batch && batch->batch == 2)
                    control.pause();
                if (std::holds_alternative<training::Paused>(event)) {
                    person = std::jthread([&] {
                        std::this_thread::sleep_for(kPause);
                        control.stop();
                    });
                }
            },
            control);
        ASSERT_TRUE(stopped) << stopped.error().sentence();
        ASSERT_FALSE(stopped->completed);
    }
    resume(c.runFolder);
    const double all = std::chrono::duration<double>(Clock::now() - start).count();
    double epochs = 0;
    const auto run = training::openRun(c.runFolder);
    ASSERT_TRUE(run);
    for (const training::EpochDone& epoch : run->epochs)
        epochs += epoch.seconds;
    EXPECT_LE(epochs, all - std::chrono::duration<double>(kPause).count());
}

// Another seed splits anew: what the weights have learned is then validated on.
TEST_F(ResumeTest, ARunFromAnothersWeightsSaysWhatTheyHaveSeen) {
    for (const char* split : {"train", "val"})
        fs::copy(path("images/" + std::string(split)), path("pool"),
                 fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    auto first = config("first");
    first.datasetFolder = path("pool");
    trainOrFail(first);
    std::string notices;
    const auto listen = [&](const training::TrainEvent& event) {
        if (const auto* notice = std::get_if<training::Notice>(&event))
            notices += notice->message.english() + "\n";
    };
    auto second = first;
    second.runFolder = path("same");
    second.weightsFile = path("first/model.safetensors");
    trainOrFail(second, listen);
    EXPECT_EQ(notices.find("that the weights were trained on"), std::string::npos) << notices;
    second.runFolder = path("other");
    second.seed = 99;
    trainOrFail(second, listen);
    EXPECT_NE(notices.find("that the weights were trained on"), std::string::npos) << notices;
    // It is part of every figure, and stays so.
    EXPECT_EQ(training::openRun(path("same"))->epochs.back().validationLearnt, 0U);
    const auto epochs = training::openRun(path("other"))->epochs;
    const auto listed = training::readDataset(path("first")).value().samples;
    const auto held = training::readDataset(path("other")).value().samples;
    const auto seen = std::ranges::count_if(held, [&](const data::Sample& sample) {
        return sample.split == data::Split::Validation &&
               std::ranges::any_of(listed, [&](const data::Sample& one) {
                   return one.split == data::Split::Train && one.sha256 == sample.sha256;
               });
    });
    ASSERT_GT(seen, 0);
    for (const training::EpochDone& epoch : epochs)
        EXPECT_EQ(epoch.validationLearnt, static_cast<std::size_t>(seen));
    const auto evaluation = training::readEvaluation(path("other"));
    ASSERT_TRUE(evaluation) << evaluation.error().sentence();
    EXPECT_EQ(evaluation->trainedOn, static_cast<std::size_t>(seen));
    EXPECT_NE(evaluation::learntSentence(*evaluation).english().find(std::to_string(seen) + " of these"),
              std::string::npos);

    runtime::RunControl control;
    const auto all =
        evaluation::evaluateFolder(path("other"), path("pool"), {.everything = true}, {}, control);
    ASSERT_TRUE(all) << all.error().sentence();
    const auto ofTheFirst = training::readDataset(path("first"))->countOf(data::Split::Train);
    EXPECT_GT(all->trainedOn.value_or(0), ofTheFirst);
}

// What the weights had learnt stays known when their run is gone; of an export nothing was ever known.
TEST_F(ResumeTest, WhatTheWeightsHadLearntOutlivesTheirRun) {
    auto first = config("first");
    first.epochs = 1;
    trainOrFail(first);
    const auto learnt = training::readDataset(path("first"))->countOf(data::Split::Train);
    fs::copy(path("images"), path("others"), fs::copy_options::recursive);
    for (const auto& entry :
         fs::recursive_directory_iterator(path("others"))) {  // other pictures to learn from
        if (entry.is_regular_file()) std::ofstream(entry.path(), std::ios::app) << "x";
    }
    auto second = first;
    second.datasetFolder = path("others");
    second.runFolder = path("second");
    second.weightsFile = path("first/model.safetensors");
    trainOrFail(second);
    auto third = second;
    third.runFolder = path("third");
    third.weightsFile = path("second/model.safetensors");
    trainOrFail(third);
    fs::rename(path("first"), path("moved"));
    fs::rename(path("second"), path("moved2"));

    runtime::RunControl control;
    const auto evaluate = [&](const std::string& model) {
        const auto all =
            evaluation::evaluateFolder(path(model), path("images"), {.everything = true}, {}, control);
        EXPECT_TRUE(all) << all.error().sentence();
        return all.value_or(evaluation::Evaluation());
    };
    EXPECT_EQ(evaluate("moved2").trainedOn, learnt);
    EXPECT_EQ(evaluate("third").trainedOn, learnt);

    // A file that lies in a run's folder and is not its model; a run that begins from it.
    fs::copy_file(path("moved/model.safetensors"), path("third/other.safetensors"));
    fs::copy_file(path("moved/model.safetensors.json"), path("third/other.safetensors.json"));
    EXPECT_EQ(evaluate("third/other.safetensors").trainedOn, std::nullopt);
    auto fourth = second;
    fourth.runFolder = path("fourth");
    fourth.weightsFile = path("third/other.safetensors");
    std::string notices;
    trainOrFail(fourth, [&](const training::TrainEvent& event) {
        if (const auto* notice = std::get_if<training::Notice>(&event))
            notices += notice->message.english() + "\n";
    });
    EXPECT_NE(notices.find("Nothing says which images " + fourth.weightsFile), std::string::npos) << notices;
    const auto unknown = evaluate("fourth");
    EXPECT_EQ(unknown.trainedOn, std::nullopt);
    EXPECT_EQ(unknown.trainedOnUnknown, std::vector<std::string>{fourth.weightsFile});

    // A run's model, and what was exported from it, copied without the .json that tells them from published
    // ones.
    ASSERT_TRUE(
        exporting::exportRun(path("moved"), "safetensors", path("exported.safetensors"), false, {}, control));
    for (const char* trained : {"moved/model.safetensors", "exported.safetensors"}) {
        SCOPED_TRACE(trained);
        auto fifth = second;
        fifth.weightsFile = path("alone.safetensors");
        fifth.runFolder = path("fifth");
        fs::copy_file(path(trained), fifth.weightsFile, fs::copy_options::overwrite_existing);
        fs::remove_all(fifth.runFolder);
        trainOrFail(fifth);
        EXPECT_EQ(evaluate("fifth").trainedOnUnknown, std::vector<std::string>{fifth.weightsFile});
    }
}

// With another model's .json, or half a one, it would be looked at through another's crop, mean and classes.
TEST_F(ResumeTest, WeightsWhoseJsonDoesNotFitAreRefused) {
    auto first = config("first");
    first.epochs = 1;
    trainOrFail(first);
    const std::string whole = readText(path("first/model.safetensors"));
    const std::string sidecar = readText(path("first/model.safetensors.json"));
    auto c = first;
    c.runFolder = path("second");
    c.weightsFile = path("mine/weights.safetensors");
    const std::string beside = c.weightsFile + ".json";
    const auto expectRefused = [&](const std::string& file) {
        const auto defaults = training::defaultConfig(c.backbone, c.weightsFile);
        ASSERT_FALSE(defaults);
        runtime::RunControl control;
        const auto report = training::train(
            c, [](const auto&) {}, control);
        ASSERT_FALSE(report);
        for (const Error& error : {defaults.error(), report.error()}) {
            EXPECT_EQ(error.code, ErrorCode::BadFormat);
            EXPECT_EQ(error.path, file);
            EXPECT_NE(error.message.english().find("Export the model again"), std::string::npos)
                << error.message.english();
        }
        EXPECT_FALSE(fs::exists(c.runFolder));
    };
    std::string other = whole;
    other.back() = static_cast<char>(other.back() ^ 1);
    writeText(c.weightsFile, other);
    writeText(beside, sidecar);
    expectRefused(c.weightsFile);
    writeText(c.weightsFile, whole);
    writeText(beside, sidecar.substr(0, sidecar.size() / 2));
    expectRefused(beside);

    writeText(beside, sidecar);
    EXPECT_EQ(training::defaultConfig(c.backbone, c.weightsFile)->preprocess.cropSize, 32);
    fs::remove(beside);  // weights like any others
    EXPECT_EQ(training::defaultConfig(c.backbone, c.weightsFile)->preprocess.cropSize, 224);
    trainOrFail(c);
}

TEST_F(ResumeTest, AgainFromTheStartOnlyWithTheSameWeights) {
    auto first = config("first");
    first.epochs = 1;
    trainOrFail(first);
    auto c = config("run");
    c.weightsFile = path("weights.safetensors");
    fs::copy_file(path("first/model.safetensors"), c.weightsFile);
    trainUntil(c, {1, false, 1});
    fs::remove(path("run/checkpoint/state.safetensors"));
    const std::string whole = readText(c.weightsFile);
    std::string other = whole;
    other.back() = static_cast<char>(other.back() ^ 1);
    writeText(c.weightsFile, other);
    const auto refused = tryToResume(c.runFolder);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::WeightsMismatch);
    EXPECT_EQ(refused.error().path, c.weightsFile);
    fs::remove(c.weightsFile);
    const auto run = training::openRun(c.runFolder);
    EXPECT_FALSE(run->resumable);
    EXPECT_NE(run->whyNotResumable.english().find(c.weightsFile), std::string::npos);
    writeText(c.weightsFile, whole);
    resume(c.runFolder);
}

TEST_F(ResumeTest, AFolderWithoutAPlanIsSaidInASentence) {
    fs::create_directories(path("empty/checkpoint"));
    writeText(path("empty/dataset.json"), "{}");
    const auto none = tryToResume(path("empty"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ErrorCode::NotFound);
    auto c = config("run");
    trainUntil(c, {1, false, 1});
    fs::remove(path("run/dataset.json"));
    const auto half = tryToResume(path("run"));
    ASSERT_FALSE(half);
    EXPECT_NE(half.error().message.english().find("list of files is missing"), std::string::npos)
        << half.error().message.english();
}

// A constant learning rate does not know how many epochs there will be: then more epochs are as if they had
// been planned.
TEST_F(ResumeTest, ACompletedRunIsTrainedOn) {
    auto c = config("four");
    c.head = {"mlp", 16, 0.5};
    c.epochs = 4;
    trainOrFail(c);
    c.runFolder = path("two");
    c.epochs = 2;
    trainOrFail(c);
    const auto report = resume(path("two"), {.dataFolder = {}, .epochs = 4, .device = {}});
    EXPECT_TRUE(report.completed);
    EXPECT_EQ(report.epochs.size(), 4U);
    expectSameEnd("four", "two");
    const auto run = training::openRun(path("two")).value();
    EXPECT_EQ(run.config.epochs, 4);
    ASSERT_EQ(run.config.planChanges.size(), 1U);
    EXPECT_EQ(run.config.planChanges[0].afterEpoch, 2);
    EXPECT_EQ(run.config.planChanges[0].epochsBefore, 2);

    const auto fewer = tryToResume(path("two"), {.dataFolder = {}, .epochs = 4, .device = {}});
    ASSERT_FALSE(fewer);
    EXPECT_EQ(fewer.error().code, ErrorCode::InvalidArgument);
    EXPECT_TRUE(training::openRun(path("two"))->completed);
}

TEST_F(ResumeTest, MoreEpochsAfterEarlyStoppingAreTrained) {
    auto c = config("run");
    c.earlyStopEpochs = 1;
    c.epochs = 50;
    c.optimizer.learningRate = 1e-30;  // no weight changes, so no epoch is better than the first
    c.optimizer.momentum = 0;
    const auto first = trainOrFail(c);
    ASSERT_EQ(first.epochs.size(), 2U);
    const auto more = resume(c.runFolder, {.dataFolder = {}, .epochs = 60, .device = {}});
    EXPECT_EQ(more.epochs.size(), 3U);
}

TEST_F(ResumeTest, ADataSetThatMovedIsFoundByPathAndContent) {
    for (const bool cached : {false, true}) {
        const std::string name = cached ? "cached" : "plain";
        auto c = cached ? frozen(name + "-whole") : config(name + "-whole");
        trainOrFail(c);
        c.runFolder = path(name + "-moved");
        trainUntil(c, {1, false, 2});
        fs::rename(path("images"), path("elsewhere"));
        fs::rename(path("elsewhere/train/0/000000.png"), path("elsewhere/train/renamed.png"));
        const auto lost = tryToResume(c.runFolder);
        ASSERT_FALSE(lost);
        EXPECT_EQ(lost.error().code, ErrorCode::Unreadable);
        EXPECT_NE(lost.error().message.english().find("--data"), std::string::npos)
            << lost.error().message.english();
        const auto nowhere =
            tryToResume(c.runFolder, {.dataFolder = path("nowhere"), .epochs = 0, .device = {}});
        ASSERT_FALSE(nowhere);
        EXPECT_EQ(nowhere.error().code, ErrorCode::NotFound);
        resume(c.runFolder, {.dataFolder = path("elsewhere"), .epochs = 0, .device = {}});
        EXPECT_NE(m_notices.find("1 image was found by its content under another path: train/0/000000.png."),
                  std::string::npos)
            << m_notices;
        const std::string place = "The run's images lie in " + fs::canonical(path("elsewhere")).string();
        EXPECT_NE(m_notices.find(place + " now."), std::string::npos) << m_notices;
        const auto moved = training::readDataset(c.runFolder).value();
        EXPECT_EQ(moved.root, fs::canonical(path("elsewhere")).string());
        EXPECT_TRUE(fs::exists(moved.absolutePath(moved.samples.front())));
        EXPECT_EQ(tensorsIn(path(name + "-whole/checkpoint/state.safetensors")),
                  tensorsIn(path(name + "-moved/checkpoint/state.safetensors")));
        fs::rename(path("elsewhere/train/renamed.png"), path("elsewhere/train/0/000000.png"));
        fs::rename(path("elsewhere"), path("images"));
    }
}

TEST_F(ResumeTest, AnotherFolderThanTheDataSetsIsRefused) {
    auto c = config("run");
    trainUntil(c, {1, false, 1});
    makeSampleFolder(path("strangers"), 11, 5);
    for (const auto& entry : fs::recursive_directory_iterator(path("strangers"))) {
        if (entry.is_regular_file()) std::ofstream(entry.path(), std::ios::app | std::ios::binary) << "x";
    }
    const auto refused =
        tryToResume(c.runFolder, {.dataFolder = path("strangers"), .epochs = 0, .device = {}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unreadable);
    EXPECT_EQ(training::readDataset(c.runFolder)->root, fs::canonical(path("images")).string());
}

// The same names with other pictures: it would go on with another data set, and validate on what it has
// learnt.
TEST_F(ResumeTest, PicturesThatHaveChangedPlacesAreFoundByTheirContent) {
    auto c = config("whole");
    trainOrFail(c);
    c.runFolder = path("run");
    trainUntil(c, {1, false, 1});
    std::map<std::string, std::string> pictures;
    for (const auto& entry : fs::recursive_directory_iterator(path("images")))
        if (entry.is_regular_file()) pictures[entry.path().string()] = readText(entry.path().string());
    std::string last = pictures.rbegin()->second;
    for (auto& [file, content] : pictures) {  // each gets the picture of the one before
        std::swap(content, last);
        writeText(file, content);
    }
    const auto refused = tryToResume(c.runFolder);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unreadable);
    EXPECT_NE(refused.error().message.english().find("hold another picture than the run knows"),
              std::string::npos)
        << refused.error().message.english();
    EXPECT_NE(refused.error().message.english().find("--data"), std::string::npos)
        << refused.error().message.english();
    resume(c.runFolder, {.dataFolder = path("images"), .epochs = 0, .device = {}});
    EXPECT_EQ(tensorsIn(path("whole/checkpoint/state.safetensors")),
              tensorsIn(path("run/checkpoint/state.safetensors")));
}

TEST_F(ResumeTest, AValidationImageThatHoldsALearntPictureIsCounted) {
    auto c = config("run");
    c.epochs = 3;
    trainUntil(c, {1, false, 1});
    fs::copy_file(path("images/train/1/000004.png"), path("images/val/1/000001.png"),
                  fs::copy_options::overwrite_existing);
    runtime::RunControl control;
    const auto stopped = training::resumeRun(
        c.runFolder,
        [&](const training::TrainEvent& event) {
            if (std::holds_alternative<training::EpochDone>(event)) control.stop();
        },
        control);
    ASSERT_TRUE(stopped) << stopped.error().sentence();
    ASSERT_EQ(stopped->epochs.size(), 1U);
    EXPECT_EQ(stopped->epochs.back().validationLearnt, 1U);
    // The run knows the picture now, and that it has learnt it; and another that it is to learn.
    fs::copy_file(path("images/val/2/000002.png"), path("images/train/2/000005.png"),
                  fs::copy_options::overwrite_existing);
    const auto report = resume(c.runFolder);
    EXPECT_NE(m_notices.find("2 of the 18 validation images hold pictures"), std::string::npos) << m_notices;
    EXPECT_EQ(report.epochs.back().validationLearnt, 2U);
}

// A resumed run goes on as it began: what changes its numbers is not taken from a file that was edited.
TEST_F(ResumeTest, EditedSettingsAreRefusedByName) {
    const auto c = frozen("run");
    trainUntil(c, {1, false, 2});
    const std::string config = readText(path("run/config.json"));
    for (const auto& [name, from, to] :
         {std::tuple{"batch_size", "\"batch_size\": 8", "\"batch_size\": 4"},
          {"seed", "\"seed\": ", "\"seed\": 1"},
          {"cache.variants", "\"variants\": ", "\"variants\": 1"},
          {"optimizer.learning_rate", "\"learning_rate\": 0", "\"learning_rate\": 1"},
          {"frozen_units", "\"frozen_units\": [", "\"frozen_units\": [\n    \"layer9\","}}) {
        std::string edited = config;
        const auto at = edited.find(from);
        ASSERT_NE(at, std::string::npos) << from << " in " << config;
        writeText(path("run/config.json"), edited.replace(at, std::string(from).size(), to));
        const auto refused = tryToResume(c.runFolder);
        ASSERT_FALSE(refused) << name;
        EXPECT_NE(refused.error().message.english().find("\"" + std::string(name) + "\""), std::string::npos)
            << refused.error().message.english();
        EXPECT_EQ(refused.error().path, path("run/config.json"));
        EXPECT_FALSE(training::checkResumable(training::openRun(c.runFolder).value()));
    }
    std::string planned = config;
    const auto at = planned.find("\"epochs\": ");
    planned.replace(at, planned.find(',', at) - at, "\"epochs\": 3");
    writeText(path("run/config.json"), planned);

    const std::string dataset = readText(path("run/dataset.json"));
    std::string edited = dataset;
    for (const auto& [from, to] : {std::pair{"\"train\"", "\"val\""}, std::pair{"\"val\"", "\"train\""}}) {
        const auto first = from == std::string("\"train\"") ? edited.find(from) : edited.rfind(from);
        edited.replace(first, std::string(from).size(), to);
    }
    writeText(path("run/dataset.json"), edited);
    const auto refused = tryToResume(c.runFolder);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().path, path("run/dataset.json")) << refused.error().sentence();
    writeText(path("run/dataset.json"), dataset);
    EXPECT_EQ(resume(c.runFolder).epochs.size(), 3U);
}

TEST_F(ResumeTest, OneImageLessIsNamedAndCounted) {
    auto c = config("run");
    c.epochs = 3;
    trainUntil(c, {1, false, 1});
    fs::remove(path("images/val/1/000001.png"));
    const auto report = resume(c.runFolder);
    EXPECT_NE(m_notices.find("1 image is not there any more and takes no part: val/1/000001.png."),
              std::string::npos)
        << m_notices;
    EXPECT_EQ(report.epochs.back().validationImages, 17U);
    EXPECT_EQ(report.epochs.back().trainImages, 36U);
    const auto evaluation = training::readEvaluation(c.runFolder);
    ASSERT_TRUE(evaluation) << evaluation.error().sentence();
    EXPECT_EQ(evaluation->images, 17U);
    ASSERT_EQ(evaluation->unscored.size(), 1U);
    EXPECT_EQ(evaluation->unscored.front().path, "val/1/000001.png");
    EXPECT_EQ(evaluation->unscored.front().reason, "unreadable_image");
}

// What disappears while it runs: the run stops where it still knew all, and goes on when they are back.
TEST_F(ResumeTest, ARunThatLosesItsImagesStopsAndLosesNothing) {
    for (const bool cached : {false, true}) {
        for (const char* split : {"train", "val"}) {
            const std::string name = std::string(cached ? "cached-" : "plain-") + split;
            SCOPED_TRACE(name);
            auto c = cached ? frozen(name + "-whole") : config(name + "-whole");
            c.cache.variants = cached ? 2 : 0;
            c.loaderThreads = 1;
            trainOrFail(c);
            if (cached) training::clearFeatureCache().value();
            c.runFolder = path(name);
            runtime::RunControl control;
            bool moved = false;
            const auto report = training::train(
                c,
                [&](const training::TrainEvent& event) {
                    const auto* batch = std::get_if<training::BatchDone>(&event);
                    if (batch == nullptr || moved) return;
                    fs::rename(path(std::string("images/") + split), path("away"));
                    moved = true;
                },
                control);
            ASSERT_TRUE(moved);
            fs::rename(path("away"), path(std::string("images/") + split));
            // A slow machine may have had a few still to decode: too few to stop for, and said.
            const auto lostSome = [&] {
                const auto epochs = training::openRun(c.runFolder)->epochs;
                const bool lost =
                    std::ranges::any_of(epochs, [](const auto& e) { return e.trainImages < 36; });
                const std::string log = readText(path(name + "/log.txt"));
                EXPECT_TRUE(!lost || log.find("can no longer be read; left out") != std::string::npos) << log;
                return lost;
            };
            if (report) {  // the others had been decoded, and stay in memory
                EXPECT_EQ(name, "plain-train");
                if (!lostSome()) expectSameEnd(name + "-whole", name);
                continue;
            }
            EXPECT_EQ(report.error().code, ErrorCode::Unreadable) << name;
            EXPECT_NE(report.error().message.english().find("can no longer be read"), std::string::npos)
                << report.error().message.english();
            EXPECT_NE(report.error().message.english().find(".png (T"), std::string::npos)
                << report.error().message.english();
            EXPECT_TRUE(training::openRun(c.runFolder)->resumable) << name;
            const bool incomplete = lostSome();
            resume(c.runFolder);
            if (!incomplete) expectSameEnd(name + "-whole", name);
        }
    }
}

// Whether there is room for features is a matter of the day; what the run has begun with is not.
TEST_F(ResumeTest, NoRoomForTheCacheChangesNoNumber) {
    auto c = frozen("whole");
    c.epochs = 3;
    c.cache.budgetGigabytes = 1;
    trainOrFail(c);
    const auto stop = [&](const std::string& run) {
        c.runFolder = path(run);
        trainUntil(c, {2, false, 2});
    };
    stop("full");
    std::string config = readText(path("full/config.json"));
    config.replace(config.find("\"budget_gigabytes\": 1.0"), 23, "\"budget_gigabytes\": 1e-9");
    writeText(path("full/config.json"), config);
    training::clearFeatureCache().value();
    resume(path("full"));
    EXPECT_EQ(training::featureCacheUsage().bytes, 0U);
    expectSameEnd("whole", "full");
    // The folder is gone, and a file stands in its way.
    stop("blocked");
    fs::remove_all(training::featureCacheFolder());
    writeText(training::featureCacheFolder(), "in the way");
    resume(path("blocked"));
    expectSameEnd("whole", "blocked");
    fs::remove(training::featureCacheFolder());
    // The other way round: a run that began without room.
    c.cache.budgetGigabytes = 1e-9;
    c.runFolder = path("without");
    trainOrFail(c);
    expectSameEnd("whole", "without");
    stop("room");
    config = readText(path("room/config.json"));
    config.replace(config.find("\"budget_gigabytes\": 1e-09"), 25, "\"budget_gigabytes\": 1.0");
    writeText(path("room/config.json"), config);
    resume(path("room"));
    expectSameEnd("without", "room");
}

TEST_F(ResumeTest, TheNumberOfThreadsIsTheRuns) {
    auto c = config("run");
    c.threads = 0;
    trainUntil(c, {1, false, 1});
    std::string decisions = readText(path("run/decisions.json"));
    const auto at = decisions.find("\"threads\": ");
    ASSERT_NE(at, std::string::npos);
    decisions.replace(at, decisions.find(',', at) - at, "\"threads\": 3");
    writeText(path("run/decisions.json"), decisions);
    resume(c.runFolder);
    EXPECT_EQ(at::get_num_threads(), 3);
}

TEST_F(ResumeTest, ACompletedRunHasNothingToResume) {
    trainOrFail(config("done"));
    runtime::RunControl control;
    const auto report = training::resumeRun(
        path("done"), [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::InvalidArgument);
}

TEST_F(ResumeTest, ADamagedCheckpointIsSaidInASentence) {
    auto c = config("run");
    trainUntil(c, {1, false, 2});
    const std::string state = path("run/checkpoint/state.safetensors");
    std::filesystem::resize_file(state, std::filesystem::file_size(state) / 2);
    runtime::RunControl control;
    const auto report = training::resumeRun(
        c.runFolder, [](const auto&) {}, control);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, ErrorCode::BadFormat);
    EXPECT_EQ(report.error().path, state);
}

// It may be whole: nobody is told to start anew.
TEST_F(ResumeTest, ACheckpointThatCannotBeReadIsNotCalledDamaged) {
    if (geteuid() == 0) GTEST_SKIP() << "root reads everything";
    auto c = config("run");
    trainUntil(c, {1, false, 2});
    const std::string state = path("run/checkpoint/state.safetensors");
    fs::permissions(state, fs::perms::none);
    const auto refused = tryToResume(c.runFolder);
    fs::permissions(state, fs::perms::owner_all);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Unreadable) << refused.error().sentence();
    EXPECT_EQ(refused.error().path, state);
    resume(c.runFolder);
}

}  // namespace

}  // namespace graft::test
