// SPDX-License-Identifier: GPL-3.0-or-later
// The pairs of classes that a model confuses: the true one, what it was taken for, and how many images.
#pragma once

#include <QStringList>
#include <QTableView>
#include <optional>
#include <utility>
#include <vector>

#include "ui/session/ConfusedPairs.h"

namespace graft::ui {

class PairModel;

class PairList : public QTableView {
    Q_OBJECT
  public:
    enum Column { Truth, Predicted, Images, Share, ColumnCount };

    explicit PairList(QWidget* parent = nullptr);

    void setPairs(const QStringList& classes, const std::vector<ConfusedPair>& pairs);
    int pairCount() const;
    // Marks the pair of these classes without a signal; none where they are no pair.
    void setSelected(std::optional<std::pair<int, int>> pair);

  signals:
    void pairChosen(int truth, int predicted);

  protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void mousePressEvent(QMouseEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    void tell(const QModelIndex& index);

    PairModel* m_model;
    bool m_quiet = false;
};

}  // namespace graft::ui
