// SPDX-License-Identifier: GPL-3.0-or-later
// graft-cli as a child that goes on by itself, for what signals do to it.
#pragma once

#include <fcntl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

namespace graft::test {

// Silent.
inline pid_t startCli(std::vector<std::string> arguments) {
    const pid_t child = fork();
    if (child != 0) return child;
    arguments.insert(arguments.begin(), GRAFT_CLI);
    std::vector<char*> raw;
    for (std::string& argument : arguments)
        raw.push_back(argument.data());
    raw.push_back(nullptr);
    const int nowhere = open("/dev/null", O_WRONLY);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    std::signal(SIGHUP, SIG_DFL);  // also where the tests run under nohup
    execv(GRAFT_CLI, raw.data());
    _exit(127);
}

// False: the process has ended without it.
inline bool waitForFile(const std::string& file, pid_t process) {
    while (!std::filesystem::exists(file)) {
        if (waitpid(process, nullptr, WNOHANG) != 0) return false;
        usleep(2000);
    }
    return true;
}

}  // namespace graft::test
