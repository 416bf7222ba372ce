// SPDX-License-Identifier: GPL-3.0-or-later
// Which library's names a file bears. Asked only about files that do not fit a backbone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace graft::weights {

// "timm", "Hugging Face's transformers", ...; nothing where the names tell nothing.
std::optional<std::string_view> libraryOfNames(const std::vector<std::string>& names);

// What stands before every wanted name in the file: "backbone.", or "student." and "teacher.", which both
// have all of them; nothing where the names stand plain or are others.
std::vector<std::string> prefixesBefore(const std::vector<std::string>& wanted,
                                        const std::vector<std::string>& found);

}  // namespace graft::weights
