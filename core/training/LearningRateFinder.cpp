// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/LearningRateFinder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <functional>

namespace graft::training {

namespace {

constexpr std::size_t kLeftOutInTheEnd = 5;

}  // namespace

std::optional<double> LearningRateFinder::nextRate() const {
    if (m_diverged || m_curve.size() >= m_sweep.count) return std::nullopt;
    const double part = static_cast<double>(m_curve.size()) / static_cast<double>(m_sweep.count);
    return m_sweep.first * std::pow(m_sweep.last / m_sweep.first, part);
}

void LearningRateFinder::add(double loss) {
    const auto rate = nextRate();
    if (!rate) return;
    if (!std::isfinite(loss)) {
        m_diverged = true;
        return;
    }
    m_average = m_sweep.smoothing * m_average + (1 - m_sweep.smoothing) * loss;
    const auto batches = static_cast<double>(m_curve.size() + 1);
    const double smooth = m_average / (1 - std::pow(m_sweep.smoothing, batches));
    m_best = m_curve.empty() ? smooth : std::min(m_best, smooth);
    m_curve.push_back({*rate, smooth});
    m_diverged = smooth > m_sweep.divergence * m_best;
}

std::vector<RateAndLoss> LearningRateFinder::readable() const {
    const std::size_t first = m_sweep.count / 10;
    if (m_curve.size() <= first + kLeftOutInTheEnd) return {};
    return {m_curve.begin() + static_cast<std::ptrdiff_t>(first),
            m_curve.end() - static_cast<std::ptrdiff_t>(kLeftOutInTheEnd)};
}

std::optional<double> LearningRateFinder::valley() const {
    return valleyOf(readable());
}

std::optional<double> LearningRateFinder::steepest() const {
    return steepestOf(readable());
}

std::optional<double> valleyOf(const std::vector<RateAndLoss>& curve) {
    // highest[n]: the highest loss with which a descent of n + 1 points can end.
    std::vector<double> highest;
    std::size_t end = 0;
    for (std::size_t i = 0; i < curve.size(); ++i) {
        const double loss = curve[i].loss;
        const auto place = std::ranges::lower_bound(highest, loss, std::greater<>());
        if (place == highest.end()) {
            highest.push_back(loss);
            end = i;
        } else {
            *place = loss;
        }
    }
    const std::size_t length = highest.size();
    if (length < 2) return std::nullopt;
    // fastai's counting: the valley is as wide as the descent has points, and ends with it.
    const std::size_t steps = length / 3 + length / 6;
    return curve[std::max(end + steps, length) - length].rate;
}

std::optional<double> steepestOf(const std::vector<RateAndLoss>& curve) {
    std::optional<double> rate;
    double steepest = 0;
    for (std::size_t i = 0; i + 1 < curve.size(); ++i) {
        const double slope =
            (curve[i + 1].loss - curve[i].loss) / (std::log(curve[i + 1].rate) - std::log(curve[i].rate));
        if (slope >= steepest) continue;
        steepest = slope;
        rate = curve[i].rate;
    }
    return rate;
}

double twoDigits(double rate) {
    std::array<char, 32> digits{};
    const auto written =
        std::to_chars(digits.data(), digits.data() + digits.size(), rate, std::chars_format::scientific, 1);
    double rounded = rate;
    std::from_chars(digits.data(), written.ptr, rounded);
    return rounded;  // the very number that is read where it is typed
}

}  // namespace graft::training
