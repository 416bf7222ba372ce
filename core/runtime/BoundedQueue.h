// SPDX-License-Identifier: GPL-3.0-or-later
// A queue between threads that holds at most so many items: a fast producer waits for a slow consumer.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

namespace graft::runtime {

template <class T>
class BoundedQueue {
  public:
    explicit BoundedQueue(std::size_t capacity) : m_capacity(capacity) {}

    // Waits for room. Returns false, dropping the item, once the queue is closed.
    bool push(T item) {
        std::unique_lock lock(m_mutex);
        m_room.wait(lock, [this] { return m_closed || m_items.size() < m_capacity; });
        if (m_closed) return false;
        m_items.push_back(std::move(item));
        lock.unlock();
        m_filled.notify_one();
        return true;
    }

    // Waits for an item. Empty once the queue is closed and drained.
    std::optional<T> pop() {
        std::unique_lock lock(m_mutex);
        m_filled.wait(lock, [this] { return m_closed || !m_items.empty(); });
        if (m_items.empty()) return std::nullopt;
        T item = std::move(m_items.front());
        m_items.pop_front();
        lock.unlock();
        m_room.notify_one();
        return item;
    }

    void close() {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_room.notify_all();
        m_filled.notify_all();
    }

  private:
    std::mutex m_mutex;
    std::condition_variable m_room;
    std::condition_variable m_filled;
    std::deque<T> m_items;
    std::size_t m_capacity;
    bool m_closed = false;
};

}  // namespace graft::runtime
