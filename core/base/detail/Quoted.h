// SPDX-License-Identifier: GPL-3.0-or-later
// Names from a file, made fit for a sentence.
#pragma once

#include <string>
#include <string_view>

namespace graft::base {

// At most 200 bytes of it; control characters and what is no UTF-8 become question marks, so that a name
// cannot steer a terminal.
std::string printable(std::string_view name);
std::string inQuotes(std::string_view name);

}  // namespace graft::base
