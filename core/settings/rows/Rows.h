// SPDX-License-Identifier: GPL-3.0-or-later
// Every file here gives rows of the table, and the rules between them and others.
#pragma once

#include <vector>

#include "core/settings/Setting.h"

namespace graft::settings {

struct Rows {
    std::vector<Setting> settings;
    std::vector<Rule> rules = {};
};

#define GRAFT_SETTINGS(rows) Rows rows();
#include "core/settings/rows/Rows.inc"
#undef GRAFT_SETTINGS

}  // namespace graft::settings
