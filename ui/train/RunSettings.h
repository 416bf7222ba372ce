// SPDX-License-Identifier: GPL-3.0-or-later
// Beside the settings of the next run: in what the run that is shown has others, as its folder tells them,
// and a button that takes them over. Hidden where there is no difference, but while a run goes on.
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

    enum class Standing { Over, Resumable, GoingOn };
    // run: none is shown, or its settings are not known.
    void showRun(const std::optional<settings::TrainConfig>& run, Standing standing);

  private:
    void showState();

    Project& m_project;
    SettingsTaker& m_taker;
    Standing m_standing = Standing::Over;
    std::optional<settings::TrainConfig> m_run;
    QLabel* m_text;
    QPushButton* m_use;
    InlineError* m_error;
};

}  // namespace graft::ui
