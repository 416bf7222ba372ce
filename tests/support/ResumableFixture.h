// SPDX-License-Identifier: GPL-3.0-or-later
// Runs that are stopped somewhere, go on, and are compared with one that was left alone.
#pragma once

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

struct StopPoint {
    int epoch;
    bool validation;
    std::size_t batch;
};

class ResumableFixture : public TrainingFixture {
  protected:
    // Stops after the batch given. False if the run ended before.
    void trainUntil(const settings::TrainConfig& c, const StopPoint& stop) {
        runtime::RunControl control;
        const auto report = training::train(
            c,
            [&](const training::TrainEvent& event) {
                const auto* batch = std::get_if<training::BatchDone>(&event);
                if (batch != nullptr && batch->epoch == stop.epoch && batch->validation == stop.validation &&
                    batch->batch == stop.batch) {
                    control.stop();
                }
            },
            control);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_FALSE(report->completed);
    }

    // What was told goes to m_notices.
    Result<training::TrainReport> tryToResume(const std::string& run,
                                              const training::ResumeOptions& options = {}) {
        runtime::RunControl control;
        m_notices.clear();
        return training::resumeRun(
            run,
            [this](const training::TrainEvent& event) {
                if (const auto* notice = std::get_if<training::Notice>(&event))
                    m_notices += notice->message.english() + "\n";
            },
            control, options);
    }

    training::TrainReport resume(const std::string& run, const training::ResumeOptions& options = {}) {
        const auto report = tryToResume(run, options);
        EXPECT_TRUE(report) << report.error().sentence();
        return report.value_or(training::TrainReport{});
    }

    // Everything frozen but the head, kept in a cache of the test's own.
    settings::TrainConfig frozen(const std::string& run) {
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
        auto c = config(run);
        c.freeze = backbones::freezeAll(backbones::listUnits(c.backbone).value());
        return c;
    }
    std::string m_notices;

    // As before runs had an id and their files a digest.
    void makeOlder(const std::string& run) {
        using Json = nlohmann::ordered_json;
        for (const char* file : {"/decisions.json", "/dataset.json"}) {
            Json json = Json::parse(readText(path(run + file)));
            EXPECT_EQ(json.erase("run"), 1U);
            json.erase("digest");
            writeText(path(run + file), json.dump(2));
        }
        const std::string file = path(run + "/checkpoint/state.safetensors");
        auto state = weights::readSafetensors(file).value();
        EXPECT_EQ(std::erase_if(state.metadata, [](const auto& entry) { return entry.first != "progress"; }),
                  3U);
        ASSERT_TRUE(weights::writeSafetensors(file, state));
    }

    void expectSameEnd(const std::string& a, const std::string& b) {
        EXPECT_EQ(tensorsIn(path(a + "/checkpoint/state.safetensors")),
                  tensorsIn(path(b + "/checkpoint/state.safetensors")));
        EXPECT_EQ(tensorsIn(path(a + "/model.safetensors")), tensorsIn(path(b + "/model.safetensors")));
        EXPECT_EQ(readText(path(a + "/predictions.csv")), readText(path(b + "/predictions.csv")));
        const auto first = training::openRun(path(a)).value();
        const auto second = training::openRun(path(b)).value();
        ASSERT_EQ(first.epochs.size(), second.epochs.size());
        for (std::size_t i = 0; i < first.epochs.size(); ++i) {
            EXPECT_EQ(first.epochs[i].trainLoss, second.epochs[i].trainLoss);
            EXPECT_EQ(first.epochs[i].valLoss, second.epochs[i].valLoss);
            EXPECT_EQ(first.epochs[i].epoch, second.epochs[i].epoch);
        }
        EXPECT_TRUE(second.completed);
    }
};

}  // namespace graft::test
