// SPDX-License-Identifier: GPL-3.0-or-later
// All runs of the runs' folder, and those that were opened from elsewhere, as the Runs page lists them. Read
// on a worker thread, and only while somebody looks: again whenever the runs have changed. Belongs to the GUI
// thread.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <optional>

#include "core/base/Result.h"
#include "core/training/RunCatalogue.h"

namespace graft::ui {

class Project;

class AllRuns : public QObject {
    Q_OBJECT

  public:
    explicit AllRuns(Project& project);

    // While it is watched it is up to date.
    void watch(bool isWatched);
    // A later reading overtakes an earlier one.
    void read();
    // A run's folder from elsewhere, or a folder of several: they are listed for as long as the program runs.
    void open(const QString& folder);

    // Null: not read yet.
    const std::shared_ptr<const training::Catalogue>& found() const { return m_found; }
    // Null where it is not listed.
    const training::CataloguedRun* find(const QString& folder) const;
    // Why the folder cannot be read, or why nothing could be opened; what was listed stays.
    const std::optional<Error>& failure() const { return m_failure; }

    void follow(const QString& before, const QString& now);  // a run was renamed
    void forget(const QString& folder);                      // a run is gone

  signals:
    void changed();
    void opened(const QStringList& folders);  // of runs that are listed now

  private:
    void take(const Result<std::shared_ptr<const training::Catalogue>>& found);

    Project& m_project;
    std::shared_ptr<const training::Catalogue> m_found;
    std::optional<Error> m_failure;
    QStringList m_elsewhere;  // folders that were opened
    QStringList m_announced;  // of these runs the page is told when they are listed
    quint64 m_number = 0;
    bool m_isWatched = false;
    bool m_isStale = true;
};

}  // namespace graft::ui
