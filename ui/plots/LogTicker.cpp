// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/LogTicker.h"

#include <cmath>

namespace graft::ui {

namespace {
constexpr int kMostWithThree = 3;  // powers of ten that have three steps each
constexpr int kMostSteps = 8;
}  // namespace

int LogTicker::getSubTickCount(double /*tickStep*/) {
    return 0;
}

QVector<double> LogTicker::createTickVector(double /*tickStep*/, const QCPRange& range) {
    QVector<double> ticks;
    if (!(range.lower > 0)) return ticks;
    const int first = static_cast<int>(std::floor(std::log10(range.lower)));
    const int last = static_cast<int>(std::ceil(std::log10(range.upper)));
    const int every = (last - first) / kMostSteps + 1;
    for (int power = first; power <= last; power += every) {
        const double one = std::pow(10.0, power);
        ticks.append(one);
        if (last - first > kMostWithThree) continue;
        ticks.append(2 * one);
        ticks.append(5 * one);
    }
    return ticks;
}

}  // namespace graft::ui
