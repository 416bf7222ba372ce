// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/AxisSteps.h"

#include <cmath>
#include <initializer_list>

namespace graft::ui {

namespace {

// 0.1 + 0.2 is no more than 0.3.
constexpr double kJustMore = 1 + 1e-9;

double powerBelow(double value) {
    return std::pow(10.0, std::floor(std::log10(value * kJustMore)));
}

}  // namespace

double epochStep(int epochs) {
    for (double power = 1.0;; power *= 10.0) {
        for (const double step : {1.0, 2.0, 5.0}) {
            if (epochs <= 6.0 * step * power) return step * power;
        }
    }
}

double roundedUp(double value) {
    const double power = powerBelow(value);
    for (const double step : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 8.0}) {
        if (value <= step * power * kJustMore) return step * power;
    }
    return 10.0 * power;
}

double stepBelow(double value) {
    const double power = powerBelow(value);
    for (const double step : {5.0, 2.0}) {
        if (step * power <= value * kJustMore) return step * power;
    }
    return power;
}

double stepAbove(double value) {
    const double power = powerBelow(value);
    for (const double step : {1.0, 2.0, 5.0}) {
        if (value <= step * power * kJustMore) return step * power;
    }
    return 10.0 * power;
}

}  // namespace graft::ui
