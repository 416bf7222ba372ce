// SPDX-License-Identifier: GPL-3.0-or-later
// What GoogLeNet and Inception v3 share.
#pragma once

#include "core/backbones/torch/Blocks.h"

namespace graft::backbones {

// Convolution "conv", batch norm "bn" and ReLU.
inline LayerPtr basicConv(const ConvOptions& options) {
    return std::make_shared<Chain>(std::vector<std::pair<std::string, LayerPtr>>{
        {"conv", std::make_shared<Conv2d>(options)},
        {"bn", std::make_shared<BatchNorm2d>(options.out, NormOptions{.epsilon = 0.001})},
        {"relu", std::make_shared<Activation>(Function::Relu)}});
}

}  // namespace graft::backbones
