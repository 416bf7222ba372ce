// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/export/DropZone.h"

#include <QPainter>

#include "ui/style/Theme.h"

namespace graft::ui {

DropZone::DropZone(const QString& text, QWidget* parent) : QAbstractButton(parent) {
    setText(text);
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void DropZone::setHighlighted(bool highlighted) {
    m_highlighted = highlighted;
    update();
}

void DropZone::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colours& colours = Theme::instance().colours();
    const bool marked = isEnabled() && (m_highlighted || hasFocus() || underMouse());
    painter.setBrush(m_highlighted ? colours.accentTint : Qt::transparent);
    painter.setPen(QPen(marked ? colours.accent : colours.line, 1.0, Qt::DashLine));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 8, 8);
    painter.setPen(colours.muted);
    painter.drawText(rect().adjusted(16, 8, -16, -8), Qt::AlignCenter | Qt::TextWordWrap, text());
}

}  // namespace graft::ui
