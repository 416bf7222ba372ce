// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Method.h"

#include <algorithm>
#include <stdexcept>

namespace graft::settings {

namespace {

Setting& rowOf(std::vector<Setting>& rows, const std::string& key) {
    const auto row = std::ranges::find(rows, key, &Setting::key);
    if (row == rows.end()) throw std::logic_error("There is no setting " + key + " for the method to use.");
    return *row;
}

}  // namespace

void addMethod(std::vector<Setting>& rows, const std::string& key, const Method& method) {
    rowOf(rows, key).field.choices.push_back({method.name, method.label, method.help});
    for (const std::string& used : method.uses) {
        Condition& applies = rowOf(rows, used).applies;
        applies.key = key;
        applies.values.push_back(method.name);
    }
    const Group group = rowOf(rows, key).group;
    const std::string prefix = key.substr(0, key.rfind('.') + 1);
    for (Setting own : method.settings) {
        own.group = group;
        if (own.applies.key.empty() && own.applies.holds == nullptr)
            own.applies = {.key = key, .values = {method.name}};
        const auto behind = std::find_if(rows.rbegin(), rows.rend(), [&](const Setting& row) {
                                return row.key == key || (!prefix.empty() && row.key.starts_with(prefix));
                            }).base();
        rows.insert(behind, std::move(own));
    }
}

}  // namespace graft::settings
