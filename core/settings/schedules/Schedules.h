// SPDX-License-Identifier: GPL-3.0-or-later
// Every file here gives one schedule.
#pragma once

#include "core/base/Text.h"
#include "core/settings/Schedule.h"

namespace graft::settings {

#define GRAFT_SCHEDULE(schedule) Schedule schedule();
#include "core/settings/schedules/Schedules.inc"
#undef GRAFT_SCHEDULE

}  // namespace graft::settings
