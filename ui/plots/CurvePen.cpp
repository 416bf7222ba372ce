// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/CurvePen.h"

#include <array>

#include "ui/style/Theme.h"

namespace graft::ui {

QPen curvePen(std::size_t number, double width) {
    const Colours& c = Theme::instance().colours();
    const std::array<QColor, kCurvesToTellApart / 2> colours{c.accent, c.trainable, c.frozen,
                                                             c.wrong,  c.text,      c.muted};
    // Neighbours differ in the dash too, and the second half of each colour in that alone.
    const bool isDashed = (number + number / colours.size()) % 2 == 1;
    QPen pen(colours[number % colours.size()], width, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin);
    if (isDashed) {
        pen.setDashPattern({3.5, 2.0});
        pen.setCapStyle(Qt::FlatCap);
    }
    return pen;
}

}  // namespace graft::ui
