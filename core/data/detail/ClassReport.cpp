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

using NamedCount = std::pair<std::string, std::size_t>;

// "bad" (6), "worse" (2) and 3 others. classes: at least one.
Message listed(const std::vector<NamedCount>& classes) {
    constexpr std::size_t kMost = 5;
    const auto entry = [&](std::size_t i) {
        return Message(GRAFT_TEXT("\"{1}\" ({2})"), classes[i].first, classes[i].second);
    };
    Message text = entry(0);
    const std::size_t shown = classes.size() > kMost + 1 ? kMost : classes.size();
    for (std::size_t i = 1; i < shown; ++i) {
        const bool isLast = i + 1 == classes.size();
        text = Message(isLast ? GRAFT_TEXT("{1} and {2}") : GRAFT_TEXT("{1}, {2}"), text, entry(i));
    }
    if (shown == classes.size()) return text;
    return {GRAFT_TEXT("{1} and {2} others"), text, classes.size() - shown};
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
            problems.push_back({name, ProblemCode::EmptyClass,
                                GRAFT_TEXT("The class has no usable image and is left out."), true});
            continue;
        }
        if (count.train == 0 && forTraining) {
            problems.push_back(
                {name,
                 ProblemCode::ClassMissingInSplit,
                 {count.all == 1 ? GRAFT_TEXT("The class has no training image and is left out, with {1} "
                                              "image; add some to the training folder.")
                                 : GRAFT_TEXT("The class has no training image and is left out, with {1} "
                                              "images; add some to the training folder."),
                  count.all},
                 true});
            continue;
        }
        usable.insert(name);
        if (!forTraining) continue;
        if (count.all == 1) {
            problems.push_back(
                {name, ProblemCode::SingleImageClass,
                 GRAFT_TEXT("The class has one image, so nothing is left to validate it with; add more."),
                 false});
        } else if (count.validation == 0) {
            const bool areCopies = count.contents == 1 && count.all > 1;
            problems.push_back(
                {name, ProblemCode::ClassMissingInSplit,
                 areCopies
                     ? GRAFT_TEXT("All images of the class are copies of one, so it has no validation image, "
                                  "and its accuracy stays unknown; add some.")
                     : GRAFT_TEXT(
                           "The class has no validation image, and its accuracy stays unknown; add some."),
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
        problems.push_back({name,
                            ProblemCode::SimilarClassNames,
                            {GRAFT_TEXT("The classes \"{1}\" and \"{2}\" differ only in {3}; if they are one "
                                        "class, put their images into one folder."),
                             at->second, name, differenceBetween(at->second, name)},
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
        problems.push_back({rare.front().first,
                            ProblemCode::ImbalancedClasses,
                            {GRAFT_TEXT("\"{1}\" has {2} training images, ten times as many as {3} or more. "
                                        "The accuracy then says little about the small classes: collect more "
                                        "images of them, and look at their recall instead."),
                             largest->first, largest->second.train, listed(rare)},
                            false});
    }
    if (!few.empty()) {
        few = sorted(std::move(few));
        problems.push_back({few.front().first,
                            ProblemCode::FewImages,
                            {GRAFT_TEXT("There are fewer than ten images of {1}, so what is measured on them "
                                        "says little; collect more."),
                             listed(few)},
                            false});
    }
}

void reportNotes(const std::vector<Candidate>& candidates, std::vector<Problem>& problems) {
    std::array<std::vector<const Candidate*>, kPictureNotes> of;
    for (const Candidate& candidate : candidates)
        of.at(static_cast<std::size_t>(candidate.note)).push_back(&candidate);
    const auto say = [&](PictureNote note, const Message& what) {
        const auto& pictures = of.at(static_cast<std::size_t>(note));
        if (pictures.empty()) return;
        problems.push_back({pictures.front()->path,
                            ProblemCode::NarrowRange,
                            {pictures.size() == 1 ? GRAFT_TEXT("{1} picture like this: {2}")
                                                  : GRAFT_TEXT("{1} pictures like this: {2}"),
                             pictures.size(), what},
                            false});
    };
    const bool mixed = !of.at(static_cast<std::size_t>(PictureNote::SixteenBits)).empty();
    say(PictureNote::TwelveBits,
        mixed ? GRAFT_TEXT("sixteen bits that use only twelve (no value above 4095) are read as twelve, but "
                           "others here use all sixteen and are read so; save all in the same range.")
              : GRAFT_TEXT("sixteen bits that use only twelve (no value above 4095) are read as twelve: 4095 "
                           "is white."));
    say(PictureNote::DarkBits, GRAFT_TEXT("sixteen bits with no value above 255 are read as twelve and come "
                                          "out almost black; save them as 8-bit pictures if 255 is white."));
    say(PictureNote::WholeNumbers, GRAFT_TEXT("whole numbers of 32 bits, or of 8 bits with a sign, are read "
                                              "as 0 to 255 where none is larger, else as 0 to 65535."));
    say(PictureNote::UnitNumbers,
        GRAFT_TEXT("floating-point numbers from 0 to 1 are read so that 1 is white."));
    say(PictureNote::ByteNumbers,
        GRAFT_TEXT("floating-point numbers above 1 are read so that 255 is white."));
}

}  // namespace graft::data
