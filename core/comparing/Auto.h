// SPDX-License-Identifier: GPL-3.0-or-later
// Trains without being told how: compares what is here, chooses backbone, cut, head and augmentation on the
// training images, solves the head, and fine-tunes if there is time left. The best epoch by validation is
// kept, as in every run: fine-tuning that makes it worse changes nothing. One blocking call, as train().
#pragma once

#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/Result.h"
#include "core/comparing/Comparison.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"
#include "core/settings/TrainConfig.h"
#include "core/training/TrainEvents.h"
#include "core/training/Trainer.h"

namespace graft::comparing {

struct AutoConfig {
    std::string runFolder;      // of the run, which must not hold one yet
    std::string datasetFolder;  // as the run shall name it; the dataset's root
    double minutes = 20;        // that it may take in all; > 0. An epoch that has begun is not cut off.
    double validationShare = 0.2;
    // backbones, seed, threads, device, cache: of the comparison and of the run. Its minutes are not looked
    // at.
    CompareConfig compare;
};

// One of the things that were decided, with what it rests on.
struct AutoDecided {
    enum class What { Backbone, Cut, Head, Augmentation, FineTuning };
    What what = What::Backbone;
    Message sentence;
};
using AutoEvent = std::variant<CompareEvent, AutoDecided, training::TrainEvent>;
using AutoObserver = std::function<void(const AutoEvent&)>;

struct AutoReport {
    Comparison comparison;
    settings::TrainConfig config;  // of the run
    // Not completed where the time was over before the planned epochs: resumeRun() goes on.
    training::TrainReport run;
    std::vector<Message> explanation;  // five sentences: what it did and why
    bool timeIsOver = false;           // which ended the run
    bool stopped = false;              // on request
};

// A stop through control while the comparison goes on ends with Cancelled and leaves no run; later it leaves
// the run as train() does, which resumeRun() can take up.
// Errors: those of compareBackbones() and of train().
Result<AutoReport> trainAuto(const AutoConfig& config, const data::DatasetIndex& dataset,
                             const AutoObserver& observer, runtime::RunControl& control);

}  // namespace graft::comparing
