// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/EpochMarks.h"

#include <QCoreApplication>

#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr double kAbove = 0.0;
constexpr double kBelow = 1.0;
// A name stands left of its line from here on.
constexpr double kNearTheEnd = 0.85;

}  // namespace

EpochMarks::EpochMarks(QCustomPlot& plot) : m_plot(plot), m_best(made(kBelow)) {
    m_best.name->setText(QCoreApplication::translate("graft::ui::EpochMarks", "best"));
    markBest(0);
}

EpochMarks::Mark EpochMarks::made(double height) const {
    const Mark mark{new QCPItemStraightLine(&m_plot), new QCPItemText(&m_plot)};
    mark.name->position->setTypeX(QCPItemPosition::ptPlotCoords);
    mark.name->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
    mark.name->setPadding(QMargins(4, 0, 4, 0));
    put(mark, 0.0, height);
    return mark;
}

void EpochMarks::put(const Mark& mark, double position, double height) {
    mark.line->point1->setCoords(position, 0.5);  // any two heights, above 0 for a logarithmic axis
    mark.line->point2->setCoords(position, 1.0);
    mark.name->position->setCoords(position, height);
}

void EpochMarks::clear() {
    for (const Mark& mark : m_phases) {
        m_plot.removeItem(mark.line);
        m_plot.removeItem(mark.name);
    }
    m_phases.clear();
    markBest(0);
}

void EpochMarks::addPhase(int firstEpoch, const QString& name) {
    if (!m_phases.empty() && m_phases.back().name->text() == name) return;
    const Mark mark = made(kAbove);
    put(mark, firstEpoch - 1, kAbove);  // where the epoch before it ended
    mark.name->setText(name);
    m_phases.push_back(mark);
    applyTheme();
    placeNames();
}

void EpochMarks::markBest(int epoch) {
    m_bestEpoch = epoch;
    put(m_best, epoch, kBelow);
    m_best.line->setVisible(epoch > 0);
    m_best.name->setVisible(epoch > 0);
}

QStringList EpochMarks::phases() const {
    QStringList names;
    for (const Mark& mark : m_phases)
        names.append(mark.name->text());
    return names;
}

void EpochMarks::applyTheme() {
    const Colours& colours = Theme::instance().colours();
    const auto style = [](const Mark& mark, const QPen& pen) {
        mark.line->setPen(pen);
        mark.name->setFont(Theme::smallFont());
        mark.name->setColor(pen.color());
    };
    for (const Mark& mark : m_phases)
        style(mark, QPen(colours.muted, 1.0, Qt::DotLine));
    style(m_best, QPen(colours.accent, 1.0));
}

void EpochMarks::placeNames() {
    const QCPRange seen = m_plot.xAxis->range();
    const auto place = [&seen](const Mark& mark, Qt::Alignment vertical) {
        const bool isNearEnd = mark.name->position->key() > seen.lower + kNearTheEnd * seen.size();
        mark.name->setPositionAlignment(vertical | (isNearEnd ? Qt::AlignRight : Qt::AlignLeft));
    };
    for (const Mark& mark : m_phases)
        place(mark, Qt::AlignTop);
    place(m_best, Qt::AlignBottom);
}

}  // namespace graft::ui
