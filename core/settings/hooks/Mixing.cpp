// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/hooks/Hooks.h"

namespace graft::settings::hooks {

Rows mixing() {
    return {
        .settings = {
            {
                .key = kMixup,
                .option = "--mixup",
                .group = Group::Augmentation,
                .label = GRAFT_TEXT("Mixup"),
                .help = GRAFT_TEXT("Blends pairs of training images and their labels, by a share from "
                                   "Beta(a, a) (Zhang et al. 2018); 0.2 is usual. No features are kept"),
                .field = ownNumber(kMixup, 0, from(0, 100, GRAFT_TEXT("off"))),
                .applies = {.holds = takesSteps, .goesWith = kWithSteps},
                .whenAbsent = 0.0,
                .mixesImages = true,
            },
            {
                .key = kCutMix,
                .option = "--cutmix",
                .group = Group::Augmentation,
                .label = GRAFT_TEXT("CutMix"),
                .help = GRAFT_TEXT("Puts a rectangle of another training image into each, by a share from "
                                   "Beta(a, a) (Yun et al. 2019); 1 is usual. No features are kept"),
                .field = ownNumber(kCutMix, 0, from(0, 100, GRAFT_TEXT("off"))),
                .applies = {.holds = takesSteps, .goesWith = kWithSteps},
                .whenAbsent = 0.0,
                .mixesImages = true,
            },
        }};
}

}  // namespace graft::settings::hooks
