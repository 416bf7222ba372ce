// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Head.h"

namespace graft::backbones::heads {

HeadKind class_mean() {
    return {
        .name = "class_mean",
        .label = GRAFT_TEXT("class token and mean"),
        .help =
            GRAFT_TEXT("One linear layer on a transformer's class token and the mean of its patches beside "
                       "it, as DINOv2's authors do it; of other networks on the average of the last map"),
        .reads = HeadKind::Reads::ClassAndMean,
    };
}

}  // namespace graft::backbones::heads
