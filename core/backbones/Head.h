// SPDX-License-Identifier: GPL-3.0-or-later
// The new classifier that grows on a backbone.
#pragma once

#include <string>
#include <string_view>

#include "core/base/Result.h"

namespace graft::backbones {

enum class HeadKind {
    Linear,  // the architecture's own classifier with N outputs, without its dropout
    Mlp,     // global average pooling, Dense(hiddenUnits, ReLU), Dropout, linear
};
std::string_view headName(HeadKind kind);  // "linear", "mlp": as in JSON
// Errors: InvalidArgument.
Result<HeadKind> parseHead(const std::string& name);

struct HeadOptions {
    HeadKind kind = HeadKind::Linear;
    int hiddenUnits = 256;  // Mlp only
    double dropout = 0.5;   // Mlp only; 0 <= p < 1
};

}  // namespace graft::backbones
