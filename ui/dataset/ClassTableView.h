// SPDX-License-Identifier: GPL-3.0-or-later
// The classes of a dataset: name, how many images as a bar, and the counts of each split.
#pragma once

#include <QTableWidget>

#include "core/data/DatasetIndex.h"

namespace graft::ui {

struct DatasetSummary;

class ClassTableView : public QTableWidget {
    Q_OBJECT
  public:
    explicit ClassTableView(QWidget* parent = nullptr);

    void showDataset(const data::DatasetIndex& dataset, const DatasetSummary& summary);
    void selectClass(int classIndex);  // -1: none

  signals:
    void classChosen(int classIndex);

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void sizeColumns();

    int m_nameWidth = 0;  // of the longest
};

}  // namespace graft::ui
