// SPDX-License-Identifier: GPL-3.0-or-later
// The one place that includes QCustomPlot. Its header needs Qt's keyword macros, which QT_NO_KEYWORDS takes
// away, so they exist around this include only.
#pragma once

#ifdef QT_NO_KEYWORDS
#define signals Q_SIGNALS
#define slots Q_SLOTS
#define foreach Q_FOREACH
#include <qcustomplot.h>
#undef signals
#undef slots
#undef foreach
#else
#include <qcustomplot.h>
#endif
