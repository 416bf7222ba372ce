// SPDX-License-Identifier: GPL-3.0-or-later
// Where several buttons stand beside one another that has just gone, the keyboard's focus falls to one of
// them by itself (ui/main/FocusKeeper), and who presses Return once more presses that one.
#pragma once

#include <QVariant>
#include <QWidget>

namespace graft::ui {

inline constexpr int kNeverByItself = -1;  // what ends or undoes something
inline constexpr int kUsualRank = 0;       // the nearest of these
inline constexpr int kBeforeOthers = 1;    // and more: before those of a lower rank, be they nearer

inline void setFocusRank(QWidget& widget, int rank) {
    widget.setProperty("focusRank", rank);
}
inline int focusRankOf(const QWidget& widget) {
    return widget.property("focusRank").toInt();
}

}  // namespace graft::ui
