// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a row of the catalogue: the weights' tag lighter beside the name, and whether they are here as a
// pill.
#pragma once

#include <QStyledItemDelegate>

namespace graft::ui {

class BackboneDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;

  protected:
    void initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const override;
};

}  // namespace graft::ui
