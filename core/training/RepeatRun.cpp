// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RepeatRun.h"

#include "core/training/RunFolder.h"
#include "core/training/detail/WeightsNow.h"

namespace graft::training {

namespace {

// where: of the run that it is like.
void takeWeights(LikeRun& like, const WeightsNow& where) {
    if (like.config.weightsFile.empty()) return;
    like.hasWeights = !where.file.empty();
    if (!like.hasWeights) return;
    like.config.weightsFile = where.file;
    if (where.isMoved) {
        like.notices.emplace_back(GRAFT_TEXT("The weights that the run began from lie in {1} here."),
                                  where.file);
    } else if (where.isOther) {
        like.notices.emplace_back(
            GRAFT_TEXT("{1} is another file than the run began from: the new run's numbers will be others."),
            where.file);
    }
}

}  // namespace

Result<LikeRun> configLike(const std::string& runFolder, bool withWeights) {
    const auto run = openRun(runFolder);
    if (!run) return fail(run.error());
    LikeRun like;
    like.config = run->config;
    like.config.runFolder.clear();
    if (!like.config.planChanges.empty()) {
        like.notices.emplace_back(
            GRAFT_TEXT(
                "The run was planned for {1} epochs and went on to {2}; the new run plans all {2} from "
                "the first, so that its numbers may be others."),
            like.config.planChanges.front().epochsBefore, like.config.epochs);
        like.config.planChanges.clear();
    }
    if (withWeights) takeWeights(like, weightsNow(*run));
    return like;
}

}  // namespace graft::training
