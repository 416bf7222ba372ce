// SPDX-License-Identifier: GPL-3.0-or-later
// Which weights the backbone starts from: the published ones where they are on this machine, a file, or
// random numbers.
#pragma once

#include <QString>
#include <QWidget>

#include "core/backbones/Catalogue.h"

class QLabel;

namespace graft::ui {

class ElidedLabel;
class InlineError;
class Pill;

class WeightsPanel : public QWidget {
    Q_OBJECT
  public:
    explicit WeightsPanel(QWidget* parent = nullptr);

    // located: the published weights on this machine, or empty. chosen: the file in use; empty is random.
    void showState(const backbones::CatalogueEntry& entry, const QString& located, const QString& chosen);
    void showChecking(const QString& file);  // until the next showState() or showError()
    void showError(const QString& sentence);

  signals:
    void publishedRequested();
    void fileRequested();
    void randomRequested();

  private:
    void showKind();

    Pill* m_published;
    Pill* m_file;
    Pill* m_random;
    ElidedLabel* m_detail;
    QLabel* m_advice;
    InlineError* m_error;
    enum class Kind { Published, File, Random } m_kind = Kind::Random;
};

}  // namespace graft::ui
