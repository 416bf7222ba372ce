// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/data/detail/Candidate.h"

namespace graft::runtime {
class RunControl;
}

namespace graft::data {

// Reads, hashes and decodes every candidate that has changed since the last scan. False if stopped. progress
// is called from the threads, never from two at once.
bool inspectFiles(const std::string& root, std::vector<Candidate>& candidates, int threads,
                  const std::function<void(std::size_t done, std::size_t total)>& progress,
                  runtime::RunControl* control);

// Calls work(0) .. work(count - 1) in several threads (0: one per processor). False once control was stopped.
bool forEachInThreads(std::size_t count, int threads, runtime::RunControl* control,
                      const std::function<void(std::size_t)>& work);

}  // namespace graft::data
