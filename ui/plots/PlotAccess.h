// SPDX-License-Identifier: GPL-3.0-or-later
// A plot of curves as a screen reader gets it: a chart, whose value is what is said at the reading cursor.
#pragma once

namespace graft::ui {

// From now on, of every CurvePlot; again is as good as once.
void letReadPlots();

}  // namespace graft::ui
