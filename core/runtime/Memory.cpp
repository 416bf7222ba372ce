// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/Memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <sstream>
#include <string>
#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace graft::runtime {

namespace {

// "MemAvailable:   123 kB" of a file of /proc; 0: there is no such line.
std::uint64_t lineOf(const char* file, const std::string& name) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string key;
        std::uint64_t kilobytes = 0;
        if (words >> key >> kilobytes && key == name + ":") return kilobytes * 1024;
    }
    return 0;
}

// Of a file that holds nothing but a number, or "max".
std::uint64_t numberIn(const std::string& file) {
    std::ifstream in(file);
    std::uint64_t number = 0;
    return in >> number ? number : std::numeric_limits<std::uint64_t>::max();
}

// What the control groups of this process (version 2, each above the other) leave it.
std::uint64_t leftByGroups() {
    std::uint64_t left = std::numeric_limits<std::uint64_t>::max();
    std::ifstream in("/proc/self/cgroup");
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with("0::/")) continue;
        for (std::string path = line.substr(3);; path.resize(path.rfind('/'))) {
            const std::string folder = "/sys/fs/cgroup" + path;
            const std::uint64_t most = numberIn(folder + "/memory.max");
            const std::uint64_t used = numberIn(folder + "/memory.current");
            // The page cache of the group counts as used; what is inactive of it can be given up.
            if (most != std::numeric_limits<std::uint64_t>::max() && used <= most) {
                std::uint64_t cached = 0;
                std::ifstream stat(folder + "/memory.stat");
                std::string key;
                for (std::uint64_t value = 0; stat >> key >> value;) {
                    if (key == "inactive_file") cached = value;
                }
                left = std::min(left, most - used + std::min(cached, used));
            }
            if (path.empty() || path == "/") break;
        }
    }
    return left;
}

}  // namespace

std::uint64_t availableMemory() {
    const std::uint64_t system = lineOf("/proc/meminfo", "MemAvailable");
    return system > 0 ? std::min(system, leftByGroups()) : 0;
}

std::uint64_t residentMemory() {
    return lineOf("/proc/self/status", "VmRSS");
}

std::uint64_t usedMemory() {
#ifdef __GLIBC__
    const struct mallinfo2 heap = mallinfo2();
    const std::uint64_t files = lineOf("/proc/self/status", "RssFile");
    return std::min<std::uint64_t>(residentMemory(), files + heap.uordblks + heap.hblkhd);
#else
    return residentMemory();
#endif
}

}  // namespace graft::runtime
