// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Head.h"

namespace graft::backbones::heads {

HeadKind flatten() {
    return {
        .name = "flatten",
        .label = GRAFT_TEXT("whole last map"),
        .help = GRAFT_TEXT("Every number of the last feature map, with no average: it sees where something "
                           "is, and has many weights; Keras' Flatten()"),
        .reads = HeadKind::Reads::Map,
        .hidden = HeadKind::Hidden::Optional,
    };
}

}  // namespace graft::backbones::heads
