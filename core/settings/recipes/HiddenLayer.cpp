// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"

namespace graft::settings::recipes {

// Article 001: ResNet-18 with fc = Sequential(Linear(512, 100), ReLU(), Linear(100, 10)); SGD(1e-3,
// momentum=0.9), cross-entropy, 10 epochs.
Recipe hiddenLayer() {
    return {
        .name = "hidden-layer",
        .label = GRAFT_TEXT("A small hidden layer"),
        .help = GRAFT_TEXT("A hidden layer of 100 on the features of a frozen network: for classes that a "
                           "linear layer does not "
                           "part"),
        .backbone = "resnet18",
        .trained = "head",
        .settings = {{"epochs", std::int64_t{10}},
                     {"batch_size", std::int64_t{32}},
                     {"optimizer.kind", std::string("sgd")},
                     {"optimizer.learning_rate", 1e-3},
                     {"optimizer.momentum", 0.9},
                     {"loss.kind", std::string("cross_entropy")},
                     {"head.kind", std::string("mlp")},
                     {"head.hidden_units", std::int64_t{100}},
                     {"head.dropout", 0.0},
                     {"augment.random_resized_crop", false},
                     {"augment.horizontal_flip", false}},
    };
}

}  // namespace graft::settings::recipes
