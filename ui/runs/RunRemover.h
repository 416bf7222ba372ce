// SPDX-License-Identifier: GPL-3.0-or-later
// Takes runs from the Runs page: to the trash, after a question; of what is gone already the line alone.
#pragma once

#include <QObject>
#include <QStringList>

class QWidget;

namespace graft::ui {

class AllRuns;
class Project;
class RunChanges;
class UserPrompts;

class RunRemover : public QObject {
    Q_OBJECT
  public:
    RunRemover(Project& project, UserPrompts& prompts, QWidget& page);

    void remove(const QStringList& folders);

  private:
    void forgetMissing();
    void confirm(const QStringList& folders, const QStringList& begun);

    QWidget& m_page;
    UserPrompts& m_prompts;
    AllRuns& m_all;  // they outlive the page
    RunChanges& m_changes;
    QStringList& m_selected;
    QStringList m_missing;  // of those that are to go
    bool m_isAsking = false;
};

}  // namespace graft::ui
