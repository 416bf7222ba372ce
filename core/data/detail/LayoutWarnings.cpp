// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/LayoutWarnings.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "core/data/detail/SplitNames.h"

namespace graft::data {

namespace {

// train_cat, train_dog, val_cat, val_dog; trainA, testA.
void warnOfSplitsInNames(const FolderNode& level, std::vector<Problem>& problems) {
    std::set<Split> splits;
    const FolderNodes classes = foldersWithPictures(level);
    for (const FolderNode* one : classes) {
        const auto split = splitInName(one->name);
        if (!split) return;
        splits.insert(*split);
    }
    if (splits.size() < 2 || !splits.contains(Split::Train)) return;
    warn(problems, level, ProblemCode::SplitNamesAsClasses,
         {GRAFT_TEXT("The names of all folders say a split (\"{1}\", \"{2}\"), but they are taken for the "
                     "classes. If they are not, sort them into one folder for each split, with a folder for "
                     "each class inside."),
          classes.front()->name, classes.back()->name});
}

// FOLDER/train/CLASS with something else beside it.
void warnOfLoneSplit(const FolderNode& level, std::vector<Problem>& problems) {
    const FolderNodes classes = foldersWithPictures(level);
    for (const FolderNode* one : classes) {
        if (one->split != Split::Train || foldersWithPictures(unwrapped(*one)).size() < 2) continue;
        const auto other = std::ranges::find_if(classes, [](const FolderNode* node) { return !node->split; });
        if (other == classes.end()) continue;
        warn(problems, *one, ProblemCode::SplitNamesAsClasses,
             {GRAFT_TEXT("The folder is named like a split and holds folders with pictures, but \"{1}\" "
                         "beside it is no split, so both are taken for classes. If it is the training set, "
                         "choose this folder, or move the other away."),
              (*other)->name});
    }
}

// fold_1 .. fold_5
void warnOfNumberedParts(const FolderNode& level, std::vector<Problem>& problems) {
    const FolderNodes classes = foldersWithPictures(level);
    if (classes.size() < 2) return;
    const std::string part = numberedPart(classes.front()->name);
    if (part.empty() ||
        !std::ranges::all_of(classes, [&](const FolderNode* one) { return numberedPart(one->name) == part; }))
        return;
    warn(problems, level, ProblemCode::SplitNamesAsClasses,
         {GRAFT_TEXT("The folders are numbered like parts of a data set (\"{1}\", \"{2}\"), but they are "
                     "taken for the classes. If they are not, put the pictures of each class into one "
                     "folder, named like the class."),
          classes.front()->name, classes.back()->name});
}

void warnOfSameSubfolders(const FolderNode& level, std::vector<Problem>& problems) {
    const FolderNodes classes = foldersWithPictures(level);
    for (const FolderNode* one : classes) {
        std::set<Split> splits;
        for (const FolderNode* inside : foldersWithPictures(*one)) {
            if (const auto split = inside->split) splits.insert(*split);
        }
        if (splits.size() < 2) continue;
        warn(problems, *one, ProblemCode::SameSubfolders,
             GRAFT_TEXT(
                 "The class holds split folders, but not every class does so alone: they are taken for one "
                 "folder and split anew. Give all classes the same split folders and nothing beside them."));
        return;
    }
    warnOfSameNames(classes, level, problems);
}

}  // namespace

void warn(std::vector<Problem>& problems, const FolderNode& folder, ProblemCode code, Message message) {
    problems.push_back({folder.path.empty() ? "." : folder.path, code, std::move(message), false});
}

void warnOfClasses(const FolderNode& level, std::vector<Problem>& problems) {
    const bool likeSplits =
        level.children.size() > 1 && std::ranges::all_of(level.children, [](const auto& entry) {
            return entry.second->split.has_value();
        });
    if (likeSplits) {
        warn(problems, level, ProblemCode::SplitNamesAsClasses,
             GRAFT_TEXT("The folders are named like splits, but none of them is a training folder with class "
                        "folders, so they are taken for the classes; put the pictures of each class into a "
                        "folder of its own inside each of them."));
    } else {
        warnOfSplitsInNames(level, problems);
    }
    warnOfLoneSplit(level, problems);
    warnOfNumberedParts(level, problems);
    warnOfSameSubfolders(level, problems);
}

void warnOfParts(const FolderNodes& used, std::vector<Problem>& problems) {
    if (used.size() < 2) return;
    Message names(GRAFT_TEXT("\"{1}\""), used.front()->name);
    for (std::size_t i = 1; i < used.size(); ++i) {
        const bool isLast = i + 1 == used.size();
        names = Message(isLast ? GRAFT_TEXT("{1} and \"{2}\"") : GRAFT_TEXT("{1}, \"{2}\""), names,
                        used[i]->name);
    }
    warn(problems, *used[1], ProblemCode::SplitTwice,
         {GRAFT_TEXT("{1} are taken for parts of the same split ({2}) and used together; move away what does "
                     "not belong to it."),
          names, splitName(used[1]->split.value())});
}

void warnOfPartsInside(const FolderNodes& classes, std::vector<Problem>& problems) {
    for (const FolderNode* one : classes) {
        std::map<Split, FolderNodes> parts;
        for (const FolderNode* inside : foldersWithPictures(*one)) {
            if (inside->split) parts[*inside->split].push_back(inside);
        }
        const auto twice =
            std::ranges::find_if(parts, [](const auto& entry) { return entry.second.size() > 1; });
        if (twice != parts.end()) return warnOfParts(twice->second, problems);
    }
}

void warnOfSameNames(const FolderNodes& folders, const FolderNode& level, std::vector<Problem>& problems) {
    const auto namesIn = [](const FolderNode& node) {
        std::set<std::string> names;
        for (const FolderNode* inside : foldersWithPictures(node))
            names.insert(inside->name);
        return names;
    };
    if (folders.size() < 2) return;
    const std::set<std::string> names = namesIn(*folders.front());
    if (names.size() < 2 ||
        !std::ranges::all_of(folders, [&](const FolderNode* one) { return namesIn(*one) == names; }))
        return;
    warn(problems, level, ProblemCode::SameSubfolders,
         {names.size() > 2 ? GRAFT_TEXT("All classes hold the same folders (\"{1}\", \"{2}\", ..), which are "
                                        "not told apart. If those are the classes, put them at the top.")
                           : GRAFT_TEXT("All classes hold the same folders (\"{1}\", \"{2}\"), which are not "
                                        "told apart. If those are the classes, put them at the top."),
          *names.begin(), *std::next(names.begin())});
}

}  // namespace graft::data
