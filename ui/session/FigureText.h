// SPDX-License-Identifier: GPL-3.0-or-later
// What an epoch's figures rest on, in the window's language: it is said wherever they are shown.
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
    // "150 validation images, 30 of which were trained on"; empty in runs of versions
    // that did not count them.
    static QString basis(const training::EpochDone& epoch);

    // ", 30 of which were trained on", by the run or by what it began from: that makes the figures better
    // than on new images. Empty where they had been trained on none; learnt is none where nothing says.
    static QString learnt(std::optional<std::size_t> learnt);
};

}  // namespace graft::ui
