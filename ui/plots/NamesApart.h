// SPDX-License-Identifier: GPL-3.0-or-later
// Names beside one another where there is no room for all of each: what tells them apart is shown.
#pragma once

#include <QStringList>

namespace graft::ui {

// Without what all of them begin and end with, at the borders of words ('-', '_', '.', '/', a space); an
// ellipsis stands for it. Each keeps a word of its own. One name, or none: as it is.
//     {"2026-01-02-101500-resnet18", "2026-01-02-194500-resnet18"} -> {"…101500…", "…194500…"}
QStringList namesApart(const QStringList& names);

}  // namespace graft::ui
