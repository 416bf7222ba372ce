// SPDX-License-Identifier: GPL-3.0-or-later
// Precision, recall, F1 and support of every class, with a bar for F1; sorted by a click on a column.
#pragma once

#include <QTableView>
#include <cstddef>
#include <vector>

#include "core/evaluation/Evaluation.h"

class QSortFilterProxyModel;

namespace graft::ui {

class ClassScoreModel;

class ClassTable : public QTableView {
    Q_OBJECT

  public:
    enum Column { Name, Images, Precision, Recall, F1, Bar, ColumnCount };

    explicit ClassTable(QWidget* parent = nullptr);

    void setScores(const std::vector<evaluation::ClassScore>& scores);
    // Marks a class without a signal; -1 marks none.
    void setSelectedClass(int classIndex);
    int selectedClass() const;
    // The row that shows a class, as sorted now.
    int rowOf(int classIndex) const;

  signals:
    void classChosen(int classIndex);

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void mousePressEvent(QMouseEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    int narrowest(Column column) const;
    void sizeColumns();

    ClassScoreModel* m_model;
    QSortFilterProxyModel* m_sorted;
    std::size_t m_mostImages = 0;  // of a class
    bool m_quiet = false;
};

}  // namespace graft::ui
