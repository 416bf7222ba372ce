// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/RunLine.h"

namespace graft::ui {

namespace {

QString joined(const QString& begin, const QString& state) {
    if (begin.isEmpty() || state.isEmpty()) return begin + state;
    return begin + QStringLiteral(" \u00b7 ") + state;
}

}  // namespace

QString RunLine::whole() const {
    return joined(begin, state);
}

QString RunLine::shown(const QFontMetrics& metrics, int width) const {
    const auto hasRoom = [&](const QString& text) { return metrics.horizontalAdvance(text) <= width; };
    if (hasRoom(whole())) return whole();
    if (!shortBegin.isEmpty()) {
        const QString shorter = joined(shortBegin, state);
        if (hasRoom(shorter)) return shorter;
    } else if (!begin.isEmpty() && !state.isEmpty()) {
        const int left = width - metrics.horizontalAdvance(joined(QStringLiteral("\u2026"), state)) +
                         metrics.horizontalAdvance(QStringLiteral("\u2026"));
        const QString name = metrics.elidedText(begin, Qt::ElideMiddle, left);
        if (name.size() > 3) return joined(name, state);
    }
    return metrics.elidedText(state.isEmpty() ? begin : state, Qt::ElideRight, width);
}

}  // namespace graft::ui
