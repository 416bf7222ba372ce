// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/ThreadBudget.h"

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace graft::runtime {

namespace {
constexpr int kGivesWay = 10;  // of 19
}

void tuneAllocator() {
#ifdef __GLIBC__
    constexpr int kKeepBelow = 2000 << 20;  // bytes; larger blocks still go back to the kernel
    mallopt(M_MMAP_THRESHOLD, kKeepBelow);
    mallopt(M_TRIM_THRESHOLD, kKeepBelow);
    // Otherwise each loader thread has a heap of its own, and what one epoch's threads leave behind the next
    // one's cannot use.
    mallopt(M_ARENA_MAX, 1);
#endif
}

void giveWay() {
#ifdef __linux__  // where a thread has a priority of its own
    setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kGivesWay);
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
