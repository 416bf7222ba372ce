// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ShrinkingLabel.h"

#include <QHelpEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>
#include <algorithm>

#include "ui/widgets/ToolTipText.h"

namespace graft::ui {

namespace {
constexpr int kFewLetters = 4;
}

ShrinkingLabel::ShrinkingLabel(QWidget* parent, Qt::TextElideMode mode) : QLabel(parent), m_mode(mode) {
    setTextFormat(Qt::PlainText);
}

bool ShrinkingLabel::isElided() const {
    return fontMetrics().horizontalAdvance(text()) > contentsRect().width();
}

QSize ShrinkingLabel::minimumSizeHint() const {
    const QSize whole = QLabel::minimumSizeHint();
    return {std::min(whole.width(), kFewLetters * fontMetrics().averageCharWidth()), whole.height()};
}

void ShrinkingLabel::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRect inside = contentsRect();
    style()->drawItemText(&painter, inside, static_cast<int>(alignment()), palette(), isEnabled(),
                          fontMetrics().elidedText(text(), m_mode, inside.width()), foregroundRole());
}

bool ShrinkingLabel::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip || !toolTip().isEmpty() || !isElided()) return QLabel::event(event);
    QToolTip::showText(static_cast<QHelpEvent*>(event)->globalPos(), wrappedToolTip(text()), this);
    return true;
}

}  // namespace graft::ui
