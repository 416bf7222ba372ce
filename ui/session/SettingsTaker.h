// SPDX-License-Identifier: GPL-3.0-or-later
// Takes a run's settings over for the next one: all but where its images lie and what it was called. Another
// backbone's defaults are looked up first, as when it is chosen: until then Project::isChoosing().
#pragma once

#include <QObject>
#include <optional>

#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"

namespace graft::ui {

class Project;

class SettingsTaker : public QObject {
    Q_OBJECT

  public:
    explicit SettingsTaker(Project& project);

    void take(const settings::TrainConfig& run);

  signals:
    void aboutToTake();  // a run's settings replace whatever is being typed
    // The run's backbone or weights cannot be used any more; nothing has changed.
    void refused(const graft::Error& error);

  private:
    void finish();
    void put(const settings::TrainConfig& run);

    Project& m_project;
    std::optional<settings::TrainConfig> m_wanted;  // its backbone is being looked up
};

}  // namespace graft::ui
