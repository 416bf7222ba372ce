// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a dataset: one entry a problem, with whether the file is left out.
#pragma once

#include <QListView>

#include "core/data/DatasetIndex.h"

class QStandardItemModel;

namespace graft::ui {

class ProblemList : public QListView {
    Q_OBJECT
  public:
    explicit ProblemList(QWidget* parent = nullptr);

    void showDataset(const data::DatasetIndex& dataset);
    int problemCount() const;

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    QStandardItemModel* m_model;
};

}  // namespace graft::ui
