// SPDX-License-Identifier: GPL-3.0-or-later
// How figures are written, one way for each kind everywhere in the window; and what an epoch's rest on, which
// is said wherever they are shown.
#pragma once

#include <QCoreApplication>
#include <QString>
#include <cstddef>
#include <optional>

#include "core/training/TrainEvents.h"

namespace graft::ui {

class FigureText {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::FigureText)

  public:
    // Of every share, probability and score from 0 to 1: "67.3 %".
    static QString percent(double share);
    // The same where its unit stands beside it or above: "67.3".
    static QString percentFigure(double share);
    // With separators: "231,580".
    static QString count(std::size_t number);
    // "1 image", "4,236 images".
    static QString images(std::size_t number);
    static QString validationImages(std::size_t number);

    // "150 validation images, 30 of which were trained on"; empty in runs of versions
    // that did not count them.
    static QString basis(const training::EpochDone& epoch);

    // ", 30 of which were trained on", by the run or by what it began from: that makes the figures better
    // than on new images. Empty where they had been trained on none; learnt is none where nothing says.
    static QString learnt(std::optional<std::size_t> learnt);
};

}  // namespace graft::ui
