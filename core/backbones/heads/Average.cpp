// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Head.h"

namespace graft::backbones::heads {

HeadKind average() {
    return {
        .name = "average",
        .label = GRAFT_TEXT("average of the last map"),
        .help =
            GRAFT_TEXT("The last feature map averaged over its positions, without the large layers that "
                       "VGG, AlexNet and others have behind it; Keras' include_top=False, pooling=\"avg\""),
        .reads = HeadKind::Reads::MapMean,
        .hidden = HeadKind::Hidden::Optional,
    };
}

}  // namespace graft::backbones::heads
