// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/FocusInView.h"

#include <QScrollArea>
#include <QScrollBar>
#include <QWidget>

namespace graft::ui {

namespace {

constexpr int kMargin = 8;  // that stays free around it, where there is room

void scroll(QScrollBar& bar, int begin, int length, int room) {
    const int now = bar.value();
    if (length > room) {
        const bool isSeen = begin < now + room && begin + length > now;
        if (!isSeen) bar.setValue(begin);
        return;
    }
    if (length + 2 * kMargin <= room) {
        begin -= kMargin;
        length += 2 * kMargin;
    }
    if (begin < now) {
        bar.setValue(begin);
    } else if (begin + length > now + room) {
        bar.setValue(begin + length - room);
    }
}

}  // namespace

void bringIntoView(const QWidget& widget) {
    for (QWidget* around = widget.parentWidget(); around != nullptr; around = around->parentWidget()) {
        const auto* area = qobject_cast<const QScrollArea*>(around);
        const QWidget* content = area != nullptr ? area->widget() : nullptr;
        if (content != nullptr && (content == &widget || content->isAncestorOf(&widget))) {
            const QPoint place = widget.mapTo(content, QPoint());
            const QSize room = area->viewport()->size();
            scroll(*area->verticalScrollBar(), place.y(), widget.height(), room.height());
            scroll(*area->horizontalScrollBar(), place.x(), widget.width(), room.width());
        }
        if (around->isWindow()) return;
    }
}

}  // namespace graft::ui
