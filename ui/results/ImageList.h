// SPDX-License-Identifier: GPL-3.0-or-later
// The images behind a class, a cell of the matrix or all mistakes. A plain value: made on a worker thread.
#pragma once

#include <QHash>
#include <QString>
#include <vector>

#include "ui/session/RunResults.h"
#include "ui/widgets/ThumbnailGrid.h"

namespace graft::ui {

struct ImageList {
    std::vector<ThumbnailItem> items;
    QHash<QString, int> predictionOf;  // image path -> index into RunResults::evaluation.predictions
    int wrong = 0;

    // Wrong ones first, and of those the ones that the model was most certain of.
    static ImageList make(const RunResults& results, const ImageSelection& selection);
};

}  // namespace graft::ui
