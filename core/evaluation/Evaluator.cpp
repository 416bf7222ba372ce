// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/evaluation/Evaluator.h"

#include <algorithm>

#include "core/base/detail/TorchErrors.h"
#include "core/data/FolderScanner.h"
#include "core/evaluation/detail/EvaluateImages.h"
#include "core/inference/detail/LoadedModel.h"

namespace graft::evaluation {

namespace {

Result<Evaluation> evaluate(const std::string& modelPath, const std::string& folder,
                            const std::string& device, const Progress& progress,
                            runtime::RunControl& control) {
    const auto model = inference::loadModel(modelPath, device);
    if (!model) return fail(model.error());
    const auto dataset = data::scanFolder(folder, {}, {}, &control, false);
    if (!dataset) return fail(dataset.error());

    const bool hasTest = dataset->countOf(data::Split::Test) > 0;
    const data::Split wanted = hasTest ? data::Split::Test : data::Split::Validation;
    const bool everything = !hasTest && !dataset->splitByFolders;

    EvaluationJob job;
    job.classes = model->sidecar.classes;
    job.preprocess = model->sidecar.preprocess;
    for (const data::Sample& sample : dataset->samples) {
        if (!everything && sample.split != wanted) continue;
        const std::string& name = dataset->classes[static_cast<std::size_t>(sample.classIndex)];
        const auto found = std::ranges::find(job.classes, name);
        if (found == job.classes.end()) {
            std::string known;
            for (const std::string& label : job.classes)
                known += (known.empty() ? "" : ", ") + label;
            return fail(ErrorCode::InvalidArgument,
                        "The model does not know the class \"" + name + "\"; its classes are " +
                            known.substr(0, 300) + ".",
                        folder);
        }
        job.images.push_back(
            {dataset->absolutePath(sample), static_cast<int>(found - job.classes.begin()), 0});
        job.names.push_back(sample.path);
    }
    if (job.images.empty()) {
        return fail(ErrorCode::NotFound,
                    "The folder has no usable images; put the images of each class into a folder named like "
                    "the class.",
                    folder);
    }
    const std::size_t total = job.images.size();
    data::BatchLoader loader(job.images, loaderOptions(job));
    auto result = evaluateImages(
        model->forward, model->device, job, [&] { return loader.next(); },
        [&](std::size_t, std::size_t images, double, double) {
            if (progress) progress(images, total);
            return control.checkpoint();
        });
    if (!result) return fail(ErrorCode::Cancelled, "The evaluation was stopped.", folder);
    return std::move(*result);
}

}  // namespace

Result<Evaluation> evaluateFolder(const std::string& model, const std::string& folder,
                                  const std::string& device, const Progress& progress,
                                  runtime::RunControl& control) {
    return base::guardTorch([&] { return evaluate(model, folder, device, progress, control); });
}

}  // namespace graft::evaluation
