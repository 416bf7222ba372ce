// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/detail/StrictJson.h"
#include "core/settings/Setting.h"

namespace graft::settings {

// Of the kind that the setting has, within its range. Throws base::JsonProblem.
Value valueFrom(const base::StrictJson& json, const Setting& setting);

}  // namespace graft::settings
