// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/Decisions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Hash.h"
#include "core/base/detail/TextFile.h"
#include "core/settings/Settings.h"
#include "core/training/detail/RunJson.h"

namespace graft::training {

std::vector<SettingText> settingsThatCount(const settings::TrainConfig& config) {
    using Json = nlohmann::ordered_json;
    Json json = Json::parse(settings::toJson(config));
    // Places, and what was planned. The weights have a hash of their own.
    for (const char* free : {"format", "dataset_folder", "weights_file", "plan_changes"})
        json.erase(free);
    json["frozen_units"] = json["frozen_units"].dump();
    std::vector<SettingText> texts;
    const Json flat = json.flatten();  // items() refers to it
    for (const auto& [pointer, value] : flat.items()) {
        std::string key = pointer.substr(1);
        std::ranges::replace(key, '/', '.');
        const settings::Setting* setting = settings::find(key);
        if (setting != nullptr && setting->mayDiffer) continue;
        texts.push_back({key, value.is_string() ? value.get<std::string>() : value.dump()});
    }
    return texts;
}

std::string hashOfList(const data::DatasetIndex& dataset) {
    std::string text;
    for (const std::string& name : dataset.classes)
        text += name + '\n';
    for (const data::Sample& sample : dataset.samples)
        text += fmt::format("{} {}\n", sample.classIndex, data::splitName(sample.split));
    return base::sha256Hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

Result<void> checkSettings(const Decisions& decisions, const settings::TrainConfig& config,
                           const RunPaths& paths) {
    const auto now = settingsThatCount(config);
    for (const SettingText& begun : decisions.settings) {
        const std::string& name = begun[0];
        const std::string& value = begun[1];
        const auto found =
            std::ranges::find_if(now, [&](const SettingText& setting) { return setting[0] == name; });
        if (found == now.end() || (*found)[1] == value) continue;
        return fail(
            ErrorCode::BadFormat,
            {GRAFT_TEXT("\"{1}\" is {2} here, and the run was begun with {3}: it goes on as it began. Put "
                        "that back, or start another run."),
             name, (*found)[1], value},
            paths.config);
    }
    return {};
}

Result<void> checkClassesAndSplit(const Decisions& decisions, const data::DatasetIndex& dataset,
                                  const RunPaths& paths) {
    if (decisions.listSha256.empty() || decisions.listSha256 == hashOfList(dataset)) return {};
    return fail(
        ErrorCode::BadFormat,
        GRAFT_TEXT("The list of files is not the one that the run began with: its classes or its split were "
                   "edited. Put it back, or start another run."),
        paths.dataset);
}

Result<void> writeDecisions(const RunPaths& paths, const Decisions& decisions) {
    return base::writeFileAtomically(paths.decisions, toJson(decisions));
}

Result<std::optional<Decisions>> readDecisions(const RunPaths& paths) {
    std::error_code error;
    if (!std::filesystem::exists(paths.decisions, error)) {
        if (!error) return std::nullopt;
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("What the run decided at its start cannot be read; check its access rights."),
                    paths.decisions);
    }
    return base::readText(paths.decisions).and_then([&](const std::string& text) {
        return decisionsFromJson(text, paths.decisions).map([](Decisions decisions) {
            return std::optional(std::move(decisions));
        });
    });
}

}  // namespace graft::training
