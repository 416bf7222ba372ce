// SPDX-License-Identifier: GPL-3.0-or-later
// Which backbone suits a person's images, and how deep: what is compared, what is measured of it, and the
// ranking. Plain values; CompareBackbones.h makes them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/base/Result.h"

namespace graft::comparing {

struct CompareConfig {
    // Each as `graft-cli compare --backbones` has it: "resnet18" (every weights of it that are here),
    // "resnet18=FILE" (these weights). Empty: all weights that are on this machine.
    std::vector<std::string> backbones;
    double minutes = 10;  // that it may take in all; > 0. The cheapest backbones come first.
    // That are looked at, drawn with each class's share; at least 20. A class has two of them or more.
    std::size_t mostImages = 2000;
    int folds = 5;  // of the cross-validation, 2..20
    // So many of the best backbones are looked at behind every stage too; 0: none.
    int depthsOf = 2;
    bool hiddenHead = true;       // a head with a hidden layer is tried on the best one
    double confidence = 0.95;     // of the intervals; 0.5..0.999
    std::uint64_t seed = 1;       // of the folds and of what is drawn
    int threads = 0;              // compute threads; 0: one per processor
    std::string device = "auto";  // see runtime::chooseDevice
    double cacheGigabytes = 0;    // budget of the feature cache; 0: see settings::CacheOptions
};
// Errors: InvalidArgument.
Result<void> validate(const CompareConfig& config);

// What is compared: the features that a pretrained network gives, and a head on them.
struct Entrant {
    std::string backbone;     // as in the catalogue: "resnet18"
    std::string tag;          // of its published weights: "IMAGENET1K_V1"; empty: of a file that has none
    std::string weightsFile;  // on this machine
    // The last unit that is read, which is the end of its stage, averaged over its positions; empty: all of
    // the backbone, as its own classifier reads it.
    std::string cut = {};
    std::string stage = {};       // of cut
    std::string head = "linear";  // "linear", or "mlp" (see backbones::HeadOptions)

    bool operator==(const Entrant&) const = default;
};
// "MobileNetV2", "ResNet-50 IMAGENET1K_V2 up to layer3", "MobileNetV2, head mlp". The tag only where others
// in the list are of the same backbone.
Message titleOf(const Entrant& entrant, const std::vector<Entrant>& others = {});

// What training would leave as it is, where a person takes this entrant: the units up to the cut; all of
// them without one. units: of the backbone, in the order of the forward pass.
backbones::FreezePlan freezePlanOf(const Entrant& entrant, const std::vector<backbones::UnitSummary>& units);

struct Interval {
    double low = 0;
    double high = 0;

    bool overlaps(const Interval& other) const { return low <= other.high && other.low <= high; }
};

struct Score {
    // Of multinomial logistic regression on the features (or of the entrant's other head), cross-validated
    // over the training images: each is answered once, by a head that has not seen it. 0..1.
    double accuracy = 0;
    Interval interval;   // Wilson's score interval for it, at CompareConfig::confidence
    double logLoss = 0;  // mean cross-entropy of the same answers, in nats
    // How far the accuracy is above the best entrant's, on the same images (Newcombe's interval for paired
    // proportions, 1998, method 10): it tells more of two entrants apart than two intervals do. 0 of the
    // best.
    double difference = 0;
    Interval differenceInterval;
    // Log of the maximum evidence, per image (You et al. 2021, "LogME"): larger is better. For those that
    // will be fine-tuned; it knows nothing of a head, so that only entrants with a linear one have it.
    std::optional<double> logMe;
    double l2 = 0;                  // what the penalty search has chosen in most of the folds; 0 of "mlp"
    std::int64_t features = 0;      // numbers for each image
    std::int64_t parameters = 0;    // of the units that are read, and of the head
    std::int64_t multiplyAdds = 0;  // of the units that are read, for one image
    double secondsPerImage = 0;  // that these units take here, in float32 and batches of 8, without decoding
    double seconds = 0;          // that this entrant took in all: features (where it is the first to need
                                 // them) and heads
};

struct Candidate {
    Entrant entrant;
    Score score;
    // From 1. The first group are those whose interval overlaps that of the best: they are called equal. The
    // next begins with the best of the rest.
    int group = 1;
};

// Sorts by accuracy, then by log loss, and gives each its group. differences: see Score.
void rank(std::vector<Candidate>& candidates);

struct LeftOut {
    Entrant entrant;  // the weights may be those of nothing: tag and file are empty then
    Message why;      // a sentence with the remedy
};

// Not on this machine, and probably better than what is: by its published accuracy on ImageNet, which is no
// promise for other images.
struct Absent {
    std::string backbone;
    std::string tag;
    double top1 = 0;                // published, per cent
    double megabytes = 0;           // to download
    std::int64_t parameters = 0;    // with the 1000-class classifier
    std::int64_t multiplyAdds = 0;  // for one image
};

struct UnreadImage {
    std::string path;  // relative to the folder
    Message why;
};

struct Comparison {
    std::vector<Candidate> ranking;  // the best first; never empty
    std::vector<LeftOut> leftOut;
    std::vector<Absent> absent;       // at most five, the smallest download first
    std::size_t images = 0;           // that were looked at: training images, copies of one counted once
    std::size_t trainingImages = 0;   // that there are
    std::vector<UnreadImage> unread;  // left out
    std::vector<std::string> classesLeftOut;  // with too few images for two folds
    int folds = 0;                            // there were
    double confidence = 0.95;
    double seconds = 0;
    bool stopped = false;  // on request: the ranking is of those that were done
};

// Sentences on what came out, in order: the best and its equals, the depths, what was left out, what is not
// here. For the end of the command, and for above the plot.
std::vector<Message> sentencesOf(const Comparison& comparison);

// ---- while it goes on

struct EntrantStarted {
    Entrant entrant;
    std::size_t number = 1;  // from 1
    std::size_t entrants = 1;
};
struct FeaturesGathered {
    Entrant entrant;
    std::size_t images = 0;  // so far
    std::size_t of = 0;
    double secondsLeft = 0;  // for these features; 0: not known yet
};
// Its group and difference are not known yet. Also for each depth and head.
struct EntrantScored {
    Candidate candidate;
};
struct EntrantLeftOut {
    LeftOut leftOut;
};
struct CompareNotice {
    Message message;
};
using CompareEvent =
    std::variant<EntrantStarted, FeaturesGathered, EntrantScored, EntrantLeftOut, CompareNotice>;
// Called from the calling thread, in order; must not block for long.
using CompareObserver = std::function<void(const CompareEvent&)>;

}  // namespace graft::comparing
