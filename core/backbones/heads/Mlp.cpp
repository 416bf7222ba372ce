// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Head.h"

namespace graft::backbones::heads {

HeadKind mlp() {
    return {
        .name = "mlp",
        .label = GRAFT_TEXT("hidden layer"),
        .help = GRAFT_TEXT("A hidden layer on what the architecture's own classifier reads"),
        .hidden = HeadKind::Hidden::Always,
    };
}

}  // namespace graft::backbones::heads
