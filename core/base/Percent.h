// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

namespace graft::base {

// A share (0..1) in per cent with one decimal, without the sign: "93.5". A half is rounded away from zero, as
// the window's QLocale does: 3 of 48 are 6.3 everywhere, and not 6.2, the nearest even digit.
std::string percentFigure(double share);

}  // namespace graft::base
