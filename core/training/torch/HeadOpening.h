// SPDX-License-Identifier: GPL-3.0-or-later
// A classifier that ends in a ReLU (SqueezeNet's) is trained without it, and written such that the ReLU never
// closes, on no picture. Softmax does not change when one function of the picture is added to the logits of
// all classes. The features that the classifier reads come out of ReLUs and are never negative: with the
// smallest weight of each channel taken off all classes, and the smallest bias, every weight and bias is 0 or
// more, and so is every logit at every position. (One constant on the biases alone would have to be as large
// as the deepest position of any picture: some ten times as much, which costs float32 a digit.)
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/backbones/torch/Network.h"

namespace graft::training {

// Opens the network's last ReLU, if it has one, and brings the classifier, which an earlier run may have
// written as below, back to a mean of 0 over the classes. Call it when the weights are in place.
void openHead(const backbones::Network& network);

// Makes the classifier in tensors (by name; changed in place) one for the network with its ReLU closed.
// Nothing is done where there is no such ReLU.
void closeHead(const backbones::Network& network, std::vector<std::pair<std::string, at::Tensor>>& tensors);

}  // namespace graft::training
