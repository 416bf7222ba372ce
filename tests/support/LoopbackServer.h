// SPDX-License-Identifier: GPL-3.0-or-later
// tests/support/misbehaving_server.py as a child process, serving one file from 127.0.0.1.
#pragma once

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace graft::test {

class LoopbackServer {
  public:
    // log: where the requests are written down.
    LoopbackServer(const std::string& file, const std::string& log) : m_log(log) {
        int toChild[2];
        int fromChild[2];
        if (pipe2(toChild, O_CLOEXEC) != 0 || pipe2(fromChild, O_CLOEXEC) != 0) std::abort();
        const std::string script = std::string(GRAFT_TEST_SCRIPTS) + "/misbehaving_server.py";
        m_child = fork();
        if (m_child == 0) {
            dup2(toChild[0], STDIN_FILENO);
            dup2(fromChild[1], STDOUT_FILENO);
            execl(GRAFT_PYTHON, GRAFT_PYTHON, script.c_str(), file.c_str(), log.c_str(),
                  static_cast<char*>(nullptr));
            _exit(127);
        }
        close(toChild[0]);
        close(fromChild[1]);
        m_input = toChild[1];
        char digit = 0;
        while (read(fromChild[0], &digit, 1) == 1 && digit != '\n')
            m_port += digit;
        close(fromChild[0]);
    }
    ~LoopbackServer() { stop(); }
    LoopbackServer(const LoopbackServer&) = delete;
    LoopbackServer& operator=(const LoopbackServer&) = delete;

    // From then on connections are refused.
    void stop() {
        if (m_child <= 0) return;
        close(m_input);
        waitpid(m_child, nullptr, 0);
        m_child = -1;
    }

    const std::string& port() const { return m_port; }
    std::string root() const { return "http://127.0.0.1:" + m_port + "/"; }
    std::string url(const std::string& behaviour, const std::string& name = "file.bin") const {
        return root() + behaviour + "/" + name;
    }

    // A line of JSON per request.
    std::vector<std::string> requests() const {
        std::vector<std::string> lines;
        std::ifstream file(m_log);
        for (std::string line; std::getline(file, line);)
            lines.push_back(line);
        return lines;
    }

  private:
    std::string m_log;
    std::string m_port;
    pid_t m_child = -1;
    int m_input = -1;
};

}  // namespace graft::test
