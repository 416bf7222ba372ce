// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BackboneDelegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>
#include <utility>

#include "ui/network/BackboneModel.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Pill.h"

namespace graft::ui {

namespace {

constexpr int kMargin = 6;
constexpr int kGap = 6;
constexpr int kTagRoom = 18;  // a long name leaves at least this for the tag, which tells rows apart

// The tag has what the name leaves of the cell.
void drawTag(QPainter& painter, const QStyleOptionViewItem& cell, const QString& tag) {
    const int used = QFontMetrics(cell.font).horizontalAdvance(cell.text) + kGap;
    const QRect rest = cell.rect.adjusted(kMargin + used, 0, -kMargin, 0);
    if (rest.width() <= 0) return;
    const QFont small = Theme::smallFont();
    painter.save();
    painter.setFont(small);
    painter.setPen(Theme::instance().colours().muted);
    painter.drawText(rest, Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetrics(small).elidedText(tag, Qt::ElideRight, rest.width()));
    painter.restore();
}

}  // namespace

void BackboneDelegate::initStyleOption(QStyleOptionViewItem* option, const QModelIndex& index) const {
    QStyledItemDelegate::initStyleOption(option, index);
    if (index.column() != BackboneModel::Title) return;
    const QString tag = index.data(BackboneModel::TagRole).toString();
    const int tagRoom = std::min(kTagRoom, QFontMetrics(Theme::smallFont()).horizontalAdvance(tag));
    option->text =
        QFontMetrics(option->font)
            .elidedText(option->text, Qt::ElideRight, option->rect.width() - 2 * kMargin - kGap - tagRoom);
}

void BackboneDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                             const QModelIndex& index) const {
    if (index.column() != BackboneModel::Weights) QStyledItemDelegate::paint(painter, option, index);
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    if (index.column() == BackboneModel::Title)
        return drawTag(*painter, cell, index.data(BackboneModel::TagRole).toString());
    if (index.column() != BackboneModel::Weights) return;
    const bool here = index.data(BackboneModel::HereRole).toBool();
    const QString text = std::exchange(cell.text, QString());
    const QWidget* widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);
    QRect pill(QPoint(option.rect.left() + kMargin, 0), Pill::sizeFor(text));
    pill.moveTop(option.rect.center().y() - pill.height() / 2);
    Pill::draw(*painter, pill, text, here ? PillKind::Accent : PillKind::Neutral);
}

}  // namespace graft::ui
