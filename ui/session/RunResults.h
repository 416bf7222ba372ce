// SPDX-License-Identifier: GPL-3.0-or-later
// What the Results page knows of one run. Plain values: made and asked on worker threads.
#pragma once

#include <QDateTime>
#include <QString>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/base/Result.h"
#include "core/evaluation/Evaluation.h"
#include "core/training/RunFolder.h"
#include "ui/session/ConfusedPairs.h"

namespace graft::ui {

struct RunResults {
    training::RunSummary run;
    evaluation::Evaluation evaluation;
    QString root;                      // the dataset's folder
    QString lostImages;                // see LostImages.h; empty: the images are there
    std::size_t validationImages = 0;  // of the dataset; 0: its list is gone
    std::vector<ConfusedPair> pairs;   // of the evaluation
    // When the evaluation and the list of files were written; invalid where there is none.
    using Times = std::pair<QDateTime, QDateTime>;
    Times modified;

    static Result<std::shared_ptr<const RunResults>> read(const QString& runFolder);
    static Times modifiedTimes(const QString& runFolder);

    QString className(int index) const;
    QString imagePath(const evaluation::Prediction& prediction) const;
};

// Which images: all mistakes (neither is set), a class (truth alone), or a cell of the matrix.
struct ImageSelection {
    std::optional<int> truth;
    std::optional<int> predicted;
    bool operator==(const ImageSelection&) const = default;
};

}  // namespace graft::ui
