// SPDX-License-Identifier: GPL-3.0-or-later
// Every file here gives the settings of one hook.
#pragma once

#include "core/settings/HeadSolving.h"
#include "core/settings/Mixing.h"
#include "core/settings/rows/Rows.h"

namespace graft::settings::hooks {

#define GRAFT_HOOK(name) Rows name();
#include "core/settings/hooks/Hooks.inc"
#undef GRAFT_HOOK

}  // namespace graft::settings::hooks
