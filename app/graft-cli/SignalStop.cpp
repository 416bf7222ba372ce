// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/SignalStop.h"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace graft::cli {

SignalStop::SignalStop() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_thread = std::thread([this, signals] {
        int signal = 0;
        sigwait(&signals, &signal);
        if (m_done) return;
        m_control.stop();
        sigwait(&signals, &signal);
        if (!m_done) _exit(128 + signal);
    });
}

SignalStop::~SignalStop() {
    m_done = true;
    pthread_kill(m_thread.native_handle(), SIGTERM);
    m_thread.join();
}

}  // namespace graft::cli
