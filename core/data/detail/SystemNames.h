// SPDX-License-Identifier: GPL-3.0-or-later
// Files and folders that systems, network storages and programs make for themselves.
#pragma once

#include <string>

#include "core/base/Message.h"

namespace graft::data {

// Whose it is, as a part of a sentence ("thumbnails of a Synology storage"); empty for any other name.
Message systemFolder(const std::string& name);
Message systemFile(const std::string& name);

}  // namespace graft::data
