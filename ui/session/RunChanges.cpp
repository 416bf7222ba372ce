// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunChanges.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QtGlobal>
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/training/RunUpkeep.h"
#include "ui/session/AllRuns.h"
#include "ui/session/Background.h"
#include "ui/session/KeptViews.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"
#include "ui/session/RunPlace.h"

namespace graft::ui {

RunChanges::RunChanges(Project& project)
    : QObject(&project), m_project(project), m_trash([](const QString& folder) {
          // Qt puts it into the current folder where the desktop's has no place yet.
          QDir().mkpath(QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation));
          return QFile(folder).moveToTrash();
      }) {
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

void RunChanges::setNote(const QString& folder, const QString& text, const QStringList& known) {
    const QString place = QDir::cleanPath(folder);
    if (const auto held = m_conflicts.find(place); held != m_conflicts.end()) {
        held->mine = text;
        return;
    }
    begin();
    std::vector<std::string> expected{training::tidyNote(text.toStdString())};
    for (const QString& note : known)
        expected.push_back(training::tidyNote(note.toStdString()));
    using Theirs = std::optional<std::string>;
    runInBackground(
        changePool(), this,
        [run = folder.toStdString(), expected = std::move(expected)]() -> Result<Theirs> {
            Theirs theirs;
            const auto written = training::changeNote(run, [&](training::RunNote& kept) {
                if (std::ranges::find(expected, training::tidyNote(kept.text)) == expected.end())
                    theirs = kept.text;
                kept.text = expected.front();
                return !theirs;
            });
            if (!written) return fail(written.error());
            return theirs;
        },
        [this, place, text, known](const Result<Theirs>& theirs) {
            takeWritten(place, text, known, theirs);
        });
}

// theirs: a note that stands there instead.
void RunChanges::takeWritten(const QString& folder, const QString& text, const QStringList& known,
                             const Result<std::optional<std::string>>& theirs) {
    // It was on its way while the run got another name.
    if (!theirs && theirs.error().code == ErrorCode::NotFound && m_renamed.contains(folder))
        return setNote(m_renamed.value(folder), text, known);
    m_unwritten.remove(folder);
    if (!theirs) m_unwritten.insert(folder, text);
    say(theirs ? std::nullopt : std::optional<Error>(theirs.error()));
    if (theirs && *theirs) holdNote(folder, {text, QString::fromStdString(**theirs)});
    m_project.notifyRunsChanged();
}

std::optional<QString> RunChanges::unwrittenNote(const QString& folder) const {
    const auto held = m_unwritten.find(QDir::cleanPath(folder));
    return held == m_unwritten.end() ? std::nullopt : std::optional<QString>(*held);
}

// Beside the note it is seen there; for whoever has gone on to another run it is said.
void RunChanges::holdNote(const QString& folder, const NoteConflict& conflict) {
    m_conflicts.insert(folder, conflict);
    if (projectPart<KeptViews>(m_project).runs.selected != QStringList{folder})
        say(Error{
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("The note of this run was changed elsewhere while it was written here, and was not "
                       "written; choose the run to see both, and which of them is to stay."),
            folder.toStdString()});
    emit noteConflictChanged(folder);
}

std::optional<RunChanges::NoteConflict> RunChanges::noteConflict(const QString& folder) const {
    const auto held = m_conflicts.find(QDir::cleanPath(folder));
    return held == m_conflicts.end() ? std::nullopt : std::optional<NoteConflict>(*held);
}

void RunChanges::keepMine(const QString& folder) {
    const auto conflict = noteConflict(folder);
    if (!conflict) return;
    m_conflicts.remove(QDir::cleanPath(folder));
    emit noteConflictChanged(QDir::cleanPath(folder));
    setNote(folder, conflict->mine, {conflict->theirs});
}

void RunChanges::takeTheirs(const QString& folder) {
    if (m_conflicts.remove(QDir::cleanPath(folder)) == 0) return;
    emit noteConflictChanged(QDir::cleanPath(folder));
    m_project.notifyRunsChanged();
}

void RunChanges::setStar(const QString& folder, bool isOn) {
    begin();
    runInBackground(
        changePool(), this,
        [run = folder.toStdString(), isOn]() -> Result<void> {
            const auto written = training::changeNote(run, [isOn](training::RunNote& kept) {
                kept.star = isOn;
                return true;
            });
            if (!written) return fail(written.error());
            return {};
        },
        [this](const Result<void>& written) {
            say(written ? std::nullopt : std::optional<Error>(written.error()));
            m_project.notifyRunsChanged();
        });
}

void RunChanges::rename(const QString& folder, const QString& name) {
    begin();
    runInBackground(
        changePool(), this,
        [run = folder.toStdString(), wanted = name.toStdString()]() -> Result<std::string> {
            return training::renameRun(run, wanted);
        },
        [this, folder](const Result<std::string>& renamed) {
            say(renamed ? std::nullopt : std::optional<Error>(renamed.error()));
            if (renamed) takeName(folder, QString::fromStdString(*renamed));
        });
}

// Whoever knew the run by its folder follows it.
void RunChanges::takeName(const QString& before, const QString& now) {
    RunsView& view = projectPart<KeptViews>(m_project).runs;
    for (QStringList* folders : {&view.selected, &view.staying})
        for (QString& folder : *folders)
            if (isSamePlace(folder, before)) folder = QDir::cleanPath(now);
    if (const auto conflict = noteConflict(before)) {
        m_conflicts.remove(QDir::cleanPath(before));
        m_conflicts.insert(QDir::cleanPath(now), *conflict);
    }
    if (const auto unwritten = unwrittenNote(before)) {
        m_unwritten.remove(QDir::cleanPath(before));
        m_unwritten.insert(QDir::cleanPath(now), *unwritten);
    }
    m_renamed.insert(QDir::cleanPath(before), QDir::cleanPath(now));
    m_renamed.remove(QDir::cleanPath(now));
    emit renamed(before, now);
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
        changePool(), this,
        [folders, remove = std::move(remove)]() -> Result<Gone> {
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
        m_conflicts.remove(QDir::cleanPath(folder));
        m_unwritten.remove(QDir::cleanPath(folder));
        projectPart<AllRuns>(m_project).forget(folder);
        if (news.ended() && isSamePlace(news.ended()->folder, folder)) news.forgetEnded();
        if (isSamePlace(m_project.currentRun(), folder)) m_project.setCurrentRun({});
    }
    say(gone.failure, gone.withoutTrash);
    m_project.notifyRunsChanged();
}

}  // namespace graft::ui
