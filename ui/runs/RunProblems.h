// SPDX-License-Identifier: GPL-3.0-or-later
// What has gone wrong on the Runs page, over its list, and what is offered where there is no trash. It is
// forgotten with the next thing that is asked for, with another choice, when the page is left, and when the
// run that was being trained has ended: it need not be true any more then.
#pragma once

#include <QWidget>

namespace graft::ui {

class AllRuns;
class InlineError;
class NoticeBar;
class Project;
class RunChanges;
class RunReuse;
class UserPrompts;

class RunProblems : public QWidget {
    Q_OBJECT
  public:
    RunProblems(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    void forget();

  private:
    void say();
    void confirmDeletion();

    UserPrompts& m_prompts;
    AllRuns& m_all;
    RunChanges& m_changes;
    RunReuse& m_reuse;
    InlineError* m_error = nullptr;
    NoticeBar* m_noTrash = nullptr;
    bool m_isAsking = false;
};

}  // namespace graft::ui
