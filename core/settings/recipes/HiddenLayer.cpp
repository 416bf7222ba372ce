// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"
#include "core/settings/recipes/Article.h"

namespace graft::settings::recipes {

// Article 001: ResNet-18 with fc = Sequential(Linear(512, 100), ReLU(), Linear(100, 10)); SGD(1e-3,
// momentum=0.9), cross-entropy, 10 epochs.
Recipe hiddenLayer() {
    return {
        .name = "hidden-layer",
        .label = GRAFT_TEXT("Small hidden layer"),
        .help = GRAFT_TEXT("A hidden layer of 100 on the features of a frozen network: for classes that a "
                           "linear layer does not part"),
        .backbone = "resnet18",
        .trained = "head",
        .settings = articleSettings({{"optimizer.kind", std::string("sgd")},
                                     {"optimizer.learning_rate", 1e-3},
                                     {"optimizer.momentum", 0.9},
                                     {"head.kind", std::string("mlp")},
                                     {"head.hidden_units", std::int64_t{100}}}),
    };
}

}  // namespace graft::settings::recipes
