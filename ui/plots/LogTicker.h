// SPDX-License-Identifier: GPL-3.0-or-later
// The steps of a logarithmic axis: 1, 2 and 5 of each power of ten, or fewer where there are many powers.
// QCustomPlot's own has the powers alone, of which a loss often has none in sight.
#pragma once

#include "ui/plots/QCustomPlotInclude.h"

namespace graft::ui {

class LogTicker : public QCPAxisTicker {
  protected:
    int getSubTickCount(double tickStep) override;
    QVector<double> createTickVector(double tickStep, const QCPRange& range) override;
};

}  // namespace graft::ui
