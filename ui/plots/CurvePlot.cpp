// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/CurvePlot.h"

#include <QEvent>
#include <QScopedValueRollback>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/plots/AxisSteps.h"
#include "ui/plots/CurvePen.h"
#include "ui/plots/LogTicker.h"
#include "ui/plots/PlotFrame.h"
#include "ui/plots/PlotReadout.h"
#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

// The last batch of an epoch lies on the epoch itself; this far right of it begins the next.
constexpr double kJustAfter = 1e-6;
constexpr std::size_t kTrain = 0;
constexpr std::size_t kValidation = 1;
// How far beyond the values a person may look.
constexpr double kLinearRoom = 2.0;
constexpr double kLogarithmicRoom = 10.0;

}  // namespace

CurvePlot::CurvePlot(Kind kind, QWidget* parent) : QWidget(parent), m_kind(kind) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_plot = new QCustomPlot(this);
    m_plot->setObjectName(QStringLiteral("plotArea"));
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->setAttribute(Qt::WA_OpaquePaintEvent, false);
    m_plot->setAutoAddPlottableToLegend(false);
    layout->addWidget(m_plot);
    m_readout = new PlotReadout(m_plot);

    m_live = m_plot->addGraph();
    m_live->setAdaptiveSampling(true);
    m_marks = std::make_unique<EpochMarks>(*m_plot);
    if (kind != Kind::Rate) {
        setLineCount(2);
        m_lines[kTrain].curve.name = tr("train");
        m_lines[kValidation].curve.name = tr("validation");
    }
    setUpAxes();
    setUpNavigation();
    connect(&Theme::instance(), &Theme::changed, this, &CurvePlot::applyTheme);
    applyTheme();
    updateAxes();
}

void CurvePlot::setUpAxes() {
    setUpFrame(*m_plot);
    m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTickerFixed>::create());
}

void CurvePlot::setEpochs(int epochs) {
    m_epochs = std::max(1, epochs);
    updateAxes();
}

void CurvePlot::clear() {
    m_live->data()->clear();
    for (Line& line : m_lines) {
        line.curve.epochs.clear();
        line.curve.values.clear();
    }
    m_marks->clear();
    endReading();
    m_isZoomed = false;
    drawCurves();
    updateAxes();
}

void CurvePlot::setLineCount(std::size_t count) {
    while (m_lines.size() > count) {
        m_plot->removeGraph(m_lines.back().values);
        m_plot->removeGraph(m_lines.back().smooth);
        m_lines.pop_back();
    }
    while (m_lines.size() < count) {
        Line& line = m_lines.emplace_back();
        line.values = m_plot->addGraph();
        line.smooth = m_plot->addGraph();
        for (QCPGraph* graph : {line.values, line.smooth})
            graph->setAdaptiveSampling(true);
    }
}

void CurvePlot::add(std::size_t line, int epoch, double value) {
    if (std::isfinite(value) && line < m_lines.size()) m_lines[line].curve.add(epoch, value);
}

void CurvePlot::addTrain(int epoch, double value) {
    if (!std::isfinite(value)) return;
    add(kTrain, epoch, value);
    m_live->data()->removeBefore(epoch + kJustAfter);
}

void CurvePlot::addValidation(int epoch, double value) {
    add(kValidation, epoch, value);
}

void CurvePlot::setCurves(const std::vector<Curve>& curves) {
    const bool isOther = curves.size() != m_lines.size();
    setLineCount(curves.size());
    for (std::size_t i = 0; i < curves.size(); ++i)
        m_lines[i].curve = curves[i];
    if (isOther) styleLines();
}

void CurvePlot::addLive(double position, double value) {
    if (std::isfinite(value)) m_live->addData(position, shown(value));
}

void CurvePlot::dropLiveAfter(double position) {
    m_live->data()->removeAfter(position);
}

void CurvePlot::setSmoothing(double weight) {
    m_smoothing = std::clamp(weight, 0.0, 0.999);
    styleLines();
    refresh();
}

void CurvePlot::setLogarithmic(bool isOn) {
    if (!canBeLogarithmic() || isOn == m_isLogarithmic) return;
    m_isLogarithmic = isOn;
    m_isZoomed = false;
    const QScopedValueRollback<bool> guard(m_setsRange, true);
    QCPAxis* axis = m_plot->yAxis;
    axis->setScaleType(isOn ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    const auto ticker = isOn ? QSharedPointer<LogTicker>::create().staticCast<QCPAxisTicker>()
                             : QSharedPointer<QCPAxisTicker>::create();
    ticker->setTickCount(5);
    axis->setTicker(ticker);
    updateAxes();
    refresh();
}

void CurvePlot::refresh() {
    // A page that nobody looks at costs nothing; it is drawn when it is shown.
    m_stale = !isVisible();
    if (m_stale) return;
    drawCurves();
    updateAxes();
    if (!m_plot->underMouse()) sayReading();  // what the mouse points at stays
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_stale) refresh();
}

void CurvePlot::showEverything() {
    m_isZoomed = false;
    updateAxes();
    sayReading();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::drawCurves() {
    const auto put = [this](QCPGraph* graph, const Curve& curve, const std::vector<double>& values) {
        QVector<double> epochs;
        QVector<double> heights;
        for (std::size_t i = 0; i < values.size(); ++i) {
            // It has no place on a logarithmic axis, and leaves a gap.
            const bool hasPlace = !m_isLogarithmic || values[i] > 0;
            epochs.append(curve.epochs[i]);
            heights.append(hasPlace ? shown(values[i]) : std::numeric_limits<double>::quiet_NaN());
        }
        graph->setData(epochs, heights, true);
        // A single point has no line yet: show where it is.
        graph->setScatterStyle(values.size() == 1 ? QCPScatterStyle(QCPScatterStyle::ssDisc, 6.0)
                                                  : QCPScatterStyle());
    };
    for (const Line& line : m_lines) {
        put(line.values, line.curve, line.curve.values);
        if (m_smoothing > 0) put(line.smooth, line.curve, smoothed(line.curve.values, m_smoothing));
        line.smooth->setVisible(m_smoothing > 0);
    }
}

CurvePlot::Range CurvePlot::wholeValues() const {
    double lowest = std::numeric_limits<double>::infinity();
    double highest = -lowest;
    const auto include = [&](double value) {
        if (m_isLogarithmic && !(value > 0)) return;
        lowest = std::min(lowest, value);
        highest = std::max(highest, value);
    };
    for (const Line& line : m_lines)
        for (const double value : line.curve.values)
            include(shown(value));
    // The values of single batches, which jump, count only until there are any of epochs.
    if (highest < lowest)
        for (const QCPGraphData& point : *m_live->data())
            include(point.value);
    const bool isEmpty = highest < lowest;
    if (m_kind == Kind::Percent)
        return {isEmpty ? 0.0 : std::clamp(std::floor((lowest - 2.0) / 10.0) * 10.0, 0.0, 90.0), 100.0};
    if (m_isLogarithmic) {
        if (isEmpty) return {0.1, 10.0};
        const Range range{stepBelow(lowest), stepAbove(highest)};
        return {range.lower, range.upper > range.lower ? range.upper : range.lower * 10.0};
    }
    return {0.0, !isEmpty && highest > 0.0 ? roundedUp(highest) : 1.0};
}

void CurvePlot::updateAxes() {
    if (!m_isZoomed) {
        const QScopedValueRollback<bool> guard(m_setsRange, true);
        const Range values = wholeValues();
        m_plot->xAxis->setRange(0.0, m_epochs);
        m_plot->yAxis->setRange(values.lower, values.upper);
    }
    const int seen = std::max(1, static_cast<int>(std::lround(m_plot->xAxis->range().size())));
    m_plot->xAxis->ticker().staticCast<QCPAxisTickerFixed>()->setTickStep(epochStep(seen));
    m_marks->placeNames();
}

// After a person has zoomed or moved: the curves are never out of sight.
void CurvePlot::keepInside() {
    if (m_setsRange) return;
    const QScopedValueRollback<bool> guard(m_setsRange, true);
    m_readout->hide();
    const Range whole = wholeValues();
    Range room{0.0, whole.upper * kLinearRoom};
    if (m_kind == Kind::Percent) room.upper = whole.upper;
    if (m_isLogarithmic) room = {whole.lower / kLogarithmicRoom, whole.upper * kLogarithmicRoom};
    m_plot->xAxis->setRange(m_plot->xAxis->range().bounded(0.0, m_epochs));
    m_plot->yAxis->setRange(m_plot->yAxis->range().bounded(room.lower, room.upper));
    const Range epochs = epochRange();
    const Range values = valueRange();
    m_isZoomed = epochs.lower > 0.0 || epochs.upper < m_epochs || values.lower > whole.lower ||
                 values.upper < whole.upper;
    updateAxes();
}

void CurvePlot::applyTheme() {
    const Colours& colours = Theme::instance().colours();
    styleFrame(*m_plot);
    QColor faint = colours.accent;
    faint.setAlphaF(0.45F);
    m_live->setPen(QPen(faint, 1.2));
    m_plot->selectionRect()->setPen(QPen(colours.accent, 1.0));
    QColor tint = colours.accent;
    tint.setAlphaF(0.12F);
    m_plot->selectionRect()->setBrush(tint);
    m_marks->applyTheme();
    styleLines();
    refresh();
}

void CurvePlot::styleLines() {
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const QPen pen = curvePen(i, 2.0);
        QPen behind(pen.color(), 1.2);
        QColor faint = pen.color();
        faint.setAlphaF(0.3F);
        behind.setColor(faint);
        m_lines[i].values->setPen(m_smoothing > 0 ? behind : pen);
        m_lines[i].smooth->setPen(pen);
    }
}

void CurvePlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) applyTheme();
    QWidget::changeEvent(event);
}

QString CurvePlot::valueText(double value) const {
    return m_kind == Kind::Percent ? tr("%1 %").arg(value * 100.0, 0, 'f', 1)
                                   : QString::number(value, 'g', 3);
}

std::vector<Curve> CurvePlot::curves() const {
    std::vector<Curve> curves;
    for (const Line& line : m_lines)
        curves.push_back(line.curve);
    return curves;
}

QStringList CurvePlot::names() const {
    QStringList names;
    for (const Line& line : m_lines)
        names.append(line.curve.name);
    return names;
}

FileMaker CurvePlot::picture(PictureFormat format, const QString& title) {
    drawCurves();
    updateAxes();
    std::vector<QCPGraph*> graphs;
    for (const Line& line : m_lines) {
        graphs.push_back(m_smoothing > 0 ? line.smooth : line.values);
        graphs.back()->setName(line.curve.name);
    }
    FileMaker file;
    {
        const Theme::Paper paper;
        applyTheme();
        file = pictureOf(*m_plot, format, title, graphs, m_kind == Kind::Percent);
    }
    applyTheme();
    return file;
}

int CurvePlot::trainCount() const {
    return m_lines.size() > kTrain ? static_cast<int>(m_lines[kTrain].curve.values.size()) : 0;
}
int CurvePlot::validationCount() const {
    return m_lines.size() > kValidation ? static_cast<int>(m_lines[kValidation].curve.values.size()) : 0;
}
int CurvePlot::liveCount() const {
    return m_live->dataCount();
}

CurvePlot::Range CurvePlot::epochRange() const {
    return {m_plot->xAxis->range().lower, m_plot->xAxis->range().upper};
}
CurvePlot::Range CurvePlot::valueRange() const {
    return {m_plot->yAxis->range().lower, m_plot->yAxis->range().upper};
}
QString CurvePlot::readout() const {
    return m_readout->text();
}
QPoint CurvePlot::pointOf(double epoch, double value) const {
    return {static_cast<int>(std::lround(m_plot->xAxis->coordToPixel(epoch))),
            static_cast<int>(std::lround(m_plot->yAxis->coordToPixel(value)))};
}

}  // namespace graft::ui
