// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/PreviewPlace.h"

#include <QBoxLayout>
#include <QEvent>
#include <QScrollArea>

namespace graft::ui {

PreviewPlace::PreviewPlace(QWidget& preview, QScrollArea& settings, QWidget& group, QWidget& panel)
    : QObject(&panel), m_preview(preview), m_settings(settings), m_group(group), m_panel(panel) {
    panel.installEventFilter(this);
    m_isBelow = !hasRoom();
    place();
}

bool PreviewPlace::eventFilter(QObject*, QEvent* event) {
    if (event->type() == QEvent::Resize || event->type() == QEvent::LayoutRequest) place();
    return false;
}

// By what each needs, wherever the preview lies now: so it stays where it is put.
bool PreviewPlace::hasRoom() const {
    const QLayout* column = m_panel.layout();
    int room = m_panel.height() - kLeastSettings - m_preview.minimumSizeHint().height() - column->spacing();
    for (int i = 0; i < column->count(); ++i) {
        const QWidget* other = column->itemAt(i)->widget();
        if (other == &m_settings || other == &m_preview || column->itemAt(i)->isEmpty()) continue;
        room -= column->itemAt(i)->sizeHint().height() + column->spacing();
    }
    return room >= 0;
}

void PreviewPlace::place() {
    const bool isBelow = hasRoom();
    if (isBelow == m_isBelow) return;
    m_isBelow = isBelow;
    const bool isShown = !m_preview.isHidden();
    auto* within = qobject_cast<QBoxLayout*>(m_settings.widget()->layout());
    auto* below = qobject_cast<QBoxLayout*>(m_panel.layout());
    (isBelow ? within : below)->removeWidget(&m_preview);
    if (isBelow) below->addWidget(&m_preview);
    if (!isBelow) within->insertWidget(within->indexOf(&m_group) + 1, &m_preview);
    m_preview.setVisible(isShown);
    m_settings.setMinimumHeight(isBelow ? kLeastSettings : 0);
}

}  // namespace graft::ui
