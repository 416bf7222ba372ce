// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/OpenedRun.h"

#include <utility>

#include "core/training/Trainer.h"
#include "ui/session/LostImages.h"

namespace graft::ui {

Result<OpenedRun> OpenedRun::read(const std::string& folder) {
    auto run = training::openRun(folder);
    if (!run) return fail(run.error());
    OpenedRun opened;
    opened.run = std::move(*run);
    // A run whose list is gone is shown all the same.
    const auto dataset = training::readDataset(folder);
    if (dataset) {
        opened.trainImages = dataset->countOf(data::Split::Train);
        opened.validationImages = dataset->countOf(data::Split::Validation);
        opened.classes = dataset->classes;
        opened.lostImages = placeOfLostImages(*dataset);
    }
    if (!opened.run.resumable) return opened;
    const auto here = training::checkResumable(opened.run);
    if (!here) {
        opened.run.resumable = false;
        const Error& why = here.error();
        opened.run.whyNotResumable = why.path == folder ? why.message : why.text();
    }
    return opened;
}

}  // namespace graft::ui
