// SPDX-License-Identifier: GPL-3.0-or-later
// The problem is convex: where the gradient, as autograd sees it, is zero, is the optimum.
#include "core/training/torch/HeadSolver.h"

#include <gtest/gtest.h>
#include <torch/nn/functional/loss.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <cmath>

namespace graft::test {

namespace {

using training::HeadProblem;
using training::HeadSearch;

// Three classes around points of their own in d dimensions, of which the first `telling` say something.
HeadProblem classesAround(std::int64_t images, std::int64_t variants, std::int64_t d, std::int64_t telling,
                          double spread) {
    torch::manual_seed(7);
    const at::Tensor label = torch::arange(images).remainder(3);
    at::Tensor centres = torch::zeros({3, d});
    centres.slice(1, 0, telling) = torch::randn({3, telling});
    const at::Tensor picture = centres.index_select(0, label) + spread * torch::randn({images, d});
    HeadProblem problem;
    problem.classes = 3;
    problem.features = (picture.repeat({variants, 1}) + 0.05 * torch::randn({images * variants, d})) *
                           torch::linspace(0.5, 3, d) +
                       1.5;
    problem.labels = label.repeat({variants});
    problem.images = torch::arange(images).repeat({variants});
    return problem;
}

// Of the penalised mean at the solution, by autograd, over the weights of standardised features.
double gradientAt(const HeadProblem& problem, const training::HeadSolution& solution) {
    const at::Tensor x = problem.features.to(torch::kDouble);
    const at::Tensor scale = x.std(0, false);
    at::Tensor weight = (solution.weight.to(torch::kDouble) * scale).set_requires_grad(true);
    at::Tensor bias =
        (problem.hasBias ? solution.bias.to(torch::kDouble) : torch::zeros({problem.classes}, torch::kDouble))
            .set_requires_grad(true);
    const at::Tensor logits = (x / scale).mm(weight.t()) + bias;
    torch::nn::functional::CrossEntropyFuncOptions options;
    if (!problem.classWeights.empty()) options.weight(torch::tensor(problem.classWeights, torch::kDouble));
    const at::Tensor loss = torch::nn::functional::cross_entropy(logits, problem.labels, options) +
                            0.5 * solution.l2 * weight.square().sum();
    loss.backward();
    const double ofBias = problem.hasBias ? bias.grad().abs().max().item<double>() : 0;
    return std::max(weight.grad().abs().max().item<double>(), ofBias);
}

TEST(HeadSolverTest, TheGradientIsZeroWhereItEnds) {
    for (const bool hasBias : {true, false}) {
        for (const double l2 : {1.0, 0.01, 0.0001}) {
            HeadProblem problem = classesAround(300, 2, 20, 10, 1.5);
            problem.hasBias = hasBias;
            HeadSearch search;
            search.l2 = l2;
            const auto solution = training::solveHead(problem, search);
            ASSERT_TRUE(solution);
            EXPECT_EQ(solution->bias.defined(), hasBias);
            EXPECT_LT(gradientAt(problem, *solution), 2e-5) << l2;
            EXPECT_LT(solution->gradient, 1e-5) << l2;
        }
    }
}

TEST(HeadSolverTest, TheLossIsThatOfTheHeadThatItGives) {
    const HeadProblem problem = classesAround(200, 1, 12, 6, 1.0);
    HeadSearch search;
    search.l2 = 0.01;
    const auto solution = training::solveHead(problem, search).value();
    const at::Tensor logits = problem.features.mm(solution.weight.t()) + solution.bias;
    EXPECT_NEAR(solution.loss, at::cross_entropy_loss(logits, problem.labels).item<double>(), 1e-5);
    EXPECT_NEAR(solution.accuracy,
                logits.argmax(1).eq(problem.labels).to(torch::kDouble).mean().item<double>(), 1e-9);
}

TEST(HeadSolverTest, AClassMayCountMoreThanAnother) {
    HeadProblem problem = classesAround(300, 1, 6, 3, 2.0);
    problem.classWeights = {1, 8, 0.5};
    HeadSearch search;
    search.l2 = 0.01;
    EXPECT_LT(gradientAt(problem, training::solveHead(problem, search).value()), 2e-5);
}

// 300 rows of 20 numbers, in portions of three rows.
TEST(HeadSolverTest, WhereMemoryIsShortTheHeadIsTheSame) {
    for (const bool hasBias : {true, false}) {
        HeadProblem problem = classesAround(150, 2, 20, 10, 1.5);
        problem.hasBias = hasBias;
        HeadSearch search;
        const auto whole = training::solveHead(problem, search).value();
        search.keptBytes = std::int64_t{8} * 3 * 20 * 8;
        const auto inPortions = training::solveHead(problem, search).value();
        EXPECT_EQ(inPortions.l2, whole.l2);
        EXPECT_LT(gradientAt(problem, inPortions), 2e-5);
        EXPECT_TRUE(torch::allclose(inPortions.weight, whole.weight, 1e-4, 1e-5));
        EXPECT_NEAR(inPortions.accuracy, whole.accuracy, 1e-12);
    }
}

TEST(HeadSolverTest, TheSameTwice) {
    const HeadProblem problem = classesAround(150, 3, 16, 8, 1.0);
    const auto first = training::solveHead(problem, {}).value();
    const auto second = training::solveHead(problem, {}).value();
    EXPECT_TRUE(first.weight.equal(second.weight));
    EXPECT_EQ(first.l2, second.l2);
}

// Few pictures in many dimensions that say nothing: what fits them closely is wrong elsewhere.
TEST(HeadSolverTest, TheFoldsChooseAStrongPenaltyWhereThereIsNoiseAndAWeakOneWhereThereIsNone) {
    const auto noise = training::solveHead(classesAround(90, 4, 60, 1, 3.0), {}).value();
    const auto clear = training::solveHead(classesAround(900, 1, 10, 10, 0.3), {}).value();
    EXPECT_GE(noise.l2, 0.1);
    EXPECT_LE(clear.l2, 0.001);
}

// Would variants of one picture stand on both sides of a fold, a head that knows each by heart would look
// best.
TEST(HeadSolverTest, VariantsOfAPictureAreNotDividedBetweenFolds) {
    const auto one = training::solveHead(classesAround(60, 1, 40, 0, 1.0), {}).value();
    const auto many = training::solveHead(classesAround(60, 20, 40, 0, 1.0), {}).value();
    EXPECT_GE(one.l2, 0.1);
    EXPECT_GE(many.l2, 0.1);
}

TEST(HeadSolverTest, AClassWithOnePictureIsNoReasonToFail) {
    HeadProblem problem = classesAround(60, 1, 8, 8, 0.5);
    problem.labels =
        torch::where(problem.images.eq(0), torch::full_like(problem.labels, 2), problem.labels.remainder(2));
    const auto solution = training::solveHead(problem, {});
    ASSERT_TRUE(solution);
    EXPECT_TRUE(at::isfinite(solution->weight).all().item<bool>());
}

TEST(HeadSolverTest, StopsWhenItIsAskedTo) {
    HeadSearch search;
    int calls = 0;
    search.goesOn = [&](int, double, double) { return ++calls < 3; };
    EXPECT_FALSE(training::solveHead(classesAround(100, 1, 10, 5, 1.0), search));
    EXPECT_EQ(calls, 3);
}

}  // namespace

}  // namespace graft::test
