// SPDX-License-Identifier: GPL-3.0-or-later
// What training without being told how makes of a comparison: each choice by a rule of its own, with the
// sentence that says why.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/comparing/Comparison.h"

namespace graft::comparing {

struct BackboneChoice {
    const Candidate* whole = nullptr;  // of the comparison's ranking, with a linear head
    Message why;
};
// The first of the ranking that is a whole backbone with a linear head. Errors: NotFound.
Result<BackboneChoice> chooseBackbone(const Comparison& comparison);

struct HeadChoice {
    std::string kind = "linear";
    Message why;
};
// A hidden layer only where it answers more of the same images right, beyond what chance explains.
HeadChoice chooseHead(const Comparison& comparison, const Candidate& whole);

struct CutChoice {
    std::string trainFrom;              // the first unit that is trained; never empty
    std::string stage;                  // of it
    double frozenSecondsPerImage = 0;   // of the units before it
    double trainedSecondsPerImage = 0;  // of it and those behind
    Message why;
};
// Behind the earliest depth whose accuracy is within one standard error of the whole backbone's (the
// one-standard-error rule of Breiman et al. 1984): what is behind it adds nothing that is sure. Where every
// stage is needed, the last one is trained. units: of the backbone as its head reads them, at least one.
CutChoice chooseCut(const Comparison& comparison, const Candidate& whole,
                    const std::vector<backbones::UnitSummary>& units);

struct TimePlan {
    int epochs = 0;  // of fine-tuning; 0: there is no time for at least two
    double secondsPerEpoch = 0;
};
// How many epochs of fine-tuning fit: a forward pass of what is trained and twice as much for the way back,
// and, of what is frozen, a forward pass for each of the variants that are kept.
TimePlan planTime(const CutChoice& cut, std::size_t trainImages, std::size_t valImages, int variants,
                  double secondsLeft);

}  // namespace graft::comparing
