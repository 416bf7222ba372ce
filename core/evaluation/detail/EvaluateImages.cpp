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

    std::vector<Prediction> predictions;
    double lossSum = 0;
    std::size_t correct = 0;
    std::size_t batches = 0;
    while (auto batch = next()) {
        ++batches;
        if (!batch->jobs.empty()) {
            const at::Tensor logits =
                forward(backbones::Network::toInput(batch->images, device)).to(torch::kFloat);
            const at::Tensor logProbabilities = at::log_softmax(logits, 1).to(torch::kCPU).contiguous();
            const at::Tensor losses = at::nll_loss(logProbabilities, batch->labels, {}, at::Reduction::None);
            lossSum += losses.sum(torch::kDouble).item<double>();
            const at::Tensor probabilities = logProbabilities.exp();
            const at::Tensor best = probabilities.argmax(1);
            const std::int64_t classes = probabilities.size(1);
            for (std::size_t row = 0; row < batch->jobs.size(); ++row) {
                const auto i = static_cast<std::int64_t>(row);
                const float* values = probabilities.data_ptr<float>() + i * classes;
                Prediction prediction;
                prediction.path = job.names[batch->jobs[row]];
                prediction.truth = job.images[batch->jobs[row]].label;
                prediction.predicted = static_cast<int>(best[i].item<std::int64_t>());
                prediction.probabilities.assign(values, values + classes);
                if (prediction.truth == prediction.predicted) ++correct;
                predictions.push_back(std::move(prediction));
            }
        }
        const auto seen = static_cast<double>(std::max<std::size_t>(1, predictions.size()));
        if (!progress(batches, predictions.size(), lossSum / seen, static_cast<double>(correct) / seen))
            return std::nullopt;
    }
    const auto seen = static_cast<double>(std::max<std::size_t>(1, predictions.size()));
    return scorePredictions(std::move(predictions), job.classes, lossSum / seen);
}

}  // namespace graft::evaluation
