// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RepeatRun.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "core/backbones/WeightStore.h"
#include "core/inference/detail/ModelHash.h"
#include "core/training/RunFolder.h"
#include "core/training/detail/Decisions.h"

namespace graft::training {

namespace {

// Of the backbone's weights on this machine the file with that content; empty where there is none.
std::string weightsOfContent(const std::string& backbone, const std::string& sha256) {
    for (const backbones::StoredWeights& stored : backbones::listWeights()) {
        if (stored.name != backbone) continue;
        const auto hash = inference::sha256OfModel(stored.file);
        if (hash && *hash == sha256) return stored.file;
    }
    return {};
}

// decided: the hash of the weights that the run began from; empty where nothing says it.
void lookForWeights(LikeRun& like, const std::string& decided) {
    std::string& file = like.config.weightsFile;
    if (file.empty()) return;
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        const std::string found =
            decided.empty() ? std::string() : weightsOfContent(like.config.backbone, decided);
        like.hasWeights = !found.empty();
        if (!like.hasWeights) return;
        like.notices.emplace_back(GRAFT_TEXT("The weights that the run began from lie in {1} here."), found);
        file = found;
        return;
    }
    const auto hash = inference::sha256OfModel(file);
    if (decided.empty() || !hash || *hash == decided) return;
    like.notices.emplace_back(
        GRAFT_TEXT("{1} is another file than the run began from: the new run's numbers will be others."),
        file);
}

}  // namespace

Result<LikeRun> configLike(const std::string& runFolder) {
    auto run = openRun(runFolder);
    if (!run) return fail(run.error());
    LikeRun like;
    like.config = std::move(run->config);
    like.config.runFolder.clear();
    if (!like.config.planChanges.empty()) {
        like.notices.emplace_back(
            GRAFT_TEXT(
                "The run was planned for {1} epochs and went on to {2}; the new run plans all {2} from "
                "the first, so that its numbers may be others."),
            like.config.planChanges.front().epochsBefore, like.config.epochs);
        like.config.planChanges.clear();
    }
    const auto decided = readDecisions(RunPaths(runFolder));
    const bool isKnown = decided && decided->has_value();
    lookForWeights(like, isKnown ? (*decided)->weightsSha256 : std::string());
    return like;
}

}  // namespace graft::training
