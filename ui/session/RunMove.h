// SPDX-License-Identifier: GPL-3.0-or-later
// Tells a run where its images lie now, on a worker thread: they are found by their content. The run's
// results can then be looked at and its export be checked with them again; nothing is trained. Belongs to the
// GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <memory>
#include <optional>

#include "core/base/Result.h"

namespace graft::runtime {
class RunControl;
}

namespace graft::ui {

class Project;

class RunMove : public QObject {
    Q_OBJECT

  public:
    explicit RunMove(Project& project);
    ~RunMove() override;

    // Nothing while one is going on.
    void start(const QString& runFolder, const QString& dataFolder);
    bool isActive() const { return m_control != nullptr; }
    const QString& runFolder() const { return m_runFolder; }  // that is told, or was last
    // Why the last one failed; none while it is going on.
    const std::optional<Error>& failure() const { return m_failure; }

  signals:
    void changed();  // it has begun or ended

  private:
    void finish(const Result<void>& moved);

    Project& m_project;
    QString m_runFolder;
    std::shared_ptr<runtime::RunControl> m_control;
    std::optional<Error> m_failure;
};

}  // namespace graft::ui
