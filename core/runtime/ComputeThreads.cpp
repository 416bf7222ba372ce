// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ThreadBudget.h that speaks to LibTorch.
#include <ATen/Parallel.h>

#include "core/runtime/ThreadBudget.h"

namespace graft::runtime {

int setComputeThreads(int threads) {
    const int count = threads > 0 ? threads : availableProcessors();
    at::set_num_threads(count);
    return count;
}

}  // namespace graft::runtime
