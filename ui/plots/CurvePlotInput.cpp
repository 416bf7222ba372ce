// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keys do with a plot of curves, and what is said of the values.
#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <cmath>
#include <iterator>
#include <set>
#include <utility>

#include "ui/plots/CurvePen.h"
#include "ui/plots/CurvePlot.h"
#include "ui/plots/PlotAccess.h"
#include "ui/plots/PlotReadout.h"
#include "ui/plots/QCustomPlotInclude.h"
#include "ui/widgets/FocusRing.h"

namespace graft::ui {

namespace {
constexpr double kZoom = 0.7;   // what is seen after a key, of what was
constexpr double kShare = 0.1;  // of what is seen that a key moves
}  // namespace

void CurvePlot::setUpNavigation() {
    m_plot->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    connect(m_plot, &QCustomPlot::mousePress, this, [this](const QMouseEvent* event) {
        const bool isRectangle = event->modifiers().testFlag(Qt::ShiftModifier);
        m_plot->setSelectionRectMode(isRectangle ? QCP::srmZoom : QCP::srmNone);
    });
    connect(m_plot, &QCustomPlot::mouseDoubleClick, this, &CurvePlot::showEverything);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis})
        connect(axis, qOverload<const QCPRange&>(&QCPAxis::rangeChanged), this, &CurvePlot::keepInside);
    letReadPlots();
    m_plot->setFocusPolicy(Qt::NoFocus);
    setFocusPolicy(Qt::StrongFocus);
    new FocusRing(*this);
    endReading();
}

void CurvePlot::sayValuesOf(int epoch) {
    std::vector<PlotReadout::Entry> entries;
    for (std::size_t i = 0; i < m_lines.size(); ++i) {
        const Curve& curve = m_lines[i].curve;
        const int index = curve.indexOf(epoch);
        if (index < 0) continue;
        const auto at = static_cast<std::size_t>(index);
        QString text = curve.name + QLatin1Char(' ') + valueText(curve.values[at]);
        if (m_smoothing > 0)
            text = tr("%1, smoothed %2").arg(text, valueText(smoothed(curve.values, m_smoothing)[at]));
        entries.push_back({text, curvePen(i, 2.0)});
    }
    const QRect area = m_plot->axisRect()->rect();
    const int x = static_cast<int>(std::lround(m_plot->xAxis->coordToPixel(epoch)));
    if (entries.empty() || x < area.left() - 1 || x > area.right() + 1) return m_readout->hide();
    const QString title =
        epoch == m_marks->best() ? tr("Epoch %1, the best").arg(epoch) : tr("Epoch %1").arg(epoch);
    m_readout->showAt(x, area, title, std::move(entries));
}

bool CurvePlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_plot && event->type() == QEvent::MouseMove) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        if (mouse->buttons() == Qt::NoButton)
            sayValuesOf(static_cast<int>(std::lround(m_plot->xAxis->pixelToCoord(mouse->position().x()))));
        else
            m_readout->hide();
    }
    if (watched == m_plot && event->type() == QEvent::Leave) {
        m_readout->hide();
        sayReading();
    }
    return QWidget::eventFilter(watched, event);
}

void CurvePlot::keyPressEvent(QKeyEvent* event) {
    const Qt::KeyboardModifiers harmless = Qt::KeypadModifier | Qt::ShiftModifier;  // + is typed with Shift
    if (event->modifiers() & ~harmless) return QWidget::keyPressEvent(event);
    switch (event->key()) {
        case Qt::Key_Left:
        case Qt::Key_Right:
        case Qt::Key_Home:
        case Qt::Key_End:
            if (const auto epoch = epochFor(event->key())) readAt(*epoch);
            return;
        case Qt::Key_Up:
        case Qt::Key_Down:
            if (moveValues(event->key() == Qt::Key_Up ? kShare : -kShare)) return;
            break;  // scrolls what it lies in
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomBy(kZoom);
        case Qt::Key_Minus:
            return zoomBy(1.0 / kZoom);
        case Qt::Key_0:
            return showEverything();
        case Qt::Key_Escape:
            if (!m_cursor && !m_isZoomed) break;  // closes what it lies in
            endReading();
            return showEverything();
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

// The first key comes in from its own side of what is seen.
std::optional<int> CurvePlot::epochFor(int key) const {
    std::set<int> epochs;
    for (const Line& line : m_lines)
        epochs.insert(line.curve.epochs.begin(), line.curve.epochs.end());
    if (epochs.empty()) return std::nullopt;
    const int first = *epochs.begin();
    const int last = *epochs.rbegin();
    if (key == Qt::Key_Home) return first;
    if (key == Qt::Key_End) return last;
    const Range seen = epochRange();
    if (key == Qt::Key_Right) {
        const auto next = m_cursor ? epochs.upper_bound(*m_cursor)
                                   : epochs.lower_bound(static_cast<int>(std::ceil(seen.lower)));
        return next == epochs.end() ? last : *next;
    }
    const auto behind = m_cursor ? epochs.lower_bound(*m_cursor)
                                 : epochs.upper_bound(static_cast<int>(std::floor(seen.upper)));
    return behind == epochs.begin() ? first : *std::prev(behind);
}

void CurvePlot::readAt(int epoch) {
    m_cursor = epoch;
    const Range seen = epochRange();
    if (epoch < seen.lower) m_plot->xAxis->moveRange(epoch - seen.lower);
    if (epoch > seen.upper) m_plot->xAxis->moveRange(epoch - seen.upper);
    sayReading();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

// What is read stays where it is, else the middle does.
void CurvePlot::zoomBy(double factor) {
    QCPAxis* x = m_plot->xAxis;
    QCPAxis* y = m_plot->yAxis;
    const QPoint middle = m_plot->axisRect()->center();
    double epoch = x->pixelToCoord(middle.x());
    double value = y->pixelToCoord(middle.y());
    if (m_cursor) {
        epoch = *m_cursor;
        for (const Line& line : m_lines) {
            const int index = line.curve.indexOf(*m_cursor);
            if (index < 0) continue;
            const double read = shown(line.curve.values[static_cast<std::size_t>(index)]);
            if (y->range().contains(read)) value = read;
            break;
        }
    }
    x->scaleRange(factor, epoch);
    y->scaleRange(factor, value);
    sayReading();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

bool CurvePlot::moveValues(double share) {
    if (!m_isZoomed) return false;
    const Range seen = valueRange();
    m_plot->yAxis->moveRange(m_isLogarithmic ? std::pow(seen.upper / seen.lower, share)
                                             : (seen.upper - seen.lower) * share);
    sayReading();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
    return true;
}

// On the screen and to a screen reader, which is told of what is new only.
void CurvePlot::sayReading() {
    if (!m_cursor) return;
    sayValuesOf(*m_cursor);
    const QString said = readout().replace(QLatin1Char('\n'), QLatin1String(", "));
    if (said.isEmpty() || said == m_reading) return;
    m_reading = said;
    setAccessibleDescription(said);
    QAccessibleValueChangeEvent told(this, said);
    QAccessible::updateAccessibility(&told);
}

void CurvePlot::endReading() {
    m_cursor.reset();
    m_reading.clear();
    m_readout->hide();
    setAccessibleDescription(
        tr("The wheel zooms, a drag moves, a drag with Shift zooms to a rectangle, a double click shows "
           "everything. Left and Right read the values epoch by epoch, + and \u2212 zoom, 0 shows "
           "everything."));
}

void CurvePlot::focusOutEvent(QFocusEvent* event) {
    const bool comesBack =
        event->reason() == Qt::PopupFocusReason || event->reason() == Qt::ActiveWindowFocusReason;
    if (!comesBack) endReading();
    QWidget::focusOutEvent(event);
}

}  // namespace graft::ui
