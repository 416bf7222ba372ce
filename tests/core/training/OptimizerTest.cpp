// SPDX-License-Identifier: GPL-3.0-or-later
// Our settings mean what the same settings mean in Python's torch.optim.
#include "core/training/torch/Optimizers.h"

#include <torch/optim/sgd.h>
#include <torch/types.h>

#include <nlohmann/json.hpp>

#include "core/training/torch/TrainStep.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using settings::OptimizerKind;
using settings::OptimizerOptions;

TEST(OptimizerTest, StepsAreThoseOfPython) {
    const TemporaryFolder folder;
    runPython("torchvision_reference.py", {"optimizers", folder.path("w.json")});
    const auto expected = nlohmann::json::parse(readText(folder.path("w.json")));
    const std::map<std::string, OptimizerOptions> cases{
        {"sgd", {OptimizerKind::Sgd, 0.1, 0, false, 0}},
        {"sgd-momentum", {OptimizerKind::Sgd, 0.1, 0.9, false, 0.01}},
        {"sgd-nesterov", {OptimizerKind::Sgd, 0.1, 0.9, true, 0}},
        {"adam", {OptimizerKind::Adam, 0.1, 0, false, 0.01}},
        {"adamw", {OptimizerKind::AdamW, 0.1, 0, false, 0.1}},
        {"rmsprop", {OptimizerKind::RmsProp, 0.1, 0.9, false, 0.01}}};
    for (const auto& [name, options] : cases) {
        at::Tensor w = torch::tensor({1.0F, -2.0F, 3.0F}).set_requires_grad(true);
        const auto optimizer = training::makeOptimizer({w}, options);
        for (int step = 0; step < 5; ++step) {
            optimizer->zero_grad();
            (w - torch::tensor({0.5F, 0.25F, -1.0F})).pow(2).sum().backward();
            optimizer->step();
        }
        for (int i = 0; i < 3; ++i) {
            EXPECT_NEAR(w[i].item<double>(), expected.at(name).at(static_cast<std::size_t>(i)).get<double>(),
                        1e-5)
                << name;
        }
    }
}

// What one batch of all images would give, also where some of them were lost on the way.
TEST(TrainStepTest, SharesThatDoNotComeToOneGiveTheMeanOfWhatWasThere) {
    const at::Tensor images = torch::arange(24, torch::kFloat).reshape({6, 4}) / 10;
    const at::Tensor labels = torch::tensor({0, 1, 2, 0, 1, 2}, torch::kLong);
    const auto gradientOf = [&](const std::vector<std::pair<std::int64_t, double>>& parts) {
        at::Tensor weight = (torch::arange(12, torch::kFloat).reshape({3, 4}) / 7).set_requires_grad(true);
        torch::optim::SGD optimizer(std::vector<at::Tensor>{weight}, torch::optim::SGDOptions(1));
        training::TrainStep step([&](const at::Tensor& input) { return input.matmul(weight.t()); }, optimizer,
                                 nullptr);
        const at::Tensor before = weight.detach().clone();
        step.begin();
        std::int64_t first = 0;
        for (const auto& [count, share] : parts) {
            step.add(images.slice(0, first, first + count), labels.slice(0, first, first + count), share);
            first += count;
        }
        step.finish();
        return at::Tensor(before - weight.detach());
    };
    const at::Tensor whole = gradientOf({{6, 1.0}});
    EXPECT_TRUE(at::allclose(gradientOf({{4, 4.0 / 6}, {2, 2.0 / 6}}), whole, 1e-5, 1e-6));
    // Eight images were to make the step, in two batches; two of them were gone.
    EXPECT_TRUE(at::allclose(gradientOf({{4, 4.0 / 8}, {2, 2.0 / 8}}), whole, 1e-5, 1e-6));
}

}  // namespace

}  // namespace graft::test
