// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Head.h"

namespace graft::backbones::heads {

HeadKind linear() {
    return {
        .name = "linear",
        .label = GRAFT_TEXT("linear"),
        .help = GRAFT_TEXT("The architecture's own classifier, with the folder's classes as outputs"),
    };
}

}  // namespace graft::backbones::heads
