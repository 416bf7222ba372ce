// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"
#include "core/settings/recipes/Article.h"

namespace graft::settings::recipes {

// Article 003: VGG16 without its top, GlobalAveragePooling2D, Dense(1024, relu), Dense(n, softmax); the base
// frozen with RMSprop as Keras has it (1e-3, rho 0.9, epsilon 1e-7), then its top blocks too, at a lower
// rate.
Recipe headThenTop() {
    return {
        .name = "head-then-top",
        .label = GRAFT_TEXT("Head, then top"),
        .help = GRAFT_TEXT("The head alone until it is of use, then the last two stages with it at a tenth "
                           "of the rate, so that its first errors do not spoil them"),
        .backbone = "vgg16",
        .trained = "last 2 stages",
        .settings = articleSettings({{"optimizer.kind", std::string("rmsprop")},
                                     {"optimizer.learning_rate", 1e-3},
                                     {"optimizer.momentum", 0.0},
                                     {"optimizer.alpha", 0.9},
                                     {"optimizer.epsilon", 1e-7},
                                     {"phases.kind", std::string("head_first")},
                                     {"phases.head_epochs", std::int64_t{5}},
                                     {"phases.fine_tune_factor", 0.1},
                                     {"head.kind", std::string("average")},
                                     {"head.hidden_units", std::int64_t{1024}}}),
    };
}

}  // namespace graft::settings::recipes
