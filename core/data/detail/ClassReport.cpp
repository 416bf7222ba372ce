// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/ClassReport.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>

#include "core/data/detail/NameLooks.h"

namespace graft::data {

namespace {

constexpr std::size_t kFew = 10;    // images of a class
constexpr std::size_t kTimes = 10;  // the largest class, as often as the smallest

struct Counts {
    std::size_t train = 0;
    std::size_t validation = 0;
    std::size_t all = 0;
    std::size_t contents = 0;  // that differ
};

std::map<std::string, Counts> countsOf(const std::set<std::string>& names,
                                       const std::vector<Candidate>& candidates) {
    std::map<std::string, Counts> counts;
    for (const std::string& name : names)
        counts[name] = {};
    std::map<std::string, std::set<std::string_view>> contents;
    for (const Candidate& candidate : candidates) {
        const auto found = counts.find(candidate.className);
        if (found == counts.end()) continue;
        ++found->second.all;
        if (contents[candidate.className].insert(candidate.sha256).second) ++found->second.contents;
        if (candidate.split == Split::Train) ++found->second.train;
        if (candidate.split == Split::Validation) ++found->second.validation;
    }
    return counts;
}

std::string plural(std::size_t count, const std::string& one, const std::string& many) {
    return count == 1 ? "1 " + one : std::to_string(count) + " " + many;
}

using NamedCount = std::pair<std::string, std::size_t>;

// "bad" (6), "worse" (2) and 3 others
std::string listed(const std::vector<NamedCount>& classes) {
    constexpr std::size_t kMost = 5;
    std::string text;
    const std::size_t shown = classes.size() > kMost + 1 ? kMost : classes.size();
    for (std::size_t i = 0; i < shown; ++i) {
        if (i > 0) text += i + 1 == classes.size() ? " and " : ", ";
        text += "\"" + classes[i].first + "\" (" + std::to_string(classes[i].second) + ")";
    }
    if (shown < classes.size()) text += " and " + std::to_string(classes.size() - shown) + " others";
    return text;
}

// Of the classes with the fewest images first.
std::vector<NamedCount> sorted(std::vector<NamedCount> classes) {
    std::ranges::stable_sort(classes, {}, &NamedCount::second);
    return classes;
}

}  // namespace

std::set<std::string> usableClasses(const std::set<std::string>& names,
                                    const std::vector<Candidate>& candidates, bool forTraining,
                                    std::vector<Problem>& problems) {
    std::set<std::string> usable;
    for (const auto& [name, count] : countsOf(names, candidates)) {
        if (count.all == 0) {
            problems.push_back(
                {name, ProblemCode::EmptyClass, "The class has no usable image and is left out.", true});
            continue;
        }
        if (count.train == 0 && forTraining) {
            problems.push_back({name, ProblemCode::ClassMissingInSplit,
                                "The class has no training image and is left out, with " +
                                    plural(count.all, "image", "images") +
                                    "; add some to the training folder.",
                                true});
            continue;
        }
        usable.insert(name);
        if (!forTraining) continue;
        if (count.all == 1) {
            problems.push_back({name, ProblemCode::SingleImageClass,
                                "The class has one image, so nothing is left to validate it with; add more.",
                                false});
        } else if (count.validation == 0) {
            const std::string cause = count.contents == 1 && count.all > 1
                                          ? "All images of the class are copies of one, so it has"
                                          : "The class has";
            problems.push_back({name, ProblemCode::ClassMissingInSplit,
                                cause + " no validation image, and its accuracy stays unknown; add some.",
                                false});
        }
    }
    return usable;
}

void reportSimilarNames(const std::set<std::string>& names, std::vector<Problem>& problems) {
    std::map<std::string, std::string> known;
    for (const std::string& name : names) {
        const auto [at, isNew] = known.try_emplace(looksOf(name), name);
        if (isNew) continue;
        problems.push_back({name, ProblemCode::SimilarClassNames,
                            "The classes \"" + at->second + "\" and \"" + name + "\" differ only in " +
                                std::string(differenceBetween(at->second, name)) +
                                "; if they are one class, put their images into one folder.",
                            false});
    }
}

void reportBalance(const std::set<std::string>& usable, const std::vector<Candidate>& candidates,
                   std::vector<Problem>& problems) {
    const auto counts = countsOf(usable, candidates);
    if (counts.size() < 2) return;
    const auto largest =
        std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second.train; });
    std::vector<NamedCount> rare;
    std::vector<NamedCount> few;
    for (const auto& [name, count] : counts) {
        if (count.train > 0 && count.train * kTimes <= largest->second.train) {
            rare.emplace_back(name, count.train);
        } else if (count.all > 1 && count.all < kFew) {
            few.emplace_back(name, count.all);
        }
    }
    if (!rare.empty()) {
        rare = sorted(std::move(rare));
        problems.push_back({rare.front().first, ProblemCode::ImbalancedClasses,
                            "\"" + largest->first + "\" has " + std::to_string(largest->second.train) +
                                " training images, ten times as many as " + listed(rare) +
                                " or more. The accuracy then says little about the small classes: collect "
                                "more images of them, and "
                                "look at their recall instead.",
                            false});
    }
    if (!few.empty()) {
        few = sorted(std::move(few));
        problems.push_back({few.front().first, ProblemCode::FewImages,
                            "There are fewer than ten images of " + listed(few) +
                                ", so what is measured on them says little; collect more.",
                            false});
    }
}

void reportNotes(const std::vector<Candidate>& candidates, std::vector<Problem>& problems) {
    std::array<std::vector<const Candidate*>, kPictureNotes> of;
    for (const Candidate& candidate : candidates)
        of.at(static_cast<std::size_t>(candidate.note)).push_back(&candidate);
    const auto say = [&](PictureNote note, const std::string& what) {
        const auto& pictures = of.at(static_cast<std::size_t>(note));
        if (pictures.empty()) return;
        problems.push_back({pictures.front()->path, ProblemCode::NarrowRange,
                            plural(pictures.size(), "picture", "pictures") + " like this: " + what, false});
    };
    const bool mixed = !of.at(static_cast<std::size_t>(PictureNote::SixteenBits)).empty();
    say(PictureNote::TwelveBits,
        mixed ? "sixteen bits that use only twelve (no value above 4095) are read as twelve, but others here "
                "use all "
                "sixteen and are read so; save all in the same range."
              : "sixteen bits that use only twelve (no value above 4095) are read as twelve: 4095 is white.");
    say(PictureNote::DarkBits,
        "sixteen bits with no value above 255 are read as twelve and come out almost black; save them as "
        "8-bit "
        "pictures if 255 is white.");
    say(PictureNote::WholeNumbers,
        "whole numbers of 32 bits, or of 8 bits with a sign, are read as 0 to 255 where none is larger, else "
        "as 0 to 65535.");
    say(PictureNote::UnitNumbers, "floating-point numbers from 0 to 1 are read so that 1 is white.");
    say(PictureNote::ByteNumbers, "floating-point numbers above 1 are read so that 255 is white.");
}

}  // namespace graft::data
