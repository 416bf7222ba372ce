// SPDX-License-Identifier: GPL-3.0-or-later
// Several runs beside each other: their curves over one another, and line by line what they were given, first
// what differs. Read on a worker thread.
#pragma once

#include <QStringList>
#include <QWidget>
#include <memory>

#include "core/base/Result.h"
#include "core/training/RunComparison.h"

namespace graft::ui {

class Card;
class CurveCard;
class FactTable;
class FoldHeader;
class InlineError;
class KeptViews;
class Project;
class UserPrompts;

class ComparePanel : public QWidget {
    Q_OBJECT
  public:
    static constexpr qsizetype kMostRuns = 12;  // so many curves can be told apart

    ComparePanel(Project& project, UserPrompts& prompts, QWidget* parent = nullptr);

    // The same again reads them anew.
    void showRuns(const QStringList& folders);
    void showNothing();
    const QStringList& folders() const { return m_folders; }

  private:
    using Compared = std::shared_ptr<const training::Comparison>;

    QWidget* buildCurves(Project& project, UserPrompts& prompts);
    QWidget* buildTable();
    void take(const Result<Compared>& compared);
    void drawCurves();
    void fillTable();

    KeptViews& m_kept;  // not the panel's own: they outlive it
    QStringList m_folders;
    Compared m_compared;  // null: nothing is read yet
    quint64 m_number = 0;

    CurveCard* m_accuracy = nullptr;
    CurveCard* m_loss = nullptr;
    Card* m_card = nullptr;
    InlineError* m_error = nullptr;
    FactTable* m_table = nullptr;
    FoldHeader* m_equal = nullptr;
};

}  // namespace graft::ui
