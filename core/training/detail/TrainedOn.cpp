// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/TrainedOn.h"

#include <algorithm>
#include <filesystem>

#include "core/backbones/Catalogue.h"
#include "core/base/detail/TextFile.h"
#include "core/inference/detail/Sidecar.h"
#include "core/settings/Settings.h"
#include "core/training/detail/Decisions.h"
#include "core/training/detail/RunList.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

constexpr int kMostRuns = 32;  // one after another; a folder may name itself

bool isPublished(const std::string& sha256) {
    return std::ranges::any_of(backbones::catalogue(), [&](const backbones::CatalogueEntry& entry) {
        return !entry.sha256Prefix.empty() && sha256.starts_with(entry.sha256Prefix);
    });
}

Result<Learnt> learntByWeights(const std::string& file, int runs);

Result<Learnt> learntByRun(const std::string& run, int runs) {
    Learnt learnt;
    const RunPaths paths(run);
    const auto decisions = readDecisions(paths);
    if (!decisions) return fail(decisions.error());
    const auto list = readRunList(paths, *decisions);
    if (!list) return fail(list.error());
    for (const std::size_t index : list->dataset.indicesOf(data::Split::Train)) {
        const data::Sample& sample = list->dataset.samples[index];
        learnt.sha256.insert(sample.sha256);
        learnt.sha256.insert(sample.otherSha256.begin(), sample.otherSha256.end());
    }
    // Nothing says whose list this is.
    if (!*decisions && !list->run.empty()) learnt.unknown.push_back(paths.model);
    if (*decisions && (*decisions)->learntBefore) {
        learnt.add(*(*decisions)->learntBefore);
        return learnt;
    }
    // A run of an older version: what it was begun from may still be there.
    const auto config = base::readText(paths.config).and_then(settings::configFromJson);
    if (!config || config->weightsFile.empty()) return learnt;
    std::error_code error;
    if (*decisions && !fs::exists(config->weightsFile, error) && isPublished((*decisions)->weightsSha256))
        return learnt;
    const auto before = learntByWeights(config->weightsFile, runs - 1);
    if (!before) return before;
    learnt.add(*before);
    return learnt;
}

Result<Learnt> learntByWeights(const std::string& file, int runs) {
    std::error_code error;
    if (const std::string run = runOf(file); !run.empty() && runs > 0) return learntByRun(run, runs);
    const bool published = fs::exists(file, error) && !fs::exists(inference::sidecarPath(file), error) &&
                           !inference::isMarkedAsTrained(file);
    return published ? Learnt() : Learnt{{}, {file}};
}

}  // namespace

std::string runOf(const std::string& model) {
    std::error_code error;
    const fs::path path = fs::absolute(model, error);
    const std::string folder = fs::is_directory(path, error) ? path.string() : path.parent_path().string();
    const RunPaths run(folder);
    if (!fs::exists(run.dataset, error) || !fs::exists(run.config, error)) return {};
    return folder == path || fs::equivalent(run.model, path, error) ? folder : std::string();
}

void Learnt::add(const Learnt& other) {
    sha256.insert(other.sha256.begin(), other.sha256.end());
    unknown.insert(unknown.end(), other.unknown.begin(), other.unknown.end());
}

Result<Learnt> learntBy(const std::string& model) {
    const std::string run = runOf(model);
    return run.empty() ? Learnt{{}, {model}} : learntByRun(run, kMostRuns);
}

Result<Learnt> learntByWeights(const std::string& weightsFile) {
    return weightsFile.empty() ? Learnt() : learntByWeights(weightsFile, kMostRuns);
}

}  // namespace graft::training
