// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Validation.h"

#include <torch/types.h>
#include <torch/utils.h>

#include "core/backbones/torch/Network.h"
#include "core/inference/torch/ImageStream.h"

namespace graft::training {

void Validation::add(data::LoadJob image, const std::string& name, const RowKey& key) {
    m_images.push_back(std::move(image));
    m_names.push_back(name);
    m_keys.push_back(key);
}

std::size_t Validation::batches() const {
    return data::BatchLoader::batchCount(m_images.size(), m_options.batchSize);
}

std::optional<evaluation::Evaluation> Validation::score(const Forward& forward, FeatureSource* features,
                                                        const std::shared_ptr<data::ImageMemory>& memory,
                                                        const Progress& progress, const Lost& lost,
                                                        const Other& other) const {
    evaluation::Scorer scorer(m_options.classes, m_options.outputs);
    const bool whole = features != nullptr
                           ? scoreFeatures(forward, *features, memory, progress, lost, other, scorer)
                           : scoreImages(forward, memory, progress, lost, other, scorer);
    if (!whole) return std::nullopt;
    return scorer.finish();
}

bool Validation::scoreFeatures(const Forward& forward, FeatureSource& features,
                               const std::shared_ptr<data::ImageMemory>& memory, const Progress& progress,
                               const Lost& lost, const Other& other, evaluation::Scorer& scorer) const {
    const torch::NoGradGuard noGradients;
    std::vector<FeatureJob> jobs;
    for (std::size_t i = 0; i < m_images.size(); ++i)
        jobs.push_back({m_images[i], m_keys[i], 0, true});
    data::LoaderOptions loading;
    loading.batchSize = m_options.batchSize;
    loading.preprocess = m_options.preprocess;
    loading.threads = m_options.loaderThreads;
    loading.memory = memory;
    loading.pinned = m_options.device.is_cuda();
    features.begin(std::move(jobs), loading);

    std::size_t done = 0;
    while (const auto batch = features.next()) {
        for (const data::Unreadable& image : batch->unreadable)
            if (!lost(image.job, image.why)) return false;
        for (const data::Replaced& replaced : batch->replaced)
            if (other) other(replaced.job, replaced.sha256);
        ++done;
        if (!batch->jobs.empty()) {
            const at::Tensor logits =
                forward(backbones::Network::toInput(batch->images, m_options.device)).cpu().contiguous();
            const auto width = static_cast<std::size_t>(logits.size(1));
            const float* row = logits.data_ptr<float>();
            for (const std::size_t image : batch->jobs) {
                scorer.add(m_names[image], m_images[image].label, {row, width});
                row += width;
            }
        }
        if (!progress(done, scorer.images(), scorer.loss(), scorer.accuracy())) return false;
    }
    return !features.error();
}

bool Validation::scoreImages(const Forward& forward, const std::shared_ptr<data::ImageMemory>& memory,
                             const Progress& progress, const Lost& lost, const Other& other,
                             evaluation::Scorer& scorer) const {
    inference::StreamOptions stream;
    stream.preprocess = m_options.preprocess;
    stream.device = m_options.device;
    stream.memory = memory;
    stream.threads = m_options.threads;
    stream.width = m_options.classes.size();
    if (m_options.device.is_cuda()) {
        stream.threads = m_options.loaderThreads;
        stream.batchSize = m_options.batchSize;
    }
    std::vector<std::string> files;
    for (const data::LoadJob& image : m_images) {
        files.push_back(image.path);
        stream.sha256.push_back(image.sha256);
    }

    const auto ends = data::BatchLoader::batchEnds(m_images.size(), m_options.batchSize);
    std::size_t done = 0;
    runtime::RunControl control;  // progress asks the run's own
    return inference::streamImages(
        files, stream,
        [&](const at::Tensor& images) {
            return forward(backbones::Network::toInput(images, m_options.device));
        },
        [&](const inference::Seen& seen) {
            if (seen.error != nullptr) {
                if (!lost(seen.index, *seen.error)) return false;
            } else {
                if (other && seen.replaced != nullptr) other(seen.index, *seen.replaced);
                scorer.add(m_names[seen.index], m_images[seen.index].label, seen.row);
            }
            if (seen.index + 1 < ends[done]) return true;
            return progress(++done, scorer.images(), scorer.loss(), scorer.accuracy());
        },
        control);
}

}  // namespace graft::training
