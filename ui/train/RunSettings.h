// SPDX-License-Identifier: GPL-3.0-or-later
// Beside the settings of the next run: in what the run that is shown had others, and a button that takes them
// over. Hidden where there is no difference; while a run goes on it says when they can be changed.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <optional>

#include "core/settings/TrainConfig.h"

class QLabel;
class QPushButton;

namespace graft::ui {

class InlineError;
class Project;
class SettingsTaker;

class RunSettings : public QWidget {
    Q_OBJECT
  public:
    explicit RunSettings(Project& project, QWidget* parent = nullptr);

    // run: none is shown, or its settings are not known. isOpen: they can be taken over now.
    void showRun(const std::optional<settings::TrainConfig>& run, bool isOpen);

  private:
    void showState();

    Project& m_project;
    SettingsTaker& m_taker;
    bool m_isOpen = true;  // no run is going on
    std::optional<settings::TrainConfig> m_run;
    QLabel* m_text;
    QPushButton* m_use;
    InlineError* m_error;
};

}  // namespace graft::ui
