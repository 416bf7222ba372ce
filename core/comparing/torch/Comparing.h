// SPDX-License-Identifier: GPL-3.0-or-later
// A comparison that is going on: entrant after entrant, the cheapest first, then the depths and the other
// head of the best.
#pragma once

#include <c10/core/Device.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/comparing/Comparison.h"
#include "core/comparing/detail/Folds.h"
#include "core/comparing/torch/CrossValidation.h"
#include "core/comparing/torch/StageFeatures.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"
#include "core/training/detail/ImageLoss.h"

namespace graft::comparing {

class Comparing {
  public:
    Comparing(const CompareConfig& config, const data::DatasetIndex& dataset, const CompareObserver& observer,
              runtime::RunControl& control);

    Result<void> prepare();  // what needs no network. Errors: compareBackbones()'s
    Result<Comparison> run();

  private:
    using Clock = std::chrono::steady_clock;

    // A backbone that was scored, with what its depths and other heads need.
    struct Looked {
        Entrant entrant;
        std::vector<Part> parts;
        Gathered features;
    };
    struct Scored {
        Candidate candidate;
        std::vector<bool> right;    // by image
        std::vector<bool> present;  // by image
    };

    double secondsLeft() const;  // of the budget
    bool goesOn();               // nobody has asked to stop
    // The first must come to its end, whatever it takes.
    bool mayGoOn() { return goesOn() && (m_scored.empty() || secondsLeft() > 0); }
    Message noTime(const Message& what) const;
    void leaveOut(const Entrant& entrant, const Message& why);

    // An error ends the comparison; what concerns this entrant alone leaves it out.
    Result<void> enter(const Entrant& entrant);
    Result<std::optional<Looked>> look(const Entrant& entrant, StageFeatures& features);
    Result<void> checkUnlearnt(const Entrant& entrant) const;
    // Seconds that the features of so many images will take, by how the others' went.
    double estimate(const Part& whole, std::size_t images) const;
    FoldedFeatures folded(const Looked& looked, const Part& part) const;
    // False: stopped, or out of time.
    bool score(const Looked& looked, const Part& part, bool hidden, Clock::time_point begun);
    void keep(Looked looked);  // as long as it is one of the best
    void lookDeeper();
    Result<Comparison> finish();

    const CompareConfig& m_config;
    const data::DatasetIndex& m_dataset;
    const CompareObserver& m_observer;
    runtime::RunControl& m_control;
    Clock::time_point m_start = Clock::now();
    c10::Device m_device = c10::Device(c10::kCPU);
    Folds m_folds;
    std::vector<Entrant> m_entrants;
    training::ImageLoss m_loss;
    std::vector<Scored> m_scored;
    std::vector<Looked> m_best;
    Comparison m_comparison;
    double m_measured = 0;  // seconds that features took
    double m_expected = 0;  // and those that Part::secondsPerImage spoke of
};

}  // namespace graft::comparing
