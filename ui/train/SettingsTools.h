// SPDX-License-Identifier: GPL-3.0-or-later
// Over the settings: puts all of them back to their defaults at once, and undoes and redoes steps.
#pragma once

#include <QWidget>

class QPushButton;

namespace graft::ui {

class Project;

class SettingsTools : public QWidget {
    Q_OBJECT
  public:
    explicit SettingsTools(Project& project, QWidget* parent = nullptr);

    void showChanged(int count);  // settings that differ from their defaults

  signals:
    void putBackRequested();

  private:
    QPushButton* addButton(const char* name, const QString& text);

    QPushButton* m_putBack;
};

}  // namespace graft::ui
