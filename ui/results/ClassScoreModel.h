// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of a ClassTable. Qt::UserRole of the bar's column is the F1 score, 0..1; kSortRole is what a
// column is sorted by. Both are invalid where there is no figure: of a class without images.
#pragma once

#include <QAbstractTableModel>
#include <vector>

#include "core/evaluation/Evaluation.h"

namespace graft::ui {

class ClassScoreModel : public QAbstractTableModel {
    Q_OBJECT

  public:
    static constexpr int kSortRole = Qt::UserRole + 1;

    using QAbstractTableModel::QAbstractTableModel;

    void setScores(const std::vector<evaluation::ClassScore>& scores);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<evaluation::ClassScore> m_scores;
};

}  // namespace graft::ui
