// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Percent.h"

#include <fmt/format.h>

#include <cmath>
#include <limits>

namespace graft::base {

std::string percentFigure(double share) {
    double figure = share * 100;
    // fmt rounds what lies exactly in the middle to the even digit. In binary that are quarters alone: with
    // the next number away from zero it is in the middle no more.
    const double quarters = figure * 4;
    if (quarters == std::floor(quarters) && quarters != 0)
        figure = std::nextafter(figure, std::copysign(std::numeric_limits<double>::infinity(), figure));
    return fmt::format("{:.1f}", figure);
}

}  // namespace graft::base
