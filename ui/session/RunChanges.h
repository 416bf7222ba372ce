// SPDX-License-Identifier: GPL-3.0-or-later
// What a person changes of runs: note, star and name, and that one goes. Done on worker threads, in the order
// in which it was asked for; the runs are read again afterwards. Belongs to the GUI thread.
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <functional>
#include <optional>
#include <utility>

#include "core/base/Result.h"
#include "core/training/RunNote.h"

namespace graft::ui {

class Project;

class RunChanges : public QObject {
    Q_OBJECT

  public:
    explicit RunChanges(Project& project);

    // known: all that the person who wrote it knows as the run's note. Where it is another by now, nothing is
    // written, and both texts wait in noteConflict() for the person's choice; what is written meanwhile goes
    // there too.
    void setNote(const QString& folder, const QString& text, const QStringList& known);
    struct NoteConflict {
        QString mine;
        QString theirs;  // on the disk; empty: the note was removed
    };
    std::optional<NoteConflict> noteConflict(const QString& folder) const;
    // What could not be written, see failure(): it is kept for another try.
    std::optional<QString> unwrittenNote(const QString& folder) const;
    void keepMine(const QString& folder);
    void takeTheirs(const QString& folder);
    void setStar(const QString& folder, bool isOn);
    void rename(const QString& folder, const QString& name);

    // Whether all of them may go: removable() says so, or failure() why not.
    void askToRemove(const QStringList& folders);
    // The desktop's. What has no trash where it lies stays, see withoutTrash().
    void moveToTrash(const QStringList& folders);
    // Another than the desktop's: false where a folder cannot go there. Called beside the window.
    using Trash = std::function<bool(const QString& folder)>;
    void setTrash(Trash trash) { m_trash = std::move(trash); }
    void deleteForGood(const QStringList& folders);

    // Of the last change; none where it was done.
    const std::optional<Error>& failure() const { return m_failure; }
    const QStringList& withoutTrash() const { return m_withoutTrash; }
    void forgetFailures();

  signals:
    void started();  // a change was asked for
    void changed();  // what there is to say of the last change
    void noteConflictChanged(const QString& folder);
    void renamed(const QString& before, const QString& now);  // before anything is read anew
    // begun: folders of runs that began from the model of one of them.
    void removable(const QStringList& folders, const QStringList& begun);

  private:
    struct Gone {
        QStringList folders;
        QStringList withoutTrash;
        std::optional<Error> failure;
    };

    void takeWritten(const QString& folder, const QString& text, const QStringList& known,
                     const Result<std::optional<std::string>>& theirs);
    void holdNote(const QString& folder, const NoteConflict& conflict);
    void removeBy(const QStringList& folders, std::function<void(const QString&, Gone&)> remove);
    void take(const Gone& gone);
    void takeName(const QString& before, const QString& now);
    void begin();
    void say(const std::optional<Error>& failure, const QStringList& withoutTrash = {});

    Project& m_project;
    Trash m_trash;
    std::optional<Error> m_failure;
    QStringList m_withoutTrash;
    // By folder.
    QHash<QString, NoteConflict> m_conflicts;
    QHash<QString, QString> m_unwritten;
    QHash<QString, QString> m_renamed;  // what it is called now
};

}  // namespace graft::ui
