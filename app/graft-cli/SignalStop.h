// SPDX-License-Identifier: GPL-3.0-or-later
// Ctrl+C and SIGTERM stop a job cleanly, with its checkpoint; a second one ends the program at once.
#pragma once

#include <thread>

#include "core/runtime/RunControl.h"

namespace graft::cli {

// At most one lives at a time.
class SignalStop {
  public:
    SignalStop();
    ~SignalStop();
    SignalStop(const SignalStop&) = delete;
    SignalStop& operator=(const SignalStop&) = delete;

    runtime::RunControl& control() { return m_control; }

  private:
    runtime::RunControl m_control;
    std::thread m_thread;
};

}  // namespace graft::cli
