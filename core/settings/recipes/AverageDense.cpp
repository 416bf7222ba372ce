// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"
#include "core/settings/recipes/Article.h"

namespace graft::settings::recipes {

// Article 000: VGG16 without its top, GlobalAveragePooling2D, Dense(1024, relu), Dense(n, softmax);
// SGD(1e-4, momentum=0.9), 10 epochs, batches of 32.
Recipe averageDense() {
    return {
        .name = "average-dense",
        .label = GRAFT_TEXT("Average and dense"),
        .help = GRAFT_TEXT("The last feature map averaged, a hidden layer of 1024, and small steps of SGD: "
                           "little can go wrong, and little is learned in each epoch; more epochs help"),
        .backbone = "vgg16",
        .trained = "head",
        .settings = articleSettings({{"optimizer.kind", std::string("sgd")},
                                     {"optimizer.learning_rate", 1e-4},
                                     {"optimizer.momentum", 0.9},
                                     {"head.kind", std::string("average")},
                                     {"head.hidden_units", std::int64_t{1024}}}),
    };
}

}  // namespace graft::settings::recipes
