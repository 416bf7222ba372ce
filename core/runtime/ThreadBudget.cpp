// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/ThreadBudget.h"

#include <sched.h>

#include <algorithm>
#include <thread>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace graft::runtime {

void tuneAllocator() {
#ifdef __GLIBC__
    constexpr int kKeepBelow = 2000 << 20;  // bytes; larger blocks still go back to the kernel
    mallopt(M_MMAP_THRESHOLD, kKeepBelow);
    mallopt(M_TRIM_THRESHOLD, kKeepBelow);
#endif
}

int availableProcessors() {
    cpu_set_t processors;
    CPU_ZERO(&processors);
    if (sched_getaffinity(0, sizeof(processors), &processors) == 0) {
        return std::max(1, CPU_COUNT(&processors));
    }
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace graft::runtime
