// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/CurvePlot.h"

#include <QEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>
#include <optional>

#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

// The last batch of an epoch lies on the epoch itself; this far right of it begins the next.
constexpr double kJustAfter = 1e-6;

// Every 1, 2, 5, 10, 20 ... epochs, so that there are at most six steps.
double epochStep(int epochs) {
    for (double power = 1.0;; power *= 10.0) {
        for (const double step : {1.0, 2.0, 5.0}) {
            if (epochs <= 6.0 * step * power) return step * power;
        }
    }
}

// A round number at or above value: 1, 2 or 5 times a power of ten.
double roundUp(double value) {
    const double power = std::pow(10.0, std::floor(std::log10(value)));
    for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 8.0}) {
        if (value <= step * power) return step * power;
    }
    return 10.0 * power;
}

}  // namespace

CurvePlot::CurvePlot(Kind kind, QWidget* parent) : QWidget(parent), m_kind(kind) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    m_plot = new QCustomPlot(this);
    m_plot->setMouseTracking(true);
    m_plot->installEventFilter(this);
    m_plot->setAttribute(Qt::WA_OpaquePaintEvent, false);
    m_plot->setMinimumSize(64, 48);  // it cannot draw itself on nothing, even where nobody looks
    layout->addWidget(m_plot);

    m_live = m_plot->addGraph();
    m_train = m_plot->addGraph();
    m_validation = m_plot->addGraph();
    for (QCPGraph* graph : {m_live, m_train, m_validation})
        graph->setAdaptiveSampling(true);
    // Straight grid lines look the same without it.
    m_plot->setNotAntialiasedElements(QCP::aeAxes | QCP::aeGrid | QCP::aeSubGrid | QCP::aeZeroLine);

    m_plot->xAxis->setTicker(QSharedPointer<QCPAxisTickerFixed>::create());
    m_plot->yAxis->ticker()->setTickCount(5);
    m_plot->yAxis->setNumberFormat(QStringLiteral("gb"));
    m_plot->yAxis->setNumberPrecision(4);

    m_plot->axisRect()->setAutoMargins(QCP::msLeft | QCP::msBottom);
    m_plot->axisRect()->setMargins(QMargins(0, 8, 14, 0));
    m_plot->axisRect()->setMinimumMargins(QMargins(40, 8, 14, 24));

    setAccessibleName(kind == Kind::Percent ? tr("Accuracy by epoch") : tr("Loss by epoch"));
    connect(&Theme::instance(), &Theme::changed, this, &CurvePlot::applyTheme);
    applyTheme();
    updateAxes();
}

CurvePlot::~CurvePlot() = default;

void CurvePlot::setEpochs(int epochs) {
    m_epochs = std::max(1, epochs);
    updateAxes();
}

void CurvePlot::clear() {
    for (QCPGraph* graph : {m_live, m_train, m_validation})
        graph->data()->clear();
    for (const PhaseMark& mark : m_phases) {
        m_plot->removeItem(mark.line);
        m_plot->removeItem(mark.name);
    }
    m_phases.clear();
    m_epochExtent = {};
    m_liveExtent = {};
    updateAxes();
}

void CurvePlot::addTrain(int epoch, double value) {
    if (!std::isfinite(value)) return;
    m_train->addData(epoch, shown(value));
    m_live->data()->removeBefore(epoch + kJustAfter);
    m_epochExtent.include(shown(value));
}

void CurvePlot::addValidation(int epoch, double value) {
    if (!std::isfinite(value)) return;
    m_validation->addData(epoch, shown(value));
    m_epochExtent.include(shown(value));
}

void CurvePlot::addLive(double position, double value) {
    if (!std::isfinite(value)) return;
    m_live->addData(position, shown(value));
    m_liveExtent.include(shown(value));
}

void CurvePlot::dropLiveAfter(double position) {
    m_live->data()->removeAfter(position);
}

void CurvePlot::addPhase(int firstEpoch, const QString& name) {
    if (!m_phases.empty() && m_phases.back().name->text() == name) return;
    const double position = firstEpoch - 1;  // where the epoch before it ended
    PhaseMark mark{new QCPItemStraightLine(m_plot), new QCPItemText(m_plot)};
    mark.line->point1->setCoords(position, 0.0);
    mark.line->point2->setCoords(position, 1.0);
    mark.name->position->setTypeX(QCPItemPosition::ptPlotCoords);
    mark.name->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    mark.name->position->setCoords(position, 0.0);
    mark.name->setPositionAlignment(Qt::AlignTop | Qt::AlignLeft);
    mark.name->setPadding(QMargins(4, 0, 0, 0));
    mark.name->setText(name);
    m_phases.push_back(mark);
    applyTheme();
}

QStringList CurvePlot::phases() const {
    QStringList names;
    for (const PhaseMark& mark : m_phases)
        names.append(mark.name->text());
    return names;
}

void CurvePlot::Extent::include(double value) {
    lowest = empty ? value : std::min(lowest, value);
    highest = empty ? value : std::max(highest, value);
    empty = false;
}

void CurvePlot::refresh() {
    // A page that nobody looks at costs nothing; it is drawn when it is shown.
    m_stale = !isVisible();
    if (m_stale) return;
    updateAxes();
    m_plot->replot(QCustomPlot::rpQueuedReplot);
}

void CurvePlot::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    if (m_stale) refresh();
}

int CurvePlot::trainCount() const {
    return m_train->dataCount();
}
int CurvePlot::validationCount() const {
    return m_validation->dataCount();
}
int CurvePlot::liveCount() const {
    return m_live->dataCount();
}

void CurvePlot::updateAxes() {
    m_plot->xAxis->setRange(0.0, m_epochs);
    m_plot->xAxis->ticker().staticCast<QCPAxisTickerFixed>()->setTickStep(epochStep(m_epochs));
    const Extent& extent = m_epochExtent.empty ? m_liveExtent : m_epochExtent;
    if (m_kind == Kind::Percent) {
        const double low =
            !extent.empty ? std::clamp(std::floor((extent.lowest - 2.0) / 10.0) * 10.0, 0.0, 90.0) : 0.0;
        m_plot->yAxis->setRange(low, 100.0);
    } else {
        m_plot->yAxis->setRange(0.0, !extent.empty && extent.highest > 0.0 ? roundUp(extent.highest) : 1.0);
    }
    // A single point has no line yet: show where it is.
    const auto marker = [](const QCPGraph* graph) {
        return graph->dataCount() == 1 ? QCPScatterStyle(QCPScatterStyle::ssDisc, 6.0) : QCPScatterStyle();
    };
    m_train->setScatterStyle(marker(m_train));
    m_validation->setScatterStyle(marker(m_validation));
}

void CurvePlot::applyTheme() {
    const Colours& colours = Theme::instance().colours();
    m_plot->setBackground(QBrush(colours.surface));

    QColor faint = colours.accent;
    faint.setAlphaF(0.45F);
    m_live->setPen(QPen(faint, 1.2));
    m_train->setPen(QPen(colours.accent, 2.0, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    QPen dashed(colours.trainable, 2.0);
    dashed.setDashPattern({3.5, 2.0});
    dashed.setCapStyle(Qt::FlatCap);
    m_validation->setPen(dashed);

    QFont small = Theme::instance().bodyFont();
    small.setPixelSize(11);
    for (QCPAxis* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setTickLabelFont(small);
        axis->setTickLabelColor(colours.muted);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setBasePen(Qt::NoPen);
        axis->setTickLabelPadding(6);
        axis->grid()->setZeroLinePen(QPen(colours.line, 1.0));
        axis->grid()->setPen(QPen(colours.line, 1.0));
    }
    m_plot->xAxis->grid()->setVisible(false);
    for (const PhaseMark& mark : m_phases) {
        mark.line->setPen(QPen(colours.muted, 1.0, Qt::DotLine));
        mark.name->setFont(small);
        mark.name->setColor(colours.muted);
    }
    refresh();
}

void CurvePlot::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) applyTheme();
    QWidget::changeEvent(event);
}

QString CurvePlot::tooltipAt(double position) const {
    const double epoch = std::round(position);
    const auto valueAt = [epoch](const QCPGraph* graph) -> std::optional<double> {
        const auto it = graph->data()->findBegin(epoch, false);
        if (it == graph->data()->constEnd() || it->key != epoch) return std::nullopt;
        return it->value;
    };
    const auto train = valueAt(m_train);
    const auto validation = valueAt(m_validation);
    if (!train && !validation) return {};
    const auto text = [this](double value) {
        return m_kind == Kind::Percent ? tr("%1 %").arg(value, 0, 'f', 1) : QString::number(value, 'g', 3);
    };
    QString tip = tr("Epoch %1").arg(static_cast<int>(epoch));
    if (train) tip += '\n' + tr("train %1").arg(text(*train));
    if (validation) tip += '\n' + tr("validation %1").arg(text(*validation));
    return tip;
}

bool CurvePlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_plot && event->type() == QEvent::MouseMove) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QString tip = tooltipAt(m_plot->xAxis->pixelToCoord(mouse->position().x()));
        if (tip.isEmpty()) {
            QToolTip::hideText();
        } else {
            QToolTip::showText(mouse->globalPosition().toPoint(), tip, m_plot);
        }
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace graft::ui
