// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/torch/LogMe.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

namespace graft::comparing {

namespace {

constexpr int kMostIterations = 500;
constexpr double kSettled = 1e-9;  // change of alpha / beta, relative
constexpr double kTiny = 1e-12;

// The squares of the features' singular values that are not 0, and what each target has along each of their
// left singular vectors, squared: all that the evidence depends on.
struct Spectrum {
    std::vector<double> squares;  // k
    at::Tensor along;             // classes x k
    at::Tensor norms;             // classes: each target's squared length
};

Spectrum spectrumOf(const at::Tensor& features, const at::Tensor& targets) {
    const at::Tensor f = features.to(torch::kDouble);
    const bool isTall = f.size(0) >= f.size(1);
    auto [values, vectors] = at::linalg_eigh(isTall ? f.t().mm(f) : f.mm(f.t()));
    const double largest = std::max(values.max().item<double>(), kTiny);
    const at::Tensor kept = values.gt(largest * 1e-12).nonzero().squeeze(1);
    values = values.index_select(0, kept);
    vectors = vectors.index_select(1, kept);
    // Of the tall one the left vectors are F v / s.
    const at::Tensor along = isTall ? targets.mm(f).mm(vectors) / values.sqrt() : targets.mm(vectors);
    Spectrum spectrum;
    const at::Tensor plain = values.contiguous();
    spectrum.squares.assign(plain.data_ptr<double>(), plain.data_ptr<double>() + plain.numel());
    spectrum.along = along.square().contiguous();
    spectrum.norms = targets.square().sum(1);
    return spectrum;
}

// Of one target y: the log evidence of y = F m + noise at the best precisions alpha (of m) and beta (of
// noise).
double evidenceOf(const std::vector<double>& squares, const double* along, double norm, double n, double d) {
    double outside = norm;  // of y, where no feature reaches
    for (std::size_t i = 0; i < squares.size(); ++i)
        outside -= along[i];
    outside = std::max(outside, 0.0);
    double alpha = 1;
    double beta = 1;
    double weight = 0;    // squared length of the mean m
    double residual = 0;  // of F m - y
    const auto solve = [&] {
        const double t = alpha / beta;
        double gamma = 0;  // effective number of parameters
        weight = 0;
        residual = outside;
        for (std::size_t i = 0; i < squares.size(); ++i) {
            const double s = squares[i];
            gamma += s / (s + t);
            weight += s * along[i] / ((s + t) * (s + t));
            residual += along[i] * t * t / ((s + t) * (s + t));
        }
        return gamma;
    };
    for (int i = 0; i < kMostIterations; ++i) {
        const double before = alpha / beta;
        const double gamma = solve();
        alpha = gamma / std::max(weight, kTiny);
        beta = (n - gamma) / std::max(residual, kTiny);
        if (!(beta > 0)) beta = kTiny;
        if (std::abs(alpha / beta - before) <= kSettled * before) break;
    }
    solve();
    double logDeterminant = (d - static_cast<double>(squares.size())) * std::log(alpha);
    for (const double s : squares)
        logDeterminant += std::log(alpha + beta * s);
    return 0.5 * (n * std::log(beta) + d * std::log(alpha) - n * std::log(2 * std::numbers::pi) -
                  beta * residual - alpha * weight - logDeterminant);
}

}  // namespace

double logMe(const at::Tensor& features, const at::Tensor& labels, int classes) {
    const torch::NoGradGuard noGradients;
    const at::Tensor targets = at::one_hot(labels, classes).t().to(torch::kDouble).contiguous();
    const Spectrum spectrum = spectrumOf(features, targets);
    const auto n = static_cast<double>(features.size(0));
    const auto d = static_cast<double>(features.size(1));
    const auto k = static_cast<std::ptrdiff_t>(spectrum.squares.size());
    double sum = 0;
    for (int c = 0; c < classes; ++c) {
        sum += evidenceOf(spectrum.squares, spectrum.along.data_ptr<double>() + c * k,
                          spectrum.norms[c].item<double>(), n, d);
    }
    return sum / (n * classes);
}

}  // namespace graft::comparing
