// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>

#include "core/base/Result.h"

namespace graft::inference {

// The SHA-256 of a model's file, lower-case hex. Of a file that has not changed since it was asked about (by
// its size, inode and times, as ScanCache has it) it is remembered for as long as the program runs: a model
// that a training begins from is asked about several times, and reading a large one takes seconds. Errors:
// Unreadable. Any thread.
Result<std::string> sha256OfModel(const std::string& file);

}  // namespace graft::inference
