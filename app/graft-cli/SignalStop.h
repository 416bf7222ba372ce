// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+C and SIGTERM stop a job cleanly, with its checkpoint; a second one ends the program at once.
#pragma once

#include <atomic>
#include <thread>

#include "core/runtime/RunControl.h"

namespace graft::cli {

class SignalStop {
  public:
    // Make it before any other thread: threads inherit the blocked signals.
    SignalStop();
    ~SignalStop();
    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

    runtime::RunControl& control() { return m_control; }

  private:
    runtime::RunControl m_control;
    std::atomic<bool> m_done = false;
    std::thread m_thread;
};

}  // namespace graft::cli
