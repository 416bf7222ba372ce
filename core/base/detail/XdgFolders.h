// SPDX-License-Identifier: GPL-3.0-or-later
// Where a person's files belong: XDG Base Directory Specification.
#pragma once

#include <filesystem>

namespace graft::base {

// $XDG_CACHE_HOME/graft: what can be made again.
std::filesystem::path cacheFolder();

// The folder that the variable names, else $HOME/fallback. Relative values are ignored, as the specification
// wants it.
std::filesystem::path xdgFolder(const char* variable, const char* fallback);

}  // namespace graft::base
