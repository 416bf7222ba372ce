// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/RunDetails.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "core/backbones/ModelSummary.h"
#include "core/settings/Settings.h"
#include "core/training/DefaultConfig.h"
#include "core/training/Trainer.h"

namespace graft::ui {

namespace {

using training::ComparedRow;
using training::ComparedValue;

// Of the weights that it began from; where these are gone, of its backbone.
Result<settings::TrainConfig> usualOf(const settings::TrainConfig& run) {
    auto usual = training::defaultConfig(run.backbone, run.weightsFile);
    return usual ? usual : training::defaultConfig(run.backbone, {});
}

void sortSettings(RunDetails& details) {
    const auto usual = usualOf(details.card.run.config);
    if (!usual) return;
    std::map<std::string, ComparedValue> values;
    for (const ComparedRow& row : training::settingsOf(*usual))
        values[row.key] = row.values.front();
    for (RunDetails::SetValue& set : details.settings) {
        const auto found = values.find(set.row.key);
        const bool applies = found != values.end();
        if (applies && found->second.value == set.row.values.front().value) continue;
        set.usual = applies ? found->second.text : Message(GRAFT_TEXT("does not apply"));
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
    if (!run.completed) details.whyNotResumable = run.whyNotResumable;
    if (!run.resumable) return details;
    if (const auto here = training::checkResumable(run); !here) {
        details.isResumable = false;
        details.whyNotResumable = here.error().path == folder ? here.error().message : here.error().text();
    }
    return details;
}

}  // namespace graft::ui
