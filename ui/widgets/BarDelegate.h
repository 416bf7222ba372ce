// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a horizontal bar for the number in Qt::UserRole (0..1), as long as the cell allows.
#pragma once

#include <QStyledItemDelegate>

namespace graft::ui {

enum class BarTone { Accent, Frozen, Trainable, Wrong };

class BarDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    explicit BarDelegate(BarTone tone = BarTone::Accent, QObject* parent = nullptr);

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

  private:
    BarTone m_tone;
};

}  // namespace graft::ui
