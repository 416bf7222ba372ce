// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/StepButton.h"

#include <QPainter>

#include "ui/style/Icons.h"
#include "ui/style/Theme.h"

namespace graft::ui {

StepButton::StepButton(int number, const QString& name, QWidget* parent)
    : QAbstractButton(parent), m_number(number) {
    setText(name);
    setFixedHeight(36);
    setFocusPolicy(Qt::TabFocus);
    setAttribute(Qt::WA_Hover);
    setCursor(Qt::PointingHandCursor);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void StepButton::setState(bool current, bool done, bool next) {
    m_current = current;
    m_done = done;
    m_next = next;
    setAccessibleDescription(current ? tr("current step")
                             : done  ? tr("done")
                             : next  ? tr("next step")
                                     : QString());
    update();
}

void StepButton::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_current || underMouse()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_current ? colours.accentTint : colours.window);
        painter.drawRoundedRect(rect(), 6, 6);
    }
    if (hasFocus()) {
        painter.setPen(colours.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6);
    }

    const QRectF circle(10, height() / 2.0 - 9, 18, 18);
    if (m_done && !m_current) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.accent);
        painter.drawEllipse(circle);
        painter.drawPixmap(circle.topLeft() + QPointF(3, 3),
                           iconPixmap(QStringLiteral("check"), 12, colours.onAccent, devicePixelRatioF()));
    } else {
        const bool marked = m_current || m_next;
        painter.setPen(QPen(marked ? colours.accent : colours.line, marked ? 1.5 : 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawEllipse(circle.adjusted(0.5, 0.5, -0.5, -0.5));
        QFont small = Theme::smallFont();
        small.setPixelSize(10);
        small.setBold(marked);
        painter.setFont(small);
        painter.setPen(marked ? colours.accent : colours.muted);
        painter.drawText(circle, Qt::AlignCenter, QString::number(m_number));
    }
    QFont font = Theme::bodyFont();
    font.setBold(m_current);
    painter.setFont(font);
    painter.setPen(m_current || m_next ? colours.text : colours.muted);
    painter.drawText(rect().adjusted(38, 0, -6, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
}

}  // namespace graft::ui
