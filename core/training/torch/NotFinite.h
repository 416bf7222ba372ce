// SPDX-License-Identifier: GPL-3.0-or-later
// Why a run meets nan or infinity, and what helps: other weights, float32, or a lower learning rate. A wrong
// remedy sends a person looking in the wrong place.
#pragma once

#include <c10/core/Device.h>

#include <string>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/data/torch/BatchLoader.h"
#include "core/settings/TrainConfig.h"

namespace graft::training {

class NotFinite {
  public:
    // All of them must outlive this; the network is on the device.
    NotFinite(const backbones::Network& network, const settings::TrainConfig& config, c10::Device device)
        : m_network(network), m_config(config), m_device(device) {}

    // What the first `units` units gave for this picture (1 x 3 x S x S) is not finite. typeName: what they
    // were calculated in.
    Error ofFeatures(const at::Tensor& picture, const std::string& path, std::size_t units,
                     const std::string& typeName) const;

    // A loss is not finite. name: "loss" or "validation loss", a GRAFT_TEXT. some: pictures that it is of, at
    // most a few of which are looked at. moved: a step has changed the weights before.
    Error ofLoss(const char* name, double value, int epoch, bool moved,
                 std::vector<data::LoadJob> some) const;

  private:
    const backbones::Network& m_network;
    const settings::TrainConfig& m_config;
    c10::Device m_device;
};

}  // namespace graft::training
