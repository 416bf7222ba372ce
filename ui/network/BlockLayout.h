// SPDX-License-Identifier: GPL-3.0-or-later
// Where the boxes of a block diagram lie for a given width: stages side by side, wrapped into rows, each a
// stack of its units. Plain geometry, so that drawing, mouse and keyboard agree.
#pragma once

#include <QRect>
#include <QString>
#include <vector>

#include "core/backbones/ModelSummary.h"

namespace graft::ui {

struct StageBox {
    QString name;  // "layer4"
    QRect frame;   // around the units
    QRect label;   // name and output shape below it
    std::size_t firstUnit = 0;
    std::size_t unitCount = 0;  // 0: the head
};

struct BlockLayout {
    std::vector<StageBox> stages;  // the head last
    std::vector<QRect> units;      // in the order of the forward pass
    QRect head;
    int height = 0;

    static BlockLayout make(const backbones::ModelSummary& summary, int width);
};

}  // namespace graft::ui
