// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y on every page, for what SettingsHistory keeps. A field in which something
// was typed undoes that first.
#pragma once

#include <QObject>

class QWidget;

namespace graft::ui {

class Project;
class SettingsHistory;

class UndoKeys : public QObject {
    Q_OBJECT
  public:
    // Of the window, which is its parent.
    UndoKeys(Project& project, QWidget* window);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    SettingsHistory& m_history;
};

}  // namespace graft::ui
