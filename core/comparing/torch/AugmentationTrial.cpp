// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/torch/AugmentationTrial.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <array>
#include <utility>

#include "core/base/Seed.h"
#include "core/comparing/detail/Folds.h"
#include "core/comparing/torch/CrossValidation.h"
#include "core/comparing/torch/StageFeatures.h"
#include "core/runtime/torch/TorchDevice.h"
#include "core/settings/AugmentationPresets.h"
#include "core/training/torch/HeadSolver.h"

namespace graft::comparing {

namespace {

constexpr int kVariants = 2;
constexpr std::array kTried{"standard", "gentle", "any_angle", "document"};

// A head that has learnt from the variants of the images that it may know.
std::optional<Answers> crossValidateVariants(const FoldedFeatures& folded, const at::Tensor& variants,
                                             std::uint64_t seed, const std::function<bool()>& goesOn) {
    const std::int64_t images = folded.labels.size(0);
    return crossValidate(folded, [&](int fold, const at::Tensor& learnt, const at::Tensor& asked) {
        std::vector<at::Tensor> rows;
        std::vector<at::Tensor> labels;
        std::vector<at::Tensor> numbers;
        for (int variant = 0; variant < kVariants; ++variant) {
            rows.push_back(variants.index_select(0, learnt + variant * images));
            labels.push_back(folded.labels.index_select(0, learnt));
            numbers.push_back(learnt);
        }
        training::HeadProblem problem;
        problem.features = at::cat(rows);
        problem.labels = at::cat(labels);
        problem.images = at::cat(numbers);
        problem.classes = folded.classes;
        training::HeadSearch search;
        search.folds = 3;
        search.seed = base::deriveSeed(seed, static_cast<std::uint64_t>(fold));
        search.goesOn = [&](int, double, double) { return goesOn(); };
        const auto solution = training::solveHead(problem, search);
        if (!solution) return at::Tensor();
        return folded.features.index_select(0, asked).mm(solution->weight.t()) + solution->bias;
    });
}

}  // namespace

Result<std::optional<std::vector<AugmentationTried>>> tryAugmentations(
    const Entrant& whole, const CompareConfig& config, const data::DatasetIndex& dataset,
    const std::function<double()>& secondsLeft, runtime::RunControl& control) {
    using Tried = std::optional<std::vector<AugmentationTried>>;
    if (secondsLeft() <= 0) return Tried(std::vector<AugmentationTried>());
    const auto folds = makeFolds(dataset, config.folds, config.mostImages, config.seed);
    if (!folds) return fail(folds.error());
    const auto device = runtime::chooseDevice(config.device);
    if (!device) return fail(device.error());
    auto features = StageFeatures::create(whole, config, dataset, runtime::torchDevice(*device));
    if (!features) return fail(features.error());
    (*features)->open(*folds);
    bool allThere = true;
    const auto lost = [&](std::size_t, const Error&) { return allThere = false; };
    const auto goesOn = [&](std::size_t) { return control.checkpoint(); };
    auto centre = (*features)->gather(goesOn, lost);
    if (!centre) return fail(centre.error());
    if (!allThere)
        return Tried(std::vector<AugmentationTried>());  // a run copes with that, a trial needs not
    if (!*centre) return Tried();

    const Part& part = (*features)->parts().back();
    FoldedFeatures folded;
    folded.features = (*centre)->means.slice(1, part.offset, part.offset + part.channels).contiguous();
    std::vector<std::int64_t> labels;
    for (const FoldedImage& image : folds->images) {
        labels.push_back(image.label);
        folded.folds.push_back(image.fold);
    }
    folded.labels = torch::tensor(labels, torch::kLong);
    folded.count = folds->count;
    folded.classes = static_cast<int>(folds->classes.size());
    const auto goes = [&] { return control.checkpoint(); };
    const auto plain = crossValidateLinear(folded, config.seed, goes);
    if (!plain) return Tried();
    std::vector<AugmentationTried> tried{{"none", plain->accuracy, plain->logLoss}};
    const double seconds = part.secondsPerImage * static_cast<double>(labels.size()) * kVariants;
    for (const char* name : kTried) {
        if (seconds > secondsLeft()) break;
        settings::TrainConfig changed;
        settings::apply(*settings::findAugmentationPreset(name), changed);
        auto variants = (*features)->gatherVariants(changed.augment, kVariants, *folds, goesOn, lost);
        if (!variants) return fail(variants.error());
        if (!allThere) break;
        if (!*variants) return Tried();
        const auto answers = crossValidateVariants(folded, (*variants)->means, config.seed, goes);
        if (!answers) return Tried();
        tried.push_back({name, answers->accuracy, answers->logLoss});
    }
    return Tried(std::move(tried));
}

}  // namespace graft::comparing
