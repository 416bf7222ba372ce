// SPDX-License-Identifier: GPL-3.0-or-later
// Colours and measures that all parts of the picture of a network have in common.
#pragma once

#include <QColor>
#include <QRect>
#include <QRectF>

#include "ui/style/Theme.h"

namespace graft::ui::ink {

inline constexpr int kIcon = 12;

inline const Colours& colours() {
    return Theme::instance().colours();
}

inline QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto mix = [share](int x, int y) { return qRound(x + (y - x) * share); };
    return {mix(a.red(), b.red()), mix(a.green(), b.green()), mix(a.blue(), b.blue())};
}

inline QColor faded(QColor colour, int alpha) {
    colour.setAlpha(alpha);
    return colour;
}

// Small words on a tint.
inline QColor wordsIn(const QColor& colour) {
    return mixed(colour, colours().text, 0.45);
}

inline QRectF edgeOf(const QRect& rect) {
    return QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5);
}

}  // namespace graft::ui::ink
