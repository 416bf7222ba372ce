// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RunNeeds.h"

#include <filesystem>

#include "core/data/DatasetIndex.h"
#include "core/training/detail/RunWriter.h"
#include "core/training/detail/WeightsNow.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

bool isFile(const std::string& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

// False: stopped.
bool countImages(const data::DatasetIndex& dataset, RunNeeds& needs, runtime::RunControl& control) {
    for (const data::Sample& sample : dataset.samples) {
        if (sample.split == data::Split::Test) continue;
        if (needs.images++ % 1024 == 0 && !control.checkpoint()) return false;
        std::error_code error;
        const auto bytes = fs::file_size(dataset.absolutePath(sample), error);
        if (error) {
            ++needs.missing;
        } else if (bytes != sample.bytes) {
            ++needs.changed;
        }
    }
    return true;
}

// What there is to say of the images.
void sayOfImages(RunNeeds& needs) {
    const Message without = GRAFT_TEXT(
        "The run can be looked at, evaluated on other images and exported without verification. To go on "
        "with "
        "it, or to verify an export, say where its images lie now.");
    if (!needs.hasList) {
        needs.sentences.emplace_back(GRAFT_TEXT(
            "The run's list of files (dataset.json) is missing or damaged: it cannot go on, and an "
            "export cannot be verified. Put the file back."));
    } else if (!needs.hasDataset) {
        needs.sentences.emplace_back(GRAFT_TEXT("The folder of its images is not there any more: {1}. {2}"),
                                     needs.datasetFolder, without);
    } else if (needs.missing > 0 && needs.missing == needs.images) {
        needs.sentences.emplace_back(GRAFT_TEXT("None of its {1} images is in {2} any more. {3}"),
                                     needs.images, needs.datasetFolder, without);
    } else if (needs.missing == 1) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("1 of its {1} images is not in {2} any more. It goes on without it; an export is "
                       "verified on those that are there."),
            needs.images, needs.datasetFolder);
    } else if (needs.missing > 0) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("{1} of its {2} images are not in {3} any more. It goes on without a few of them, not "
                       "without many; an export is verified on those that are there."),
            needs.missing, needs.images, needs.datasetFolder);
    }
    if (needs.changed == 1) {
        needs.sentences.emplace_back(GRAFT_TEXT("1 of its {1} images has changed since it was trained."),
                                     needs.images);
    } else if (needs.changed > 1) {
        needs.sentences.emplace_back(GRAFT_TEXT("{1} of its {2} images have changed since it was trained."),
                                     needs.changed, needs.images);
    }
}

void sayOfParts(const RunSummary& run, RunNeeds& needs) {
    // Results, too, are of an epoch that has ended.
    const bool hadModel = isTrained(run) || needs.hasResults || run.completed;
    if (!needs.hasModel && !hadModel) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("It has no model yet: none of its epochs has ended, and so it can be neither exported "
                       "nor asked."));
    } else if (!needs.hasModel) {
        needs.sentences.emplace_back(GRAFT_TEXT(
            "Its model is missing: it can be neither exported nor asked. Put model.safetensors and "
            "model.safetensors.json back."));
    }
    if (!needs.hasResults && isTrained(run)) {
        needs.sentences.emplace_back(GRAFT_TEXT(
            "Its results (evaluation.json, predictions.csv) are missing or damaged; evaluating its "
            "model on the images gives them again."));
    }
    if (!needs.hasCheckpoint && isTrained(run)) {
        needs.sentences.emplace_back(GRAFT_TEXT(
            "Its checkpoint is missing: it cannot go on, but another run can begin from its model."));
    }
}

void sayOfWeights(const RunSummary& run, const WeightsNow& where, RunNeeds& needs) {
    const bool begins = !needs.hasCheckpoint && !isTrained(run);
    if (!needs.hasWeights && begins) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("The weights that it begins from are not there any more: {1}. Without them it cannot "
                       "begin."),
            run.config.weightsFile);
    } else if (!needs.hasWeights && !needs.hasCheckpoint) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("The weights that it began from are not there any more: {1}. To repeat it, other "
                       "weights have to be chosen."),
            run.config.weightsFile);
    } else if (!needs.hasWeights) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("The weights that it began from are not there any more: {1}. It can go on; to repeat "
                       "it, other weights have to be chosen."),
            run.config.weightsFile);
    } else if (where.isMoved && begins) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("The weights that it begins from lie in {1} now. It looks for them in {2}: put them "
                       "back there, or start another run like it."),
            where.file, run.config.weightsFile);
    } else if (where.isOther && begins) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("{1} is another file than the run began from: it cannot begin. Put the file back, or "
                       "start another run."),
            where.file);
    } else if (where.isOther) {
        needs.sentences.emplace_back(
            GRAFT_TEXT("{1} is another file than the run began from: the numbers of a repetition will be "
                       "others."),
            where.file);
    }
}

}  // namespace

Result<RunNeeds> needsOf(const std::string& runFolder, runtime::RunControl& control) {
    const auto run = openRun(runFolder);
    if (!run) return fail(run.error());
    const RunPaths paths(runFolder);
    RunNeeds needs;
    needs.datasetFolder = run->config.datasetFolder;
    if (const auto dataset = readDataset(runFolder)) {
        std::error_code error;
        needs.hasList = true;
        needs.datasetFolder = dataset->root;
        needs.hasDataset = fs::is_directory(dataset->root, error);
        if (!countImages(*dataset, needs, control))
            return fail(ErrorCode::Cancelled, GRAFT_TEXT("Stopped."), runFolder);
    }
    needs.hasModel = isFile(paths.model) && isFile(paths.modelSidecar);
    needs.hasResults = readEvaluation(runFolder).has_value();
    needs.hasCheckpoint = isFile(paths.state) && isFile(paths.frozen);
    const WeightsNow where = weightsNow(*run);
    needs.hasWeights = run->config.weightsFile.empty() || !where.file.empty();
    sayOfImages(needs);
    sayOfParts(*run, needs);
    sayOfWeights(*run, where, needs);
    return needs;
}

}  // namespace graft::training
