// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/HeadSolver.h"

#include <torch/optim/lbfgs.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "core/base/Seed.h"

namespace graft::training {

namespace {

using torch::optim::LBFGS;
using torch::optim::LBFGSOptions;

constexpr int kMostIterations = 500;
constexpr int kMostIterationsOfFold = 60;
// Of the largest part of the gradient of a mean of float32 numbers.
constexpr double kOptimum = 1e-6;
constexpr double kNearOptimum = 1e-4;  // is enough to compare penalties
// More tell the penalties apart no better, and take longer.
constexpr std::size_t kMostRowsOfSearch = 20000;

// A channel that hardly ever differs from its mean is not blown up to the size of the others.
constexpr double kSmallestShareOfSpread = 0.1;

// features -> (features - mean) / scale, as scikit-learn's StandardScaler does it.
struct Standard {
    at::Tensor mean;
    at::Tensor scale;
};

// In float64.
std::int64_t rowsAtATime(const at::Tensor& features, std::int64_t keptBytes) {
    const std::int64_t bytesOfRow = features.size(1) * static_cast<std::int64_t>(sizeof(double));
    return std::max<std::int64_t>(1, keptBytes / 8 / std::max<std::int64_t>(1, bytesOfRow));
}

Standard standardOf(const at::Tensor& features, std::int64_t keptBytes) {
    const auto rows = static_cast<double>(features.size(0));
    const auto chunks = features.split(rowsAtATime(features, keptBytes));
    at::Tensor sum = torch::zeros({features.size(1)}, torch::kDouble);
    at::Tensor squares = torch::zeros_like(sum);
    for (const at::Tensor& chunk : chunks)
        sum += chunk.to(torch::kDouble).sum(0);
    const at::Tensor mean = sum / rows;
    for (const at::Tensor& chunk : chunks)
        squares += (chunk.to(torch::kDouble) - mean).square().sum(0);
    const at::Tensor spread = (squares / rows).sqrt();
    const double typical = spread.square().mean().sqrt().item<double>();
    const double least = std::max(typical * kSmallestShareOfSpread, std::numeric_limits<double>::min());
    return {mean, spread.clamp_min(least)};
}

// The rows of a fit: all, or those of a fold. products: in which the features are multiplied; everything else
// is float64.
class Fit {
  public:
    Fit(at::Tensor features, at::Tensor labels, const Standard& standard, const HeadProblem& problem,
        at::ScalarType products, std::int64_t keptBytes)
        : m_features(std::move(features)),
          m_labels(std::move(labels)),
          m_products(products),
          m_rowsAtATime(rowsAtATime(m_features, keptBytes)),
          m_standard(standard),
          m_hasBias(problem.hasBias),
          m_weights(problem.classWeights.empty() ? torch::ones({problem.classes}, torch::kDouble)
                                                 : torch::tensor(problem.classWeights, torch::kDouble)),
          m_parameters(torch::zeros({problem.classes, problem.features.size(1) + 1}, torch::kDouble)) {
        const auto bytes = static_cast<std::int64_t>(c10::elementSize(products));
        if (m_features.numel() > keptBytes / bytes) return;
        m_whole = torch::empty(m_features.sizes(), products);
        for (std::int64_t row = 0; row < m_features.size(0); row += m_rowsAtATime) {
            const std::int64_t end = std::min(row + m_rowsAtATime, m_features.size(0));
            m_whole.slice(0, row, end).copy_(standardised(m_features.slice(0, row, end)));
        }
    }

    // From where the last call has come to. False: stopped.
    bool solve(double l2, double optimum, int mostIterations, const HeadSearch& search, bool tellsEach) {
        m_parameters = m_parameters.clone();
        m_evaluated = -1;
        LBFGS solver(std::vector<at::Tensor>{m_parameters}, LBFGSOptions(1)
                                                                .max_iter(1)
                                                                .max_eval(25)
                                                                .history_size(20)
                                                                .tolerance_grad(optimum)
                                                                .tolerance_change(0)
                                                                .line_search_fn("strong_wolfe"));
        const auto closure = [&] { return evaluate(l2); };
        double before = std::numeric_limits<double>::infinity();
        for (m_iterations = 0; m_iterations < mostIterations;) {
            solver.step(closure);
            ++m_iterations;
            const double value = evaluate(l2).item<double>();  // the line search ends with another point
            if (search.goesOn && !search.goesOn(tellsEach ? m_iterations : 0, m_loss, m_accuracy))
                return false;
            // Where rounding is all that is left, the last digits go up and down.
            if (m_gradient < optimum || !(before - value > 1e-12 * std::abs(value))) break;
            before = value;
        }
        return true;
    }

    // Mean cross-entropy of other rows.
    double lossOn(const at::Tensor& features, const at::Tensor& labels) const {
        double sum = 0;
        const auto from = features.split(m_rowsAtATime);
        const auto of = labels.split(m_rowsAtATime);
        for (std::size_t i = 0; i < from.size(); ++i) {
            sum +=
                at::cross_entropy_loss(logits(from[i]), of[i], m_weights, at::Reduction::Sum).item<double>();
        }
        return sum / m_weights.index_select(0, labels).sum().item<double>();
    }

    HeadSolution solution(double l2) const {
        const at::Tensor weight = m_parameters.slice(1, 0, -1) / m_standard.scale;
        HeadSolution solution;
        at::Tensor bias = m_parameters.select(1, -1) - weight.mv(m_standard.mean);
        solution.weight = weight.to(torch::kFloat);
        if (m_hasBias) solution.bias = bias.to(torch::kFloat);
        solution.l2 = l2;
        solution.iterations = m_iterations;
        solution.loss = m_loss;
        solution.accuracy = m_accuracy;
        solution.gradient = m_gradient;
        return solution;
    }

  private:
    // Without a bias nothing may be taken off the features either.
    at::Tensor standardised(const at::Tensor& chunk) const {
        const at::Tensor wide = chunk.to(torch::kDouble);
        return ((m_hasBias ? wide - m_standard.mean : wide) / m_standard.scale).to(m_products);
    }
    at::Tensor logitsOf(const at::Tensor& standardised) const {
        const at::Tensor weight = m_parameters.slice(1, 0, -1).to(m_products);
        const at::Tensor products = standardised.mm(weight.t()).to(torch::kDouble);
        return m_hasBias ? products + m_parameters.select(1, -1) : products;
    }
    at::Tensor logits(const at::Tensor& chunk) const { return logitsOf(standardised(chunk)); }

    // The penalised mean, and its gradient in m_parameters.
    at::Tensor evaluate(double l2) {
        const torch::NoGradGuard noGradients;
        // A step begins where the last one ended.
        if (m_parameters._version() == m_evaluated) return m_value;
        const auto rows = static_cast<double>(m_labels.size(0));
        at::Tensor gradient = torch::zeros_like(m_parameters);
        double loss = 0;
        double counted = 0;
        std::int64_t right = 0;
        const std::int64_t atATime = m_whole.defined() ? m_features.size(0) : m_rowsAtATime;
        const auto chunks = m_features.split(atATime);
        const auto labels = m_labels.split(atATime);
        for (std::size_t i = 0; i < chunks.size(); ++i) {
            const at::Tensor x = m_whole.defined() ? m_whole : standardised(chunks[i]);
            const at::Tensor scores = logitsOf(x);
            const at::Tensor logs = scores.log_softmax(1);
            const at::Tensor weights = m_weights.index_select(0, labels[i]).unsqueeze(1);
            loss -= (weights * logs.gather(1, labels[i].unsqueeze(1))).sum().item<double>();
            counted += weights.sum().item<double>();
            right += scores.argmax(1).eq(labels[i]).sum().item<std::int64_t>();
            at::Tensor off = logs.exp();
            off.scatter_add_(1, labels[i].unsqueeze(1), torch::full({off.size(0), 1}, -1.0, torch::kDouble));
            off *= weights;
            gradient.slice(1, 0, -1) += off.t().to(m_products).mm(x);
            if (m_hasBias) gradient.select(1, -1) += off.sum(0);
        }
        gradient /= counted;
        const at::Tensor weight = m_parameters.slice(1, 0, -1);
        gradient.slice(1, 0, -1) += l2 * weight;
        m_parameters.mutable_grad() = gradient;
        m_loss = loss / counted;
        m_accuracy = static_cast<double>(right) / rows;
        m_gradient = gradient.abs().max().item<double>();
        m_evaluated = m_parameters._version();
        m_value = torch::tensor(m_loss + 0.5 * l2 * weight.square().sum().item<double>(), torch::kDouble);
        return m_value;
    }

    at::Tensor m_features;
    at::Tensor m_whole;  // all of them standardised, where there is room; else it is done at each step
    at::Tensor m_labels;
    at::ScalarType m_products;
    std::int64_t m_rowsAtATime;
    Standard m_standard;
    bool m_hasBias;
    at::Tensor m_weights;           // by class
    at::Tensor m_parameters;        // classes x (d + 1): weights of the standardised features, and the bias
    std::int64_t m_evaluated = -1;  // the version of m_parameters that these are of
    at::Tensor m_value;
    int m_iterations = 0;
    double m_loss = 0;
    double m_accuracy = 0;
    double m_gradient = 0;
};

// The fold of each image: dealt out class by class in a drawn order, so that each has its share of each
// class.
std::map<std::int64_t, int> foldsOf(const HeadProblem& problem, const HeadSearch& search, int& folds) {
    std::map<std::int64_t, std::int64_t> labelOf;
    const auto images = problem.images.accessor<std::int64_t, 1>();
    const auto labels = problem.labels.accessor<std::int64_t, 1>();
    for (std::int64_t row = 0; row < images.size(0); ++row)
        labelOf[images[row]] = labels[row];
    std::vector<std::vector<std::int64_t>> ofClass(static_cast<std::size_t>(problem.classes));
    for (const auto& [image, label] : labelOf)
        ofClass[static_cast<std::size_t>(label)].push_back(image);
    folds = search.folds;
    for (const auto& all : ofClass) {
        if (!all.empty()) folds = std::min(folds, static_cast<int>(all.size()));
    }
    const double variants = static_cast<double>(problem.labels.size(0)) /
                            static_cast<double>(std::max<std::size_t>(1, labelOf.size()));
    const double kept = std::min(
        1.0, static_cast<double>(kMostRowsOfSearch) / (variants * static_cast<double>(labelOf.size())));
    std::map<std::int64_t, int> foldOf;
    base::RandomStream random(search.seed);
    for (auto& all : ofClass) {
        for (std::size_t i = all.size(); i > 1; --i)
            std::swap(all[i - 1], all[random.below(i)]);
        const auto enough = static_cast<std::size_t>(std::ceil(kept * static_cast<double>(all.size())));
        for (std::size_t i = 0; i < std::min(all.size(), std::max<std::size_t>(enough, 5)); ++i)
            foldOf[all[i]] = static_cast<int>(i) % std::max(1, folds);
    }
    return foldOf;
}

// Empty: stopped.
std::optional<double> bestPenalty(const HeadProblem& problem, const Standard& standard,
                                  const HeadSearch& search) {
    const std::vector<double> penalties = penaltiesTried();
    int folds = 0;
    const auto foldOf = foldsOf(problem, search, folds);
    if (folds < 2) return penalties[penalties.size() / 2];  // nothing to compare with
    std::vector<double> losses(penalties.size(), 0.0);
    const auto images = problem.images.accessor<std::int64_t, 1>();
    for (int fold = 0; fold < folds; ++fold) {
        std::vector<std::int64_t> inside;
        std::vector<std::int64_t> outside;
        for (std::int64_t row = 0; row < images.size(0); ++row) {
            const auto of = foldOf.find(images[row]);
            if (of != foldOf.end()) (of->second == fold ? outside : inside).push_back(row);
        }
        const at::Tensor in = torch::tensor(inside, torch::kLong);
        const at::Tensor out = torch::tensor(outside, torch::kLong);
        Fit fit(problem.features.index_select(0, in), problem.labels.index_select(0, in), standard, problem,
                torch::kFloat,
                search.keptBytes);  // half the memory to go through, and enough to compare penalties
        const at::Tensor unseen = problem.features.index_select(0, out);
        const at::Tensor labels = problem.labels.index_select(0, out);
        for (std::size_t i = 0; i < penalties.size(); ++i) {
            if (!fit.solve(penalties[i], kNearOptimum, kMostIterationsOfFold, search, false))
                return std::nullopt;
            losses[i] += fit.lossOn(unseen, labels) / folds;
            // Weaker ones only fit the rows better that they have seen.
            if (losses[i] >
                    2 * *std::min_element(losses.begin(), losses.begin() + static_cast<long>(i) + 1) &&
                fold == 0) {
                losses.resize(i + 1);
                break;
            }
            if (i + 1 == losses.size()) break;
        }
    }
    const auto best = std::min_element(losses.begin(), losses.end());
    return penalties[static_cast<std::size_t>(best - losses.begin())];
}

}  // namespace

std::vector<double> penaltiesTried() {
    return {1.0, 0.3, 0.1, 0.03, 0.01, 0.003, 0.001, 0.0003, 0.0001, 0.00003, 0.00001};
}

std::optional<HeadSolution> solveHead(const HeadProblem& problem, const HeadSearch& search) {
    const torch::NoGradGuard noGradients;
    const Standard standard = standardOf(problem.features, search.keptBytes);
    std::optional<double> l2 = search.l2;
    if (!l2) l2 = bestPenalty(problem, standard, search);
    if (!l2) return std::nullopt;
    Fit fit(problem.features, problem.labels, standard, problem, torch::kDouble, search.keptBytes);
    if (!fit.solve(*l2, kOptimum, kMostIterations, search, true)) return std::nullopt;
    return fit.solution(*l2);
}

}  // namespace graft::training
