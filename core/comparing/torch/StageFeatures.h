// SPDX-License-Identifier: GPL-3.0-or-later
// What a backbone's frozen stages give for a person's images: the mean over the positions behind each, all in
// one pass, by way of the feature cache.
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/comparing/Comparison.h"
#include "core/comparing/detail/Folds.h"
#include "core/data/DatasetIndex.h"
#include "core/settings/TrainConfig.h"
#include "core/training/torch/FeatureSource.h"

namespace graft::comparing {

// The units up to the end of a stage, or all.
struct Part {
    std::size_t units = 0;
    std::string lastUnit;
    std::string stage;
    std::int64_t offset = 0;        // of its numbers in a row
    std::int64_t channels = 0;      // how many
    std::int64_t parameters = 0;    // of these units
    std::int64_t multiplyAdds = 0;  // of these units, for one image
    double secondsPerImage = 0;     // the same, see Score
};

struct Gathered {
    at::Tensor means;           // a row for each image; of images that were not read, zeros
    std::vector<bool> present;  // by image
};

class StageFeatures {
  public:
    // The entrant's network with its weights, on the device, and what each part of it costs there. classes:
    // of the data set. Errors: those of training::defaultConfig and of loading weights; InvalidArgument.
    static Result<std::unique_ptr<StageFeatures>> create(const Entrant& entrant, const CompareConfig& config,
                                                         const data::DatasetIndex& dataset,
                                                         c10::Device device);

    // The last is all of the backbone; before it at most six stages, the deepest.
    const std::vector<Part>& parts() const { return m_parts; }

    // Where the images' rows lie, and what is still to be computed. To be called once, before gather().
    void open(const Folds& folds);
    std::size_t missing() const { return m_missing; }  // images whose rows are not in the cache

    // Errors: of numbers that are not finite (NotFinite). Empty: goesOn said stop. lost: an image that can no
    // longer be read, by its number in the folds; a false stops. done: images so far.
    using Lost = std::function<bool(std::size_t image, const Error& why)>;
    Result<std::optional<Gathered>> gather(const std::function<bool(std::size_t done)>& goesOn,
                                           const Lost& lost);

    // Random variants of the same images behind all of the backbone, as a run of these settings keeps them:
    // the rows of the first variant, then those of the next. Otherwise as gather().
    Result<std::optional<Gathered>> gatherVariants(const data::AugmentOptions& augment, int variants,
                                                   const Folds& folds,
                                                   const std::function<bool(std::size_t done)>& goesOn,
                                                   const Lost& lost);

  private:
    // All rows of a source that was begun.
    static Result<std::optional<Gathered>> readAll(training::FeatureSource& source, std::size_t rows,
                                                   std::int64_t width,
                                                   const std::function<bool(std::size_t done)>& goesOn,
                                                   const Lost& lost);
    StageFeatures(settings::TrainConfig config, const data::DatasetIndex& dataset, c10::Device device)
        : m_config(std::move(config)), m_dataset(dataset), m_device(device) {}
    void measure();
    data::LoaderOptions loaderOptions() const;

    settings::TrainConfig m_config;
    const data::DatasetIndex& m_dataset;
    c10::Device m_device;
    std::unique_ptr<backbones::Network> m_network;
    std::vector<Part> m_parts;
    std::vector<training::FeatureJob> m_jobs;
    std::unique_ptr<training::FeatureSource> m_source;
    std::size_t m_missing = 0;
};

}  // namespace graft::comparing
