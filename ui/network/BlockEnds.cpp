// SPDX-License-Identifier: GPL-3.0-or-later
// Of the picture of a network its two ends: the picture and the head.
#include <QPainterPath>
#include <QPolygonF>
#include <algorithm>

#include "ui/network/BlockInk.h"
#include "ui/network/BlockPainter.h"
#include "ui/style/Icons.h"
#include "ui/style/Theme.h"

namespace graft::ui {

using namespace ink;

void BlockPainter::paintPicture() {
    const QRectF frame = edgeOf(m_layout.picture);
    QPainterPath shape;
    shape.addRoundedRect(frame, 6, 6);
    m_painter.save();
    m_painter.setClipPath(shape);
    if (!m_scene.picture.isNull()) {
        m_painter.drawPixmap(m_layout.picture, m_scene.picture);
    } else {
        // A hill and a sun: here comes a picture.
        m_painter.fillPath(shape, colours().window);
        const qreal w = frame.width();
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(colours().line);
        m_painter.drawEllipse(frame.topLeft() + QPointF(0.32, 0.32) * w, w / 11, w / 11);
        m_painter.drawPolygon(
            QPolygonF{frame.topLeft() + QPointF(0.08, 0.86) * w, frame.topLeft() + QPointF(0.42, 0.5) * w,
                      frame.topLeft() + QPointF(0.56, 0.66) * w, frame.topLeft() + QPointF(0.7, 0.46) * w,
                      frame.topLeft() + QPointF(0.94, 0.86) * w});
    }
    m_painter.restore();
    m_painter.setPen(QPen(colours().line, 1));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawPath(shape);
}

// Always trained. The names of its classes, as many as there is room for.
void BlockPainter::paintHead() {
    const QRect& head = m_layout.head;
    m_painter.setPen(QPen(colours().trainable, 1));
    m_painter.setBrush(colours().trainableTint);
    m_painter.drawRoundedRect(edgeOf(head), 6, 6);
    m_painter.setFont(Theme::smallFont());
    m_painter.setPen(wordsIn(colours().trainable));
    const QFontMetrics metrics = m_painter.fontMetrics();
    const int pitch = metrics.height() + 3;
    const QStringList& classes = m_scene.facts.classes;
    const int rows = (head.height() - 8 - kIcon) / pitch;
    const int shown = static_cast<int>(classes.size()) <= rows ? static_cast<int>(classes.size()) : rows - 1;
    const bool isShort = shown < classes.size();
    const int lines = std::max(0, shown) + (isShort && rows > 0 ? 1 : 0);
    int y = head.top() + (head.height() - lines * pitch - kIcon) / 2;
    m_painter.drawPixmap(QPointF(head.left() + (head.width() - kIcon) / 2.0, y),
                         iconPixmap(QStringLiteral("pencil"), kIcon, wordsIn(colours().trainable),
                                    m_painter.device()->devicePixelRatioF()));
    y += kIcon + 1;
    for (int n = 0; n < lines; ++n, y += pitch) {
        const bool isRest = isShort && n == lines - 1;
        const QString words = isRest ? (shown > 0 ? QStringLiteral("+ %1") : QStringLiteral("%1"))
                                           .arg(classes.size() - std::max(0, shown))
                                     : classes[n];
        m_painter.drawText(QRect(head.left() + 4, y, head.width() - 8, pitch), Qt::AlignCenter,
                           metrics.elidedText(words, Qt::ElideMiddle, head.width() - 8));
    }
}

}  // namespace graft::ui
