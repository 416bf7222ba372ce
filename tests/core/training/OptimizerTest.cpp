// SPDX-License-Identifier: GPL-3.0-or-later
// Our settings mean what the same settings mean in Python's torch.optim.
#include "core/training/detail/Optimizers.h"

#include <torch/types.h>

#include <nlohmann/json.hpp>

#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using training::OptimizerKind;
using training::OptimizerOptions;

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

}  // namespace

}  // namespace graft::test
