// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/DecodeBudget.h"

#include <condition_variable>
#include <mutex>

namespace graft::data {

namespace {

constexpr std::size_t kSmall = std::size_t{16} << 20;

struct Budget {
    std::mutex mutex;
    std::condition_variable freed;
    std::size_t taken = 0;
};

Budget& budget() {
    static Budget shared;
    return shared;
}

thread_local DecodeScope* t_scope = nullptr;

}  // namespace

DecodeScope::DecodeScope() : m_outer(t_scope) {
    t_scope = this;
}

DecodeScope::~DecodeScope() {
    t_scope = m_outer;
    if (m_bytes == 0) return;
    {
        const std::lock_guard lock(budget().mutex);
        budget().taken -= m_bytes;
    }
    budget().freed.notify_all();
}

void DecodeScope::reserve(std::size_t bytes) {
    if (t_scope == nullptr || bytes < kSmall) return;
    std::unique_lock lock(budget().mutex);
    // A thread that holds some already must not wait for others that do the same.
    bool holds = false;
    for (const DecodeScope* scope = t_scope; scope != nullptr; scope = scope->m_outer)
        holds = holds || scope->m_bytes > 0;
    if (!holds) {
        budget().freed.wait(lock,
                            [&] { return budget().taken == 0 || budget().taken + bytes <= kDecodeBudget; });
    }
    budget().taken += bytes;
    t_scope->m_bytes += bytes;
}

}  // namespace graft::data
