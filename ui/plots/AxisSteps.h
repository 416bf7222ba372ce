// SPDX-License-Identifier: GPL-3.0-or-later
// Where an axis begins, ends and has its steps.
#pragma once

namespace graft::ui {

// Every 1, 2, 5, 10, 20 ... epochs, so that there are at most six steps.
double epochStep(int epochs);

// The end of a linear axis from 0: a round number at or above value. value: above 0.
double roundedUp(double value);

// The ends of a logarithmic axis: 1, 2 or 5 times a power of ten, at or below, at or above value. value:
// above 0.
double stepBelow(double value);
double stepAbove(double value);

}  // namespace graft::ui
