// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/RunControl.h"

namespace graft::runtime {

void RunControl::pause() {
    const std::lock_guard lock(m_mutex);
    m_paused = true;
}

void RunControl::resume() {
    {
        const std::lock_guard lock(m_mutex);
        m_paused = false;
    }
    m_changed.notify_all();
}

void RunControl::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_changed.notify_all();
}

bool RunControl::isPaused() const {
    const std::lock_guard lock(m_mutex);
    return m_paused;
}

bool RunControl::isStopRequested() const {
    const std::lock_guard lock(m_mutex);
    return m_stopped;
}

bool RunControl::checkpoint(const std::function<void(bool paused)>& onPauseChanged) {
    std::unique_lock lock(m_mutex);
    if (m_stopped) return false;
    if (!m_paused) return true;

    lock.unlock();
    if (onPauseChanged) onPauseChanged(true);
    lock.lock();
    m_changed.wait(lock, [this] { return !m_paused || m_stopped; });
    const bool goesOn = !m_stopped;
    lock.unlock();
    if (goesOn && onPauseChanged) onPauseChanged(false);
    return goesOn;
}

}  // namespace graft::runtime
