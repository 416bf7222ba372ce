// SPDX-License-Identifier: GPL-3.0-or-later
// The Export page: takes the chosen run's model away in formats that other tools open, proves every file,
// and lets a person try the model on new pictures. The work and what became of it is the session's: a page
// that is built anew shows the same.
#pragma once

#include <QDateTime>
#include <QString>
#include <QWidget>
#include <memory>
#include <string>
#include <vector>

#include "ui/session/ExportJob.h"
#include "ui/session/KeptViews.h"

class QCheckBox;
class QLineEdit;
class QPushButton;

namespace graft::inference {
struct ModelFormat;
}

namespace graft::ui {

class Card;
class InlineError;
class LostImagesPanel;
class ModelTrial;
class PageHeader;
class ProofList;
class Project;
class TryPanel;
class UserPrompts;

class ExportPage : public QWidget {
    Q_OBJECT

  public:
    explicit ExportPage(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

  signals:
    // The last step: nothing follows.
    void nextRequested();

  private:
    struct FormatRow {
        std::string name;
        QString extension;
        QCheckBox* box;
    };

    QWidget* buildFormats();
    void addFormat(Card* card, const inference::ModelFormat& format);
    void reload();
    void showRun(std::shared_ptr<const ExportedRun> opened);
    void showProof();
    void keepForm();
    void showNothing(const QString& reason);
    void chooseFolder();
    void beginExport();
    void startJob(const std::vector<ExportJob::File>& files);
    QString baseName() const;
    std::vector<ExportJob::File> wantedFiles() const;
    void updateControls();

    Project& m_project;
    UserPrompts& m_prompts;
    ExportJob& m_job;  // not the page's own, nor are the others: they outlive it
    ModelTrial& m_trial;
    ExportView& m_view;

    PageHeader* m_header = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_export = nullptr;
    std::vector<FormatRow> m_formats;
    QLineEdit* m_folder = nullptr;
    QPushButton* m_choose = nullptr;
    QLineEdit* m_name = nullptr;
    InlineError* m_error = nullptr;
    LostImagesPanel* m_lostImages = nullptr;
    ProofList* m_proof = nullptr;
    TryPanel* m_try = nullptr;

    QString m_run;  // the run that can be exported; empty if there is none
    QDateTime m_modelTime;
};

}  // namespace graft::ui
