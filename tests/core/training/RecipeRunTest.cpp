// SPDX-License-Identifier: GPL-3.0-or-later
// Each built-in recipe on its own backbone, small pictures and random weights, against the article's program
// in PyTorch (tests/support/recipe_reference.py) from the same weights on the same batches.
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/backbones/torch/Network.h"
#include "core/settings/Phases.h"
#include "core/settings/Recipes.h"
#include "core/settings/Settings.h"
#include "core/training/torch/Optimizers.h"
#include "core/training/torch/ParameterGroups.h"
#include "core/training/torch/TrainStep.h"
#include "core/weights/WeightFile.h"
#include "core/weights/torch/TensorBridge.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using settings::Recipe;
using settings::TrainConfig;

constexpr int kSide = 64;  // VGG's last map is 2 x 2 then, which tells an average from a flattened map
constexpr int kBatch = 8;
constexpr int kSteps = 5;
constexpr int kStepsOfFirstPhase =
    4;  // a second step of RMSprop on all of two blocks is chaos in its last digits

class RecipeRunTest : public testing::TestWithParam<std::string> {
  protected:
    struct Batches {
        at::Tensor images;  // kSteps x kBatch x 3 x kSide x kSide
        at::Tensor labels;  // kSteps x kBatch, float32
    };

    static Batches batchesFor(std::size_t classes) {
        const at::Tensor numbers = torch::arange(kSteps * kBatch, torch::kFloat).reshape({kSteps, kBatch});
        return {torch::randn({kSteps, kBatch, 3, kSide, kSide}),
                numbers.remainder(static_cast<double>(classes))};
    }

    std::vector<double> expected(const backbones::Network& network, const Batches& batches) const {
        weights::StateDict dict = network.stateDict();
        dict.tensors.emplace_back("test.images", weights::fromTensor(batches.images));
        dict.tensors.emplace_back("test.labels", weights::fromTensor(batches.labels));
        const auto written = weights::writeSafetensors(m_folder.path("weights"), dict);
        EXPECT_TRUE(written) << written.error().sentence();
        runPython("recipe_reference.py", {GetParam(), m_folder.path("weights"), m_folder.path("losses")});
        return nlohmann::json::parse(readText(m_folder.path("losses"))).get<std::vector<double>>();
    }

    TemporaryFolder m_folder;
};

// The steps of one phase, at its rate, with an optimizer of its own.
void trainPhase(backbones::Network& network, const TrainConfig& config, const training::Loss& loss,
                const std::vector<std::pair<at::Tensor, at::Tensor>>& batches, std::vector<double>& losses) {
    network.freeze(config.freeze);
    network.train(true);
    const auto optimizer = training::makeOptimizer(training::parameterGroups(network, config), config);
    const training::TrainStep::Hooks none;
    training::TrainStep step([&](const at::Tensor& images) { return network.forward(images); }, *optimizer,
                             loss, training::outputsOf(config), none, nullptr);
    for (const auto& [images, labels] : batches) {
        step.begin();
        step.add(images, {labels}, 1);
        step.finish();
        const auto sums = step.takeSums();
        losses.push_back(sums.loss / static_cast<double>(sums.images));
    }
}

TEST_P(RecipeRunTest, FiveStepsAreThoseOfTheArticlesProgram) {
    const Recipe recipe = settings::findRecipe(GetParam()).value();
    const auto units = backbones::listUnits(recipe.backbone).value();
    TrainConfig base;
    base.backbone = recipe.backbone;
    base.preprocess.cropSize = kSide;
    const TrainConfig config = settings::withRecipe(base, recipe, units).value();
    const auto valid = settings::validate(config);
    ASSERT_TRUE(valid) << valid.error().sentence();

    const backbones::Outputs outputs = training::outputsOf(config);
    const std::vector<std::string> classes = outputs.kind == backbones::OutputKind::Sigmoid
                                                 ? std::vector<std::string>{"a", "b"}
                                                 : std::vector<std::string>{"a", "b", "c"};
    at::manual_seed(7);
    auto network =
        backbones::Network::create(recipe.backbone, static_cast<int>(outputs.count(classes.size())),
                                   config.head, backbones::Network::BackboneWeights::Random, kSide)
            .value();
    const Batches batches = batchesFor(classes.size());
    const std::vector<double> reference = expected(network, batches);
    ASSERT_EQ(reference.size(), static_cast<std::size_t>(kSteps + 1));

    network.to(torch::kCPU);
    std::vector<std::pair<at::Tensor, at::Tensor>> all;
    for (int i = 0; i < kSteps; ++i) {
        all.emplace_back(backbones::Network::toInput(batches.images[i], torch::kCPU),
                         batches.labels[i].to(torch::kLong));
    }
    const auto loss =
        training::makeLoss(config, classes, std::vector<std::size_t>(classes.size(), 1), torch::kCPU).value();
    const auto phases = settings::phasesOf(config, units).value();
    std::vector<double> losses;
    const auto middle = all.begin() + (phases.size() == 1 ? kSteps : kStepsOfFirstPhase);
    ASSERT_LE(phases.size(), 2U);
    trainPhase(network, settings::configOf(config, phases.front()), *loss, {all.begin(), middle}, losses);
    if (phases.size() == 2)
        trainPhase(network, settings::configOf(config, phases.back()), *loss, {middle, all.end()}, losses);
    {
        const torch::NoGradGuard noGradients;
        losses.push_back((*loss)(network.forward(all.front().first), {all.front().second}).item<double>());
    }
    for (std::size_t i = 0; i < losses.size(); ++i)
        EXPECT_NEAR(losses[i], reference[i], 1e-4 * std::max(1.0, reference[i])) << i;
    EXPECT_NE(losses.front(), losses.back());
}

INSTANTIATE_TEST_SUITE_P(All, RecipeRunTest,
                         testing::Values("average-dense", "hidden-layer", "last-block", "head-then-top",
                                         "two-classes"),
                         [](const auto& test) {
                             std::string name = test.param;
                             std::erase(name, '-');
                             return name;
                         });

// A recipe that is added is compared, too.
TEST(RecipeListTest, EveryBuiltInRecipeIsComparedWithPyTorch) {
    std::vector<std::string> names;
    for (const Recipe& recipe : settings::builtinRecipes())
        names.push_back(recipe.name);
    EXPECT_EQ(names, (std::vector<std::string>{"average-dense", "hidden-layer", "last-block", "head-then-top",
                                               "two-classes"}));
}

}  // namespace

}  // namespace graft::test
