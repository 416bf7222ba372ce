// SPDX-License-Identifier: GPL-3.0-or-later
// Work that may be killed, or whose disk fails (see FailingDevice.h), in a process of its own.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace graft::test {

// What work returns, or 128 + the signal that ended it. LibTorch's threads must not have been started here
// before.
inline int inChild(const std::function<int()>& work) {
    const pid_t child = fork();
    if (child == 0) _exit(work());
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace graft::test
