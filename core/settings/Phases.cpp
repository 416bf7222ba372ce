// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/settings/Phases.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <string_view>

#include "core/base/detail/Quoted.h"
#include "core/settings/Settings.h"
#include "core/settings/plans/Plans.h"

namespace graft::settings {

namespace {

constexpr const char* kKind = "phases.kind";
constexpr const char* kList = "phases.list";
constexpr const char* kLayerDecay = "optimizer.layer_decay";

tl::unexpected<Error> refuse(const std::string& part, const Message& why) {
    return fail(
        {ErrorCode::InvalidArgument,
         {GRAFT_TEXT("Phase {1}: {2}. A phase is a number of epochs (or \"rest\" in the last one), the "
                     "frozen blocks, and what differs: \"5 all; rest from layer4 lr=0.001\"."),
          base::inQuotes(part), why},
         "",
         kList});
}

// A value under the option's name, without its dashes.
Result<void> takeSetting(const std::string& word, const std::string& part, Phase& phase) {
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const auto setting = std::ranges::find_if(
        all(), [&](const Setting& each) { return each.key == name || each.option == "--" + name; });
    if (equals == word.npos || setting == all().end() || !mayChangeByPhase(setting->key))
        return refuse(part, {GRAFT_TEXT("{1} is no setting of a phase"), base::inQuotes(word)});
    auto value = parsed(*setting, word.substr(equals + 1));
    if (!value) return fail(value.error());
    phase.settings[setting->key] = std::move(*value);
    return {};
}

Result<Phase> parsePhase(const std::string& part, bool isLast,
                         const std::vector<backbones::UnitSummary>& units) {
    std::istringstream words(part);
    std::string epochs;
    std::string frozen;
    words >> epochs >> frozen;
    Phase phase;
    phase.epochs = 0;
    if (!(isLast && epochs == "rest")) {
        const auto [end, error] = std::from_chars(epochs.data(), epochs.data() + epochs.size(), phase.epochs);
        if (error != std::errc() || end != epochs.data() + epochs.size() || phase.epochs < 1)
            return refuse(part, GRAFT_TEXT("it begins with no number of epochs"));
    }
    std::string unit;
    const bool isFrom = frozen == "from" && words >> unit;
    const auto plan = isFrom ? backbones::trainFrom(unit, units) : backbones::parseFreezePlan(frozen, units);
    if (!plan) return fail({plan.error().code, plan.error().message, "", kList});
    phase.freeze = *plan;
    phase.name = isFrom ? "from " + unit : frozen == "all" ? "head" : frozen == "none" ? "all" : frozen;
    for (std::string word; words >> word;) {
        if (const auto taken = takeSetting(word, part, phase); !taken) return fail(taken.error());
    }
    return phase;
}

// The head's own factor is 1: one for each unit below it needs such units among what is trained. A value of
// 1 asks for nothing.
Result<void> checkLayerDecay(const TrainConfig& run, const std::vector<Phase>& phases,
                             const std::vector<backbones::UnitSummary>& units) {
    const Setting& setting = *find(kLayerDecay);
    bool isAsked = false;  // of the whole run
    bool isUsed = false;
    for (const Phase& phase : phases) {
        const TrainConfig config = configOf(run, phase);
        if (config.optimizer.layerDecay == 1 || !applies(setting, config)) continue;
        const bool trains = std::ranges::any_of(
            units, [&](const backbones::UnitSummary& unit) { return !phase.freeze.isFrozen(unit.name); });
        if (!phase.settings.contains(kLayerDecay)) {
            isAsked = true;
            isUsed = isUsed || trains;
        } else if (!trains) {
            return refuse(phase.name, {GRAFT_TEXT("{1} changes nothing in it: it goes with blocks that are "
                                                  "trained beside the head"),
                                       setting.option});
        }
    }
    if (!isAsked || isUsed) return {};
    return fail(
        {ErrorCode::InvalidArgument,
         {GRAFT_TEXT("The factor per layer, {1}, changes nothing here: no block is trained beside the "
                     "head. Thaw some (--freeze none, or --train-from), or set it to 1 "
                     "(--layer-decay 1)."),
          run.optimizer.layerDecay},
         "",
         kLayerDecay});
}

}  // namespace

const std::vector<Plan>& plans() {
    static const std::vector<Plan> all{
#define GRAFT_PLAN(plan) plan(),
#include "core/settings/plans/Plans.inc"
#undef GRAFT_PLAN
    };
    return all;
}

const Plan* planOf(const TrainConfig& config) {
    const auto plan = std::ranges::find(plans(), ownValue(config, kKind, std::string("one")), &Plan::name);
    return plan != plans().end() ? &*plan : nullptr;
}

Result<void> requireThawed(const TrainConfig& config, const std::vector<backbones::UnitSummary>& units) {
    const bool any = std::ranges::any_of(
        units, [&](const backbones::UnitSummary& unit) { return !config.freeze.isFrozen(unit.name); });
    if (any) return {};
    return fail({ErrorCode::InvalidArgument,
                 GRAFT_TEXT("Everything is frozen, so there is nothing to thaw after the head; thaw some "
                            "blocks (--freeze none, or --train-from), or train in one phase."),
                 "", kKind});
}

Result<std::vector<Phase>> parsePhases(const std::string& text, const TrainConfig& config,
                                       const std::vector<backbones::UnitSummary>& units) {
    std::vector<std::string> parts;
    std::istringstream list(text);
    for (std::string part; std::getline(list, part, ';');) {
        if (part.find_first_not_of(" \t") != part.npos) parts.push_back(part);
    }
    if (parts.empty()) return refuse(text, GRAFT_TEXT("there is none"));
    std::vector<Phase> phases;
    int next = 1;
    for (const std::string& part : parts) {
        const bool isLast = phases.size() + 1 == parts.size();
        auto phase = parsePhase(part, isLast, units);
        if (!phase) return fail(phase.error());
        phase->firstEpoch = next;
        if (phase->epochs == 0) phase->epochs = config.epochs - next + 1;
        if (phase->epochs < 1 || phase->epochs > config.epochs - next + 1)
            return refuse(part, {config.epochs == 1 ? GRAFT_TEXT("the run has only {1} epoch")
                                                    : GRAFT_TEXT("the run has only {1} epochs"),
                                 config.epochs});
        next += phase->epochs;
        phases.push_back(std::move(*phase));
    }
    if (next != config.epochs + 1) {
        return refuse(
            parts.back(),
            {GRAFT_TEXT("the run has {1} epochs, and the phases {2}; give the last one the \"rest\""),
             config.epochs, next - 1});
    }
    return phases;
}

Result<void> checkUsed(const TrainConfig& run, const std::vector<Phase>& phases,
                       const std::vector<backbones::UnitSummary>& units) {
    for (const Phase& phase : phases) {
        const TrainConfig config = configOf(run, phase);
        for (const auto& [key, value] : phase.settings) {
            const Setting& setting = *find(key);
            if (applies(setting, config)) continue;
            return refuse(phase.name, {GRAFT_TEXT("{1} changes nothing in it: it goes with {2}"),
                                       setting.option, goesWith(setting)});
        }
    }
    return checkLayerDecay(run, phases, backbones::unitsBelow(run.head, units));
}

Result<std::vector<Phase>> phasesOf(const TrainConfig& config,
                                    const std::vector<backbones::UnitSummary>& units) {
    const Plan* plan = planOf(config);
    if (plan == nullptr)
        return fail({ErrorCode::InvalidArgument,
                     {GRAFT_TEXT("There are no phases {1}."),
                      base::inQuotes(ownValue(config, kKind, std::string("one")))},
                     "",
                     kKind});
    auto phases = plan->phases(config, backbones::unitsBelow(config.head, units));
    if (!phases || phases->size() == 1) return phases;
    for (const Phase& phase : *phases) {
        const auto valid = validate(configOf(config, phase));
        if (valid) continue;
        Error error = valid.error();
        error.message = Message(GRAFT_TEXT("Phase {1}: {2}"), base::inQuotes(phase.name), error.message);
        return fail(std::move(error));
    }
    return phases;
}

TrainConfig configOf(const TrainConfig& run, const Phase& phase) {
    TrainConfig config = run;
    config.epochs = phase.epochs;
    config.freeze = phase.freeze;
    config.schedule.warmupEpochs = std::min(run.schedule.warmupEpochs, phase.epochs - 1);
    for (const auto& [key, value] : phase.settings)
        find(key)->field.set(config, value);
    return config;
}

std::size_t phaseAt(const std::vector<Phase>& phases, int epoch) {
    std::size_t at = 0;
    while (at + 1 < phases.size() && phases[at + 1].firstEpoch <= epoch)
        ++at;
    return at;
}

backbones::FreezePlan frozenThroughout(const std::vector<Phase>& phases) {
    backbones::FreezePlan throughout = phases.front().freeze;
    for (const Phase& phase : phases) {
        std::erase_if(throughout.frozenUnits,
                      [&](const std::string& unit) { return !phase.freeze.isFrozen(unit); });
    }
    return throughout;
}

bool mayChangeByPhase(const std::string& key) {
    constexpr std::array kGroups{"optimizer.", "schedule.", "augment.", "mixing."};
    return std::ranges::any_of(kGroups, [&](const char* group) { return key.starts_with(group); });
}

}  // namespace graft::settings
