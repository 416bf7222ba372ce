// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/FoldHeader.h"

#include <QKeyEvent>
#include <QPainter>

#include "ui/style/Icons.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kHeight = 34;
constexpr int kChevron = 12;
constexpr int kGap = 8;

}  // namespace

FoldHeader::FoldHeader(const QString& title, QWidget* parent) : QPushButton(title, parent) {
    setCheckable(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    connect(this, &QAbstractButton::toggled, this, &FoldHeader::describe);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
    describe();
}

void FoldHeader::setRemark(const QString& remark) {
    if (remark == m_remark) return;
    m_remark = remark;
    describe();
    update();
}

void FoldHeader::describe() {
    setAccessibleName(m_remark.isEmpty() ? text() : tr("%1, %2").arg(text(), m_remark));
    setAccessibleDescription(isChecked() ? tr("open") : tr("closed"));
}

QSize FoldHeader::sizeHint() const {
    return {fontMetrics().horizontalAdvance(text()) + fontMetrics().horizontalAdvance(m_remark) + 2 * kGap +
                kChevron,
            kHeight};
}

void FoldHeader::paintEvent(QPaintEvent*) {
    const Colours& colours = Theme::instance().colours();
    QPainter painter(this);
    painter.setPen(colours.line);
    painter.drawLine(0, 0, width(), 0);
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasFocus()) {
        painter.setPen(colours.accent);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 2.5, -0.5, -0.5), 4, 4);
    }
    const QString chevron = isChecked() ? QStringLiteral("chevron-up") : QStringLiteral("chevron-down");
    const int left = width() - kChevron - 2;
    painter.drawPixmap(QPointF(left, (height() - kChevron) / 2.0),
                       iconPixmap(chevron, kChevron, {}, devicePixelRatioF()));

    painter.setFont(Theme::smallFont());
    painter.setPen(colours.accent);
    const QRect inside = rect().adjusted(2, 0, left - kGap - width(), 0);
    painter.drawText(inside, Qt::AlignVCenter | Qt::AlignRight, m_remark);
    painter.setFont(Theme::cardTitleFont());
    painter.setPen(underMouse() || isChecked() ? colours.text : colours.muted);
    painter.drawText(inside, Qt::AlignVCenter | Qt::AlignLeft, text());
}

void FoldHeader::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        click();
    } else {
        QPushButton::keyPressEvent(event);
    }
}

}  // namespace graft::ui
