// SPDX-License-Identifier: GPL-3.0-or-later
// What the tests of core share: temporary folders, child processes, Python references, the shared data.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace graft::test {

namespace fs = std::filesystem;

// A folder that goes with the test.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (fs::temp_directory_path() / "graft-test-XXXXXX").string();
        m_path = mkdtemp(pattern.data());
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    std::string path(const std::string& name = "") const {
        return name.empty() ? m_path : m_path + "/" + name;
    }

  private:
    std::string m_path;
};

inline std::string readText(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

inline void writeText(const std::string& path, const std::string& content) {
    fs::create_directories(fs::path(path).parent_path());
    std::ofstream(path, std::ios::binary) << content;
}

struct ProcessResult {
    int status = -1;  // exit status, or 128 + the signal that ended it
    std::string output;
    std::string errors;
};

inline std::string shellQuoted(const std::string& text) {
    std::string result = "'";
    for (const char c : text)
        result += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return result + "'";
}

inline ProcessResult runProcess(const std::vector<std::string>& command) {
    const TemporaryFolder folder;
    std::string line;
    for (const std::string& word : command)
        line += shellQuoted(word) + " ";
    line += ">" + folder.path("out") + " 2>" + folder.path("err") + " </dev/null";
    const int status = std::system(line.c_str());
    ProcessResult result;
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    result.output = readText(folder.path("out"));
    result.errors = readText(folder.path("err"));
    return result;
}

inline ProcessResult runCli(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), GRAFT_CLI);
    return runProcess(arguments);
}

// Runs tests/support/SCRIPT with Python; the test fails with Python's own words if it fails.
inline std::string runPython(const std::string& script, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {GRAFT_PYTHON, std::string(GRAFT_TEST_SCRIPTS) + "/" + script});
    const ProcessResult result = runProcess(arguments);
    EXPECT_EQ(result.status, 0) << script << ": " << result.errors;
    return result.output;
}

inline std::string sharedPath(const std::string& name) {
    return std::string(GRAFT_SHARED_DIR) + "/" + name;
}

}  // namespace graft::test

#define GRAFT_NEED_SHARED(name)                                  \
    if (!std::filesystem::exists(graft::test::sharedPath(name))) \
    GTEST_SKIP() << "the shared folder with " << name << " is not beside the project"
