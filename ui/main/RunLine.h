// SPDX-License-Identifier: GPL-3.0-or-later
// The second line of a run in the sidebar: when or how far, and what became of it. In little room the first
// gives way, for the second is the word that matters. Example:
//     RunLine{"21 Nov 14:30", "21 Nov", "failed after 12 epochs"}
#pragma once

#include <QFontMetrics>
#include <QMetaType>
#include <QString>

namespace graft::ui {

struct RunLine {
    QString begin;       // may be empty
    QString shortBegin;  // in its place where that has no room; empty: it is shortened in its middle
    QString state;       // may be empty: then there is no more to say

    // All of it.
    QString whole() const;
    // width: in pixels of that font.
    QString shown(const QFontMetrics& metrics, int width) const;

    bool operator==(const RunLine&) const = default;
};

}  // namespace graft::ui

Q_DECLARE_METATYPE(graft::ui::RunLine)
