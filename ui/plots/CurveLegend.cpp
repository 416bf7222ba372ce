// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/CurveLegend.h"

#include <QPainter>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {
constexpr int kSample = 14;
constexpr int kGap = 5;
constexpr int kBetween = 12;
}  // namespace

CurveLegend::CurveLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setAccessibleName(tr("Solid: training. Dashed: validation."));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize CurveLegend::sizeHint() const {
    const QFontMetrics metrics(Theme::cardTitleFont());
    return {2 * (kSample + kGap) + kBetween + metrics.horizontalAdvance(tr("train")) +
                metrics.horizontalAdvance(tr("validation")) + 2,
            metrics.height()};
}

void CurveLegend::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(Theme::cardTitleFont());
    const Colours& colours = Theme::instance().colours();
    int x = 0;
    const auto entry = [&](const QString& name, QPen pen) {
        pen.setWidthF(2.0);
        painter.setPen(pen);
        painter.drawLine(QPointF(x, height() / 2.0), QPointF(x + kSample, height() / 2.0));
        x += kSample + kGap;
        const int width = painter.fontMetrics().horizontalAdvance(name) + 1;
        painter.setPen(pen.color());
        painter.drawText(QRect(x, 0, width, height()), Qt::AlignVCenter | Qt::AlignLeft, name);
        x += width + kBetween;
    };
    entry(tr("train"), QPen(colours.accent));
    QPen dashed(colours.trainable);
    dashed.setDashPattern({2.5, 1.5});
    dashed.setCapStyle(Qt::FlatCap);
    entry(tr("validation"), dashed);
}

}  // namespace graft::ui
