// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/DatasetSummary.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/NaturalOrder.h"
#include "core/data/FolderScanner.h"
#include "ui/session/Background.h"

namespace graft::ui {

namespace {

std::vector<ProblemGroup> groupProblems(const std::vector<data::Problem>& problems) {
    std::vector<ProblemGroup> groups;
    std::map<std::pair<data::ProblemCode, std::string>, std::size_t> known;
    for (const data::Problem& problem : problems) {
        const auto [at, isNew] = known.try_emplace({problem.code, problem.message.english()}, groups.size());
        if (isNew) groups.push_back({problem.leftOut, problem.message, problem.path, 0});
        ++groups[at->second].count;
    }
    std::ranges::stable_sort(groups, [](const ProblemGroup& a, const ProblemGroup& b) {
        // Warnings first: they are few, and of thousands that are left out not all are shown.
        return a.leftOut != b.leftOut ? b.leftOut : base::naturallyBefore(a.firstPath, b.firstPath);
    });
    return groups;
}

std::vector<std::vector<std::size_t>> imagesByClass(const data::DatasetIndex& dataset,
                                                    const std::vector<data::ClassCount>& counts) {
    std::vector<std::vector<std::size_t>> images(counts.size());
    for (std::size_t n = 0; n < counts.size(); ++n)
        images[n].reserve(counts[n].train + counts[n].validation + counts[n].test);
    for (std::size_t n = 0; n < dataset.samples.size(); ++n)
        images[static_cast<std::size_t>(dataset.samples[n].classIndex)].push_back(n);
    return images;
}

}  // namespace

std::shared_ptr<const DatasetSummary> DatasetSummary::of(const data::DatasetIndex& dataset) {
    DatasetSummary summary;
    summary.perClass = dataset.countsPerClass();
    for (const data::ClassCount& count : summary.perClass) {
        summary.all.train += count.train;
        summary.all.validation += count.validation;
        summary.all.test += count.test;
    }
    if (auto trainable = data::checkTrainable(dataset); !trainable) summary.obstacle = trainable.error();
    summary.imagesOf = imagesByClass(dataset, summary.perClass);
    summary.problems = groupProblems(dataset.problems);
    summary.unused = data::groupPassedOver(dataset.unused);
    std::ranges::stable_sort(summary.unused, base::naturallyBefore, &data::PassedOverGroup::firstPath);
    return freedInBackground(std::move(summary));
}

}  // namespace graft::ui
