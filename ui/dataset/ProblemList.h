// SPDX-License-Identifier: GPL-3.0-or-later
// What is wrong with a dataset and what in its folder is not used: what is alike is one entry.
#pragma once

#include <QListView>
#include <memory>

namespace graft::ui {

struct DatasetSummary;
class ProblemModel;

class ProblemList : public QListView {
    Q_OBJECT
  public:
    explicit ProblemList(QWidget* parent = nullptr);

    void showDataset(std::shared_ptr<const DatasetSummary> summary);
    int problemCount() const;
    QString emptyText() const;  // what stands there instead of a list

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

  private:
    ProblemModel* m_model;
    bool m_hasImages = false;
};

}  // namespace graft::ui
