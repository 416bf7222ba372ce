// SPDX-License-Identifier: GPL-3.0-or-later
// The part of ThreadBudget.h that speaks to LibTorch.
#include <ATen/Parallel.h>
#include <dlfcn.h>
#include <omp.h>

#include "core/runtime/ThreadBudget.h"

namespace graft::runtime {

namespace {

// OpenBLAS as Debian builds it has threads of its own, as many as there were processors when it was loaded.
// It parts sums among them, so their number is in the last digits of every large product.
void setBlasThreads(int count) {
    using SetThreads = void (*)(int);
    if (const auto set = reinterpret_cast<SetThreads>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads")))
        set(count);
}

}  // namespace

int setComputeThreads(int threads) {
    const int count = threads > 0 ? threads : availableProcessors();
    at::set_num_threads(count);
    setBlasThreads(count);
    return count;
}

void useOneComputeThread() {
    at::get_num_threads();   // LibTorch sets a new thread's number when it is first asked: not after this
    omp_set_num_threads(1);  // each thread has its own
}

}  // namespace graft::runtime
