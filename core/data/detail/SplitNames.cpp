// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/SplitNames.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

namespace graft::data {

namespace {

struct SplitWord {
    std::string_view word;
    Split split;
};

constexpr SplitWord kSplitWords[] = {
    {"train", Split::Train},
    {"training", Split::Train},
    {"trn", Split::Train},
    {"trainval", Split::Train},
    {"val", Split::Validation},
    {"vali", Split::Validation},
    {"valid", Split::Validation},
    {"validate", Split::Validation},
    {"validation", Split::Validation},
    {"dev", Split::Validation},
    {"devel", Split::Validation},
    {"development", Split::Validation},
    {"eval", Split::Validation},
    {"evaluate", Split::Validation},
    {"evaluation", Split::Validation},
    {"crossvalidation", Split::Validation},
    {"test", Split::Test},
    {"testing", Split::Test},
    {"tst", Split::Test},
    {"holdout", Split::Test},
    {"heldout", Split::Test},
};

// What parts of a data set are called that are numbered.
constexpr std::string_view kPartWords[] = {"fold", "split", "part", "subset", "shard", "chunk"};

// Words that say nothing about the split.
constexpr std::string_view kFillers[] = {"datasets", "dataset", "subset", "images", "pictures", "photos",
                                         "samples",  "folder",  "image",  "split",  "data",     "imgs",
                                         "sets",     "img",     "set",    "seg",    "the",      "my"};

std::optional<Split> splitOfWord(std::string_view word) {
    const auto* const found = std::ranges::find(kSplitWords, word, &SplitWord::word);
    return found == std::end(kSplitWords) ? std::nullopt : std::optional(found->split);
}

// "trainset" is "train" and "set"; a word that is nothing but fillers gives an empty one.
std::string_view withoutFillers(std::string_view word) {
    for (bool shorter = true; shorter && !splitOfWord(word);) {
        shorter = false;
        for (const std::string_view filler : kFillers) {
            if (word.ends_with(filler)) {
                word.remove_suffix(filler.size());
                shorter = true;
            } else if (word.starts_with(filler)) {
                word.remove_prefix(filler.size());
                shorter = true;
            }
        }
    }
    return word;
}

// Lower-case words of letters: numbers, signs and spaces part them.
std::vector<std::string> wordsOf(const std::string& name) {
    std::vector<std::string> words(1);
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isalpha(byte) != 0 || byte >= 0x80) {
            words.back() += static_cast<char>(std::tolower(byte));
        } else if (!words.back().empty()) {
            words.emplace_back();
        }
    }
    std::erase_if(words, [](const std::string& word) { return word.empty(); });
    return words;
}

// "trainA"
bool endsInCapital(const std::string& name) {
    return name.size() > 1 && std::isupper(static_cast<unsigned char>(name.back())) != 0 &&
           std::islower(static_cast<unsigned char>(name[name.size() - 2])) != 0;
}

}  // namespace

CommonWords commonWords(const std::vector<std::string>& names) {
    if (names.size() < 2) return {};
    const std::vector<std::string> one = wordsOf(names.front());
    CommonWords common{one.size(), one.size()};
    for (const std::string& name : names) {
        const std::vector<std::string> words = wordsOf(name);
        const auto before = std::ranges::mismatch(one, words).in1 - one.begin();
        const auto behind =
            std::mismatch(one.rbegin(), one.rend(), words.rbegin(), words.rend()).first - one.rbegin();
        common.first = std::min(common.first, static_cast<std::size_t>(before));
        common.last = std::min(common.last, static_cast<std::size_t>(behind));
    }
    return common;
}

std::optional<Split> splitInName(const std::string& name) {
    const std::vector<std::string> words = wordsOf(name);
    if (words.empty()) return std::nullopt;
    if (const auto first = splitOfWord(words.front())) return first;
    if (const auto last = splitOfWord(words.back())) return last;
    return endsInCapital(name)
               ? splitOfWord(std::string_view(words.back()).substr(0, words.back().size() - 1))
               : std::nullopt;
}

bool isLetteredSplit(const std::string& name) {
    const std::vector<std::string> words = wordsOf(name);
    if (!splitInName(name)) return false;
    if (words.size() == 1) return endsInCapital(name) && !splitOfWord(words.front());
    return words.size() == 2 && std::ranges::any_of(words, [](const auto& word) { return word.size() == 1; });
}

std::string numberedPart(const std::string& name) {
    const std::vector<std::string> words = wordsOf(name);
    const bool isNumbered = std::ranges::any_of(name, [](unsigned char c) { return std::isdigit(c) != 0; });
    const bool isPart =
        words.size() == 1 && std::ranges::find(kPartWords, words.front()) != std::end(kPartWords);
    return isNumbered && isPart ? words.front() : std::string();
}

std::optional<Split> splitOfName(const std::string& name, const CommonWords& ignored) {
    std::string rest;  // "hold_out" and "cross-validation" are one word
    std::optional<Split> split;
    const std::vector<std::string> words = wordsOf(name);
    for (std::size_t i = ignored.first; i + ignored.last < words.size(); ++i) {
        const std::string& word = words[i];
        const std::string_view bare = withoutFillers(word);
        if (bare.empty()) continue;
        rest += bare;
        const auto found = splitOfWord(bare);
        if (split && found && *found != *split) return std::nullopt;  // "train_test" is neither
        if (!split) split = found;
        if (!found && !splitOfWord(rest) && !std::string_view("hold").starts_with(bare) && bare != "cross" &&
            bare != "held")
            return std::nullopt;
    }
    return splitOfWord(rest) ? splitOfWord(rest) : split;
}

}  // namespace graft::data
