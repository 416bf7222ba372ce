// SPDX-License-Identifier: GPL-3.0-or-later
// One cycle (Smith, Topin 2018, Super-convergence), in the two phases of
// torch.optim.lr_scheduler.OneCycleLR, whose defaults and counting these are: half a cosine from base / div
// up to base, and another down to base / div / finalDiv; the momentum (Adam's first beta) the other way. The
// rise ends at pct_start * steps - 1, the fall at steps - 1. It warms up by itself.
#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/settings/Settings.h"
#include "core/settings/schedules/Schedules.h"

namespace graft::settings {

namespace {

constexpr const char* kPctStart = "schedule.pct_start";
constexpr const char* kDivFactor = "schedule.div_factor";
constexpr const char* kFinalDivFactor = "schedule.final_div_factor";
constexpr const char* kMaxMomentum = "schedule.max_momentum";
constexpr const char* kBaseMomentum = "schedule.base_momentum";
constexpr double kUsualPctStart = 0.3;
constexpr double kUsualDivFactor = 25;
constexpr double kUsualFinalDivFactor = 1e4;
constexpr double kUsualMaxMomentum = 0.95;
constexpr double kUsualBaseMomentum = 0.85;

double halfCosine(double first, double last, double part) {
    return last + (first - last) / 2 * (std::cos(std::numbers::pi * part) + 1);
}

Rate at(const TrainConfig& config, const Moment& moment) {
    const double peak = config.optimizer.learningRate;
    const double first = peak / ownValue(config, kDivFactor, kUsualDivFactor);
    const double last = first / ownValue(config, kFinalDivFactor, kUsualFinalDivFactor);
    const double most = ownValue(config, kMaxMomentum, kUsualMaxMomentum);
    const double least = ownValue(config, kBaseMomentum, kUsualBaseMomentum);
    const auto steps = static_cast<double>(moment.steps);
    const auto step = static_cast<double>(moment.step);
    const double top = ownValue(config, kPctStart, kUsualPctStart) * steps - 1;
    if (step <= top) {
        const double part = top > 0 ? step / top : 1;  // a rise of one step is at its top
        return {halfCosine(first, peak, part), halfCosine(most, least, part)};
    }
    const double part = (step - top) / (steps - 1 - top);
    return {halfCosine(peak, last, part), halfCosine(least, most, part)};
}

// Of Adagrad there is nothing to move; OneCycleLR refuses it with cycle_momentum.
bool hasMomentum(const TrainConfig& config) {
    return std::ranges::any_of(std::array{"optimizer.momentum", "optimizer.beta1"}, [&](const char* key) {
        const auto& kinds = find(key)->applies.values;
        return std::ranges::find(kinds, config.optimizer.kind) != kinds.end();
    });
}

Setting row(const char* key, const char* option, const char* label, const char* help, double usual,
            Range range) {
    Setting setting;
    setting.key = key;
    setting.option = option;
    setting.label = label;
    setting.help = help;
    setting.field = ownNumber(key, usual, std::move(range));
    setting.whenAbsent = usual;
    return setting;
}

Setting ofMomentum(Setting setting) {
    setting.applies = {.key = "schedule.kind",
                       .values = {"one_cycle"},
                       .holds = hasMomentum,
                       .goesWith = GRAFT_TEXT("an --optimizer that has a momentum or beta 1")};
    return setting;
}

}  // namespace

Schedule oneCycleSchedule() {
    return {{.name = "one_cycle",
             .label = GRAFT_TEXT("one cycle"),
             .help = GRAFT_TEXT("The learning rate rises to its full size and falls to almost nothing; the "
                                "momentum does the opposite"),
             .settings = {row(kPctStart, "--pct-start", GRAFT_TEXT("Rising part"),
                              GRAFT_TEXT("Share of the steps in which the learning rate rises"),
                              kUsualPctStart, between(0, 1)),
                          row(kDivFactor, "--div-factor", GRAFT_TEXT("First divisor"),
                              GRAFT_TEXT("The learning rate begins so many times smaller"), kUsualDivFactor,
                              from(1, 1e6)),
                          row(kFinalDivFactor, "--final-div-factor", GRAFT_TEXT("Last divisor"),
                              GRAFT_TEXT("It ends so many times smaller than it began"), kUsualFinalDivFactor,
                              from(1, 1e12)),
                          ofMomentum(
                              row(kMaxMomentum, "--max-momentum", GRAFT_TEXT("Largest momentum"),
                                  GRAFT_TEXT("At the beginning and the end; in the place of Momentum, or of "
                                             "Adam's first beta"),
                                  kUsualMaxMomentum, below(0, 1))),
                          ofMomentum(row(kBaseMomentum, "--base-momentum", GRAFT_TEXT("Smallest momentum"),
                                         GRAFT_TEXT("Where the learning rate is largest"), kUsualBaseMomentum,
                                         below(0, 1)))}},
            at,
            true};
}

}  // namespace graft::settings
