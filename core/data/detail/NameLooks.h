// SPDX-License-Identifier: GPL-3.0-or-later
// Names that a person cannot tell apart: other case, other white space, another Unicode normal form,
// invisible characters, letters of another script that look the same.
#pragma once

#include <string>

#include "core/base/Message.h"

namespace graft::data {

bool isUtf8(const std::string& text);

// Equal for names that look the same, or nearly. What is no UTF-8 stays as it is.
std::string looksOf(const std::string& name);

// What two names with equal looks differ in: "upper and lower case", "white space", ...
Message differenceBetween(const std::string& a, const std::string& b);

}  // namespace graft::data
