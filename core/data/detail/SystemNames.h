// SPDX-License-Identifier: GPL-3.0-or-later
// Files and folders that systems, network storages and programs make for themselves.
#pragma once

#include <string>
#include <string_view>

namespace graft::data {

// Whose it is, as a part of a sentence ("thumbnails of a Synology storage"); empty for any other name.
std::string_view systemFolder(const std::string& name);
std::string_view systemFile(const std::string& name);

}  // namespace graft::data
