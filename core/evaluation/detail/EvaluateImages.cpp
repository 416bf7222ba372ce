// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/detail/EvaluateImages.h"

#include <torch/types.h>
#include <torch/utils.h>

namespace graft::evaluation {

data::LoaderOptions loaderOptions(const EvaluationJob& job) {
    data::LoaderOptions options;
    options.batchSize = job.batchSize;
    options.preprocess = job.preprocess;
    options.threads = job.loaderThreads;
    return options;
}

std::optional<Evaluation> evaluateImages(const Forward& forward, c10::Device device, const EvaluationJob& job,
                                         const NextBatch& next, const EvaluationProgress& progress) {
    const torch::NoGradGuard noGradients;

    Scorer scorer(job.classes);
    std::size_t batches = 0;
    while (auto batch = next()) {
        ++batches;
        if (!batch->jobs.empty()) {
            const at::Tensor logits = forward(backbones::Network::toInput(batch->images, device))
                                          .to(torch::kCPU, torch::kFloat)
                                          .contiguous();
            const auto classes = static_cast<std::size_t>(logits.size(1));
            for (std::size_t row = 0; row < batch->jobs.size(); ++row) {
                scorer.add(job.names[batch->jobs[row]], job.images[batch->jobs[row]].label,
                           {logits.data_ptr<float>() + row * classes, classes});
            }
        }
        if (!progress(batches, scorer.images(), scorer.loss(), scorer.accuracy())) return std::nullopt;
    }
    return scorer.finish();
}

}  // namespace graft::evaluation
