// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/augment/Augmentation.h"

namespace graft::data::augment {

// By 0, 90, 180 or 270 degrees: what lies under a microscope or is seen from above has no up, and no corner
// has to be filled. With a flip these are the eight of fastai's dihedral().
Augmentation quarterTurns() {
    return {
        .name = "quarter_turns",
        .knobs = {{
            .name = "quarter_turns",
            .option = "--quarter-turns",
            .label = GRAFT_TEXT("Quarter turns"),
            .help = GRAFT_TEXT("Turn by 0, 90, 180 or 270 degrees; where there is no up"),
            .usual = false,
        }},
        .geometry =
            [](const Dials&, base::RandomStream& random) {
                Homography turn;
                for (auto quarters = random.below(4); quarters > 0; --quarters)
                    turn = turn * Homography::affine(0, 1, 0, -1, 0, 0);
                return turn;
            },
        .movesPixelsOnly = true,
    };
}

}  // namespace graft::data::augment
