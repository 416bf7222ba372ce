// SPDX-License-Identifier: GPL-3.0-or-later
// Two classes that are told apart by one output with a sigmoid: the same probabilities and the same decisions
// wherever the model is asked.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "core/backbones/Outputs.h"
#include "core/exporting/Exporter.h"
#include "core/inference/Predictor.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using nlohmann::json;
using settings::TrainConfig;

TEST(OutputsTest, OneNumberIsTwoProbabilities) {
    for (const float x : {-100.0F, -2.0F, 0.0F, 0.5F, 60.0F}) {
        const auto probabilities = backbones::probabilitiesOf(std::array{0.0F, x});
        const double sigmoid = 1 / (1 + std::exp(-double{x}));
        EXPECT_NEAR(probabilities.at(1), sigmoid, 1e-12) << x;
        EXPECT_NEAR(probabilities.at(0), 1 - sigmoid, 1e-12) << x;
    }
}

// sigmoid(1) is 0.731, sigmoid(2) 0.881.
TEST(OutputsTest, AScoreIsDecidedByTheThreshold) {
    const std::vector<std::string> classes{"no", "yes"};
    evaluation::Scorer scorer(classes, {backbones::OutputKind::Sigmoid, 0.8});
    scorer.add("a", 1, std::array{0.0F, 1.0F});
    scorer.add("b", 1, std::array{0.0F, 2.0F});
    scorer.add("c", 0, std::array{0.0F, 1.0F});
    const double loss = scorer.loss();
    const evaluation::Evaluation found = scorer.finish();
    EXPECT_EQ(found.predictions.at(0).predicted, 0);
    EXPECT_EQ(found.predictions.at(1).predicted, 1);
    EXPECT_EQ(found.predictions.at(2).predicted, 0);
    EXPECT_NEAR(found.accuracy, 2.0 / 3, 1e-12);
    EXPECT_NEAR(loss,
                (std::log1p(std::exp(-1.0)) + std::log1p(std::exp(-2.0)) + std::log1p(std::exp(1.0))) / 3,
                1e-12);
    // With a logit for each class the largest decides, whatever the threshold.
    const backbones::Outputs softmax{backbones::OutputKind::Softmax, 0.8};
    EXPECT_EQ(backbones::decidedClass(std::array{0.0F, 1.0F}, softmax), 1U);
}

struct Row {
    std::string file;
    std::string truth;
    std::string predicted;
    std::vector<double> probabilities;  // of the two classes
};

std::vector<Row> predictionsOf(const std::string& run) {
    std::vector<Row> rows;
    std::istringstream lines(readText(run + "/predictions.csv"));
    std::string line;
    std::getline(lines, line);  // the header
    while (std::getline(lines, line)) {
        std::istringstream fields(line);
        std::vector<std::string> all;
        for (std::string field; std::getline(fields, field, ',');)
            all.push_back(field);
        rows.push_back({all.at(0), all.at(1), all.at(2), {std::stod(all.at(4)), std::stod(all.at(5))}});
    }
    return rows;
}

class BinaryRunTest : public ResumableFixture {
  protected:
    void SetUp() override {
        ResumableFixture::SetUp();
        fs::remove_all(path("images/train/2"));
        fs::remove_all(path("images/val/2"));
    }

    TrainConfig binary(const std::string& run, const std::string& backbone = "shufflenet_v2_x0_5") const {
        TrainConfig c = config(run, backbone);
        c.loss.kind = "binary_cross_entropy";
        c.precision = settings::Precision::Float32;
        return c;
    }

    Error refusal(const TrainConfig& c) {
        runtime::RunControl control;
        const auto report = training::train(
            c, [](const auto&) {}, control);
        EXPECT_FALSE(report);
        EXPECT_FALSE(fs::exists(c.runFolder + "/config.json"));
        return report ? Error() : report.error();
    }

    void exportAs(const std::string& format, const std::string& run, const std::string& file) {
        runtime::RunControl control;
        const auto report = exporting::exportRun(path(run), format, path(file), true, {}, control);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_EQ(report->verified->sameClass, 12U);
    }

    // The class that FILE.py decides for, by the picture's name.
    std::map<std::string, std::pair<std::string, double>> answersOfPython(const std::string& helper,
                                                                          const std::vector<Row>& rows) {
        std::vector<std::string> command{GRAFT_PYTHON, path(helper)};
        for (const Row& row : rows)
            command.push_back(path("images/" + row.file));
        const ProcessResult result = runProcess(command);
        EXPECT_EQ(result.status, 0) << result.errors;
        std::map<std::string, std::pair<std::string, double>> answers;
        std::istringstream lines(result.output);
        std::string line;
        std::getline(lines, line);
        while (std::getline(lines, line)) {
            const std::size_t last = line.rfind(',');
            const std::size_t middle = line.rfind(',', last - 1);
            answers[line.substr(0, middle)] = {line.substr(middle + 1, last - middle - 1),
                                               std::stod(line.substr(last + 1))};
        }
        return answers;
    }

    // What a run says of its validation images is what everyone else says of them.
    void expectSameEverywhere(const std::string& run) {
        const std::vector<Row> rows = predictionsOf(path(run));
        ASSERT_EQ(rows.size(), 12U);
        exportAs("torchscript", run, run + ".pt");
        exportAs("safetensors", run, run + ".safetensors");
        for (const std::string& model : {run, run + ".pt", run + ".safetensors"}) {
            auto predictor = inference::Predictor::open(path(model), "cpu");
            ASSERT_TRUE(predictor) << predictor.error().sentence();
            for (const Row& row : rows) {
                const auto answer = predictor->predict(path("images/" + row.file)).value();
                ASSERT_EQ(answer.size(), 2U);
                EXPECT_EQ(answer.front().name, row.predicted) << model << " " << row.file;
                for (const auto& one : answer) {
                    const auto index = static_cast<std::size_t>(std::stoi(one.name));
                    EXPECT_NEAR(one.probability, row.probabilities.at(index), 1e-4) << model;
                }
                EXPECT_NEAR(answer[0].probability + answer[1].probability, 1, 1e-9);
            }
        }
        const auto python = answersOfPython(run + ".pt.py", rows);
        for (const Row& row : rows) {
            const auto& [name, probability] = python.at(path("images/" + row.file));
            EXPECT_EQ(name, row.predicted) << row.file;
            EXPECT_NEAR(probability, row.probabilities.at(static_cast<std::size_t>(std::stoi(name))), 1e-4);
        }
        expectItsFiguresAreItsModels(path(run));
    }
};

TEST_F(BinaryRunTest, TheSameProbabilitiesEverywhere) {
    const auto report = trainOrFail(binary("run"));
    const json sidecar = json::parse(readText(path("run/model.safetensors.json")));
    EXPECT_EQ(sidecar.at("outputs").get<std::string>(), "sigmoid");
    EXPECT_EQ(sidecar.at("threshold").get<double>(), 0.5);
    EXPECT_EQ(sidecar.at("output").at("shape"), (json{"N", 1}));
    EXPECT_EQ(sidecar.at("classes"), (json{"0", "1"}));
    EXPECT_EQ(weights::readSafetensors(path("run/model.safetensors")).value().find("fc.weight")->shape.at(0),
              1);

    // By Keras' formula, from the probabilities that were written down.
    double loss = 0;
    double right = 0;
    for (const Row& row : predictionsOf(path("run"))) {
        const double y = row.truth == "1" ? 1 : 0;
        const double p = row.probabilities.at(1);
        EXPECT_NEAR(row.probabilities.at(0), 1 - p, 1e-6);
        loss -= (y * std::log(p) + (1 - y) * std::log(1 - p)) / 12;
        right += (p > 0.5) == (y > 0.5) ? 1.0 / 12 : 0;
    }
    const auto& best = report.epochs.at(static_cast<std::size_t>(report.bestEpoch - 1));
    EXPECT_NEAR(best.valLoss, loss, 1e-5);
    EXPECT_NEAR(best.valAccuracy, right, 1e-9);
    expectSameEverywhere("run");

    // The TorchScript model itself gives one number for a picture.
    const ProcessResult python = runProcess(
        {GRAFT_PYTHON, "-c",
         "import sys, torch\nprint(tuple(torch.jit.load(sys.argv[1])(torch.zeros(3, 3, 32, 32)).shape))",
         path("run.pt")});
    EXPECT_EQ(python.output, "(3, 1)\n") << python.errors;
}

TEST_F(BinaryRunTest, AHeadWithAHiddenLayerToo) {
    TrainConfig c = binary("run", "squeezenet1_1");
    c.head.kind = "mlp";
    c.head.hiddenUnits = 8;
    trainOrFail(c);
    expectSameEverywhere("run");
}

// The same weights, and other decisions.
TEST_F(BinaryRunTest, EveryoneFollowsTheThreshold) {
    TrainConfig c = binary("half");
    c.epochs = 1;
    trainOrFail(c);
    std::vector<double> all;
    for (const Row& row : predictionsOf(path("half")))
        all.push_back(row.probabilities.at(1));
    std::ranges::sort(all);
    const double threshold = (all.at(4) + all.at(5)) / 2;  // 7 of 12 are above
    ASSERT_LT(all.at(4), all.at(5));

    c.runFolder = path("other");
    c.own["loss.threshold"] = threshold;
    trainOrFail(c);
    EXPECT_EQ(tensorsIn(path("other/model.safetensors")), tensorsIn(path("half/model.safetensors")));
    const auto rows = predictionsOf(path("other"));
    EXPECT_EQ(std::ranges::count(rows, "1", &Row::predicted), 7);
    for (const Row& row : rows)
        EXPECT_EQ(row.predicted == "1", row.probabilities.at(1) > threshold) << row.file;
    EXPECT_EQ(json::parse(readText(path("other/model.safetensors.json"))).at("threshold").get<double>(),
              threshold);
    expectSameEverywhere("other");

    const ProcessResult evaluated = runCli({"evaluate", path("other"), path("images/val"), "--json"});
    ASSERT_EQ(evaluated.status, 0) << evaluated.errors;
    const json confusion = json::parse(evaluated.output).at("confusion");
    EXPECT_EQ(confusion[0][1].get<int>() + confusion[1][1].get<int>(), 7);
    const ProcessResult predicted = runCli({"predict", path("other.pt"), path("images/val"), "--json"});
    ASSERT_EQ(predicted.status, 0) << predicted.errors;
    int ones = 0;
    for (const json& answer : json::parse(predicted.output))
        ones += answer.at("predictions")[0].at("class").get<std::string>() == "1" ? 1 : 0;
    EXPECT_EQ(ones, 7);
}

TEST_F(BinaryRunTest, ASidecarThatDoesNotFitIsRefused) {
    trainOrFail(binary("run"));
    TrainConfig plain = config("plain", "shufflenet_v2_x0_5");
    trainOrFail(plain);
    exportAs("safetensors", "run", "one.safetensors");
    exportAs("torchscript", "run", "one.pt");
    exportAs("safetensors", "plain", "two.safetensors");
    exportAs("torchscript", "plain", "two.pt");
    const auto said = [&](const std::string& model, const auto& change) {
        const std::string file = path(model + ".json");
        const std::string before = readText(file);
        json sidecar = json::parse(before);
        change(sidecar);
        writeText(file, sidecar.dump());
        const auto predictor = inference::Predictor::open(path(model), "cpu");
        writeText(file, before);
        if (predictor) return std::string("no error");
        EXPECT_EQ(predictor.error().code, ErrorCode::BadFormat) << predictor.error().message.english();
        return predictor.error().message.english();
    };
    const auto holds = [](const std::string& text, const std::string& part) {
        EXPECT_NE(text.find(part), std::string::npos) << text;
    };
    for (const std::string model : {"one.safetensors", "one.pt"}) {
        EXPECT_EQ(said(model, [](json&) {}), "no error");
        holds(said(model, [](json& j) { j["outputs"] = "tanh"; }), "\"tanh\", which is unknown");
        holds(said(model, [](json& j) { j["outputs"] = 1; }), "outputs");
        holds(said(model, [](json& j) { j.erase("threshold"); }), "threshold");
        holds(said(model, [](json& j) { j["threshold"] = 1; }), "between 0 and 1");
        holds(said(model, [](json& j) { j["threshold"] = -0.5; }), "between 0 and 1");
        holds(said(model, [](json& j) { j["classes"].push_back("2"); }), "two classes");
        holds(said(model, [](json& j) { j.erase("outputs"); }), "2 classes for 1 outputs");
        holds(said(model,
                   [](json& j) {
                       j.erase("outputs");
                       j.erase("output");
                   }),
              "json beside");
    }
    for (const std::string model : {"two.safetensors", "two.pt"}) {
        EXPECT_FALSE(json::parse(readText(path(model + ".json"))).contains("outputs"));
        said(model, [](json& j) {
            j["outputs"] = "sigmoid";
            j["threshold"] = 0.5;
            j.erase("output");
        });
    }
}

TEST_F(BinaryRunTest, WhatItCannotBeIsSaidAtTheStart) {
    makeClasses(path("three/train"), 3, 4, 1);
    makeClasses(path("three/val"), 3, 2, 2);
    TrainConfig three = binary("refused");
    three.datasetFolder = path("three");
    EXPECT_EQ(refusal(three).setting, "loss.kind");
    EXPECT_NE(refusal(three).message.english().find("two classes apart, and the folder has 3"),
              std::string::npos);
    const Error relu = refusal(binary("refused", "squeezenet1_1"));
    EXPECT_EQ(relu.setting, "loss.kind");
    EXPECT_NE(relu.message.english().find("--head mlp"), std::string::npos) << relu.message.english();
    TrainConfig weights = binary("refused");
    weights.loss.classWeights = settings::ClassWeights::ByHand;
    weights.own["loss.weights_by_hand"] = std::string("1,2,3");
    EXPECT_EQ(refusal(weights).setting, "loss.weights_by_hand");
}

std::string notesOf(const TrainConfig& c, training::TrainReport& report) {
    std::string notes;
    runtime::RunControl control;
    const auto trained = training::train(
        c,
        [&](const training::TrainEvent& event) {
            if (const auto* started = std::get_if<training::RunStarted>(&event)) {
                for (const Message& note : started->weightNotes)
                    notes += note.english() + "\n";
            }
        },
        control);
    EXPECT_TRUE(trained) << trained.error().sentence();
    report = trained.value_or(training::TrainReport{});
    return notes;
}

TEST_F(BinaryRunTest, ATrainedModelGoesOnWhereItsOutputsAreTheSame) {
    const auto before = trainOrFail(binary("first"));
    TrainConfig c = binary("second");
    c.epochs = 1;
    c.weightsFile = path("first/model.safetensors");
    c.optimizer.learningRate = 1e-12;
    c.freeze = backbones::freezeAll(backbones::listUnits(c.backbone).value());  // batch norms too
    training::TrainReport after;
    EXPECT_NE(notesOf(c, after).find("trained classifier is used"), std::string::npos);
    const auto& best = before.epochs.at(static_cast<std::size_t>(before.bestEpoch - 1));
    EXPECT_NEAR(after.valAccuracy, best.valAccuracy, 1e-9);
    EXPECT_NEAR(after.epochs.at(0).valLoss, best.valLoss, 1e-3);

    c.loss.kind = "cross_entropy";
    c.runFolder = path("third");
    const std::string notes = notesOf(c, after);
    EXPECT_NE(notes.find("begins anew: the model's classifier gives sigmoid outputs and this run's softmax"),
              std::string::npos)
        << notes;
}

TEST_F(BinaryRunTest, StopsAndGoesOn) {
    TrainConfig c = binary("whole");
    c.own["ema_decay"] = 0.6;
    c.own["loss.l2"] = 0.01;
    c.loss.classWeights = settings::ClassWeights::Balanced;
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {2, false, 1});
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
}

}  // namespace

}  // namespace graft::test
