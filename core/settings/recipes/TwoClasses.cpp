// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Recipes.h"
#include "core/settings/recipes/Article.h"

namespace graft::settings::recipes {

// Article 004: VGG16 without its top, Flatten, Dense(1024, relu), Dense(1, sigmoid); binary cross-entropy,
// Adam as Keras has it (1e-3, epsilon 1e-7); ImageDataGenerator(shear_range=0.2, zoom_range=0.2,
// horizontal_flip=True), which takes degrees for the shear and a factor for each side for the zoom, and
// repeats the edge outside.
Recipe twoClasses() {
    return {
        .name = "two-classes",
        .label = GRAFT_TEXT("One sigmoid output"),
        .help = GRAFT_TEXT("One output with a sigmoid tells two classes apart, on the whole last feature map "
                           "and a hidden layer of 1024; training images are zoomed and mirrored"),
        .backbone = "vgg16",
        .trained = "head",
        .settings = articleSettings({{"optimizer.kind", std::string("adam")},
                                     {"optimizer.learning_rate", 1e-3},
                                     {"optimizer.epsilon", 1e-7},
                                     {"loss.kind", std::string("binary_cross_entropy")},
                                     {"head.kind", std::string("flatten")},
                                     {"head.hidden_units", std::int64_t{1024}},
                                     {"augment.horizontal_flip", true},
                                     {"augment.shear", 0.2},
                                     {"augment.zoom", 0.2},
                                     {"augment.zoom_sides", true},
                                     {"augment.outside", std::string("edge")}}),
    };
}

}  // namespace graft::settings::recipes
