// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/XdgFolders.h"

#include <cstdlib>

namespace graft::base {

std::filesystem::path cacheFolder() {
    return xdgFolder("XDG_CACHE_HOME", ".cache") / "graft";
}

std::filesystem::path xdgFolder(const char* variable, const char* fallback) {
    const char* value = std::getenv(variable);
    const std::filesystem::path given = value != nullptr ? value : "";
    if (given.is_absolute()) return given;
    const char* home = std::getenv("HOME");
    return std::filesystem::path(home != nullptr && *home != '\0' ? home : "/tmp") / fallback;
}

}  // namespace graft::base
