// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ElidedLabel.h"

#include <QPainter>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kDot = 6;
constexpr int kDotGap = 6;

}  // namespace

ElidedLabel::ElidedLabel(const QString& text, QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setText(text);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ElidedLabel::setText(const QString& text) {
    m_text = text;
    setAccessibleName(text);
    updateToolTip();
    updateGeometry();
    update();
}

void ElidedLabel::setMuted(bool muted) {
    m_muted = muted;
    update();
}

void ElidedLabel::setMarked(bool marked) {
    if (marked == m_marked) return;
    m_marked = marked;
    updateToolTip();
    updateGeometry();
    update();
}

void ElidedLabel::setElideMode(Qt::TextElideMode mode) {
    m_elide = mode;
    update();
}

QSize ElidedLabel::sizeHint() const {
    return {fontMetrics().horizontalAdvance(m_text) + 2 + room(), fontMetrics().height()};
}

QSize ElidedLabel::minimumSizeHint() const {
    return {std::min(sizeHint().width(), fontMetrics().averageCharWidth() * 6), fontMetrics().height()};
}

void ElidedLabel::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setPen(m_muted ? colours.muted : colours.text);
    const QString shown = fontMetrics().elidedText(m_text, m_elide, width() - room());
    painter.drawText(rect(), Qt::AlignVCenter | Qt::AlignLeft, shown);
    if (!m_marked) return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.accent);
    painter.drawEllipse(
        QRectF(fontMetrics().horizontalAdvance(shown) + kDotGap, (height() - kDot) / 2.0, kDot, kDot));
}

int ElidedLabel::room() const {
    return m_marked ? kDotGap + kDot : 0;
}

void ElidedLabel::resizeEvent(QResizeEvent*) {
    updateToolTip();
}

void ElidedLabel::updateToolTip() {
    setToolTip(fontMetrics().horizontalAdvance(m_text) + room() > width() ? m_text : QString());
}

}  // namespace graft::ui
