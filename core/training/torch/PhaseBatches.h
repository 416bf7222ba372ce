// SPDX-License-Identifier: GPL-3.0-or-later
// What a phase of a run is fed with: the features of its frozen units, where they are kept, otherwise images.
#pragma once

#include <c10/core/Device.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/data/detail/ImageMemory.h"
#include "core/data/torch/BatchLoader.h"
#include "core/settings/TrainConfig.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/EpochOrder.h"
#include "core/training/detail/RunImages.h"
#include "core/training/torch/FeatureSource.h"
#include "core/training/torch/Validation.h"

namespace graft::training {

class PhaseBatches {
  public:
    // config: as it is in the phase, which begins with that epoch of the run. All of these outlive it.
    PhaseBatches(const settings::TrainConfig& config, const RunImages& images, int firstEpoch)
        : m_config(config), m_images(images), m_firstEpoch(firstEpoch) {}

    // Whether features stand for the frozen units: as was decided, or by what the network and the machine can
    // do. The network is on the device, with its weights; it is left in evaluation mode. Errors: BadFormat
    // (what was decided does not fit the network; without a path).
    Result<void> start(backbones::Network& network, const Validation& validation, c10::Device device,
                       const std::optional<FeatureDecision>& decided);
    // What start() has decided.
    FeatureDecision decision() const;

    FeatureSource* features() const { return m_features.get(); }  // null: images
    const std::shared_ptr<data::ImageMemory>& memory() const { return m_memory; }
    std::size_t unitsDone() const {
        return m_features ? m_features->units() : 0;
    }  // that the features stand for
    bool keeps() const { return m_features && m_features->keeps(); }
    int variants() const { return m_features ? std::max(1, m_variants) : 0; }  // that an image has
    // Epochs that compute features, one variant of each image in each; 0: none are kept.
    int fillingEpochs() const { return keeps() ? m_variants : 0; }
    // What the cache can do for this phase, as a sentence; empty where there is nothing to say.
    Message message() const { return m_features ? m_features->message() : Message(); }
    std::uint64_t bytes() const { return m_features ? m_features->bytes() : 0; }
    // Features that are not finite.
    std::optional<Error> error() const { return m_features ? m_features->error() : std::nullopt; }
    // Why the cache takes no more, the first time that this is asked; otherwise empty.
    Message takeFailure();

    // The training images of an epoch of the run in its order, each with its random variant.
    std::vector<FeatureJob> jobs(int epoch) const;
    // Empty at the end, and once there is an error().
    using Next = std::function<std::optional<data::Batch>()>;
    Next batches(std::vector<FeatureJob> jobs, std::size_t firstBatch);

  private:
    bool mayKeep() const;  // something is frozen, and it shall be kept
    std::vector<Drawn> order(std::uint64_t epoch) const;

    const settings::TrainConfig& m_config;
    const RunImages& m_images;
    int m_firstEpoch;
    int m_variants = 0;
    bool m_pinned = false;
    bool m_toldFailure = false;
    std::unique_ptr<FeatureSource> m_features;
    std::shared_ptr<data::ImageMemory> m_memory;  // null where features are kept
};

}  // namespace graft::training
