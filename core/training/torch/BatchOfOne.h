// SPDX-License-Identifier: GPL-3.0-or-later
// Batch norm cannot train on one picture where its map is 1 x 1: the variance of one number is 0 / 0.
#pragma once

#include <c10/core/Device.h>

#include <cstddef>
#include <cstdint>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

// Looks at the smallest batch that a run over so many training images has (gradients are accumulated over
// batches, batch norm is not). The network's weights may be unset. Errors: InvalidArgument, with the units
// and what helps.
Result<void> checkSmallestBatch(const backbones::Network& network, const settings::TrainConfig& config,
                                std::size_t trainImages);

// The trained batch norms that a batch of config.batchSize pictures gives fewer than kFewNumbers numbers per
// channel, as a sentence with what helps; empty if there are none. Their statistics are so rough that a run
// may diverge at any learning rate. The network is on the device, and is left in evaluation mode.
constexpr std::int64_t kFewNumbers = 16;
Message fewNumbersSentence(const backbones::Network& network, const settings::TrainConfig& config,
                           c10::Device device);

}  // namespace graft::training
