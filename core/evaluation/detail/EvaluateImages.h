// SPDX-License-Identifier: GPL-3.0-or-later
// Scores a network batch by batch: training's validation, whose batches may be features from the cache.
#pragma once

#include <c10/core/Device.h>

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/backbones/detail/Network.h"
#include "core/data/Preprocess.h"
#include "core/data/detail/BatchLoader.h"
#include "core/evaluation/Evaluation.h"

namespace graft::evaluation {

struct EvaluationJob {
    std::vector<data::LoadJob> images;
    std::vector<std::string> names;  // of the images, for the predictions
    std::vector<std::string> classes;
    data::PreprocessOptions preprocess;
    std::size_t batchSize = 32;
    int loaderThreads = 0;
};

// After every batch: batches done, images seen, loss and accuracy so far. False stops.
using EvaluationProgress =
    std::function<bool(std::size_t batch, std::size_t images, double loss, double accuracy)>;
// N x 3 x H x W (or features) on the device to N x classes.
using Forward = std::function<at::Tensor(const at::Tensor&)>;

// The job's images batch by batch, in order; from a BatchLoader or from the feature cache.
using NextBatch = std::function<std::optional<data::Batch>()>;

// Mean cross-entropy and every image's softmax. Empty if progress asked to stop. LibTorch's exceptions pass.
std::optional<Evaluation> evaluateImages(const Forward& forward, c10::Device device, const EvaluationJob& job,
                                         const NextBatch& next, const EvaluationProgress& progress);

// The loader for a job's images.
data::LoaderOptions loaderOptions(const EvaluationJob& job);

}  // namespace graft::evaluation
