// SPDX-License-Identifier: GPL-3.0-or-later
// Makes two buttons undo and redo what SettingsHistory keeps, wherever they stand. What a button would do is
// in its tooltip.
#pragma once

class QPushButton;

namespace graft::ui {

class SettingsHistory;

void connectUndo(SettingsHistory& history, QPushButton& undo, QPushButton& redo);

}  // namespace graft::ui
