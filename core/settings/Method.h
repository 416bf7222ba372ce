// SPDX-License-Identifier: GPL-3.0-or-later
// One of several ways to do a thing, such as an optimizer, as data: what is chosen by its name at one setting
// ("optimizer.kind"), and which other settings come with it. Adding one: docs/add-a-method.md.
#pragma once

#include <string>
#include <vector>

#include "core/settings/Setting.h"

namespace graft::settings {

struct Method {
    std::string name;   // in JSON and on the command line: "adamw"
    std::string label;  // in the window: "AdamW"
    std::string help;   // what it is for, without a full stop
    // Its own, of the group that the choice is of; they apply where the method is chosen, unless they say
    // something else.
    std::vector<Setting> settings = {};
    // Keys of settings that it has in common with others of its kind: "optimizer.momentum".
    std::vector<std::string> uses = {};
};

// Puts a method among those of the setting `key`, a choice: as one of its values, as one with which the
// settings that it uses apply (they need no `applies`), and with its own settings behind them. The files of
// rows/ call it for what their list (.inc) names; what is added later comes through
// settings::addMethod(key, method) in Settings.h. A used key that is not in rows is a fault of the program.
void addMethod(std::vector<Setting>& rows, const std::string& key, const Method& method);

// Of a row that is a choice among methods; its place holds a name: a lambda as in Field.h, to a std::string&.
// The choices come with addMethod().
template <class Access>
Field methodName(Access access) {
    Field field = freeText(access);
    field.kind = Kind::Choice;
    return field;
}

}  // namespace graft::settings
