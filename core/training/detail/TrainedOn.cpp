// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/TrainedOn.h"

#include <filesystem>

#include "core/base/detail/TextFile.h"
#include "core/training/RunFolder.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

constexpr int kMostRuns = 32;  // one after another; a folder may name itself

// RUN or RUN/model.safetensors.
std::string runOf(const std::string& model) {
    std::error_code error;
    return fs::is_directory(model, error) ? model : fs::absolute(model, error).parent_path().string();
}

}  // namespace

Result<std::optional<std::set<std::string>>> trainedOn(const std::string& model) {
    std::optional<std::set<std::string>> hashes;
    std::string run = runOf(model);
    for (int i = 0; i < kMostRuns; ++i) {
        const RunPaths paths(run);
        std::error_code error;
        if (!fs::exists(paths.dataset, error) || !fs::exists(paths.config, error)) break;
        const auto dataset = readDataset(run);
        if (!dataset) return fail(dataset.error());
        if (!hashes) hashes.emplace();
        for (const std::size_t index : dataset->indicesOf(data::Split::Train)) {
            const data::Sample& sample = dataset->samples[index];
            hashes->insert(sample.sha256);
            hashes->insert(sample.otherSha256.begin(), sample.otherSha256.end());
        }
        const auto config = base::readText(paths.config).and_then(configFromJson);
        if (!config || config->weightsFile.empty()) break;
        run = runOf(config->weightsFile);
    }
    return hashes;
}

}  // namespace graft::training
