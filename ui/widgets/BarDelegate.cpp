// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/BarDelegate.h"

#include <QApplication>
#include <QPainter>
#include <algorithm>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {
constexpr qreal kThickness = 8;

QColor colourOf(BarTone tone) {
    const Colours& c = Theme::instance().colours();
    switch (tone) {
        case BarTone::Frozen:
            return c.frozen;
        case BarTone::Trainable:
            return c.trainable;
        case BarTone::Wrong:
            return c.wrong;
        case BarTone::Accent:
            break;
    }
    return c.accent;
}
}  // namespace

BarDelegate::BarDelegate(BarTone tone, QObject* parent) : QStyledItemDelegate(parent), m_tone(tone) {}

void BarDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                        const QModelIndex& index) const {
    QStyleOptionViewItem cell = option;
    initStyleOption(&cell, index);
    cell.text.clear();
    const QWidget* widget = option.widget;
    (widget ? widget->style() : QApplication::style())
        ->drawControl(QStyle::CE_ItemViewItem, &cell, painter, widget);

    const double share = std::clamp(index.data(Qt::UserRole).toDouble(), 0.0, 1.0);
    if (share <= 0) return;
    QRectF bar(option.rect.adjusted(6, 0, -6, 0));
    bar.setTop(bar.center().y() - kThickness / 2);
    bar.setHeight(kThickness);
    bar.setWidth(std::max(kThickness, bar.width() * share));
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(Qt::NoPen);
    painter->setBrush(colourOf(m_tone));
    painter->drawRoundedRect(bar, kThickness / 2, kThickness / 2);
    painter->restore();
}

QSize BarDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    return QStyledItemDelegate::sizeHint(option, index).expandedTo({64, 24});
}

}  // namespace graft::ui
