// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Either.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace graft::base {

Message either(const std::vector<std::string>& names) {
    if (names.size() < 2) return Message::words(names.empty() ? "" : names.front());
    const std::string first = fmt::format("{}", fmt::join(names.begin(), names.end() - 1, ", "));
    return {GRAFT_TEXT("{1} or {2}"), first, names.back()};
}

}  // namespace graft::base
