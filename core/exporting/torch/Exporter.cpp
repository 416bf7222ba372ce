// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/Exporter.h"

#include <torch/types.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Hash.h"
#include "core/base/detail/TextFile.h"
#include "core/base/torch/TorchErrors.h"
#include "core/exporting/detail/PythonHelper.h"
#include "core/inference/ModelFormat.h"
#include "core/inference/detail/ModelClasses.h"
#include "core/inference/detail/ModelHash.h"
#include "core/inference/torch/FormatIo.h"
#include "core/inference/torch/ImageStream.h"
#include "core/inference/torch/LoadedModel.h"
#include "core/training/RunFolder.h"
#include "core/training/detail/RunWriter.h"

namespace graft::exporting {

namespace {

// The same logits for every validation image, from the file and from the run's own model.
Result<Verification> verifyFile(const std::string& runFolder, const inference::LoadedModel& original,
                                const std::string& file, const inference::Sidecar& sidecar,
                                const Progress& progress, runtime::RunControl& control) {
    const auto dataset = training::readDataset(runFolder);
    if (!dataset) return fail(dataset.error());
    const auto reopened = inference::loadModelFile(file, sidecar, "cpu");
    if (!reopened) return fail(reopened.error());

    std::vector<std::string> images;
    for (const std::size_t index : dataset->indicesOf(data::Split::Validation))
        images.push_back(dataset->absolutePath(dataset->samples[index]));
    inference::StreamOptions options;
    options.preprocess = sidecar.preprocess;
    options.width = 2 * sidecar.classes.size();
    Verification result;
    std::string notFinite;
    const bool whole = inference::streamImages(
        images, options,
        [&](const at::Tensor& batch) {
            const at::Tensor input = backbones::Network::toInput(batch, c10::kCPU);
            return torch::cat({original.forward(input), reopened->forward(input)}, 1);
        },
        [&](const inference::Seen& seen) {
            if (seen.error != nullptr) {
                ++result.unread;
            } else {
                const auto expected = seen.row.first(seen.row.size() / 2);
                const auto given = seen.row.last(seen.row.size() / 2);
                if (!std::ranges::all_of(seen.row, [](float value) { return std::isfinite(value); }))
                    notFinite = images[seen.index];
                ++result.images;
                if (backbones::decidedClass(expected, sidecar.outputs) ==
                    backbones::decidedClass(given, sidecar.outputs))
                    ++result.sameClass;
                for (std::size_t i = 0; i < expected.size(); ++i) {
                    result.maxDifference =
                        std::max(result.maxDifference, std::abs(double{expected[i]} - double{given[i]}));
                }
            }
            if (progress) progress(seen.index + 1, images.size());
            return notFinite.empty();
        },
        control);
    if (!notFinite.empty()) {
        return fail(
            ErrorCode::Internal,
            GRAFT_TEXT(
                "The model's answer to this picture is no number (nan or infinite), so it was not exported; "
                "train it again with a lower learning rate or other weights."),
            notFinite);
    }
    if (!whole) return fail(ErrorCode::Cancelled, GRAFT_TEXT("The export was stopped."), file);
    if (result.images == 0) {
        return fail(
            ErrorCode::NotFound,
            GRAFT_TEXT("No validation image can be read any more, so the export cannot be verified. "
                       "If the folder was moved, say so to the run (graft-cli resume RUN --data FOLDER), or "
                       "export without verification."),
            dataset->root);
    }
    return result;
}

// The run's list of files is the run's own word on its classes, for models of versions that had none within.
// A run whose list is gone, or cannot be read, can be exported, though not verified.
Result<void> checkOrderInRun(const std::string& runFolder, const inference::Sidecar& sidecar) {
    const auto dataset = training::readDataset(runFolder);
    if (!dataset || inference::isSameOrder(dataset->classes, sidecar.classes)) return {};
    return fail(
        ErrorCode::BadFormat,
        GRAFT_TEXT("The classes here are in another order than those of the run's model; put both files back "
                   "as the run wrote them, or start the run anew."),
        training::RunPaths(runFolder).dataset);
}

// Whether the export, or what is written beside it, would have the name of a file of a run.
bool isOfRun(const std::string& file) {
    namespace fs = std::filesystem;
    std::error_code error;
    const fs::path parent = fs::absolute(file, error).parent_path();
    const training::RunPaths around(parent.parent_path().string());
    if (fs::exists(around.config, error) && fs::equivalent(parent, around.checkpoint, error)) return true;
    const training::RunPaths run(parent.string());
    if (!fs::exists(run.config, error) || !fs::exists(run.dataset, error)) return false;
    for (const std::string& own :
         {run.config, run.dataset, run.metrics, run.model, run.modelSidecar, run.evaluation, run.predictions,
          run.log, run.decisions, run.failure, run.note, run.lock}) {
        const std::string name = fs::path(own).filename().string();
        for (const std::string& written : {file, inference::sidecarPath(file), pythonHelperPath(file)})
            if (fs::path(written).filename() == name) return true;
    }
    return false;
}

// An export takes the place of an earlier one's files, and of nothing else. An interrupted one may have left
// its .json, and its .py, beside another model.
Result<void> checkPlaces(const std::string& file, const inference::ModelFormat& format) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto isThere = [&](const std::string& path) { return fs::exists(fs::symlink_status(path, error)); };
    const auto isFile = [&](const std::string& path) {
        return fs::is_regular_file(fs::symlink_status(path, error));
    };
    const std::string beside = inference::sidecarPath(file);
    const std::string helper = pythonHelperPath(file);
    const bool hasSidecar = isFile(beside) && inference::readSidecar(file);
    const bool hasHelper = isFile(helper) && isPythonHelper(helper);
    std::string taken;
    if (!hasSidecar && isThere(beside)) taken = beside;
    if (format.hasPythonHelper && !hasHelper && isThere(helper)) taken = helper;
    if (!taken.empty()) {
        return fail(
            ErrorCode::Unwritable,
            GRAFT_TEXT(
                "This is written beside the export, and something else has the name already; choose another "
                "name for the export, or move it away."),
            taken);
    }
    if (fs::exists(file, error) && !hasSidecar && !inference::isMarkedAsTrained(file)) {
        return fail(
            ErrorCode::Unwritable,
            GRAFT_TEXT("This file is there already, and no .json beside it says that it is an export; choose "
                       "another name for the export, or remove the file."),
            file);
    }
    return {};
}

// What is said of the model that lies at the export's place, with its hash; nothing where the two do not
// belong together.
std::shared_ptr<const inference::Sidecar> pairAt(const std::string& file) {
    auto sidecar = inference::sidecarThatFits(file);
    if (!sidecar) return nullptr;
    if (sidecar->sha256.empty()) {  // an older version's
        const auto sha256 = inference::sha256OfModel(file);
        if (!sha256) return nullptr;
        sidecar->sha256 = *sha256;
    }
    return std::make_shared<const inference::Sidecar>(std::move(*sidecar));
}

struct Placing {
    std::string aside;
    std::string place;
};

// All of them, in this order, or none: where one fails, what lay there before comes back.
Result<void> putInPlace(const std::vector<Placing>& files) {
    namespace fs = std::filesystem;
    std::error_code error;
    const auto before = [](const Placing& file) { return file.aside + ".before"; };
    for (std::size_t i = 0; i + 1 < files.size(); ++i) {  // whose turn is last, is not taken back
        if (!fs::exists(files[i].place, error)) continue;
        const auto kept = base::readText(files[i].place).and_then([&](const std::string& text) {
            return base::writeFileAtomically(before(files[i]), text);
        });
        if (!kept) return fail(kept.error().code, kept.error().message, files[i].place);
    }
    for (std::size_t i = 0; i < files.size(); ++i) {
        const auto done = base::commitFile(files[i].aside, files[i].place);
        if (done) continue;
        while (i-- > 0) {  // neither needs room on a full disk
            if (fs::exists(before(files[i]), error)) {
                fs::rename(before(files[i]), files[i].place, error);
            } else {
                fs::remove(files[i].place, error);
            }
        }
        return done;
    }
    return {};
}

// Gives the model that lies aside its name, and what belongs beside it. Everything is on the disk before
// anything takes its name: a full disk changes nothing. A kill between the renames leaves a model and a .json
// that fit: as long as either model may lie there, the .json is of both.
Result<void> placeExport(const std::string& aside, inference::Sidecar sidecar, const ExportReport& report) {
    if (const auto beside = inference::writeSidecar(aside, sidecar); !beside)
        return fail(beside.error().code, beside.error().message, report.sidecar);
    std::vector<Placing> files;
    if (!report.helper.empty()) {
        if (const auto helper = writePythonHelper(aside); !helper)
            return fail(helper.error().code, helper.error().message, report.helper);
        files.push_back({pythonHelperPath(aside), report.helper});
    }
    sidecar.replaces = pairAt(report.file);
    const bool replaces = sidecar.replaces && sidecar.replaces->sha256 != sidecar.sha256;
    const std::string ofBoth = aside + ".both";
    if (replaces) {
        if (const auto both = inference::writeSidecar(ofBoth, sidecar); !both)
            return fail(both.error().code, both.error().message, report.sidecar);
    }
    files.push_back({inference::sidecarPath(replaces ? ofBoth : aside), report.sidecar});
    files.push_back({aside, report.file});
    if (const auto done = putInPlace(files); !done) return done;
    // Without what it says of the model that is gone. Where that fails, it says more than it needs to.
    if (replaces) static_cast<void>(base::commitFile(inference::sidecarPath(aside), report.sidecar));
    return {};
}

Result<ExportReport> exportModel(const std::string& runFolder, const std::string& formatName,
                                 const std::string& file, bool verify, const Progress& progress,
                                 runtime::RunControl& control) {
    const auto known = inference::formatOf(formatName);
    if (!known) return fail(known.error());
    const inference::ModelFormat& format = **known;
    std::error_code error;
    if (std::filesystem::is_directory(file, error)) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("This is a folder; give the name of the file to write."), file);
    }
    if (std::filesystem::exists(file, error) && !std::filesystem::is_regular_file(file, error)) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT(
                "This is a device or a pipe, whose place the export would take; give the name of a file."),
            file);
    }
    const std::filesystem::path parent = std::filesystem::path(file).parent_path();
    if (!parent.empty() && !std::filesystem::is_directory(parent, error)) {
        return fail(ErrorCode::NotFound, GRAFT_TEXT("There is no such folder to write into."),
                    parent.string());
    }
    if (const auto run = training::openRun(runFolder); !run) return fail(run.error());
    if (isOfRun(file)) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("The export would take the place of one of a run's own files; choose another name."),
            file);
    }
    if (const auto free = checkPlaces(file, format); !free) return fail(free.error());
    const auto model = inference::loadModel(runFolder, "cpu");
    if (!model) return fail(model.error());
    if (!model->network) {
        return fail(ErrorCode::BadFormat,
                    GRAFT_TEXT("The run's model is none that a training has written; start the run anew."),
                    runFolder);
    }
    if (const auto named = checkOrderInRun(runFolder, model->sidecar); !named) return fail(named.error());

    inference::Sidecar sidecar = model->sidecar;
    sidecar.format = format.name;
    const auto folder = base::AsideFolder::create(file);
    if (!folder) return fail(folder.error());
    const std::string aside = folder->pathOf(std::filesystem::path(file).filename().string());
    const auto io = inference::formatIo(format.name);
    if (!io) return fail(io.error());
    if (const auto written = io->write(*model, aside); !written) {
        return fail(written.error().code, written.error().message, file);
    }
    const auto sha256 = base::sha256OfFile(aside);
    if (!sha256) return fail(sha256.error());
    sidecar.sha256 = *sha256;
    ExportReport report{file,        inference::sidecarPath(file),      {},
                        format.name, std::filesystem::file_size(aside), std::nullopt};
    if (verify) {
        const auto verified = verifyFile(runFolder, *model, aside, sidecar, progress, control);
        if (!verified) {
            const Error& e = verified.error();
            return fail(e.code, e.message, e.path == aside ? file : e.path);
        }
        if (!verified->passed()) {
            return fail(ErrorCode::Internal, kAnswersDiffer, file);
        }
        report.verified = *verified;
    }
    if (format.hasPythonHelper) report.helper = pythonHelperPath(file);
    if (const auto done = placeExport(aside, std::move(sidecar), report); !done) return fail(done.error());
    return report;
}

}  // namespace

Result<ExportReport> exportRun(const std::string& runFolder, const std::string& format,
                               const std::string& file, bool verify, const Progress& progress,
                               runtime::RunControl& control) {
    return base::guardTorch([&] { return exportModel(runFolder, format, file, verify, progress, control); });
}

}  // namespace graft::exporting
