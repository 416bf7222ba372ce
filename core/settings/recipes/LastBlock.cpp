// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"
#include "core/settings/recipes/Article.h"

namespace graft::settings::recipes {

// Article 002: VGG16 without its top, Flatten, Dense(n, softmax); block5 and the head are trained; Adam as
// Keras has it (1e-3, epsilon 1e-7), 10 epochs, batches of 32.
Recipe lastBlock() {
    return {
        .name = "last-block",
        .label = GRAFT_TEXT("Last block and head"),
        .help = GRAFT_TEXT("The whole last feature map into one layer, and the last block trained with it: "
                           "for pictures unlike those that the weights have seen; take a lower rate if the "
                           "loss jumps"),
        .backbone = "vgg16",
        .trained = "last stage",
        .settings = articleSettings({{"optimizer.kind", std::string("adam")},
                                     {"optimizer.learning_rate", 1e-3},
                                     {"optimizer.epsilon", 1e-7},
                                     {"head.kind", std::string("flatten")},
                                     {"head.hidden_units", std::int64_t{0}}}),
    };
}

}  // namespace graft::settings::recipes
