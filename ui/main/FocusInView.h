// SPDX-License-Identifier: GPL-3.0-or-later
// Scrolls whatever scroll areas a widget lies in until it can be seen; nothing moves where it can be already.
#pragma once

class QWidget;

namespace graft::ui {

// Of what is larger than the room for it, some part is enough.
void bringIntoView(const QWidget& widget);

}  // namespace graft::ui
