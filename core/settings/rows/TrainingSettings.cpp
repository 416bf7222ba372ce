// SPDX-License-Identifier: GPL-3.0-or-later
// How long, in which batches.
#include "core/settings/HeadSolving.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings {

Rows trainingSettings() {
    Rows rows;
    rows.settings = {
        {
            .key = "epochs",
            .option = "--epochs",
            .label = GRAFT_TEXT("Epochs"),
            .help = GRAFT_TEXT("How often every training image is seen"),
            .field = whole(
                [](auto& c) -> auto& { return c.epochs; }, from(1, 100000)),
            .applies = {.holds = hasEpochs, .goesWith = kWithSteps},
            .inBrief = true,
            .mayDiffer = true,
        },
        {
            .key = "batch_size",
            .option = "--batch-size",
            .label = GRAFT_TEXT("Batch size"),
            .help = GRAFT_TEXT("Images per batch; a smaller one needs less memory"),
            .field = whole(
                [](auto& c) -> auto& { return c.batchSize; }, from(1, 65536)),
        },
        {
            .key = "accumulate",
            .option = "--accumulate",
            .label = GRAFT_TEXT("Batches per step"),
            .help = GRAFT_TEXT("Their gradients are added up: a large batch in the memory of a small one"),
            .field = whole(
                [](auto& c) -> auto& { return c.accumulate; }, from(1, 65536)),
            .applies = {.holds = takesSteps, .goesWith = kWithSteps},
            .whenAbsent = std::int64_t{1},
        },
    };
    return rows;
}

}  // namespace graft::settings
