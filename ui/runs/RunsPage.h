// SPDX-License-Identifier: GPL-3.0-or-later
// The Runs page: all runs in a list that is searched and sorted; of the one that is chosen all that is known,
// of several the comparison. What was typed, sorted and chosen is kept in KeptViews.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <cstddef>
#include <memory>
#include <vector>

#include "core/training/RepeatRun.h"
#include "core/training/RunCatalogue.h"
#include "ui/runs/RunModel.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QStackedWidget;

namespace graft::ui {

class AllRuns;
class Card;
class ComparePanel;
class PageHeader;
class Project;
class RunChanges;
class RunNews;
class RunPanel;
class RunProblems;
class RunRemover;
class RunReuse;
class RunTable;
class RunsSplit;
struct RunsView;
class UserPrompts;

class RunsPage : public QWidget {
    Q_OBJECT
  public:
    RunsPage(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);
    ~RunsPage() override;

  signals:
    void resultsRequested();  // of the project's current run
    void trainRequested();    // with what was taken over
    void continueRequested(const QString& folder);

  protected:
    bool event(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void hideEvent(QHideEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QWidget* buildList();
    QWidget* buildDetail();
    ComparePanel& comparison();
    void showDetail(QWidget* detail);
    void wireTable();
    void wireActions();
    void openFolder();
    void fitList();
    void arrange();  // the rows, by what is searched for and sorted
    void showRows(const std::shared_ptr<const training::Catalogue>& runs, RunModel::Arranged arranged);
    void showCounts();
    void showRunning();
    void showChoice(bool anew = false);  // anew: what the runs' folders say may be other than before
    void takeChoice();
    void keepListed(const QStringList& folders);  // until other words are searched for
    void showResults();
    void takeLike(const std::shared_ptr<const training::LikeRun>& like);
    void startFrom(const QString& folder);

    Project& m_project;
    UserPrompts& m_prompts;
    AllRuns& m_all;  // not the page's own, as what follows: they outlive it
    RunChanges& m_changes;
    RunReuse& m_reuse;
    RunNews& m_news;
    RunsView& m_view;

    RunRemover* m_remover = nullptr;
    PageHeader* m_header = nullptr;
    RunProblems* m_problems = nullptr;
    RunsSplit* m_split = nullptr;
    Card* m_list = nullptr;
    QLineEdit* m_search = nullptr;
    QPushButton* m_removeSeveral = nullptr;
    RunModel* m_model = nullptr;
    RunTable* m_table = nullptr;
    QLabel* m_others = nullptr;  // what in the folder is no run
    QStackedWidget* m_detail = nullptr;
    QLabel* m_nothing = nullptr;
    RunPanel* m_run = nullptr;
    ComparePanel* m_compare = nullptr;  // null: none was wanted yet
    std::shared_ptr<const training::Catalogue> m_shownRuns;
    quint64 m_arrangings = 0;
    QString m_soughtRunning;  // its folder was looked for in the list already
    bool m_wasAway = false;   // another window was active
};

}  // namespace graft::ui
