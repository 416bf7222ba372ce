// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at every validation image with the network as it is after an epoch: by way of its features where the
// run has them, otherwise as prediction does (inference/detail/ImageStream).
#pragma once

#include <ATen/core/Tensor.h>
#include <c10/core/Device.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/data/Preprocess.h"
#include "core/data/detail/ImageMemory.h"
#include "core/data/torch/BatchLoader.h"
#include "core/evaluation/Evaluation.h"
#include "core/training/torch/FeatureSource.h"

namespace graft::training {

class Validation {
  public:
    struct Options {
        std::vector<std::string> classes;
        data::PreprocessOptions preprocess;
        std::size_t batchSize = 32;  // of features, and of images between two calls of progress
        int threads = 0;             // that look at images on a CPU; 0: one per processor
        int loaderThreads = 0;       // that decode what features, or a GPU, need; 0: one per processor
        c10::Device device = c10::Device(c10::kCPU);
        backbones::Outputs outputs = {};  // how a class is decided for
    };
    // Images or features on the device, to N x classes in float32. In evaluation mode; thread-safe.
    using Forward = std::function<at::Tensor(const at::Tensor&)>;
    // Batches done, images seen, mean loss and accuracy so far. False stops.
    using Progress = std::function<bool(std::size_t batch, std::size_t images, double loss, double accuracy)>;
    // An image that can no longer be read. False stops.
    using Lost = std::function<bool(std::size_t image, const Error& why)>;
    // An image whose file is another than the one that was added; may be empty.
    using Other = std::function<void(std::size_t image, const std::string& sha256)>;

    Validation() = default;
    explicit Validation(Options options) : m_options(std::move(options)) {}

    // image: where it lies, and what it holds; name: for the predictions; key: of its features.
    void add(data::LoadJob image, const std::string& name, const RowKey& key);

    const std::vector<data::LoadJob>& images() const { return m_images; }
    const std::vector<RowKey>& keys() const { return m_keys; }
    std::size_t batches() const;

    // Empty if progress or lost asked to stop, or features has an error(). features and memory may be null.
    // LibTorch's exceptions pass.
    std::optional<evaluation::Evaluation> score(const Forward& forward, FeatureSource* features,
                                                const std::shared_ptr<data::ImageMemory>& memory,
                                                const Progress& progress, const Lost& lost,
                                                const Other& other = {}) const;

  private:
    bool scoreFeatures(const Forward& forward, FeatureSource& features,
                       const std::shared_ptr<data::ImageMemory>& memory, const Progress& progress,
                       const Lost& lost, const Other& other, evaluation::Scorer& scorer) const;
    bool scoreImages(const Forward& forward, const std::shared_ptr<data::ImageMemory>& memory,
                     const Progress& progress, const Lost& lost, const Other& other,
                     evaluation::Scorer& scorer) const;

    Options m_options;
    std::vector<data::LoadJob> m_images;
    std::vector<std::string> m_names;
    std::vector<RowKey> m_keys;
};

}  // namespace graft::training
