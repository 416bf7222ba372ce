// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/Result.h"

namespace graft::base {

// The whole file's bytes; a link is followed. Errors: Unreadable (also: a device or pipe, or more than 2
// GiB).
Result<std::string> readText(const std::string& path);

}  // namespace graft::base
