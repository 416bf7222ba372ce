// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunChanges.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QtGlobal>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>

#include "core/training/RunUpkeep.h"
#include "ui/session/AllRuns.h"
#include "ui/session/Background.h"
#include "ui/session/KeptViews.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"
#include "ui/session/RunPlace.h"

namespace graft::ui {

// One change after another: of two notes the later one stays, and a note is written before its run has
// another name. The pool begins its work in order, so that whoever waits does not wait for what has no
// thread.
class RunChanges::Turns {
  public:
    quint64 draw() { return m_drawn++; }  // in the GUI thread

    class Turn {
      public:
        Turn(Turns& turns, quint64 number) : m_turns(turns) {
            std::unique_lock lock(turns.m_mutex);
            turns.m_ended.wait(lock, [&] { return turns.m_next == number; });
        }
        ~Turn() {
            const std::lock_guard lock(m_turns.m_mutex);
            ++m_turns.m_next;
            m_turns.m_ended.notify_all();
        }
        Turn(const Turn&) = delete;
        Turn& operator=(const Turn&) = delete;

      private:
        Turns& m_turns;
    };

  private:
    std::mutex m_mutex;
    std::condition_variable m_ended;
    quint64 m_next = 0;
    quint64 m_drawn = 0;
};

RunChanges::RunChanges(Project& project)
    : QObject(&project),
      m_project(project),
      m_trash([](const QString& folder) {
          // Qt puts it into the current folder where the desktop's has no place yet.
          QDir().mkpath(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation));
          return QFile(folder).moveToTrash();
      }),
      m_turns(std::make_shared<Turns>()) {
    // That a run is being trained is no reason any more.
    RunNews& news = projectPart<RunNews>(project);
    connect(&news, &RunNews::runningChanged, this, [this, &news] {
        if (!news.running()) forgetFailures();
    });
}

void RunChanges::say(const std::optional<Error>& failure, const QStringList& withoutTrash) {
    m_failure = failure;
    m_withoutTrash = withoutTrash;
    emit changed();
}

// What was said of the change before is over.
void RunChanges::begin() {
    forgetFailures();
    emit started();
}

void RunChanges::forgetFailures() {
    if (m_failure || !m_withoutTrash.isEmpty()) say(std::nullopt);
}

void RunChanges::setNote(const QString& folder, const QString& text) {
    changeNote(folder, [note = text.toStdString()](training::RunNote& kept) { kept.text = note; });
}

void RunChanges::setStar(const QString& folder, bool isOn) {
    changeNote(folder, [isOn](training::RunNote& kept) { kept.star = isOn; });
}

void RunChanges::changeNote(const QString& folder, std::function<void(training::RunNote&)> change) {
    begin();
    runInBackground(
        this,
        [turns = m_turns, number = m_turns->draw(), run = folder.toStdString(),
         change = std::move(change)]() -> Result<void> {
            const Turns::Turn turn(*turns, number);
            auto note = training::readNote(run);
            if (!note) return fail(note.error());
            change(*note);
            return training::writeNote(run, *note);
        },
        [this](const Result<void>& written) {
            say(written ? std::nullopt : std::optional<Error>(written.error()));
            m_project.notifyRunsChanged();
        });
}

void RunChanges::rename(const QString& folder, const QString& name) {
    begin();
    runInBackground(
        this,
        [turns = m_turns, number = m_turns->draw(), run = folder.toStdString(),
         wanted = name.toStdString()]() -> Result<std::string> {
            const Turns::Turn turn(*turns, number);
            return training::renameRun(run, wanted);
        },
        [this, folder](const Result<std::string>& renamed) {
            say(renamed ? std::nullopt : std::optional<Error>(renamed.error()));
            if (renamed) takeName(folder, QString::fromStdString(*renamed));
        });
}

// Whoever knew the run by its folder follows it.
void RunChanges::takeName(const QString& before, const QString& now) {
    for (QString& selected : projectPart<KeptViews>(m_project).runs.selected)
        if (isSamePlace(selected, before)) selected = QDir::cleanPath(now);
    projectPart<AllRuns>(m_project).follow(before, now);
    RunNews& news = projectPart<RunNews>(m_project);
    if (news.ended() && isSamePlace(news.ended()->folder, before)) news.forgetEnded();
    if (isSamePlace(m_project.currentRun(), before)) m_project.setCurrentRun(now);
    m_project.notifyRunsChanged();
}

void RunChanges::askToRemove(const QStringList& folders) {
    begin();
    runInBackground(
        this,
        [folders, listed = projectPart<AllRuns>(m_project).found()]() -> Result<QStringList> {
            QStringList begun;
            for (const QString& folder : folders) {
                const auto may = training::checkRemovable(folder.toStdString());
                if (!may) return fail(may.error());
                if (!listed) continue;
                for (const std::string& other : training::runsBegunFrom(folder.toStdString(), listed->runs)) {
                    const QString place = QDir::cleanPath(QString::fromStdString(other));
                    if (!folders.contains(place) && !begun.contains(place)) begun << place;
                }
            }
            return begun;
        },
        [this, folders](const Result<QStringList>& begun) {
            say(begun ? std::nullopt : std::optional<Error>(begun.error()));
            if (begun) emit removable(folders, *begun);
        });
}

void RunChanges::moveToTrash(const QStringList& folders) {
    removeBy(folders, [toTrash = m_trash](const QString& folder, Gone& gone) {
        const auto may = training::checkRemovable(folder.toStdString());
        if (!may) {
            gone.failure = may.error();
        } else if (toTrash(folder)) {
            gone.folders << folder;
        } else {
            gone.withoutTrash << folder;
        }
    });
}

void RunChanges::deleteForGood(const QStringList& folders) {
    removeBy(folders, [](const QString& folder, Gone& gone) {
        const auto removed = training::removeRun(folder.toStdString());
        if (removed) gone.folders << folder;
        if (!removed) gone.failure = removed.error();
    });
}

void RunChanges::removeBy(const QStringList& folders, std::function<void(const QString&, Gone&)> remove) {
    begin();
    runInBackground(
        this,
        [turns = m_turns, number = m_turns->draw(), folders, remove = std::move(remove)]() -> Result<Gone> {
            const Turns::Turn turn(*turns, number);
            Gone gone;
            for (const QString& folder : folders)
                remove(folder, gone);
            return gone;
        },
        [this](const Result<Gone>& gone) {
            if (gone) return take(*gone);
            say(gone.error());
            m_project.notifyRunsChanged();
        });
}

void RunChanges::take(const Gone& gone) {
    RunNews& news = projectPart<RunNews>(m_project);
    QStringList& selected = projectPart<KeptViews>(m_project).runs.selected;
    for (const QString& folder : gone.folders) {
        selected.removeAll(QDir::cleanPath(folder));
        projectPart<AllRuns>(m_project).forget(folder);
        if (news.ended() && isSamePlace(news.ended()->folder, folder)) news.forgetEnded();
        if (isSamePlace(m_project.currentRun(), folder)) m_project.setCurrentRun({});
    }
    say(gone.failure, gone.withoutTrash);
    m_project.notifyRunsChanged();
}

}  // namespace graft::ui
