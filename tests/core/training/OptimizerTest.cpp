// SPDX-License-Identifier: GPL-3.0-or-later
// Our optimizers are those of PyTorch and of their papers, and a checkpoint has all of their state.
#include "core/training/torch/Optimizers.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "core/settings/ClassWeights.h"
#include "core/settings/Settings.h"
#include "core/training/torch/OwnOptimizer.h"
#include "core/training/torch/TrainStep.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using settings::OptimizerOptions;
using settings::TrainConfig;
using training::ParameterGroup;

TrainConfig with(const OptimizerOptions& options, const std::map<std::string, settings::Value>& own = {}) {
    TrainConfig config;
    config.optimizer = options;
    config.own = own;
    return config;
}

at::Tensor parameterOf(const std::vector<float>& numbers) {
    return torch::tensor(numbers).set_requires_grad(true);
}

std::vector<std::string> allNames() {
    std::vector<std::string> names;
    for (const auto& choice : settings::find("optimizer.kind")->field.choices) {
        if (choice.name != "lbfgs") names.push_back(choice.name);  // takes no steps
    }
    return names;
}

// The problem of tests/support/optimizer_reference.py.
struct Problem {
    at::Tensor w = parameterOf({1, -2, 3});
    at::Tensor v = parameterOf({0.5, 2});

    std::vector<ParameterGroup> groups() const {
        return {ParameterGroup{{{"w", w}}, 1, true}, ParameterGroup{{{"v", v}}, 0.5, false}};
    }

    void backward(double scale) const {
        const at::Tensor loss = (w - torch::tensor({0.5F, 0.25F, -1.0F})).pow(2).sum() +
                                3 * (v - torch::tensor({1.5F, -1.0F})).pow(2).sum();
        (loss * scale).backward();
    }

    at::Tensor numbers() const { return at::cat({w, v}).detach(); }
};

struct Case {
    std::string name;
    TrainConfig config;
    double scale = 1;
};

TEST(OptimizerTest, StepsAreThoseOfPyTorchAndOfThePapers) {
    const TemporaryFolder folder;
    runPython("optimizer_reference.py", {folder.path("w.json")});
    const auto expected = nlohmann::json::parse(readText(folder.path("w.json")));
    const std::vector<Case> cases{
        {"sgd", with({.kind = "sgd", .learningRate = 0.05, .momentum = 0})},
        {"sgd-momentum", with({.kind = "sgd", .learningRate = 0.05, .momentum = 0.9, .weightDecay = 0.01})},
        {"sgd-nesterov", with({.kind = "sgd", .learningRate = 0.05, .momentum = 0.9, .nesterov = true})},
        {"adam", with({.kind = "adam", .learningRate = 0.1, .weightDecay = 0.01})},
        {"adam-betas", with({.kind = "adam",
                             .learningRate = 0.1,
                             .weightDecay = 0.01,
                             .beta1 = 0.7,
                             .beta2 = 0.95,
                             .epsilon = 0.01})},
        {"adamw", with({.kind = "adamw", .learningRate = 0.1, .weightDecay = 0.1})},
        {"rmsprop", with({.kind = "rmsprop", .learningRate = 0.1, .momentum = 0.9, .weightDecay = 0.01})},
        {"rmsprop-alpha", with({.kind = "rmsprop", .learningRate = 0.1, .momentum = 0.5, .epsilon = 0.01},
                               {{"optimizer.alpha", 0.9}})},
        {"adagrad", with({.kind = "adagrad", .learningRate = 0.1, .weightDecay = 0.01})},
        {"lamb", with({.kind = "lamb", .learningRate = 0.1, .weightDecay = 0.01})},
        {"lamb-betas",
         with({.kind = "lamb", .learningRate = 0.1, .weightDecay = 0.1, .beta1 = 0.7, .beta2 = 0.95}), 0.01},
        {"lamb-always", with({.kind = "lamb", .learningRate = 0.1}, {{"optimizer.always_adapt", true}})},
        {"lion", with({.kind = "lion", .learningRate = 0.1, .weightDecay = 0.1})},
        {"lion-betas", with({.kind = "lion", .learningRate = 0.1, .beta1 = 0.95, .beta2 = 0.5})}};
    EXPECT_EQ(cases.size(), expected.size());
    for (const auto& [name, config, scale] : cases) {
        const Problem problem;
        const auto optimizer = training::makeOptimizer(problem.groups(), config);
        for (int step = 0; step < 5; ++step) {
            // As one-cycle does.
            if (step == 2) optimizer->setRate(config.optimizer.learningRate / 2, 0.8);
            optimizer->zeroGradients();
            problem.backward(scale);
            optimizer->step();
        }
        const at::Tensor numbers = problem.numbers();
        for (std::int64_t i = 0; i < numbers.size(0); ++i) {
            EXPECT_NEAR(numbers[i].item<double>(),
                        expected.at(name).at(static_cast<std::size_t>(i)).get<double>(), 1e-5)
                << name << " " << i;
        }
    }
}

// By hand, from v = 0.99 v + 0.01 g^2, b = m b + g / sqrt(v) and w = w - rate b, with g = 2 w.
TEST(OptimizerTest, AMomentumThatBeginsAtZeroMayRise) {
    const at::Tensor w = parameterOf({1});
    const auto optimizer = training::makeOptimizer({ParameterGroup{{{"w", w}}}}, with({.kind = "rmsprop"}));
    for (const double momentum : {0.0, 0.85}) {
        optimizer->setRate(0.01, momentum);
        optimizer->zeroGradients();
        w.pow(2).sum().backward();
        optimizer->step();
        const double expected = momentum == 0 ? 0.9 : 0.9 - 0.01 * (0.85 * 10 + 1.8 / std::sqrt(0.072));
        EXPECT_NEAR(w.item<double>(), expected, 1e-5) << momentum;
    }
}

// A convolution's weight as the network has it, and a bias.
struct Layer {
    at::Tensor weight = (torch::arange(48, torch::kFloat).reshape({4, 3, 2, 2}) / 20 - 1)
                            .contiguous(at::MemoryFormat::ChannelsLast)
                            .set_requires_grad(true);
    at::Tensor bias = parameterOf({0.5, 0, -0.5, 1});

    std::vector<ParameterGroup> groups() const {
        return {ParameterGroup{{{"conv.bias", bias}}, 1, false},
                ParameterGroup{{{"conv.weight", weight}}, 0.5, true}};
    }
    void step(training::Optimizer& optimizer, double scale = 1) const {
        optimizer.zeroGradients();
        const at::Tensor images = torch::linspace(-1, 1, 96).reshape({2, 3, 4, 4});
        (at::conv2d(images, weight, bias).pow(2).sum() * scale).backward();
        optimizer.step();
    }
    void take(const Layer& other) const {
        weight.detach().copy_(other.weight.detach());
        bias.detach().copy_(other.bias.detach());
    }
    bool equals(const Layer& other) const { return weight.equal(other.weight) && bias.equal(other.bias); }
};

TEST(OptimizerStateTest, GoesOnBitForBitUnderTheParametersNames) {
    for (const std::string& name : allNames()) {
        const TrainConfig config =
            with({.kind = name, .learningRate = 0.01, .nesterov = name == "sgd", .weightDecay = 0.1});
        const Layer whole;
        const auto optimizer = training::makeOptimizer(whole.groups(), config);
        for (int i = 0; i < 3; ++i)
            whole.step(*optimizer);
        weights::StateDict state;
        optimizer->save(state);
        ASSERT_FALSE(state.tensors.empty()) << name;
        for (const auto& [key, data] : state.tensors) {
            EXPECT_TRUE(key.starts_with("optimizer.conv.bias.") || key.starts_with("optimizer.conv.weight."))
                << key;
        }
        const Layer resumed;
        resumed.take(whole);
        const auto again = training::makeOptimizer(resumed.groups(), config);
        const auto loaded = again->load(state);
        ASSERT_TRUE(loaded) << name << ": " << loaded.error().message.english();
        for (int i = 0; i < 3; ++i) {
            whole.step(*optimizer);
            resumed.step(*again);
        }
        EXPECT_TRUE(resumed.equals(whole)) << name;
        // A gradient that turns round: without the state it would not be the same.
        const Layer fresh;
        fresh.take(whole);
        whole.step(*optimizer, -0.1);
        fresh.step(*training::makeOptimizer(fresh.groups(), config), -0.1);
        EXPECT_FALSE(fresh.equals(whole)) << name;
    }
}

// A run's config.json and its checkpoint may have been mixed up.
TEST(OptimizerStateTest, WhatDoesNotFitIsRefusedAndChangesNothing) {
    weights::StateDict ofAdam;
    const Layer layer;
    const auto adam = training::makeOptimizer(layer.groups(), with({.kind = "adam"}));
    layer.step(*adam);
    adam->save(ofAdam);
    const auto without = [&](const std::string& end) {
        weights::StateDict state = ofAdam;
        std::erase_if(state.tensors, [&](const auto& entry) { return entry.first.ends_with(end); });
        return state;
    };
    weights::StateDict renamed = ofAdam;
    renamed.tensors.front().first = "optimizer.conv1.bias.average";
    weights::StateDict shaped = ofAdam;
    for (auto& [key, data] : shaped.tensors) {
        if (key.ends_with("weight.square_average")) data.shape = {3, 4, 2, 2};
    }
    const auto keepsAsAdam = [&](const std::string& kind) {
        const Layer other;
        const auto optimizer = training::makeOptimizer(other.groups(), with({.kind = kind}));
        other.step(*optimizer);
        weights::StateDict state;
        optimizer->save(state);
        return state.tensors.size() == ofAdam.tensors.size() &&
               std::ranges::all_of(state.tensors,
                                   [&](const auto& entry) { return ofAdam.find(entry.first) != nullptr; });
    };
    const auto refuses = [&](const std::string& kind, const weights::StateDict& state) {
        const Layer a;
        const Layer b;
        const auto optimizer = training::makeOptimizer(a.groups(), with({.kind = kind}));
        const auto loaded = optimizer->load(state);
        EXPECT_TRUE(loaded || loaded.error().code == ErrorCode::BadFormat);
        a.step(*optimizer);
        b.step(*training::makeOptimizer(b.groups(), with({.kind = kind})));
        return !loaded && a.equals(b);
    };
    EXPECT_TRUE(refuses("adam", without(".square_average")));
    EXPECT_TRUE(refuses("adam", without(".step")));
    EXPECT_TRUE(refuses("adam", renamed));
    EXPECT_TRUE(refuses("adam", shaped));
    for (const std::string& other : allNames()) {
        if (!keepsAsAdam(other)) {
            EXPECT_TRUE(refuses(other, ofAdam)) << other;
        }
    }
    EXPECT_TRUE(keepsAsAdam("adamw"));
    EXPECT_FALSE(keepsAsAdam("sgd"));
}

TEST(OptimizerTest, EveryOneOfTheTableIsThere) {
    const Problem problem;
    for (const std::string& name : allNames())
        EXPECT_NE(training::makeOptimizer(problem.groups(), with({.kind = name})), nullptr) << name;
}

// An optimizer as docs/add-a-method.md tells it, of this test alone: gradient descent with a rate that falls
// with the number of steps.
class Falling final : public training::OwnOptimizer {
  public:
    Falling(const std::vector<ParameterGroup>& groups, const TrainConfig& config)
        : OwnOptimizer(groups, {{"last"}}, config.optimizer.learningRate, 0, 0),
          m_power(settings::ownValue(config, "optimizer.test_power", 0.5)) {}

  private:
    void move(at::Tensor& parameter, const at::Tensor& gradient, std::vector<at::Tensor>& buffers,
              const Step& step) override {
        buffers[0].copy_(gradient);
        parameter.sub_(gradient, step.rate / std::pow(static_cast<double>(step.number), m_power));
    }
    double m_power;
};

class OwnOptimizerTest : public ResumableFixture {
  protected:
    void SetUp() override {
        ResumableFixture::SetUp();
        if (settings::find("optimizer.test_power") != nullptr) return;
        settings::addMethod(
            "optimizer.kind",
            {.name = "test-falling",
             .label = "Test falling",
             .help = "Of this test alone",
             .settings = {{
                 .key = "optimizer.test_power",
                 .option = "--test-power",
                 .label = "Test power",
                 .help = "Of this test alone",
                 .field = settings::ownNumber("optimizer.test_power", 0.5, settings::from(0, 2)),
                 .whenAbsent = 0.5,
             }},
             .uses = {"optimizer.learning_rate", "optimizer.layer_decay"}});
        training::addOptimizer("test-falling",
                               [](const std::vector<ParameterGroup>& groups,
                                  const TrainConfig& c) -> std::unique_ptr<training::Optimizer> {
                                   return std::make_unique<Falling>(groups, c);
                               });
    }
};

TEST_F(OwnOptimizerTest, TrainsStopsAndGoesOn) {
    auto c = config("whole");
    c.optimizer.kind = "test-falling";
    c.optimizer.learningRate = 0.01;
    c.own["optimizer.test_power"] = 0.25;
    trainOrFail(c);
    c.runFolder = path("stopped");
    trainUntil(c, {2, false, 1});
    const auto json = nlohmann::json::parse(readText(path("stopped/config.json")));
    EXPECT_EQ(json.at("optimizer").at("kind").get<std::string>(), "test-falling");
    EXPECT_EQ(json.at("optimizer").at("test_power").get<double>(), 0.25);
    resume(c.runFolder);
    expectSameEnd("whole", "stopped");
    c.own["optimizer.test_power"] = 2.0;
    c.runFolder = path("other");
    trainOrFail(c);
    EXPECT_NE(tensorsIn(path("other/model.safetensors")), tensorsIn(path("whole/model.safetensors")));
}

// What one batch of all images would give, also where some of them were lost on the way.
TEST(TrainStepTest, SharesThatDoNotComeToOneGiveTheMeanOfWhatWasThere) {
    const at::Tensor images = torch::arange(24, torch::kFloat).reshape({6, 4}) / 10;
    const at::Tensor labels = torch::tensor({0, 1, 2, 0, 1, 2}, torch::kLong);
    TrainConfig config = with({.learningRate = 1, .momentum = 0});
    const auto gradientOf = [&](const std::vector<std::pair<std::int64_t, double>>& parts) {
        at::Tensor weight = (torch::arange(12, torch::kFloat).reshape({3, 4}) / 7).set_requires_grad(true);
        const auto optimizer = training::makeOptimizer({ParameterGroup{{{"weight", weight}}}}, config);
        const auto loss = training::makeLoss(config, {"a", "b", "c"}, {2, 2, 2}, torch::kCPU).value();
        const training::TrainStep::Hooks noHooks;
        training::TrainStep step([&](const at::Tensor& input) { return input.matmul(weight.t()); },
                                 *optimizer, *loss, {}, noHooks, nullptr);
        const at::Tensor before = weight.detach().clone();
        step.begin();
        std::int64_t first = 0;
        for (const auto& [count, share] : parts) {
            step.add(images.slice(0, first, first + count), {labels.slice(0, first, first + count)}, share);
            first += count;
        }
        step.finish();
        return at::Tensor(before - weight.detach());
    };
    for (const char* weights : {"", "1,9,3"}) {  // PyTorch divides by the sum of the weights of the labels
        config.own[settings::kWeightsByHand] = std::string(weights);
        config.loss.classWeights =
            *weights == '\0' ? settings::ClassWeights::None : settings::ClassWeights::ByHand;
        for (const double smoothing : {0.0, 0.2}) {
            config.own["loss.label_smoothing"] = smoothing;
            const at::Tensor whole = gradientOf({{6, 1.0}});
            EXPECT_TRUE(at::allclose(gradientOf({{4, 4.0 / 6}, {2, 2.0 / 6}}), whole, 1e-5, 1e-6)) << weights;
            // Eight images were to make the step, in two batches; two of them were gone.
            EXPECT_TRUE(at::allclose(gradientOf({{4, 4.0 / 8}, {2, 2.0 / 8}}), whole, 1e-5, 1e-6)) << weights;
        }
    }
}

}  // namespace

}  // namespace graft::test
