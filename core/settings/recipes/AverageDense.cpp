// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"

namespace graft::settings::recipes {

// Article 000: VGG16 without its top, GlobalAveragePooling2D, Dense(1024, relu), Dense(n, softmax);
// SGD(1e-4, momentum=0.9), 10 epochs, batches of 32.
Recipe averageDense() {
    return {
        .name = "average-dense",
        .label = GRAFT_TEXT("Average and a dense layer, slowly"),
        .help = GRAFT_TEXT("The last feature map averaged, a hidden layer of 1024, and small steps of SGD: "
                           "little can go wrong, "
                           "and little is learned in each epoch; more epochs help"),
        .backbone = "vgg16",
        .trained = "head",
        .settings = {{"epochs", std::int64_t{10}},
                     {"batch_size", std::int64_t{32}},
                     {"optimizer.kind", std::string("sgd")},
                     {"optimizer.learning_rate", 1e-4},
                     {"optimizer.momentum", 0.9},
                     {"loss.kind", std::string("cross_entropy")},
                     {"head.kind", std::string("average")},
                     {"head.hidden_units", std::int64_t{1024}},
                     {"head.dropout", 0.0},
                     {"augment.random_resized_crop", false},
                     {"augment.horizontal_flip", false}},
    };
}

}  // namespace graft::settings::recipes
