// SPDX-License-Identifier: GPL-3.0-or-later
// While one lives, it knows how many bytes of tensors this thread has asked for, and how many at most. What
// was there before is not known to it, and must not be given back meanwhile: LibTorch would complain.
#pragma once

#include <c10/core/Allocator.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <torch/version.h>

#include <algorithm>
#include <cstdint>
#include <memory>

namespace graft::training {

class MemoryWatch {
  public:
    MemoryWatch() : m_book(std::make_shared<Book>()), m_guard(c10::DebugInfoKind::PROFILER_STATE, m_book) {}

    std::int64_t bytes() const { return m_book->now; }
    std::int64_t most() const { return m_book->most; }  // since resetMost()
    void resetMost() { m_book->most = m_book->now; }

  private:
    struct Book final : c10::MemoryReportingInfoBase {
#if TORCH_VERSION_MAJOR >= 2
        using Total = std::size_t;
#else
        using Total = std::int64_t;
#endif
        void reportMemoryUsage(void* /*block*/, std::int64_t change, Total /*allocated*/, Total /*reserved*/,
                               c10::Device /*device*/) override {
            now += change;
            most = std::max(most, now);
        }
        bool memoryProfilingEnabled() const override {
            return true;
        }

        std::int64_t now = 0;
        std::int64_t most = 0;
    };

    std::shared_ptr<Book> m_book;
    c10::DebugInfoGuard m_guard;
};

}  // namespace graft::training
