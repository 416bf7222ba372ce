// SPDX-License-Identifier: GPL-3.0-or-later
// How a table of rows behaves and looks everywhere: a row is chosen as a whole, nothing is edited in it, Tab
// leaves it, and what has no room is shortened in its middle. Its own are the model, what of its columns
// stretches, and whether several rows can be chosen.
#pragma once

class QTableView;

namespace graft::ui {

// After its model.
void showAsRows(QTableView& table, int rowHeight);

// Where nothing is chosen the first arrow key chooses what is current, instead of going on from it unseen;
// and a current row that is not chosen is drawn as such while the table has the focus. showAsRows() does it.
void beginWithCurrent(QTableView& table);

}  // namespace graft::ui
