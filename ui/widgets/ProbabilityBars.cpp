// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ProbabilityBars.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <utility>

#include "ui/session/FigureText.h"
#include "ui/style/Theme.h"
#include "ui/widgets/ToolTipText.h"

namespace graft::ui {

namespace {

constexpr int kEntryHeight = 40;
constexpr int kBarHeight = 8;
constexpr int kMostEntries = 5;

}  // namespace

ProbabilityBars::ProbabilityBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProbabilityBars::setEntries(std::vector<ProbabilityEntry> entries) {
    m_entries = std::move(entries);
    QStringList spoken;
    for (std::size_t i = 0; i < m_entries.size() && i < kMostEntries; ++i) {
        spoken.append(m_entries[i].name + ' ' + FigureText::percent(m_entries[i].probability));
    }
    setAccessibleName(spoken.join(QStringLiteral(", ")));
    updateGeometry();
    update();
}

QSize ProbabilityBars::sizeHint() const {
    return {240, kEntryHeight * std::clamp(static_cast<int>(m_entries.size()), 1, kMostEntries)};
}

QSize ProbabilityBars::minimumSizeHint() const {
    return {120, kEntryHeight};
}

bool ProbabilityBars::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<const QHelpEvent*>(event);
    const auto at = static_cast<std::size_t>(std::max(0, help->pos().y()) / kEntryHeight);
    if (at >= m_entries.size() || at >= static_cast<std::size_t>(kMostEntries)) return QWidget::event(event);
    const ProbabilityEntry& entry = m_entries[at];
    const QString text = entry.name + QLatin1Char(' ') + FigureText::percent(entry.probability);
    QToolTip::showText(help->globalPos(), wrappedToolTip(text), this);
    return true;
}

void ProbabilityBars::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(Theme::bodyFont());
    const Colours& colours = Theme::instance().colours();
    const QFontMetrics metrics = painter.fontMetrics();
    const int shown = std::min({static_cast<int>(m_entries.size()), kMostEntries, height() / kEntryHeight});
    for (int i = 0; i < shown; ++i) {
        const ProbabilityEntry& entry = m_entries[static_cast<std::size_t>(i)];
        const int top = i * kEntryHeight;
        const QString percent = FigureText::percent(entry.probability);
        const int percentWidth = metrics.horizontalAdvance(percent) + 1;
        const QRect line(0, top, width(), metrics.height() + 2);
        painter.setPen(colours.text);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, percent);
        painter.drawText(line.adjusted(0, 0, -percentWidth - 8, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(entry.name, Qt::ElideMiddle, width() - percentWidth - 8));

        const QRectF track(0, line.bottom() + 3, width(), kBarHeight);
        painter.setPen(Qt::NoPen);
        painter.setBrush(colours.line);
        painter.drawRoundedRect(track, kBarHeight / 2.0, kBarHeight / 2.0);
        QRectF bar = track;
        bar.setWidth(
            std::max(double(kBarHeight) / 2.0, track.width() * std::clamp(entry.probability, 0.0, 1.0)));
        painter.setBrush(entry.wrong ? colours.wrong : colours.accent);
        painter.drawRoundedRect(bar, std::min(4.0, bar.width() / 2.0), kBarHeight / 2.0);
    }
}

}  // namespace graft::ui
