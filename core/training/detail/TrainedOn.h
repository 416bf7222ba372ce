// SPDX-License-Identifier: GPL-3.0-or-later
// Which images a model has seen in training, so that nobody scores it on them as if it had not.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/base/Result.h"

namespace graft::training {

struct Learnt {
    std::set<std::string> sha256;      // of the images
    std::vector<std::string> unknown;  // models behind it of which nothing says what they were trained on

    void add(const Learnt& other);
};

// The run that this is the folder or the model of; empty: of none. An export may lie in a run's folder, too.
std::string runOf(const std::string& model);

// model: a run's folder or the model in it, with what it was begun from; any other file is itself unknown.
// Errors: as readRunList and readDecisions.
Result<Learnt> learntBy(const std::string& model);

// The same of weights that a run begins from: unknown are those that have a .json of Graft's or are marked as
// trained by it, and files that are gone. Published weights, and others that Graft has not trained, have
// learnt nothing that anyone here would score them on.
Result<Learnt> learntByWeights(const std::string& weightsFile);

}  // namespace graft::training
