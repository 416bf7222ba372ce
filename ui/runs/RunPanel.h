// SPDX-License-Identifier: GPL-3.0-or-later
// One run of the list: what it was given, what came of it, what of it is missing, and what can be done with
// it. All of it is read on worker threads.
#pragma once

#include <QString>
#include <memory>
#include <optional>

#include "core/training/RunCatalogue.h"
#include "core/training/RunNeeds.h"
#include "ui/session/RunDetails.h"
#include "ui/widgets/Card.h"

class QLabel;
class QLineEdit;
class QPushButton;

namespace graft::runtime {
class RunControl;
}

namespace graft::ui {

class AllRuns;
class FactTable;
class NoteEditor;
class Pill;
class Project;
class RunChanges;
class RunMove;
class RunNews;
class RunReuse;
class UserPrompts;

class RunPanel : public Card {
    Q_OBJECT
  public:
    RunPanel(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);
    ~RunPanel() override;

    // The same again reads it anew, and what is being typed stays.
    void showRun(const training::CataloguedRun& run);
    void showNothing();
    const QString& folder() const { return m_folder; }  // empty: none is shown
    void editName();

  signals:
    void resultsRequested(const QString& folder);
    void continueRequested(const QString& folder);
    void repeatRequested(const QString& folder);
    void weightsRequested(const QString& folder);  // a new run is to begin from them
    void removeRequested(const QString& folder);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    QWidget* buildHead();
    QWidget* buildMissing();
    QWidget* buildTables();
    QWidget* buildActions();
    QPushButton* addButton(const char* name, const QString& text, void (RunPanel::*signal)(const QString&));
    void readDetails();
    void readNeeds();
    void showHead(const training::CataloguedRun& run);
    void showDetails();
    void showFacts();
    void showWhatIsWrong();
    void showActions();
    void showMove();
    void locate();
    void rename();
    void putNameBack();

    AllRuns& m_all;
    RunChanges& m_changes;
    RunNews& m_news;
    RunReuse& m_reuse;
    RunMove& m_move;
    UserPrompts& m_prompts;
    QString m_folder;
    QString m_name;
    std::optional<Error> m_problem;  // it cannot be read
    std::optional<Error> m_noteProblem;
    std::optional<RunDetails> m_details;
    std::optional<training::RunNeeds> m_needs;
    std::optional<Error> m_failure;  // of the reading
    std::shared_ptr<runtime::RunControl> m_control;
    quint64 m_number = 0;

    Pill* m_star = nullptr;
    QLineEdit* m_nameField = nullptr;
    QPushButton* m_rename = nullptr;
    QLabel* m_wrong = nullptr;
    QLabel* m_missing = nullptr;
    QPushButton* m_locate = nullptr;
    QLabel* m_settingsTitle = nullptr;
    FactTable* m_facts = nullptr;
    FactTable* m_settings = nullptr;
    NoteEditor* m_note = nullptr;
    QPushButton* m_results = nullptr;
    QPushButton* m_continue = nullptr;
    QPushButton* m_repeat = nullptr;
    QPushButton* m_weights = nullptr;
    QPushButton* m_remove = nullptr;
};

}  // namespace graft::ui
