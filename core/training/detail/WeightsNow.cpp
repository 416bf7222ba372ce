// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/WeightsNow.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "core/backbones/WeightStore.h"
#include "core/inference/detail/ModelHash.h"
#include "core/inference/detail/Sidecar.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

bool isFile(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

bool hasContent(const std::string& file, const std::string& sha256) {
    const auto hash = inference::sha256OfModel(file);
    return hash && *hash == sha256;
}

// Whether it is worth reading: as the .json beside it says, which in older versions had no hash.
bool mayBe(const std::string& model, const std::string& backbone, const std::string& sha256) {
    const auto sidecar = inference::readSidecar(model);
    if (!sidecar) return true;
    if (sidecar->sha256.empty()) return sidecar->backbone == backbone;
    return sidecar->sha256 == sha256 || (sidecar->replaces && sidecar->replaces->sha256 == sha256);
}

std::vector<fs::path> entriesOf(const fs::path& folder) {
    std::vector<fs::path> entries;
    std::error_code error;
    fs::directory_iterator it(folder, error);
    for (const fs::directory_iterator end; !error && it != end; it.increment(error))
        entries.push_back(it->path());
    std::ranges::sort(entries);
    return entries;
}

// The folders that hold the run and the one that it began from, and of a run of `train --seeds` also the
// folder around its own.
std::vector<fs::path> foldersOfRuns(const RunSummary& run) {
    std::error_code error;
    fs::path own = fs::absolute(run.folder, error).lexically_normal();
    if (!own.has_filename()) own = own.parent_path();
    std::vector<fs::path> folders{own.parent_path()};
    if (isFile(folders.front() / "seeds.json")) folders.push_back(folders.front().parent_path());
    const fs::path began(run.config.weightsFile);
    if (began.filename() == fs::path(RunPaths("").model).filename())
        folders.push_back(began.parent_path().parent_path());
    std::vector<fs::path> once;
    for (const fs::path& folder : folders) {
        if (std::ranges::find(once, folder) == once.end()) once.push_back(folder);
    }
    return once;
}

std::vector<std::string> modelsOfRuns(const RunSummary& run) {
    std::vector<std::string> models;
    const auto take = [&](const fs::path& folder) {
        const std::string model = RunPaths(folder.string()).model;
        std::error_code error;
        const bool isThere = isFile(model) && !fs::equivalent(folder, run.folder, error);
        if (isThere) models.push_back(model);
        return isThere;
    };
    for (const fs::path& folder : foldersOfRuns(run)) {
        for (const fs::path& entry : entriesOf(folder)) {
            if (take(entry) || !isFile(entry / "seeds.json")) continue;
            for (const fs::path& seed : entriesOf(entry))
                take(seed);
        }
    }
    return models;
}

// Empty where no file has the content.
std::string fileOfContent(const RunSummary& run, const std::string& sha256) {
    for (const backbones::StoredWeights& stored : backbones::listWeights()) {
        if (stored.name == run.config.backbone && hasContent(stored.file, sha256)) return stored.file;
    }
    for (const std::string& model : modelsOfRuns(run)) {
        if (mayBe(model, run.config.backbone, sha256) && hasContent(model, sha256)) return model;
    }
    return {};
}

}  // namespace

WeightsNow weightsNow(const RunSummary& run) {
    const std::string& named = run.config.weightsFile;
    if (named.empty()) return {};
    const bool isThere = isFile(named);
    const auto decided = readDecisions(RunPaths(run.folder));
    const std::string begun = decided && *decided ? (*decided)->weightsSha256 : std::string();
    const auto hash = isThere && !begun.empty() ? inference::sha256OfModel(named) : Result<std::string>();
    const bool isOther = isThere && !begun.empty() && hash && *hash != begun;
    if (isThere && !isOther) return {named, false, false};
    const std::string found = begun.empty() ? std::string() : fileOfContent(run, begun);
    if (!found.empty()) return {found, true, false};
    return {isThere ? named : std::string(), false, isOther};
}

}  // namespace graft::training
