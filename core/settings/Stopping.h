// SPDX-License-Identifier: GPL-3.0-or-later
// When a run ends before its last epoch, and which epoch's model it gives.
#pragma once

namespace graft::settings {

// Of the validation images after an epoch.
enum class Figure {
    Accuracy,
    Loss,              // plain cross-entropy, whatever the training makes small
    BalancedAccuracy,  // the mean of the classes' recall: every class counts the same
    MacroF1            // the mean of the classes' F1
};

enum class Keep { Best, Last };

struct StoppingOptions {
    Figure stopOn = Figure::Accuracy;  // that has to get better within TrainConfig::earlyStopEpochs
    double minChange = 0;              // by more than so much, in the figure's own measure
    Keep keep = Keep::Best;            // of the epochs' models
    Figure bestBy = Figure::Accuracy;  // that says which is the best
};

}  // namespace graft::settings
