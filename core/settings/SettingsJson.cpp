// SPDX-License-Identifier: GPL-3.0-or-later
// config.json: what the run is of, and a value for each row of the table at its key.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "core/base/detail/Quoted.h"
#include "core/base/detail/StrictJson.h"
#include "core/settings/Settings.h"
#include "core/settings/detail/JsonValue.h"

namespace graft::settings {

namespace {

using Json = nlohmann::ordered_json;

// 1: of versions without a table; it is not in their files. 2: keys that are unknown are refused.
constexpr int kFormat = 2;
constexpr std::array kOtherKeys{"format",       "dataset_folder", "backbone",
                                "weights_file", "frozen_units",   "plan_changes"};

Json::json_pointer pointerTo(const std::string& key) {
    std::string path = "/" + key;
    std::ranges::replace(path, '.', '/');
    return Json::json_pointer(path);
}

// way: what is left of the setting's key.
Value valueIn(const base::StrictJson& json, const Setting& setting, std::string_view way) {
    const std::size_t dot = way.find('.');
    const std::string part(way.substr(0, dot));
    if (!json.has(part) && setting.whenAbsent) return *setting.whenAbsent;
    const base::StrictJson at = json.at(part);
    return dot == way.npos ? valueFrom(at, setting) : valueIn(at, setting, way.substr(dot + 1));
}

bool isKnown(const std::string& key) {
    return std::ranges::find(kOtherKeys, key) != kOtherKeys.end() || settings::find(key) != nullptr;
}

bool isGroup(const std::string& key) {
    return std::ranges::any_of(all(),
                               [&](const Setting& setting) { return setting.key.starts_with(key + "."); });
}

// A setting that is left out changes numbers in silence.
void requireKnown(const base::StrictJson& json, const std::string& prefix) {
    for (const std::string& key : json.keys()) {
        const std::string way = prefix + key;
        if (isKnown(way)) continue;
        if (!isGroup(way)) {
            throw base::JsonProblem(
                {GRAFT_TEXT(
                     "{1} is no setting that this version of Graft knows; a newer one may have written it"),
                 base::inQuotes(way)});
        }
        requireKnown(json.at(key), way + ".");
    }
}

}  // namespace

std::string toJson(const TrainConfig& config) {
    Json json;
    json["format"] = kFormat;
    json["dataset_folder"] = config.datasetFolder;
    json["backbone"] = config.backbone;
    json["weights_file"] = config.weightsFile;
    json["frozen_units"] = config.freeze.frozenUnits;
    for (const Setting& setting : all()) {
        std::visit([&](const auto& value) { json[pointerTo(setting.key)] = value; },
                   setting.field.get(config));
    }
    for (const TrainConfig::PlanChange& change : config.planChanges) {
        json["plan_changes"].push_back({{"after_epoch", change.afterEpoch},
                                        {"epochs_before", change.epochsBefore},
                                        {"epochs", change.epochs}});
    }
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<TrainConfig> configFromJson(const std::string& content) {
    const base::JsonSource source{GRAFT_TEXT("The run's configuration"), "",
                                  GRAFT_TEXT("Put the file back, or start the run anew.")};
    return base::readJson(content, source, [](const base::StrictJson& json) -> Result<TrainConfig> {
        TrainConfig config;
        const int format = json.has("format") ? json.at("format").as<int>() : 1;
        if (format > kFormat) {
            return fail(ErrorCode::BadFormat, GRAFT_TEXT("The run's configuration was written by a newer "
                                                         "version of Graft; open it with that one."));
        }
        json.read("dataset_folder", config.datasetFolder);
        json.read("backbone", config.backbone);
        json.read("weights_file", config.weightsFile);
        for (const auto& unit : json.at("frozen_units").items())
            config.freeze.frozenUnits.insert(unit.as<std::string>());
        requireKnown(json, "");
        for (const Setting& setting : all())
            setting.field.set(config, valueIn(json, setting, setting.key));
        if (json.has("plan_changes")) {
            for (const auto& entry : json.at("plan_changes").items()) {
                TrainConfig::PlanChange change;
                entry.read("after_epoch", change.afterEpoch);
                entry.read("epochs_before", change.epochsBefore);
                entry.read("epochs", change.epochs);
                config.planChanges.push_back(change);
            }
        }
        if (const auto valid = validate(config); !valid) return fail(valid.error());
        return config;
    });
}

}  // namespace graft::settings
