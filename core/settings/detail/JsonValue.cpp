// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/detail/JsonValue.h"

#include "core/settings/Settings.h"

namespace graft::settings {

Value valueFrom(const base::StrictJson& json, const Setting& setting) {
    struct Read {
        const base::StrictJson& json;
        Value operator()(bool) const { return json.as<bool>(); }
        Value operator()(std::int64_t) const { return json.as<std::int64_t>(); }
        Value operator()(std::uint64_t) const { return json.as<std::uint64_t>(); }
        Value operator()(double) const { return json.as<double>(); }
        Value operator()(const Rgb&) const { return json.as<Rgb>(); }
        Value operator()(const std::string&) const { return json.as<std::string>(); }
    };
    const auto value = checked(setting, std::visit(Read{json}, setting.field.get(TrainConfig())));
    if (!value) throw base::JsonProblem(value.error().message);
    return *value;
}

}  // namespace graft::settings
