// SPDX-License-Identifier: GPL-3.0-or-later
// How one thread asks a running job in another to pause, go on or stop. Thread-safe.
// The job calls checkpoint() between batches; everything else belongs to the controlling thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>

namespace graft::runtime {

class RunControl {
  public:
    void pause();
    void resume();
    void stop();  // wakes a paused job, which then ends

    bool isPaused() const;
    bool isStopRequested() const;

    // Blocks while paused. Returns false once a stop was requested. onPauseChanged(true) is called
    // when the job has come to rest and onPauseChanged(false) when it goes on, in the job's thread.
    bool checkpoint(const std::function<void(bool paused)>& onPauseChanged = {});

  private:
    mutable std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_paused = false;
    bool m_stopped = false;
};

}  // namespace graft::runtime
