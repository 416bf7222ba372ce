// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ThreadBudget.h that speaks to LibTorch.
#include <ATen/Parallel.h>
#include <omp.h>

#include "core/runtime/ThreadBudget.h"

namespace graft::runtime {

int setComputeThreads(int threads) {
    const int count = threads > 0 ? threads : availableProcessors();
    at::set_num_threads(count);
    return count;
}

void useOneComputeThread() {
    at::get_num_threads();   // LibTorch sets a new thread's number when it is first asked: not after this
    omp_set_num_threads(1);  // each thread has its own
}

}  // namespace graft::runtime
