// SPDX-License-Identifier: GPL-3.0-or-later
// What was dropped on the window for it to read: a folder is opened, a run's is handed on; of anything else
// it says what to do instead, until another folder is chosen.
#pragma once

#include <QList>
#include <QObject>
#include <QString>
#include <QUrl>

namespace graft::ui {

class Project;

class DroppedPaths : public QObject {
    Q_OBJECT

  public:
    explicit DroppedPaths(Project& project);

    // Looked at on a worker thread; a later drop overtakes an earlier one.
    void take(const QList<QUrl>& urls);
    // The folder that is open already is read again: something in it has changed.
    void open(const QString& folder);

    QString sentence() const;                         // empty: there is nothing to say
    const QString& offer() const { return m_offer; }  // a folder that may be meant; empty: none

  signals:
    void changed();
    void runDropped(const QString& folder);

  private:
    enum class Kind {
        Nothing,
        Folder,
        Run,
        Picture,
        Pictures,
        Archive,
        OtherFile,
        Gone,
        Folders,
        Mixed,
        Elsewhere
    };
    struct Drop {
        Kind kind = Kind::Nothing;
        QString name;   // of what was dropped; of a folder its path
        int count = 1;  // of such
        QString offer;
    };

    static Drop judge(const QStringList& paths);
    static Drop judgeOne(const QString& path);
    void follow(const Drop& drop);
    void tell(const Drop& drop);

    Project& m_project;
    Drop m_drop;
    QString m_offer;
    quint64 m_number = 0;
};

}  // namespace graft::ui
