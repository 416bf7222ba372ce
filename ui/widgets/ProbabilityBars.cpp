// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ProbabilityBars.h"

#include <QPainter>
#include <algorithm>
#include <utility>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kEntryHeight = 40;
constexpr int kBarHeight = 8;
constexpr int kMostEntries = 5;

// "97 %", and one more digit where it matters.
QString percentText(double probability) {
    const double value = probability * 100.0;
    const int digits = value > 99.0 && value < 99.95 ? 1 : (value < 1.0 && value >= 0.05 ? 1 : 0);
    return QObject::tr("%1 %").arg(value, 0, 'f', digits);
}

}  // namespace

ProbabilityBars::ProbabilityBars(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ProbabilityBars::setEntries(std::vector<ProbabilityEntry> entries) {
    m_entries = std::move(entries);
    QStringList spoken;
    for (std::size_t i = 0; i < m_entries.size() && i < kMostEntries; ++i) {
        spoken.append(m_entries[i].name + ' ' + percentText(m_entries[i].probability));
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
        const QString percent = percentText(entry.probability);
        const int percentWidth = metrics.horizontalAdvance(percent) + 1;
        const QRect line(0, top, width(), metrics.height() + 2);
        painter.setPen(colours.text);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, percent);
        painter.drawText(line.adjusted(0, 0, -percentWidth - 8, 0), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(entry.name, Qt::ElideRight, width() - percentWidth - 8));

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
