// SPDX-License-Identifier: GPL-3.0-or-later
// How a table of rows behaves and looks everywhere: a row is chosen as a whole, nothing is edited in it, Tab
// leaves it, and what has no room is shortened in its middle. Its own are the model, what of its columns
// stretches, and whether several rows can be chosen.
#pragma once

class QTableView;

namespace graft::ui {

void showAsRows(QTableView& table, int rowHeight);

}  // namespace graft::ui
