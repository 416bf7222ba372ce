// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/Exporter.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/TorchErrors.h"
#include "core/data/detail/BatchLoader.h"
#include "core/exporting/detail/TorchScript.h"
#include "core/inference/detail/LoadedModel.h"
#include "core/training/RunFolder.h"
#include "core/weights/WeightFile.h"

namespace graft::exporting {

namespace {

// The same logits for every validation image, from the file and from the run's own model.
Result<Verification> verifyFile(const std::string& runFolder, const inference::LoadedModel& original,
                                const std::string& file, const Sidecar& sidecar, const Progress& progress,
                                runtime::RunControl& control) {
    const auto dataset = training::readDataset(runFolder);
    if (!dataset) return fail(dataset.error());
    const auto reopened = inference::loadModelFile(file, sidecar, "cpu");
    if (!reopened) return fail(reopened.error());

    std::vector<data::LoadJob> jobs;
    for (const std::size_t index : dataset->indicesOf(data::Split::Validation)) {
        jobs.push_back(
            {dataset->absolutePath(dataset->samples[index]), dataset->samples[index].classIndex, 0});
    }
    const std::size_t total = jobs.size();
    data::LoaderOptions options;
    options.preprocess = sidecar.preprocess;
    data::BatchLoader loader(std::move(jobs), options);
    const torch::NoGradGuard noGradients;
    Verification result;
    while (auto batch = loader.next()) {
        if (!control.checkpoint()) return fail(ErrorCode::Cancelled, "The export was stopped.", file);
        if (batch->jobs.empty()) continue;
        const at::Tensor expected = original.forward(batch->images);
        const at::Tensor given = reopened->forward(batch->images);
        result.images += batch->jobs.size();
        result.sameClass +=
            static_cast<std::size_t>(expected.argmax(1).eq(given.argmax(1)).sum().item<std::int64_t>());
        result.maxDifference = std::max(result.maxDifference, (expected - given).abs().max().item<double>());
        if (progress) progress(result.images, total);
    }
    if (result.images == 0) {
        return fail(ErrorCode::NotFound,
                    "No validation image can be read any more, so the export cannot be verified; was the "
                    "folder moved?",
                    dataset->root);
    }
    return result;
}

Result<void> writeModel(const inference::LoadedModel& model, Format format, const std::string& file) {
    if (format == Format::Safetensors) {
        weights::StateDict dict = model.network->stateDict();
        dict.metadata.emplace_back("format", "pt");
        return weights::writeSafetensors(file, dict);
    }
    try {
        saveTorchScript(*model.network, model.sidecar.preprocess.cropSize, file);
    } catch (const c10::Error&) {
        std::remove(file.c_str());
        return fail(ErrorCode::Unwritable, "The model cannot be written there; the disk may be full.", file);
    }
    return {};
}

Result<ExportReport> exportModel(const std::string& runFolder, Format format, const std::string& file,
                                 bool verify, const Progress& progress, runtime::RunControl& control) {
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) {
        return fail(ErrorCode::InvalidArgument, "This is a folder; give the name of the file to write.",
                    file);
    }
    const std::filesystem::path parent = std::filesystem::path(file).parent_path();
    if (!parent.empty() && !std::filesystem::is_directory(parent, error)) {
        return fail(ErrorCode::NotFound, "There is no such folder to write into.", parent.string());
    }
    if (const auto run = training::openRun(runFolder); !run) return fail(run.error());
    const auto model = inference::loadModel(runFolder, "cpu");
    if (!model) return fail(model.error());

    Sidecar sidecar = model->sidecar;
    sidecar.format = formatName(format);
    const std::string aside = file + ".partial";
    if (const auto written = writeModel(*model, format, aside); !written) {
        return fail(written.error().code, written.error().message, file);
    }
    ExportReport report{file, sidecarPath(file), format, std::filesystem::file_size(aside), std::nullopt};
    if (verify) {
        const auto verified = verifyFile(runFolder, *model, aside, sidecar, progress, control);
        if (!verified || !verified->passed()) std::remove(aside.c_str());
        if (!verified) return fail(verified.error());
        if (!verified->passed()) {
            return fail(ErrorCode::Internal,
                        "The exported model does not give the run's answers, so it was not kept.", file);
        }
        report.verified = *verified;
    }
    if (const auto beside = writeSidecar(file, sidecar); !beside) {
        std::remove(aside.c_str());
        return fail(beside.error());
    }
    if (const auto done = base::commitFile(aside, file); !done) return fail(done.error());
    return report;
}

}  // namespace

Result<ExportReport> exportRun(const std::string& runFolder, Format format, const std::string& file,
                               bool verify, const Progress& progress, runtime::RunControl& control) {
    return base::guardTorch([&] { return exportModel(runFolder, format, file, verify, progress, control); });
}

}  // namespace graft::exporting
