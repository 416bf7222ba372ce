// SPDX-License-Identifier: GPL-3.0-or-later
// The Export page: takes the chosen run's model away in formats that other tools open, proves every file,
// and lets a person try the model on new pictures.
#pragma once

#include <QDateTime>
#include <QString>
#include <QWidget>
#include <vector>

#include "core/exporting/Exporter.h"
#include "ui/export/ExportJob.h"

class QCheckBox;
class QLineEdit;
class QPushButton;

namespace graft::training {
struct RunSummary;
}

namespace graft::ui {

class Card;
class InlineError;
class PageHeader;
class ProofList;
class Project;
class TryPanel;
class UserPrompts;

class ExportPage : public QWidget {
    Q_OBJECT

  public:
    explicit ExportPage(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    bool isBusy() const { return m_job.isActive(); }
    // Ends the export that is going on, if any, after the image in hand; ended() follows.
    void stop() { m_job.cancel(); }

  signals:
    // An export is through, or was stopped.
    void ended();
    // The last step: nothing follows.
    void nextRequested();

  private:
    struct FormatRow {
        exporting::Format format;
        QCheckBox* box;
    };

    QWidget* buildFormats();
    void addFormat(Card* card, exporting::Format format, const QString& title, const QString& text);
    void reload();
    void showRun(const training::RunSummary& run, const QDateTime& modelTime);
    void showNothing(const QString& reason);
    void chooseFolder();
    void beginExport();
    void startJob(const std::vector<ExportJob::File>& files);
    std::vector<ExportJob::File> wantedFiles() const;
    void updateControls();

    Project& m_project;
    UserPrompts& m_prompts;
    ExportJob m_job;

    PageHeader* m_header = nullptr;
    QPushButton* m_cancel = nullptr;
    QPushButton* m_export = nullptr;
    std::vector<FormatRow> m_formats;
    QLineEdit* m_folder = nullptr;
    QPushButton* m_choose = nullptr;
    QLineEdit* m_name = nullptr;
    InlineError* m_error = nullptr;
    ProofList* m_proof = nullptr;
    TryPanel* m_try = nullptr;

    QString m_run;  // the run that can be exported; empty if there is none
    QDateTime m_modelTime;
    bool m_nameIsTyped = false;
};

}  // namespace graft::ui
