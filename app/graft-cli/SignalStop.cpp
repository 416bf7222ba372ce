// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/SignalStop.h"

#include <unistd.h>

#include <csignal>

namespace graft::cli {

namespace {

// A handler may do little more than write(): the thread behind the pipe does the rest. (Blocking the
// signals and waiting for them would not do: OpenBLAS starts threads before main() that would take them.)
int pipeEnds[2] = {-1, -1};
constexpr char kPerson = 'p';  // Ctrl+C
constexpr char kSystem = 's';  // a closed terminal, a session that ends: these come in twos and threes
constexpr char kDone = 'd';

void onSignal(int signal) {
    [[maybe_unused]] const auto written = write(pipeEnds[1], signal == SIGINT ? &kPerson : &kSystem, 1);
}

char waitForByte() {
    char byte = kDone;
    while (read(pipeEnds[0], &byte, 1) < 0) {  // interrupted
    }
    return byte;
}

void handle(void (*handler)(int)) {
    struct sigaction action = {};
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    // The terminal is gone. Who started this with nohup does not mind.
    struct sigaction before = {};
    sigaction(SIGHUP, nullptr, &before);
    if (before.sa_handler != SIG_IGN) sigaction(SIGHUP, &action, nullptr);
}

}  // namespace

SignalStop::SignalStop() {
    if (pipe(pipeEnds) != 0) return;  // then a signal ends the program, as it would without this
    m_thread = std::thread([this] {
        for (int asked = 0;;) {
            const char byte = waitForByte();
            if (byte == kDone) return;
            m_control.stop();
            if (byte == kPerson && ++asked == 2) _exit(130);
        }
    });
    handle(onSignal);
}

SignalStop::~SignalStop() {
    if (!m_thread.joinable()) return;
    handle(SIG_DFL);
    [[maybe_unused]] const auto written = write(pipeEnds[1], &kDone, 1);
    m_thread.join();
    close(pipeEnds[0]);
    close(pipeEnds[1]);
    pipeEnds[0] = pipeEnds[1] = -1;
}

}  // namespace graft::cli
