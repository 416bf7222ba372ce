// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/Pill.h"

#include <QFontMetrics>
#include <QPainter>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {
constexpr int kHeight = 20;
constexpr int kPadding = 8;

struct Paint {
    QColor text, ground;
};

Paint paintFor(PillKind kind) {
    const Colours& c = Theme::instance().colours();
    switch (kind) {
        case PillKind::Accent:
            return {c.accent, c.accentTint};
        case PillKind::Warning:
            return {c.trainable, c.trainableTint};
        case PillKind::Wrong:
            return {c.wrong, c.wrongTint};
        case PillKind::Neutral:
            break;
    }
    return {c.muted, c.window};
}
}  // namespace

Pill::Pill(const QString& text, PillKind kind, QWidget* parent) : QAbstractButton(parent), m_kind(kind) {
    setText(text);
    setFont(Theme::smallFont());
    setFocusPolicy(Qt::NoFocus);
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void Pill::setKind(PillKind kind) {
    m_kind = kind;
    update();
}

void Pill::setClickable(bool clickable) {
    m_clickable = clickable;
    setFocusPolicy(clickable ? Qt::StrongFocus : Qt::NoFocus);
    setAttribute(Qt::WA_TransparentForMouseEvents, !clickable);
    setAttribute(Qt::WA_Hover, clickable);
    setCursor(clickable ? Qt::PointingHandCursor : Qt::ArrowCursor);
}

QSize Pill::sizeHint() const {
    return sizeFor(text());
}

QSize Pill::sizeFor(const QString& text) {
    return {QFontMetrics(Theme::smallFont()).horizontalAdvance(text) + 2 * kPadding, kHeight};
}

void Pill::draw(QPainter& painter, const QRect& rect, const QString& text, PillKind kind) {
    const Paint paint = paintFor(kind);
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(paint.ground);
    painter.drawRoundedRect(rect, rect.height() / 2.0, rect.height() / 2.0);
    painter.setPen(paint.text);
    painter.setFont(Theme::smallFont());
    painter.drawText(rect, Qt::AlignCenter, text);
    painter.restore();
}

void Pill::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    draw(painter, rect(), text(), isChecked() ? PillKind::Accent : m_kind);
    if (!m_clickable || !(hasFocus() || underMouse())) return;
    const Colours& colours = Theme::instance().colours();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(hasFocus() ? colours.accent : colours.muted);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), height() / 2.0, height() / 2.0);
}

}  // namespace graft::ui
