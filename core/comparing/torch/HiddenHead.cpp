// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/torch/HiddenHead.h"

#include <torch/optim/adamw.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <utility>

#include "core/backbones/Head.h"
#include "core/backbones/torch/Heads.h"
#include "core/backbones/torch/RandomSource.h"
#include "core/base/Seed.h"

namespace graft::comparing {

namespace {

constexpr std::int64_t kRowsOfStep = 32;
constexpr std::int64_t kEpochs = 30;
constexpr std::int64_t kSteps = 600;
constexpr double kRate = 1e-3;

using backbones::HeadOptions;
using backbones::LayerPtr;

}  // namespace

std::int64_t hiddenParameters(std::int64_t features, int classes) {
    HeadOptions options;
    options.kind = "mlp";
    return backbones::headParameters(*backbones::findHead(options.kind), features, options, classes);
}

std::optional<Answers> crossValidateHidden(const FoldedFeatures& folded, std::uint64_t seed,
                                           const std::function<bool()>& goesOn) {
    return crossValidate(folded, [&](int fold, const at::Tensor& learnt, const at::Tensor& asked) {
        const std::uint64_t own = base::deriveSeed(seed, static_cast<std::uint64_t>(fold));
        const backbones::DrawFrom ownNumbers(backbones::makeGenerator(c10::kCPU, own));
        const torch::AutoGradMode gradients(true);
        backbones::Backbone none;
        const HeadOptions options;
        const auto layers = backbones::denseLayers({none, folded.classes, options}, folded.features.size(1));
        const auto forward = [&](at::Tensor x) {
            for (const LayerPtr& layer : layers)
                x = layer->forward(x);
            return x;
        };
        torch::optim::AdamW optimizer(none.root->parameters(), torch::optim::AdamWOptions(kRate));
        const at::Tensor features = folded.features.index_select(0, learnt);
        const at::Tensor labels = folded.labels.index_select(0, learnt);
        const std::int64_t rows = learnt.numel();
        base::RandomStream random(own);
        std::vector<std::int64_t> order(static_cast<std::size_t>(rows));
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = static_cast<std::int64_t>(i);
        for (const LayerPtr& layer : layers)
            layer->train(true);
        std::int64_t steps = 0;
        for (std::int64_t epoch = 0; epoch < kEpochs || steps < kSteps; ++epoch) {
            if (!goesOn()) return at::Tensor();
            for (std::size_t i = order.size(); i > 1; --i)
                std::swap(order[i - 1], order[random.below(i)]);
            const at::Tensor drawn = torch::tensor(order, torch::kLong);
            for (const at::Tensor& batch : drawn.split(kRowsOfStep)) {
                optimizer.zero_grad();
                const at::Tensor loss = at::cross_entropy_loss(forward(features.index_select(0, batch)),
                                                               labels.index_select(0, batch));
                loss.backward();
                optimizer.step();
                ++steps;
            }
        }
        const torch::NoGradGuard noGradients;
        for (const LayerPtr& layer : layers)
            layer->train(false);
        return forward(folded.features.index_select(0, asked));
    });
}

}  // namespace graft::comparing
