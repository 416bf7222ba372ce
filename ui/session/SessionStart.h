// SPDX-License-Identifier: GPL-3.0-or-later
// What the window begins with: what the command line says, else how it was left. Make it before the window,
// which then shows the settings at once; the folder is read as any that is chosen, and what the backbone
// comes with is looked up on a worker thread. From then on every change is kept for the next start. Example:
//     SessionStart start(project, {folder, backbone, weightsFile});
//     MainWindow window(project, prompts);
//     start.lookUp();
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <QTimer>

namespace graft::ui {

class Project;

class SessionStart : public QObject {
    Q_OBJECT

  public:
    // Of the command line; what is empty is as it was left.
    struct Wanted {
        QString folder;
        QString backbone;
        QString weightsFile;
    };

    SessionStart(Project& project, Wanted wanted, QObject* parent = nullptr);
    ~SessionStart() override;  // what has changed is kept

    void lookUp();
    // Settings of another version, or damaged ones, that have their defaults instead.
    const QStringList& ignored() const { return m_ignored; }

  private:
    void lookUpRun();
    void lookUpAsLeft();
    void lookUpWanted();
    void keep();

    Project& m_project;
    Wanted m_wanted;
    QStringList m_ignored;
    QTimer m_delay;             // a slider changes often
    bool m_isRestored = false;  // the project has the settings that were left
    bool m_isChosen = false;    // a backbone, by the person, before it could be looked up
    bool m_takes = false;       // the backbone's change is this object's own
};

}  // namespace graft::ui
