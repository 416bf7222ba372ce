// SPDX-License-Identifier: GPL-3.0-or-later
// Process-wide settings that LibTorch and the C library leave badly set by default.
#pragma once

namespace graft::runtime {

// Call once, first thing in main(): keeps glibc from handing every large block back to the kernel and
// faulting it in again, page by page, for every batch, and from keeping a heap for every thread. No effect
// with other C libraries.
void tuneAllocator();

// Processors that this process may run on (respects taskset and cgroups' cpusets); at least 1.
int availableProcessors();

// Lowers this thread's priority: it works where threads of the usual one leave a processor idle.
void giveWay();

// Threads for LibTorch's operators and for OpenBLAS behind them; 0 means availableProcessors(). Returns the
// number set. The same number gives the same bits, on however many processors.
int setComputeThreads(int threads);

// LibTorch's operators use one thread when this thread calls them: for threads that share the processors
// among themselves.
void useOneComputeThread();

}  // namespace graft::runtime
