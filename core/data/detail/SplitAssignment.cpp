// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/SplitAssignment.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "core/base/Seed.h"

namespace graft::data {

namespace {

void assignSplit(std::vector<Candidate*>& ofClass, double validationShare, std::uint64_t seed) {
    std::map<std::string, std::vector<Candidate*>> groups;
    for (Candidate* candidate : ofClass)
        groups[candidate->sha256].push_back(candidate);
    std::vector<std::vector<Candidate*>*> order;
    for (auto& [hash, group] : groups)
        order.push_back(&group);
    std::ranges::sort(order, {}, [](const auto* group) { return group->front()->path; });

    base::RandomStream random(seed);
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);

    const auto total = static_cast<double>(ofClass.size());
    auto wanted = static_cast<std::size_t>(std::lround(total * validationShare));
    wanted = order.size() < 2 ? 0 : std::clamp<std::size_t>(wanted, 1, ofClass.size() - 1);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool lastGroup = i + 1 == order.size();  // one group at least is trained on
        const Split split = taken < wanted && !lastGroup ? Split::Validation : Split::Train;
        for (Candidate* candidate : *order[i])
            candidate->split = split;
        if (split == Split::Validation) taken += order[i]->size();
    }
}

// The validation images choose the best epoch: a test on the same ones says too much.
void reportInBoth(const std::vector<Candidate*>& copies, std::vector<Problem>& problems) {
    const auto validation =
        std::ranges::find_if(copies, [](const Candidate* copy) { return copy->split == Split::Validation; });
    if (validation == copies.end()) return;
    for (const Candidate* copy : copies) {
        if (copy->split != Split::Test) continue;
        problems.push_back({copy->path,
                            ProblemCode::DuplicateAcrossSplits,
                            {GRAFT_TEXT("The same picture is also in {1}, by which the best epoch is chosen; "
                                        "take it out of one of them."),
                             (*validation)->path},
                            false});
    }
}

}  // namespace

void assignSplits(std::vector<Candidate>& candidates, double validationShare, std::uint64_t seed) {
    std::map<std::string, std::vector<Candidate*>> unassigned;
    for (Candidate& candidate : candidates) {
        if (!candidate.split) unassigned[candidate.className].push_back(&candidate);
    }
    std::uint64_t classNumber = 0;
    for (auto& [name, members] : unassigned)
        assignSplit(members, validationShare, base::deriveSeed(seed, ++classNumber));
}

void reportDuplicates(std::vector<Candidate>& candidates, bool leaveOut, std::vector<Problem>& problems) {
    std::map<std::string, std::vector<Candidate*>> copies;
    for (Candidate& candidate : candidates)
        copies[candidate.sha256].push_back(&candidate);
    for (auto& [hash, group] : copies) {
        if (group.size() < 2) continue;
        const Candidate& first = *group.front();
        for (const Candidate* other : group) {
            if (other->className != first.className) {
                problems.push_back(
                    {other->path,
                     ProblemCode::DuplicateAcrossClasses,
                     {GRAFT_TEXT("The same picture is also {1}, under another class; keep the right one."),
                      first.path},
                     false});
            }
        }
        reportInBoth(group, problems);
        if (!leaveOut) continue;
        const auto heldOut =
            std::ranges::find_if(group, [](const Candidate* c) { return c->split != Split::Train; });
        if (heldOut == group.end()) continue;
        for (Candidate* copy : group) {
            if (copy->split != Split::Train) continue;
            copy->problem = Message::words("duplicate");
            problems.push_back({copy->path,
                                ProblemCode::DuplicateAcrossSplits,
                                {GRAFT_TEXT("The same picture is also in {1}; left out of training, so that "
                                            "validation stays honest."),
                                 (*heldOut)->path},
                                true});
        }
    }
}

}  // namespace graft::data
