// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/torch/CrossValidation.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

#include "core/base/Seed.h"
#include "core/training/torch/HeadSolver.h"

namespace graft::comparing {

namespace {

// Five as in the solver would take nearly twice as long, to tell penalties apart that differ by a factor of
// three.
constexpr int kInnerFolds = 3;

at::Tensor rowsWhere(const std::vector<int>& folds, int fold, bool inside) {
    std::vector<std::int64_t> rows;
    for (std::size_t i = 0; i < folds.size(); ++i) {
        if ((folds[i] == fold) == inside) rows.push_back(static_cast<std::int64_t>(i));
    }
    return torch::tensor(rows, torch::kLong);
}

}  // namespace

std::optional<Answers> crossValidate(const FoldedFeatures& folded, const FitAndAsk& fit) {
    const torch::NoGradGuard noGradients;
    Answers answers;
    answers.right.assign(folded.folds.size(), false);
    double loss = 0;
    std::size_t right = 0;
    for (int fold = 0; fold < folded.count; ++fold) {
        const at::Tensor asked = rowsWhere(folded.folds, fold, true);
        if (asked.numel() == 0) continue;
        const at::Tensor logits = fit(fold, rowsWhere(folded.folds, fold, false), asked);
        if (!logits.defined()) return std::nullopt;
        const at::Tensor labels = folded.labels.index_select(0, asked);
        loss +=
            at::cross_entropy_loss(logits.to(torch::kDouble), labels, {}, at::Reduction::Sum).item<double>();
        const at::Tensor isRight = logits.argmax(1).eq(labels);
        for (std::int64_t i = 0; i < asked.numel(); ++i) {
            if (!isRight[i].item<bool>()) continue;
            answers.right[static_cast<std::size_t>(asked[i].item<std::int64_t>())] = true;
            ++right;
        }
    }
    const auto images = static_cast<double>(folded.folds.size());
    answers.accuracy = static_cast<double>(right) / images;
    answers.logLoss = loss / images;
    return answers;
}

std::optional<Answers> crossValidateLinear(const FoldedFeatures& folded, std::uint64_t seed,
                                           const std::function<bool()>& goesOn, std::optional<double> l2) {
    std::vector<double> penalties;
    auto answers = crossValidate(folded, [&](int fold, const at::Tensor& learnt, const at::Tensor& asked) {
        training::HeadProblem problem;
        problem.features = folded.features.index_select(0, learnt);
        problem.labels = folded.labels.index_select(0, learnt);
        problem.images = torch::arange(learnt.numel(), torch::kLong);
        problem.classes = folded.classes;
        training::HeadSearch search;
        search.l2 = l2;
        search.folds = kInnerFolds;
        search.seed = base::deriveSeed(seed, static_cast<std::uint64_t>(fold));
        search.goesOn = [&](int, double, double) { return goesOn(); };
        const auto solution = training::solveHead(problem, search);
        if (!solution) return at::Tensor();
        penalties.push_back(solution->l2);
        return folded.features.index_select(0, asked).mm(solution->weight.t()) + solution->bias;
    });
    if (!answers || penalties.empty()) return answers;
    std::ranges::sort(penalties);
    answers->l2 = penalties[penalties.size() / 2];
    return answers;
}

}  // namespace graft::comparing
