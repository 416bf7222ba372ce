// SPDX-License-Identifier: GPL-3.0-or-later
// Which weights the backbone starts from: the published ones where they are on this machine, a file, or
// random numbers. Where the published ones are not here, it has them fetched, and shows how far that is.
#pragma once

#include <QString>
#include <QWidget>

#include "core/backbones/Catalogue.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace graft::ui {

class ElidedLabel;
class FetchJob;
class InlineError;
class Pill;

class WeightsPanel : public QWidget {
    Q_OBJECT
  public:
    explicit WeightsPanel(FetchJob& job, QWidget* parent = nullptr);

    // located: the published weights on this machine, or empty. chosen: the file in use; empty is random.
    void showState(const backbones::CatalogueEntry& entry, const QString& located, const QString& chosen);
    void showChecking(const QString& file);    // until the next showState()
    void showError(const QString& sentence);   // empty: none
    void showNotes(const QString& sentences);  // what was chosen in the file in use; empty: nothing

  signals:
    void publishedRequested();
    void fileRequested();
    void randomRequested();

  private:
    void buildFetch();
    void showKind();
    void showFetch();
    void showProgress();

    FetchJob& m_job;
    Pill* m_published;
    Pill* m_file;
    Pill* m_random;
    ElidedLabel* m_detail;
    QLabel* m_advice;
    QLabel* m_notes;
    InlineError* m_error;
    QPushButton* m_fetch;
    QWidget* m_progressRow;
    ElidedLabel* m_progressText;
    QProgressBar* m_progress;
    QPushButton* m_cancel;
    InlineError* m_fetchError;
    backbones::CatalogueEntry m_entry;
    bool m_isHere = false;
    enum class Kind { Published, File, Random } m_kind = Kind::Random;
};

}  // namespace graft::ui
