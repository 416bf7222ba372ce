// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/PlotReadout.h"

#include <QPainter>
#include <algorithm>
#include <utility>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {
constexpr int kPadding = 6;
constexpr int kSample = 10;
constexpr int kGap = 5;
constexpr int kFromLine = 8;
}  // namespace

PlotReadout::PlotReadout(QWidget* plot) : QWidget(plot) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setFont(Theme::smallFont());
    hide();
}

void PlotReadout::showAt(int x, const QRect& area, const QString& title, std::vector<Entry> entries) {
    m_x = x;
    m_area = area;
    m_title = title;
    m_entries = std::move(entries);
    setGeometry(parentWidget()->rect());
    show();
    update();
}

QString PlotReadout::text() const {
    if (isHidden()) return {};
    QString lines = m_title;
    for (const Entry& entry : m_entries)
        lines += QLatin1Char('\n') + entry.text;
    return lines;
}

void PlotReadout::paintEvent(QPaintEvent* /*event*/) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setPen(colours.muted);
    painter.drawLine(m_x, m_area.top(), m_x, m_area.bottom());

    const int line = fontMetrics().height();
    int widest = fontMetrics().horizontalAdvance(m_title);
    for (const Entry& entry : m_entries)
        widest = std::max(widest, kSample + kGap + fontMetrics().horizontalAdvance(entry.text));
    QRect box(0, m_area.top() + 2, widest + 2 * kPadding + 1,
              line * (static_cast<int>(m_entries.size()) + 1) + 2 * kPadding);
    const bool fitsRight = m_x + kFromLine + box.width() <= width();
    box.moveLeft(fitsRight ? m_x + kFromLine : std::max(0, m_x - kFromLine - box.width()));

    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(colours.line);
    painter.setBrush(colours.surface);
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5);
    QRect row = box.adjusted(kPadding, kPadding, -kPadding, 0);
    row.setHeight(line);
    painter.setPen(colours.muted);
    painter.drawText(row, Qt::AlignVCenter | Qt::AlignLeft, m_title);
    for (const Entry& entry : m_entries) {
        row.translate(0, line);
        painter.setPen(entry.pen);
        painter.drawLine(QPointF(row.left(), row.center().y()),
                         QPointF(row.left() + kSample, row.center().y()));
        painter.setPen(colours.text);
        painter.drawText(row.adjusted(kSample + kGap, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, entry.text);
    }
}

}  // namespace graft::ui
