// SPDX-License-Identifier: GPL-3.0-or-later
// All runs of the runs' folder, and those that were opened from elsewhere, as the Runs page lists them. Read
// on a worker thread, and only while somebody looks: again whenever the runs have changed. The run that is
// being trained is told, not read. Belongs to the GUI thread.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

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
    // The same for somebody who comes back to the window: where others have changed the runs meanwhile, all
    // who list them hear of it.
    void lookAgain();
    // A run's folder from elsewhere, or a folder of several: they are listed from now on, after a restart
    // too.
    void open(const QString& folder);

    // Null: not read yet.
    const std::shared_ptr<const training::Catalogue>& found() const { return m_found; }
    // Null where it is not listed.
    const training::CataloguedRun* find(const QString& folder) const;
    // The run that is being trained with the epochs that are over, as it was listed otherwise. It stays until
    // the runs are read again. Null: none is, or it is not listed.
    const training::CataloguedRun* running() const { return m_running ? &*m_running : nullptr; }
    // Why nothing could be opened, or why the folder cannot be read; what was listed stays.
    const std::optional<Error>& failure() const { return m_refusal ? m_refusal : m_failure; }
    void forgetRefusal();  // that nothing could be opened

    void follow(const QString& before, const QString& now);  // a run was renamed
    void forget(const QString& folder);                      // a run is gone, or is not to be listed
    // Whether it is listed for having been opened, and is gone: nothing but its line can be removed.
    bool isMissing(const QString& folder) const;

  signals:
    void changed();
    void runningChanged();                    // with every epoch
    void opened(const QStringList& folders);  // of runs that are listed now

  private:
    void take(const Result<std::shared_ptr<const training::Catalogue>>& found);
    void followRunning();
    void changeElsewhere(const std::function<void(QStringList&)>& change);

    // What running() was made of.
    struct Told {
        QString folder;
        std::shared_ptr<const training::Catalogue> found;
        std::shared_ptr<const std::vector<training::EpochDone>> epochs;
        bool operator==(const Told&) const = default;
    };

    Project& m_project;
    std::shared_ptr<const training::Catalogue> m_found;
    std::optional<training::CataloguedRun> m_running;
    Told m_told;
    std::optional<Error> m_failure;
    std::optional<Error> m_refusal;
    QStringList m_elsewhere;  // folders that were opened; kept in LastSession
    QStringList m_announced;  // of these runs the page is told when they are listed
    quint64 m_number = 0;
    bool m_isWatched = false;
    bool m_isStale = true;
    bool m_looksAgain = false;
    bool m_isTelling = false;
};

}  // namespace graft::ui
