// SPDX-License-Identifier: GPL-3.0-or-later
// What a run tells while it goes on: plain values, sent in order from the training thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/base/Message.h"
#include "core/settings/Stopping.h"

namespace graft::training {

struct RunStarted {
    std::string runFolder;
    std::string device;
    int epochs = 0;
    int firstEpoch = 1;  // larger when a run is resumed
    std::size_t trainImages = 0;
    std::size_t validationImages = 0;
    std::size_t leftOut = 0;  // unreadable images and training copies of validation images
    std::size_t batchesPerEpoch = 0;
    // What was made of the weight file, as sentences: which of its state dicts was taken, whether the
    // classifier in it goes on or begins anew.
    std::vector<Message> weightNotes;
    std::vector<std::string> classes = {};    // the order of EpochDone::recall
    settings::StoppingOptions stopping = {};  // what the run's best epoch is the best by
};

// What the feature cache does for this run; once at the start, and when that changes.
struct CacheState {
    bool used = false;
    Message message;          // a sentence; empty where there is nothing frozen to cache
    std::uint64_t bytes = 0;  // of this run's features on the disk so far
};

// A run of several phases enters one, or goes on in it.
struct PhaseStarted {
    std::size_t number = 1;  // from 1
    std::size_t phases = 1;
    std::string name;    // "fine-tune"
    int firstEpoch = 1;  // of the run
    int lastEpoch = 1;
};

struct BatchDone {
    int epoch = 1;            // from 1
    bool validation = false;  // a validation batch: loss and accuracy are of the validation so far
    std::size_t batch = 0;    // from 1, within this epoch's training or validation
    std::size_t batches = 0;
    double loss = 0;      // mean over the epoch so far
    double accuracy = 0;  // 0..1, over the epoch so far
    double imagesPerSecond = 0;
    double secondsLeft = 0;  // estimate for the whole run
};

// Instead of batches, where the head is solved at once: features are gathered, then there are iterations.
struct HeadSolving {
    int epoch = 1;
    std::size_t batch = 0;  // of features, from 1
    std::size_t batches = 0;
    int iteration = 0;  // from 1; 0: features are gathered, or penalties compared
    double loss = 0;    // of the last iteration
    double accuracy = 0;
    double imagesPerSecond = 0;  // whose features are gathered
};

struct EpochDone {
    int epoch = 1;
    double trainLoss = 0;
    double trainAccuracy = 0;  // 0..1, while training (augmented images, changing weights)
    double valLoss = 0;
    double valAccuracy = 0;
    double learningRate = 0;  // of the last batch
    double seconds = 0;
    double imagesPerSecond = 0;  // training images by training time
    bool best = false;           // the run's model has become this epoch's, see BestEpoch.h
    // What the figures rest on: images that were really seen. Fewer than RunStarted's where files have
    // become unreadable; 0 in runs of versions that did not count them.
    std::size_t trainImages = 0;
    std::size_t validationImages = 0;
    // Those of the validation images that the run, or the weights that it began from, was trained on: with
    // them the figures are better than on new images. None: nothing says.
    std::optional<std::size_t> validationLearnt = 0;
    std::string phase = {};  // its name; empty where the run has only one
    // By class: the share of its validation images that was recognised, 0..1. None: it has no such image.
    // Empty in runs of versions that did not write it.
    std::vector<std::optional<double>> recall = {};
    // Over the classes that occur, 0..1; none in runs of versions that did not write them.
    std::optional<double> balancedAccuracy = {};  // the mean of their recall
    std::optional<double> macroF1 = {};
};

// A line of metrics.jsonl, without its end: an object of all of an epoch's figures. val_recall is in the
// order of the classes, null where a class has no validation image; phase, val_balanced_accuracy,
// val_macro_f1 and val_recall are there where the epoch has them.
std::string toJson(const EpochDone& epoch);

// What an epoch's model says of one validation image.
struct ValidationAnswer {
    std::string path;        // absolute
    std::string truth;       // a class
    std::string predicted;   // a class
    double probability = 0;  // of the predicted class, 0..1
};

// Of at most a dozen, always the same ones, in the data set's order; just before the epoch's EpochDone.
struct ValidationAnswers {
    int epoch = 1;
    std::vector<ValidationAnswer> images;  // without those that could not be read
};

// The epoch whose model the run keeps, for every list and page; null where there is none.
inline const EpochDone* bestOf(const std::vector<EpochDone>& epochs) {
    const EpochDone* best = nullptr;
    for (const EpochDone& epoch : epochs) {
        if (epoch.best) best = &epoch;
    }
    return best;
}

// Something that a person should know of, as a sentence: images that are gone or have changed.
struct Notice {
    Message message;
};

struct CheckpointSaved {
    std::string path;
};
struct Paused {};
struct Resumed {};

struct RunEnded {
    enum class Outcome { Completed, Stopped, Failed };
    Outcome outcome = Outcome::Completed;
    Message message;  // why it failed or stopped early; empty otherwise
};

using TrainEvent = std::variant<RunStarted, PhaseStarted, CacheState, BatchDone, HeadSolving, EpochDone,
                                ValidationAnswers, Notice, CheckpointSaved, Paused, Resumed, RunEnded>;

// Called from the training thread; must not block for long.
using TrainObserver = std::function<void(const TrainEvent&)>;

}  // namespace graft::training
