// SPDX-License-Identifier: GPL-3.0-or-later
// Carries events from a worker's thread to the window's: the worker appends, the window
// takes everything at once. Thread-safe. Nothing is dropped and neither side waits for the other.
#pragma once

#include <mutex>
#include <vector>

#include "core/training/TrainEvents.h"

namespace graft::ui {

template <class Event>
class Mailbox {
  public:
    void append(const Event& event) {
        const std::lock_guard lock(m_mutex);
        m_events.push_back(event);
    }

    // All events since the last call, oldest first.
    std::vector<Event> takeAll() {
        std::vector<Event> taken;
        const std::lock_guard lock(m_mutex);
        taken.swap(m_events);
        return taken;
    }

  private:
    std::mutex m_mutex;
    std::vector<Event> m_events;
};

using EventMailbox = Mailbox<training::TrainEvent>;

}  // namespace graft::ui
