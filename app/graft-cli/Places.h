// SPDX-License-Identifier: GPL-3.0-or-later
// Where the files and folders lie that a person names, and whether something may be written there.
#pragma once

#include <filesystem>
#include <string>

#include "core/base/Result.h"

namespace graft::cli {

// Absolute and without links, however it is spelt, with a slash behind; it need not be there.
std::string placeOf(const std::filesystem::path& path);

// Whether it is the folder itself or lies in it, at any depth.
bool isWithin(const std::string& path, const std::string& folder);

// A name to write a file under: nothing is there yet, or a file. Asked before anything is opened, since a
// pipe or a device may be read without end. Errors: InvalidArgument.
Result<void> checkNamesFile(const std::string& file);

}  // namespace graft::cli
