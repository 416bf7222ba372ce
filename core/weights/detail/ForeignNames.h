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

// What stands before every wanted name in the file ("backbone."), or nothing. Both lists must not be empty.
std::optional<std::string> prefixBefore(const std::vector<std::string>& wanted,
                                        const std::vector<std::string>& found);

}  // namespace graft::weights
