// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps what is begun in the background waiting until it is released: a page can then be looked at, or go, in
// the middle of its work.
#pragma once

#include <QCoreApplication>
#include <QSemaphore>
#include <memory>

#include "ui/session/Background.h"

namespace graft::ui::testing {

// And lets its answers come, and what these begin.
inline void finishBackgroundWork() {
    for (int round = 0; round < 3; ++round) {
        changePool().waitForDone();
        backgroundPool().waitForDone();
        QCoreApplication::processEvents();
    }
}

class HeldPool {
  public:
    HeldPool() : m_threads(backgroundPool().maxThreadCount()), m_gate(std::make_shared<QSemaphore>()) {
        finishBackgroundWork();
        backgroundPool().setMaxThreadCount(1);
        backgroundPool().start([gate = m_gate] { gate->acquire(); });
    }
    ~HeldPool() { release(); }
    HeldPool(const HeldPool&) = delete;
    HeldPool& operator=(const HeldPool&) = delete;

    void release() {
        if (!m_gate) return;
        m_gate->release();
        m_gate.reset();
        backgroundPool().setMaxThreadCount(m_threads);
    }

  private:
    int m_threads;
    std::shared_ptr<QSemaphore> m_gate;
};

}  // namespace graft::ui::testing
