// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunDetails.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

#include "core/backbones/ModelSummary.h"
#include "core/settings/Settings.h"
#include "core/training/DefaultConfig.h"
#include "core/training/Trainer.h"

namespace graft::ui {

namespace {

using training::ComparedRow;

// What the backbone comes with.
struct Usual {
    settings::TrainConfig config;
    bool knowsWeights = false;  // with those that it began from; where they are gone, with none
};

Result<Usual> usualOf(const settings::TrainConfig& run) {
    std::error_code error;
    if (run.weightsFile.empty() || std::filesystem::is_regular_file(run.weightsFile, error)) {
        if (auto usual = training::defaultConfig(run.backbone, run.weightsFile))
            return Usual{std::move(*usual), true};
    }
    auto usual = training::defaultConfig(run.backbone, {});
    if (!usual) return fail(usual.error());
    return Usual{std::move(*usual), false};
}

void sortSettings(RunDetails& details) {
    const settings::TrainConfig& config = details.card.run.config;
    const auto usual = usualOf(config);
    if (!usual) return;
    const auto unusual = training::unusualSettings(config, usual->config, usual->knowsWeights);
    for (RunDetails::SetValue& set : details.settings) {
        const auto found = unusual.find(set.row.key);
        if (found != unusual.end()) set.usual = found->second;
    }
    const auto same = std::ranges::stable_partition(
        details.settings, [](const RunDetails::SetValue& set) { return !set.usual.empty(); });
    details.changed = static_cast<std::size_t>(std::distance(details.settings.begin(), same.begin()));
}

}  // namespace

Result<RunDetails> RunDetails::read(const std::string& folder) {
    auto table = training::compareRuns({folder}, backbones::listUnits);
    if (!table) return fail(table.error());
    RunDetails details;
    details.card = std::move(table->runs.front());
    details.outcome = std::move(table->outcome);
    for (ComparedRow& row : table->given) {
        if (settings::find(row.key) == nullptr)
            details.facts.push_back(std::move(row));
        else if (row.values.front().value)
            details.settings.push_back({std::move(row), {}});
    }
    sortSettings(details);
    const training::RunSummary& run = details.card.run;
    details.isResumable = run.resumable;
    if (run.status != training::RunStatus::Completed) details.whyNotResumable = run.whyNotResumable;
    if (!run.resumable) return details;
    if (const auto here = training::checkResumable(run); !here) {
        details.isResumable = false;
        details.whyNotResumable = here.error().path == folder ? here.error().message : here.error().text();
    }
    return details;
}

}  // namespace graft::ui
