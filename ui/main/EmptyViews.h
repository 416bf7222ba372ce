// SPDX-License-Identifier: GPL-3.0-or-later
// A list, table or grid of the window with nothing in it is no stop of the Tab key: there is nothing to go
// through.
#pragma once

class QAbstractItemView;

namespace graft::ui {

// From now on, with what its model holds; again is as good as once. A view that was never a stop stays so.
void passOverWhileEmpty(QAbstractItemView& view);

}  // namespace graft::ui
