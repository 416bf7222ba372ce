// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/Result.h"

namespace graft::base {

// The whole file's bytes. Errors: Unreadable.
Result<std::string> readText(const std::string& path);

}  // namespace graft::base
