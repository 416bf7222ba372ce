// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/RatePlot.h"

#include <QEvent>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/plots/PlotFrame.h"
#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr double kMargin = 0.08;      // of the losses, above and below
constexpr double kLineHeight = 0.07;  // of the plot, for the names of the marks

}  // namespace

RatePlot::RatePlot(double first, double last, QWidget* parent) : QWidget(parent) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_plot = new QCustomPlot(this);
    layout->addWidget(m_plot);
    m_curve = m_plot->addGraph();
    setUpFrame(*m_plot);
    m_plot->xAxis->setScaleType(QCPAxis::stLogarithmic);
    m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    m_plot->xAxis->setNumberFormat(QStringLiteral("eb"));  // powers of ten
    m_plot->xAxis->setNumberPrecision(0);
    m_plot->xAxis->setRange(first, last);
    m_plot->xAxis->setLabel(tr("learning rate"));

    setAccessibleName(tr("Loss by learning rate"));
    connect(&Theme::instance(), &Theme::changed, this, &RatePlot::applyTheme);
    applyTheme();
}

void RatePlot::add(double rate, double loss) {
    if (std::isfinite(rate) && std::isfinite(loss) && rate > 0) m_curve->addData(rate, loss);
}

void RatePlot::mark(double rate, const QString& name, bool main) {
    Mark mark{new QCPItemStraightLine(m_plot), new QCPItemTracer(m_plot), new QCPItemText(m_plot), main};
    mark.line->point1->setTypeX(QCPItemPosition::ptPlotCoords);
    mark.line->point1->setTypeY(QCPItemPosition::ptAxisRectRatio);
    mark.line->point2->setTypeX(QCPItemPosition::ptPlotCoords);
    mark.line->point2->setTypeY(QCPItemPosition::ptAxisRectRatio);
    mark.line->point1->setCoords(rate, 0.0);
    mark.line->point2->setCoords(rate, 1.0);
    mark.point->setGraph(m_curve);
    mark.point->setGraphKey(rate);
    mark.point->setStyle(QCPItemTracer::tsCircle);
    mark.point->setSize(8);
    mark.name->position->setTypeX(QCPItemPosition::ptPlotCoords);
    mark.name->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    // One below the other: the two may lie close together.
    mark.name->position->setCoords(rate, kLineHeight * static_cast<double>(m_marks.size()));
    mark.name->setPositionAlignment(Qt::AlignTop | Qt::AlignRight);
    mark.name->setPadding(QMargins(0, 0, 4, 0));
    mark.name->setText(name);
    m_marks.push_back(mark);
    applyTheme();
}

int RatePlot::count() const {
    return m_curve->dataCount();
}

QStringList RatePlot::marks() const {
    QStringList names;
    for (const Mark& mark : m_marks)
        names.append(mark.name->text());
    return names;
}

void RatePlot::refresh() {
    double lowest = 0.0;
    double highest = 0.0;
    bool isFirst = true;
    for (const QCPGraphData& point : *m_curve->data()) {
        lowest = isFirst ? point.value : std::min(lowest, point.value);
        highest = isFirst ? point.value : std::max(highest, point.value);
        isFirst = false;
    }
    const double margin = highest > lowest ? kMargin * (highest - lowest) : 0.5;
    m_plot->yAxis->setRange(lowest - margin, highest + margin);
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void RatePlot::applyTheme() {
    const Colours& colours = Theme::instance().colours();
    styleFrame(*m_plot);
    m_curve->setPen(QPen(colours.accent, 2.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    for (const Mark& mark : m_marks) {
        const QColor colour = mark.main ? colours.trainable : colours.muted;
        mark.line->setPen(QPen(colour, mark.main ? 1.5 : 1.0, Qt::DotLine));
        mark.point->setPen(QPen(colour, 1.5));
        mark.point->setBrush(colours.surface);
        mark.name->setFont(Theme::smallFont());
        mark.name->setColor(colour);
    }
    refresh();
}

void RatePlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) applyTheme();
    QWidget::changeEvent(event);
}

}  // namespace graft::ui
