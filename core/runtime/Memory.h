// SPDX-License-Identifier: GPL-3.0-or-later
// How much memory there is, and how much of it this program has. Bytes; 0 where the system does not say.
#pragma once

#include <cstdint>

namespace graft::runtime {

// That programs can still get without swapping, within the limits of this process's control groups.
std::uint64_t availableMemory();

// That this process has now.
std::uint64_t residentMemory();

// The part of it that is in use: without what was given back to the allocator and is kept for later.
std::uint64_t usedMemory();

}  // namespace graft::runtime
