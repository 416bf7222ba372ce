// SPDX-License-Identifier: GPL-3.0-or-later
// Which learning rate suits a run: it is raised from batch to batch until the loss explodes, and the curve of
// the loss over the rate is read (Smith 2015, Cyclical learning rates, section 3.3). This is the half without
// a network: whoever trains the batches asks for each one's rate and tells its loss.
//     LearningRateFinder finder;
//     while (const auto rate = finder.nextRate()) finder.add(lossOfABatchAt(*rate));
//     const std::optional<double> rate = finder.valley();
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace graft::training {

// The defaults are fastai's.
struct RateSweep {
    double first = 1e-7;      // above 0
    double last = 10;         // above first; the rates end one batch before it
    std::size_t count = 100;  // batches, at least 1
    double smoothing = 0.98;  // share of the average loss that a batch keeps, from 0 to below 1
    double divergence = 4;    // it ends at a loss of more than so many times the best
};

struct RateAndLoss {
    double rate = 0;
    double loss = 0;
};

class LearningRateFinder {
  public:
    explicit LearningRateFinder(const RateSweep& sweep = {}) : m_sweep(sweep) {}

    // first * (last / first)^(batch / count), for the next batch, from 0. None: it is over.
    std::optional<double> nextRate() const;
    // Of the batch that was trained at nextRate(). One that is not finite ends it too.
    void add(double loss);
    bool hasDiverged() const { return m_diverged; }

    // What is drawn: each rate with the loss as it is smoothed, an exponentially weighted mean that has the
    // right size from the first batch on (divided by 1 - smoothing^n, Kingma, Ba 2014, section 3). All are
    // finite.
    const std::vector<RateAndLoss>& curve() const { return m_curve; }

    // As fastai reads it: the first tenth, where the average is still of few batches, and the last five
    // points, where it explodes, are left out. None: there the loss falls nowhere.
    std::optional<double> valley() const;
    std::optional<double> steepest() const;

  private:
    std::vector<RateAndLoss> readable() const;

    RateSweep m_sweep;
    std::vector<RateAndLoss> m_curve;
    double m_average = 0;  // not yet divided
    double m_best = 0;     // smoothed loss
    bool m_diverged = false;
};

// Both ask for rising rates. None: no loss is lower than one before it.
// In the middle of the second third of the longest descent, the longest subsequence of losses each lower than
// the one before it (of several the first to end): fastai's "valley".
std::optional<double> valleyOf(const std::vector<RateAndLoss>& curve);
// Where the loss falls fastest over the logarithm of the rate: the beginning of the steepest piece.
std::optional<double> steepestOf(const std::vector<RateAndLoss>& curve);

// To two significant digits, as a person would write it: 0.0032. rate: above 0.
double twoDigits(double rate);

}  // namespace graft::training
