// SPDX-License-Identifier: GPL-3.0-or-later
// How the curves of a plot look, in the plot and wherever it is said which is which.
#pragma once

#include <QPen>
#include <cstddef>

namespace graft::ui {

// So many curves can be told apart.
constexpr std::size_t kCurvesToTellApart = 12;

// In the theme's colours. number: from 0; training is the first, validation the second.
QPen curvePen(std::size_t number, double width);

}  // namespace graft::ui
