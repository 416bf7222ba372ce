// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/CostFile.h"

#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Hash.h"
#include "core/base/detail/StrictJson.h"
#include "core/base/detail/TextFile.h"
#include "core/base/detail/XdgFolders.h"

namespace graft::training {

namespace {

using base::StrictJson;

// Changes when something else is measured than before.
constexpr int kVersion = 1;

std::string fileFor(const std::string& key) {
    base::Hasher hasher;
    hasher.add(key);
    return (base::cacheFolder() / "costs" / (hasher.hex().substr(0, 40) + ".json")).string();
}

// The numbers of NetworkTimes by name, for both directions.
template <class Times, class Visit>
void visitNumbers(Times& times, const Visit& visit) {
    visit("first_batch", times.firstBatch);
    visit("make_prefix", times.makePrefix);
    visit("stream", times.stream);
    visit("head_step", times.headStep);
    visit("multiply_add", times.multiplyAdd);
    visit("read_byte", times.readByte);
    visit("move_parameter", times.moveParameter);
    visit("kept_per_parameter", times.keptPerParameter);
    visit("program", times.program);
    visit("device_memory", times.deviceMemory);
}

// A time that is none would be told to a person as one.
void refuseNegative(const StrictJson& value, double number) {
    if (number < 0) value.refuse(GRAFT_TEXT("is negative"));
}

void take(const StrictJson& json, const char* key, double& target) {
    json.read(key, target);
    refuseNegative(json.at(key), target);
}

void take(const StrictJson& json, const char* key, std::vector<double>& target) {
    json.read(key, target);
    for (const double number : target)
        refuseNegative(json.at(key), number);
}

UnitTimes unitFrom(const StrictJson& json) {
    UnitTimes unit;
    json.read("name", unit.name);
    take(json, "look", unit.look);
    take(json, "forward", unit.forward);
    take(json, "backward", unit.backward);
    take(json, "backward_first", unit.backwardFirst);
    take(json, "looked", unit.looked);
    take(json, "saved", unit.saved);
    take(json, "transient", unit.transient);
    return unit;
}

Result<NetworkTimes> timesFrom(const StrictJson& json, const std::string& key) {
    if (json.at("version").as<int>() != kVersion) json.at("version").refuse(GRAFT_TEXT("is another"));
    if (json.at("key").as<std::string>() != key) json.at("key").refuse(GRAFT_TEXT("is another"));
    NetworkTimes times;
    json.read("device", times.device);
    json.read("threads", times.threads);
    json.read("batch", times.batch);
    json.read("mixed", times.mixed);
    json.read("kept", times.kept);
    for (const StrictJson& unit : json.at("units").items())
        times.units.push_back(unitFrom(unit));
    take(json, "prefix", times.prefix);
    take(json, "exact", times.exact);
    if (times.prefix.size() != times.units.size() + 1 || times.exact.size() != times.prefix.size())
        json.at("prefix").refuse(GRAFT_TEXT("is of other units"));
    visitNumbers(times, [&](const char* name, double& number) { take(json, name, number); });
    return times;
}

}  // namespace

std::optional<NetworkTimes> readTimes(const std::string& key) {
    const auto text = base::readText(fileFor(key));
    if (!text) return std::nullopt;
    auto times = base::readJson(*text, {GRAFT_TEXT("The file of costs"), fileFor(key)},
                                [&](const StrictJson& json) { return timesFrom(json, key); });
    if (!times) return std::nullopt;
    return std::move(*times);
}

void keepTimes(const std::string& key, const NetworkTimes& times) {
    nlohmann::ordered_json units = nlohmann::ordered_json::array();
    for (const UnitTimes& unit : times.units) {
        units.push_back({{"name", unit.name},
                         {"look", unit.look},
                         {"forward", unit.forward},
                         {"backward", unit.backward},
                         {"backward_first", unit.backwardFirst},
                         {"looked", unit.looked},
                         {"saved", unit.saved},
                         {"transient", unit.transient}});
    }
    nlohmann::ordered_json json{{"version", kVersion},      {"key", key},           {"device", times.device},
                                {"threads", times.threads}, {"batch", times.batch}, {"mixed", times.mixed},
                                {"kept", times.kept},       {"units", units},       {"prefix", times.prefix},
                                {"exact", times.exact}};
    visitNumbers(times, [&](const char* name, const double& number) { json[name] = number; });
    const std::string file = fileFor(key);
    if (!base::makeFolder(std::filesystem::path(file).parent_path().string())) return;
    static_cast<void>(base::writeFileAtomically(
        file, json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace)));
}

}  // namespace graft::training
