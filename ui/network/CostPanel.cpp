// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/CostPanel.h"

#include <QLocale>
#include <algorithm>
#include <cstdint>
#include <utility>

#include "ui/session/CostMeasure.h"
#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"

namespace graft::ui {

namespace {

struct Amount {
    QString value;
    QString unit;
};

struct Scale {
    double least;  // amount from which it is used
    double one;    // of it
    QString unit;
};

const Scale& scaleFor(double amount, const std::vector<Scale>& scales) {
    for (const Scale& scale : scales) {
        if (amount >= scale.least) return scale;
    }
    return scales.back();
}

// Two figures: an estimate knows no more.
QString twoFigures(double value) {
    return QLocale().toString(value, 'f', value < 0.095 ? 3 : value < 0.95 ? 2 : value < 9.5 ? 1 : 0);
}

std::vector<Scale> timeScales() {
    return {{7200, 3600, CostPanel::tr("h")}, {120, 60, CostPanel::tr("min")}, {0, 1, CostPanel::tr("s")}};
}

Amount amountOf(double amount, const std::vector<Scale>& scales) {
    const Scale& scale = scaleFor(amount, scales);
    return {twoFigures(amount / scale.one), scale.unit};
}

Amount time(double seconds) {
    return amountOf(seconds, timeScales());
}

// From the shortest to the longest, in the unit of that.
Amount time(double shortest, double longest) {
    const auto scales = timeScales();
    const Scale& scale = scaleFor(longest, scales);
    const QString from = twoFigures(shortest / scale.one);
    const QString to = twoFigures(longest / scale.one);
    return {from == to ? to : CostPanel::tr("%1\u2013%2").arg(from, to), scale.unit};
}

Amount bytes(std::uint64_t count) {
    const std::vector<Scale> scales{{0.95e9, 1e9, CostPanel::tr("GB")},
                                    {0.95e6, 1e6, CostPanel::tr("MB")},
                                    {0, 1e3, CostPanel::tr("kB")}};
    return amountOf(static_cast<double>(count), scales);
}

QString words(const Amount& amount) {
    return amount.value + QLatin1Char(' ') + amount.unit;
}

// Of an epoch behind the first: where a phase has none that reads all of its features, one that computes
// them.
double laterOf(const training::PhaseCost& phase) {
    return phase.epochs > phase.fillingEpochs ? phase.later : phase.filling;
}

Amount laterEpochs(const training::Cost& cost) {
    double shortest = laterOf(cost.phases.front());
    double longest = shortest;
    for (const training::PhaseCost& phase : cost.phases) {
        shortest = std::min(shortest, laterOf(phase));
        longest = std::max(longest, laterOf(phase));
    }
    return time(shortest, longest);
}

QString aboutFirst(const training::PhaseCost& phase) {
    const QString share = QLocale().toString(100 * phase.loading, 'f', 0);
    return phase.keepsFeatures
               ? CostPanel::tr(
                     "The first epoch computes the frozen blocks for every image and keeps what they "
                     "give. Reading and decoding images takes %1 % of it.")
                     .arg(share)
               : CostPanel::tr("Reading and decoding images takes %1 % of the first epoch.").arg(share);
}

QString aboutLater(const training::Cost& cost) {
    QStringList lines;
    for (const training::PhaseCost& phase : cost.phases) {
        const QString name = QString::fromStdString(phase.name);
        const QString later = words(time(laterOf(phase)));
        QString line = cost.phases.size() == 1
                           ? CostPanel::tr("Every later epoch takes %1.").arg(later)
                           : CostPanel::tr("Phase %1: %2 for each later epoch.").arg(name, later);
        if (phase.fillingEpochs > 1 && phase.epochs > phase.fillingEpochs) {
            line += QLatin1Char(' ') +
                    CostPanel::tr(
                        "Up to epoch %1 each takes %2, as it computes and keeps another variant of each "
                        "image.")
                        .arg(phase.firstEpoch + phase.fillingEpochs - 1)
                        .arg(words(time(phase.filling)));
        }
        lines << line;
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

CostPanel::CostPanel(Project& project, QWidget* parent)
    : NetworkFigures(parent), m_project(project), m_measure(projectPart<CostMeasure>(project)) {
    connect(&m_measure, &CostMeasure::changed, this, &CostPanel::showCost);
}

CostPanel::~CostPanel() {
    m_measure.disconnect(this);
}

void CostPanel::showEvent(QShowEvent* event) {
    NetworkFigures::showEvent(event);
    m_measure.setWatched(true);
}

void CostPanel::hideEvent(QHideEvent* event) {
    NetworkFigures::hideEvent(event);
    m_measure.setWatched(false);
}

void CostPanel::showFigures(const std::vector<Figure>& network, bool isKnown) {
    m_network = network;
    m_isKnown = isKnown;
    showCost();
}

void CostPanel::showCost() {
    if (m_network.empty()) return;
    if (!m_isKnown || !m_measure.cost()) return setFigures(m_network);
    const training::Cost& cost = *m_measure.cost();
    const QString rough = cost.rough ? m_measure.isMeasuring()
                                           ? tr("Rough: guessed from multiply-adds. It is being measured.")
                                           : tr("Rough: guessed from multiply-adds.")
                                     : tr("From times measured on this machine.");
    const auto figure = [&](const QString& name, const Amount& amount, const QString& about) {
        const QString tip = about.isEmpty() ? rough : about + QLatin1Char('\n') + rough;
        return Figure{name, cost.rough ? tr("\u2248 %1").arg(amount.value) : amount.value, amount.unit, tip};
    };
    Figure trainable = m_network.front();
    for (std::size_t n = 1; n < m_network.size(); ++n)
        trainable.tooltip += QLatin1Char('\n') + m_network[n].tooltip;
    const int epochs = m_project.config().epochs;
    setFigures(
        {trainable, figure(tr("First epoch"), time(cost.firstEpoch), aboutFirst(cost.phases.front())),
         figure(tr("Each later"), laterEpochs(cost), aboutLater(cost)),
         figure(epochs == 1 ? tr("1 epoch") : tr("%1 epochs").arg(epochs), time(cost.seconds),
                tr("The whole run, with what it writes between its epochs, as if no features were kept of "
                   "earlier ones.")),
         figure(tr("Memory"), bytes(cost.memory), tr("Of the program while it trains, at most.")),
         figure(tr("Cache"), cost.cache > 0 ? bytes(cost.cache) : Amount{tr("none"), {}},
                cost.cache > 0 ? tr("What is kept on the disk of the frozen blocks' results.")
                               : tr("Nothing is computed once and kept."))});
}

}  // namespace graft::ui
