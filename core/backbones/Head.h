// SPDX-License-Identifier: GPL-3.0-or-later
// The new classifier that grows on a backbone.
#pragma once

namespace graft::backbones {

enum class HeadKind {
    Linear,  // the architecture's own classifier with N outputs, without its dropout
    Mlp,     // global average pooling, Dense(hiddenUnits, ReLU), Dropout, linear
};

struct HeadOptions {
    HeadKind kind = HeadKind::Linear;
    int hiddenUnits = 256;  // Mlp only
    double dropout = 0.5;   // Mlp only; 0 <= p < 1
};

}  // namespace graft::backbones
