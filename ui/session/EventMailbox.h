// SPDX-License-Identifier: GPL-3.0-or-later
// Carries training events from the worker's thread to the window's: the worker appends, the window
// takes everything at once. Thread-safe. Nothing is dropped and neither side waits for the other.
#pragma once

#include <mutex>
#include <vector>

#include "core/training/TrainEvents.h"

namespace graft::ui {

class EventMailbox {
  public:
    void append(const training::TrainEvent& event);

    // All events since the last call, oldest first.
    std::vector<training::TrainEvent> takeAll();

  private:
    std::mutex m_mutex;
    std::vector<training::TrainEvent> m_events;
};

}  // namespace graft::ui
