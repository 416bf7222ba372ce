// SPDX-License-Identifier: GPL-3.0-or-later
// What the axes, the grid and the margins of every plot of curves look like.
#pragma once

class QCustomPlot;

namespace graft::ui {

void setUpFrame(QCustomPlot& plot);  // once

// In the theme's colours and fonts.
void styleFrame(QCustomPlot& plot);

}  // namespace graft::ui
