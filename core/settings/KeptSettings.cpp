// SPDX-License-Identifier: GPL-3.0-or-later
// Settings that another version of Graft may have kept: each one that can still be read is taken.
#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/settings/Settings.h"

namespace graft::settings {

namespace {

using Json = nlohmann::ordered_json;

std::string pathOf(std::string key) {
    std::ranges::replace(key, '.', '/');
    return "/" + key;
}

std::string written(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Of every value that was kept, by its way through the document.
std::vector<std::string> keysOf(const Json& kept, const Json& whole, const std::string& prefix) {
    std::vector<std::string> keys;
    for (const auto& [name, value] : kept.items()) {
        const std::string key = prefix + name;
        const Json* known = whole.is_object() && whole.contains(name) ? &whole.at(name) : nullptr;
        if (value.is_object() && known != nullptr && known->is_object()) {
            std::ranges::move(keysOf(value, *known, key + "."), std::back_inserter(keys));
        } else if (key != "format") {
            keys.push_back(key);
        }
    }
    return keys;
}

// Whether it could be: a name from elsewhere may have signs that are a way's own.
bool take(const std::string& key, const Json& kept, Json& into) {
    if (key.find_first_of("/~") != std::string::npos) return false;
    const Json::json_pointer place(pathOf(key));
    if (!kept.contains(place)) return false;
    into[place] = kept.at(place);
    return true;
}

}  // namespace

Result<KeptConfig> keptConfigFromJson(const std::string& content) {
    if (auto config = configFromJson(content)) return KeptConfig{std::move(*config), {}};
    const Json kept = Json::parse(content, nullptr, false);
    if (!kept.is_object())
        return fail(ErrorCode::BadFormat, GRAFT_TEXT("What was kept of the settings is damaged."));
    Json whole = Json::parse(toJson(TrainConfig{}));
    std::vector<std::string> left = keysOf(kept, whole, "");
    // Some go together (a crop and its larger picture): again, for as long as that helps.
    for (bool helps = true; helps && !left.empty();) {
        std::vector<std::string> refused;
        for (const std::string& key : left) {
            Json with = whole;
            if (take(key, kept, with) && configFromJson(written(with))) {
                whole = std::move(with);
            } else {
                refused.push_back(key);
            }
        }
        helps = refused.size() < left.size();
        left = std::move(refused);
    }
    auto config = configFromJson(written(whole));
    if (!config) return fail(config.error());
    return KeptConfig{std::move(*config), std::move(left)};
}

}  // namespace graft::settings
