// SPDX-License-Identifier: GPL-3.0-or-later
// The order in which a person reads names: "img 9" before "img 10", "Cat" beside "cat".
#pragma once

#include <string_view>

namespace graft::base {

// Digits count as numbers, of any length, and A to Z as a to z. Names that are alike then keep the order of
// their bytes: of two different names one always comes first.
bool naturallyBefore(std::string_view a, std::string_view b);

}  // namespace graft::base
