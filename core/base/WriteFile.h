// SPDX-License-Identifier: GPL-3.0-or-later
// For files that a person saves from the window.
#pragma once

#include <string>

#include "core/base/Result.h"

namespace graft::base {

// The file has all of the content, or is what it was before: written aside, synced, renamed. Errors:
// Unwritable.
Result<void> writeFile(const std::string& path, const std::string& content);

}  // namespace graft::base
