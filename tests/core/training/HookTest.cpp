// SPDX-License-Identifier: GPL-3.0-or-later
// What takes part in the steps beside the optimizer: when it is called, and that each does what its source
// says.
#include "core/training/torch/Hook.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/backbones/torch/RandomSource.h"
#include "core/training/torch/Optimizers.h"
#include "core/training/torch/PhaseTrainer.h"
#include "core/weights/torch/TensorBridge.h"
#include "tests/support/ResumableFixture.h"

namespace graft::test {

namespace {

using backbones::Network;
using nlohmann::json;
using settings::TrainConfig;
using training::Hook;
using training::LossScale;
using training::Target;
using training::TrainStep;

TrainConfig with(const std::map<std::string, settings::Value>& own) {
    TrainConfig config;
    config.own = own;
    return config;
}

// A network whose tensors are all zero, so that nothing of it is left to chance.
Network zeroNetwork(const std::string& head = "linear") {
    backbones::HeadOptions options;
    options.kind = head;
    options.hiddenUnits = 4;
    auto network = Network::create("shufflenet_v2_x0_5", 3, options, Network::BackboneWeights::Unset).value();
    const torch::NoGradGuard noGradients;
    for (auto& [name, tensor] : network.namedTensors())
        tensor.zero_();
    return network;
}

std::vector<std::unique_ptr<Hook>> hooksFor(Network& network, const TrainConfig& config) {
    auto hooks = training::makeHooks({network, config});
    EXPECT_EQ(hooks.size(), 1U);
    return hooks;
}

TEST(HookTest, NoneIsMadeThatIsNotAskedFor) {
    Network network = zeroNetwork();
    EXPECT_TRUE(training::makeHooks({network, TrainConfig()}).empty());
}

TEST(ClipNormTest, GivesTheGradientsOfPyTorch) {
    const TemporaryFolder folder;
    runPython("loss_reference.py", {"clip", folder.path("clip.json")});
    for (const json& given : json::parse(readText(folder.path("clip.json")))) {
        Network network = zeroNetwork();
        const auto hooks = hooksFor(network, with({{"clip_norm", given.at("limit").get<double>()}}));
        // Into the head's weight, whose other gradients are 0, and into its bias.
        const auto parameters = network.head().parameters();
        ASSERT_EQ(parameters.size(), 2U);
        const torch::NoGradGuard noGradients;
        for (std::size_t i = 0; i < 2; ++i) {
            const auto numbers = given.at("before").at(i).get<std::vector<float>>();
            at::Tensor gradient = torch::zeros_like(parameters[i]);
            gradient.view(-1)
                .slice(0, 0, static_cast<std::int64_t>(numbers.size()))
                .copy_(torch::tensor(numbers));
            parameters[i].mutable_grad() = gradient;
        }
        hooks.front()->beforeStep();
        for (std::size_t i = 0; i < 2; ++i) {
            const auto expected = given.at("after").at(i).get<std::vector<double>>();
            const at::Tensor found = parameters[i].grad().view(-1);
            for (std::size_t n = 0; n < expected.size(); ++n)
                EXPECT_NEAR(found[static_cast<std::int64_t>(n)].item<double>(), expected[n], 1e-6) << i;
        }
    }
}

// Against the gradient of the term itself, l1 * sum |w| + l2 * sum w^2, of the weights and of no bias.
TEST(PenaltyTest, AddsTheGradientOfTheTermOnTheHeadsWeights) {
    Network network = zeroNetwork("mlp");
    std::vector<at::Tensor> expected;
    for (at::Tensor parameter : network.head().parameters()) {
        {
            const torch::NoGradGuard noGradients;
            parameter.copy_(torch::linspace(-1, 1, parameter.numel()).reshape(parameter.sizes()));
        }
        at::Tensor copy = parameter.detach().clone().set_requires_grad(true);
        if (parameter.dim() > 1) (0.3 * copy.abs().sum() + 0.05 * copy.pow(2).sum()).backward();
        const at::Tensor own = torch::ones_like(parameter) * 0.25;
        parameter.mutable_grad() = own;
        expected.push_back(parameter.dim() > 1 ? copy.grad() + 0.25 : torch::full_like(parameter, 0.25));
    }
    EXPECT_EQ(expected.size(), 4U);
    const auto hooks = hooksFor(network, with({{"loss.l1", 0.3}, {"loss.l2", 0.05}}));
    {
        const torch::NoGradGuard noGradients;
        hooks.front()->beforeStep();
    }
    const auto parameters = network.head().parameters();
    for (std::size_t i = 0; i < parameters.size(); ++i)
        EXPECT_TRUE(at::allclose(parameters[i].grad(), expected[i].detach(), 1e-5, 1e-6)) << i;
    for (const at::Tensor& parameter : network.units().front().parameters())
        EXPECT_FALSE(parameter.grad().defined()) << "the backbone's";
}

// average = decay * average + (1 - decay) * weights, in numbers of the test's own.
TEST(EmaTest, IsTheMovingAverageOfWeightsAndStatistics) {
    constexpr double kDecay = 0.9;
    Network network = zeroNetwork();
    const auto hooks = hooksFor(network, with({{"ema_decay", kDecay}}));
    double expected = 0;
    const auto setAll = [&](double value) {
        const torch::NoGradGuard noGradients;
        for (auto& [name, tensor] : network.namedTensors())
            tensor.fill_(value);
    };
    for (const double value : {1.0, -3.0, 5.0, 2.0}) {
        setAll(value);
        const torch::NoGradGuard noGradients;
        hooks.front()->afterStep();
        expected = kDecay * expected + (1 - kDecay) * value;
    }
    const auto replacements = hooks.front()->replacements();
    EXPECT_EQ(replacements.size(), network.namedTensors().size());
    for (const auto& [trained, average] : replacements) {
        const double wanted = trained.is_floating_point() ? expected : 2;  // a count is the count
        EXPECT_NEAR(average.flatten()[0].item<double>(), wanted, 1e-6);
        EXPECT_EQ(trained.flatten()[0].item<double>(), 2);
    }

    weights::StateDict state;
    hooks.front()->save(state);
    const auto again = hooksFor(network, with({{"ema_decay", kDecay}}));
    ASSERT_TRUE(again.front()->load(state));
    const auto loaded = again.front()->replacements();
    for (std::size_t i = 0; i < replacements.size(); ++i)
        EXPECT_TRUE(loaded[i].second.equal(replacements[i].second));
    state.tensors.pop_back();
    const auto refused = again.front()->load(state);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::BadFormat);
}

// Writes down what it sees.
struct Watching final : Hook {
    explicit Watching(at::Tensor tensor) : weight(std::move(tensor)) {}
    void beforeStep() override {
        EXPECT_FALSE(torch::GradMode::is_enabled());
        seen += "before ";
        gradient = weight.grad().clone();
    }
    void afterStep() override { seen += "after "; }
    at::Tensor weight;
    at::Tensor gradient;
    std::string seen;
};

// The gradient of the mean over all images of the step, whatever the batches and float16's scale are.
TEST(TrainStepHookTest, SeesTheStepsOwnGradientBeforeAndAfter) {
    const at::Tensor images = torch::arange(24, torch::kFloat).reshape({6, 4}) / 10;
    const at::Tensor labels = torch::tensor({0, 1, 2, 0, 1, 2}, torch::kLong);
    const at::Tensor start = torch::arange(12, torch::kFloat).reshape({3, 4}) / 7;
    at::Tensor other = start.clone().set_requires_grad(true);
    at::cross_entropy_loss(images.matmul(other.t()), labels).backward();

    TrainConfig config;
    config.optimizer.momentum = 0;
    const auto loss = training::makeLoss(config, {"a", "b", "c"}, {2, 2, 2}, torch::kCPU).value();
    for (const bool isScaled : {false, true}) {
        at::Tensor weight = start.clone().set_requires_grad(true);
        const auto optimizer =
            training::makeOptimizer({training::ParameterGroup{{{"weight", weight}}}}, config);
        TrainStep::Hooks hooks;
        auto watching = std::make_unique<Watching>(weight);
        const Watching& watch = *watching;
        hooks.push_back(std::move(watching));
        LossScale scale;
        double factor = 1;
        TrainStep step([&](const at::Tensor& input) { return factor * input.matmul(weight.t()); }, *optimizer,
                       *loss, {}, hooks, isScaled ? &scale : nullptr);
        step.begin();
        step.add(images.slice(0, 0, 4), {labels.slice(0, 0, 4)}, 4.0 / 8);  // two of eight were lost
        step.add(images.slice(0, 4, 6), {labels.slice(0, 4, 6)}, 2.0 / 8);
        EXPECT_EQ(watch.seen, "");
        step.finish();
        EXPECT_EQ(watch.seen, "before after ");
        EXPECT_TRUE(at::allclose(watch.gradient, other.grad(), 1e-4, 1e-6)) << isScaled;

        // A step that is left out is none.
        step.begin();
        step.finish();
        factor = std::nan("");
        step.begin();
        step.add(images, {labels}, 1);
        step.finish();
        EXPECT_EQ(watch.seen, "before after ");
    }
}

// Turns the pictures' labels round; of this test alone.
class Turning final : public Hook {
  public:
    void onBatch(at::Tensor& images, Target& target, std::int64_t batch) override {
        EXPECT_EQ(images.size(0), target.labels.size(0));
        EXPECT_EQ(batch, m_next++);
        target.labels = 2 - target.labels;
    }

  private:
    std::int64_t m_next = 0;
};

class HookRunTest : public ResumableFixture {
  protected:
    settings::TrainConfig configWith(const std::string& run, const std::string& key, double value) const {
        auto c = config(run);
        c.own[key] = value;
        return c;
    }
};

TEST_F(HookRunTest, EachTrainsStopsAndGoesOn) {
    trainOrFail(config("plain"));
    const std::map<std::string, double> keys{{"clip_norm", 0.01},   {"loss.l1", 0.01},
                                             {"loss.l2", 0.1},      {"ema_decay", 0.5},
                                             {"mixing.mixup", 0.4}, {"mixing.cutmix", 1.0}};
    for (const auto& [key, value] : keys) {
        auto c = configWith(key, key, value);
        trainOrFail(c);
        EXPECT_NE(tensorsIn(path(key + "/model.safetensors")), tensorsIn(path("plain/model.safetensors")))
            << key;
        expectItsFiguresAreItsModels(path(key));
        c.runFolder = path(key + "-stopped");
        trainUntil(c, {2, false, 2});
        resume(c.runFolder);
        expectSameEnd(key, key + "-stopped");
    }
}

// The training goes on from the weights as if there was no average; the model is the average.
// What stands for a mixed image is no image's feature.
TEST_F(HookRunTest, MixedImagesAreNotKeptAsFeatures) {
    for (const bool mixes : {false, true}) {
        auto c = frozen(mixes ? "mixed" : "plain");
        if (mixes) c.own["mixing.mixup"] = 0.4;
        bool keeps = false;
        trainOrFail(c, [&](const training::TrainEvent& event) {
            if (const auto* cache = std::get_if<training::CacheState>(&event)) keeps = cache->used;
        });
        EXPECT_EQ(keeps, !mixes);
    }
}

TEST_F(HookRunTest, TheModelIsTheAverage) {
    auto c = configWith("averaged", "ema_decay", 0.8);
    c.epochs = 1;
    trainOrFail(c);
    auto plain = config("plain");
    plain.epochs = 1;
    trainOrFail(plain);
    const auto state = tensorsIn(path("averaged/checkpoint/state.safetensors"));
    const auto weights = tensorsIn(path("plain/checkpoint/state.safetensors"));
    for (const auto& [name, bytes] : weights)
        EXPECT_EQ(state.at(name), bytes) << name;
    std::size_t averages = 0;
    std::size_t others = 0;
    const auto model = weights::readSafetensors(path("averaged/model.safetensors")).value();
    const auto kept = weights::readSafetensors(path("averaged/checkpoint/state.safetensors")).value();
    for (const auto& [name, data] : model.tensors) {
        const auto* average = kept.find("hook.ema." + name);
        ASSERT_NE(average, nullptr) << name;
        ++averages;
        if (*average->bytes != *kept.find(name)->bytes) ++others;
        // SqueezeNet's last layer is written with its ReLU closed.
        if (!name.starts_with("classifier.")) {
            EXPECT_EQ(*average->bytes, *data.bytes) << name;
        }
    }
    EXPECT_EQ(weights.size() + averages, state.size());
    EXPECT_GT(others, averages / 2);
}

TEST_F(HookRunTest, AnEditedDecayIsRefused) {
    auto c = config("run");
    trainUntil(c, {2, false, 1});
    const std::string file = path("run/config.json");
    auto document = json::parse(readText(file));
    document["ema_decay"] = 0.5;
    writeText(file, document.dump());
    const auto resumed = tryToResume(path("run"));
    ASSERT_FALSE(resumed);
    EXPECT_NE(resumed.error().message.english().find("ema_decay"), std::string::npos)
        << resumed.error().message.english();
}

TEST_F(HookRunTest, AHookOfOnesOwnChangesTheBatches) {
    static bool isOn = false;
    training::addHook([](const training::HookContext&) -> std::unique_ptr<Hook> {
        return isOn ? std::make_unique<Turning>() : nullptr;
    });
    auto c = config("plain");
    trainOrFail(c);
    isOn = true;
    c.runFolder = path("turned");
    const auto report = trainOrFail(c);
    isOn = false;
    EXPECT_NE(tensorsIn(path("turned/model.safetensors")), tensorsIn(path("plain/model.safetensors")));
    EXPECT_EQ(report.epochs.size(), 2U);
}

}  // namespace

}  // namespace graft::test
