// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/PlotFrame.h"

#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

namespace graft::ui {

void setUpFrame(QCustomPlot& plot) {
    plot.setMinimumSize(64, 48);  // it cannot draw itself on nothing, even where nobody looks
    // Straight grid lines look the same without it.
    plot.setNotAntialiasedElements(QCP::aeAxes | QCP::aeGrid | QCP::aeSubGrid | QCP::aeZeroLine);
    plot.yAxis->ticker()->setTickCount(5);
    plot.yAxis->setNumberFormat(QStringLiteral("gb"));
    plot.yAxis->setNumberPrecision(4);
    plot.axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    plot.axisRect()->setMargins(QMargins(0, 8, 14, 0));
    plot.axisRect()->setMinimumMargins(QMargins(40, 8, 14, 24));
    plot.xAxis->grid()->setVisible(false);
}

void styleFrame(QCustomPlot& plot) {
    const Colours& colours = Theme::instance().colours();
    plot.setBackground(QBrush(colours.surface));
    for (QCPAxis* axis : {plot.xAxis, plot.yAxis}) {
        axis->setTickLabelFont(Theme::smallFont());
        axis->setTickLabelColor(colours.muted);
        axis->setTickLabelPadding(6);
        axis->setLabelFont(Theme::smallFont());
        axis->setLabelColor(colours.muted);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setBasePen(Qt::NoPen);
        axis->grid()->setZeroLinePen(QPen(colours.line, 1.0));
        axis->grid()->setPen(QPen(colours.line, 1.0));
    }
}

}  // namespace graft::ui
