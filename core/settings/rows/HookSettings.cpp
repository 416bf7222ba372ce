// SPDX-License-Identifier: GPL-3.0-or-later
// What takes part in each step of the training: the settings of hooks/.
#include <algorithm>
#include <iterator>

#include "core/settings/hooks/Hooks.h"

namespace graft::settings {

Rows hookSettings() {
    Rows all;
    const auto take = [&all](Rows rows) {
        std::ranges::move(rows.settings, std::back_inserter(all.settings));
        std::ranges::move(rows.rules, std::back_inserter(all.rules));
    };
#define GRAFT_HOOK(name) take(hooks::name());
#include "core/settings/hooks/Hooks.inc"
#undef GRAFT_HOOK
    return all;
}

}  // namespace graft::settings
