// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/CostReport.h"

#include <utility>

#include "app/graft-cli/Output.h"
#include "core/training/FeatureCache.h"
#include "core/training/HeadOutputs.h"

namespace graft::cli {

namespace {

Result<training::NetworkTimes> timesFor(const settings::TrainConfig& config,
                                        const backbones::ModelSummary& summary, Exactness exactness,
                                        runtime::RunControl& control) {
    if (exactness == Exactness::AlwaysRough) return training::roughTimes(summary, config);
    const bool mayMeasure = exactness == Exactness::Measured;
    auto times = training::networkTimes(
        config, mayMeasure ? training::Measure::IfNotKept : training::Measure::Never, control);
    if (!times && !mayMeasure) return training::roughTimes(summary, config);
    return times;
}

}  // namespace

Result<CostReport> costReport(const settings::TrainConfig& config, const data::DatasetIndex& dataset,
                              Exactness exactness, runtime::RunControl& control) {
    const auto outputs = static_cast<int>(training::outputsOf(config).count(dataset.classes.size()));
    auto summary = backbones::summarize(config.backbone, config.preprocess.cropSize, outputs);
    if (!summary) return fail(summary.error());
    auto times = timesFor(config, *summary, exactness, control);
    if (!times) return fail(times.error());
    auto loads = exactness == Exactness::Measured ? training::measureLoading(dataset, config, control)
                                                  : training::roughLoadTimes();
    if (!loads) return fail(loads.error());
    const std::size_t train = dataset.countOf(data::Split::Train);
    const std::size_t validation = dataset.countOf(data::Split::Validation);
    const auto costWith = [&](const settings::TrainConfig& other) {
        return training::costOf(
            {other, train, validation, outputs, training::featureCacheBudget(other.cache)}, *summary, *times,
            *loads);
    };
    auto cost = costWith(config);
    if (!cost) return fail(cost.error());
    CostReport report{std::move(*summary), {}, std::move(*cost), {}};
    report.cautions =
        training::cautions({config, report.summary, train, dataset.classes.size(), &report.cost,
                            training::memoryFor(*times), [&](const settings::TrainConfig& other) {
                                return training::costOf({other, train, validation, outputs,
                                                         training::featureCacheBudget(other.cache)},
                                                        report.summary, *times, *loads);
                            }});
    report.times = std::move(*times);
    return report;
}

void sayCautions(const std::vector<training::Caution>& cautions) {
    for (const training::Caution& caution : cautions)
        say("Careful: {} {}\n", caution.message.english(), caution.remedy.english());
}

}  // namespace graft::cli
