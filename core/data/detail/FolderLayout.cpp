// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/FolderLayout.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/data/detail/FolderTree.h"
#include "core/data/detail/LayoutWarnings.h"
#include "core/data/detail/NameLooks.h"

namespace graft::data {

namespace {

bool holdsClasses(const FolderNode& split) {
    return !foldersWithPictures(unwrapped(split)).empty();
}

// FOLDER/{train,val,test}/CLASS if there is a train folder with classes in it, and a val or test folder or
// nothing else beside it: a class called "train" among others is not taken for a split. Without one, if
// nothing but val and test folders are there, with the same classes.
bool isSplitLevel(const FolderNode& node) {
    bool train = false;
    bool flatTrain = false;  // its pictures lie in no class
    bool others = false;
    std::set<Split> heldOut;
    std::set<std::set<std::string>> heldOutClasses;
    for (const auto& [name, child] : node.children) {
        const auto split = child->split;
        if (split == Split::Train) {
            train = train || holdsClasses(*child);
            flatTrain = flatTrain || (child->total > 0 && !holdsClasses(*child));
        } else if (!split) {
            others = true;
        } else if (child->total > 0) {
            heldOut.insert(*split);
            heldOutClasses.insert(classesIn(*child));
        }
    }
    if (!train)
        return !others && !flatTrain && heldOut.size() == 2 && heldOutClasses.size() == 1 &&
               heldOutClasses.begin()->size() > 1;
    return !heldOut.empty() || !others;
}

// FOLDER/CLASS/{train,val,test}: every class holds split folders and nothing else.
bool isSplitInsideClasses(const FolderNode& node) {
    const FolderNodes classes = foldersWithPictures(node);
    return classes.size() >= 2 && std::ranges::all_of(classes, [](const FolderNode* ofClass) {
               std::set<Split> splits;
               for (const FolderNode* inside : foldersWithPictures(*ofClass)) {
                   if (!inside->split) return false;
                   splits.insert(*inside->split);
               }
               return ofClass->items.empty() && splits.size() >= 2 && splits.contains(Split::Train);
           });
}

// Where the class or split folders are: a folder that holds them all and nothing else is looked through.
const FolderNode* classLevel(const FolderNode& node) {
    if (isSplitLevel(node)) return &node;
    const FolderNodes inside = foldersWithPictures(node);
    if (!node.items.empty() || inside.size() > 1) return &node;
    if (inside.empty()) return nullptr;
    // An empty folder beside it looks like a class that has no pictures yet.
    const bool classesBeside = std::ranges::any_of(node.children, [&](const auto& entry) {
        return entry.second->total == 0 && !entry.second->hasOtherFiles;
    });
    if (classesBeside && !isSplitLevel(*inside.front())) return nullptr;
    if (!inside.front()->items.empty()) return nullptr;  // it is a class itself
    return classLevel(*inside.front());
}

class LayoutMaker {
  public:
    FolderLayout make(FolderTree tree) {
        m_layout.unused = std::move(tree.otherFiles);
        const FolderNode* found = classLevel(tree.top);
        const FolderNode& level = found != nullptr ? *found : tree.top;
        if (!level.path.empty()) {
            warn(m_layout.problems, level, ProblemCode::ClassesFurtherIn,
                 GRAFT_TEXT("The classes were looked for in this folder, the only one with pictures."));
        }
        leaveOut(tree.top, level);
        if (isSplitLevel(level)) {
            useSplits(level);
        } else if (isSplitInsideClasses(level)) {
            useSplitsInside(level);
        } else {
            useClasses(level);
        }
        std::ranges::sort(m_layout.candidates, {}, &Candidate::path);
        std::ranges::sort(m_layout.unused, {}, &PassedOver::path);
        return std::move(m_layout);
    }

  private:
    void leaveOutItems(const FolderNode& node) {
        for (const FolderNode::Item& item : node.items) {
            m_layout.unused.push_back(
                item.isOtherFormat
                    ? PassedOver{item.path, PassedOverReason::OtherFormat, item.why, 1}
                    : PassedOver{item.path, PassedOverReason::NoClass,
                                 item.why.empty() ? GRAFT_TEXT("The picture lies in no class folder; put it "
                                                               "into the folder of its class.")
                                                  : item.why,
                                 1});
        }
    }

    // Pictures between the root and the level lie in no class; there are some only if nothing was looked
    // through.
    void leaveOut(const FolderNode& from, const FolderNode& level) {
        if (&from == &level) return;
        leaveOutItems(from);
        for (const auto& [name, child] : from.children) {
            if (level.path == child->path || level.path.starts_with(child->path + "/"))
                leaveOut(*child, level);
        }
    }

    void leaveOutWhole(const FolderNode& node, PassedOverReason reason, const Message& message) {
        if (node.total > 0) m_layout.unused.push_back({node.path, reason, message, node.total});
    }

    void addClass(const FolderNode& folder, const std::string& className, std::optional<Split> split) {
        m_layout.classNames.insert(className);
        for (const FolderNode::Item& item : folder.items) {
            Candidate candidate;
            candidate.path = item.path;
            candidate.className = className;
            candidate.split = split;
            candidate.problem = item.why;
            m_layout.candidates.push_back(std::move(candidate));
        }
        for (const auto& [name, child] : folder.children)
            addClass(*child, className, split);
    }

    void useClasses(const FolderNode& level) {
        leaveOutItems(level);
        for (const auto& [name, child] : level.children)
            addClass(*child, name, std::nullopt);
        warnOfClasses(level, m_layout.problems);
    }

    void useSplitsInside(const FolderNode& level) {
        leaveOutItems(level);
        for (const auto& [name, child] : level.children) {
            for (const auto& [splitName, inside] : child->children) {
                const auto split = inside->split;
                if (split == Split::Validation && inside->total > 0) m_layout.splitByFolders = true;
            }
        }
        for (const auto& [name, child] : level.children) {
            m_layout.classNames.insert(name);
            for (const auto& [splitName, inside] : child->children)
                addClass(*inside, name, trainedOn(inside->split));
        }
        FolderNodes training;
        for (const FolderNode* ofClass : foldersWithPictures(level)) {
            for (const FolderNode* inside : foldersWithPictures(*ofClass)) {
                if (inside->split == Split::Train) training.push_back(inside);
            }
        }
        warnOfSameNames(training, level, m_layout.problems);
        warnOfPartsInside(foldersWithPictures(level), m_layout.problems);
        warn(m_layout.problems, level, ProblemCode::SplitInsideClasses,
             m_layout.splitByFolders
                 ? GRAFT_TEXT("Every class holds split folders; they are the split.")
                 : GRAFT_TEXT("Every class holds split folders but none for validation: a part of the "
                              "training images is kept for it, and the test folders stay for the test."));
    }

    // Without validation images of its own, the folder's training images are split.
    std::optional<Split> trainedOn(std::optional<Split> split) const {
        return split == Split::Train && !m_layout.splitByFolders ? std::nullopt : split;
    }

    void useSplits(const FolderNode& level) {
        leaveOutItems(level);
        std::map<Split, FolderNodes> splits;
        for (const auto& [name, child] : level.children) {
            const auto split = child->split;
            if (!split) {
                leaveOutWhole(*child, PassedOverReason::NoSplit,
                              GRAFT_TEXT("The folder lies beside the split folders and belongs to none of "
                                         "them; move its pictures into one of them."));
                continue;
            }
            splits[*split].push_back(child.get());
        }
        const bool hasTraining = std::ranges::any_of(
            splits[Split::Train], [](const FolderNode* folder) { return folder->total > 0; });
        std::set<std::string> trainClasses;
        for (const auto& [split, folders] : splits) {
            if (hasTraining && split != Split::Train) continue;
            for (const FolderNode* folder : folders) {
                for (const auto& [className, inside] : unwrapped(*folder).children)
                    trainClasses.insert(looksOf(className));
            }
        }
        // A folder whose folders are not the classes of train holds pictures that nobody has sorted.
        const auto isSorted = [&](const FolderNode* split) {
            const FolderNode& inside = unwrapped(*split);
            return std::ranges::any_of(inside.children, [&](const auto& entry) {
                return entry.second->total > 0 && trainClasses.contains(looksOf(entry.first));
            });
        };
        m_layout.splitByFolders = std::ranges::any_of(splits[Split::Validation], isSorted);
        for (const auto& [split, folders] : splits) {
            FolderNodes used;
            for (const FolderNode* folder : folders) {
                if (split == Split::Train || isSorted(folder)) {
                    useSplit(*folder, trainedOn(split));
                    if (folder->total > 0) used.push_back(folder);
                } else if (folder->total > 0) {
                    leaveOutWhole(*folder, PassedOverReason::NoClass,
                                  GRAFT_TEXT("The folder has none of the training folder's classes in it, so "
                                             "its pictures are not used; sort them into class folders."));
                    warn(m_layout.problems, *folder, ProblemCode::UnsortedSplit,
                         GRAFT_TEXT("The folder has none of the training folder's classes in it, so its "
                                    "pictures are not used; sort them into class folders."));
                }
            }
            warnOfParts(used, m_layout.problems);
        }
        if (!hasTraining) {
            warn(m_layout.problems, level, ProblemCode::NoTrainingFolder,
                 GRAFT_TEXT(
                     "There are folders to validate and to test with and none to train on; put the training "
                     "images into a folder \"train\" beside them, with a folder for each class inside."));
        }
        if (!m_layout.splitByFolders && splits[Split::Test].size() + splits[Split::Validation].size() > 0) {
            warn(m_layout.problems, level, ProblemCode::NoValidationFolder,
                 GRAFT_TEXT("There is no folder with validation images, so a part of the training images is "
                            "kept for validation; test images stay for the test."));
        }
    }

    void useSplit(const FolderNode& folder, std::optional<Split> split) {
        const FolderNode& inside = unwrapped(folder);
        leaveOut(folder, inside);
        leaveOutItems(inside);
        for (const auto& [name, child] : inside.children)
            addClass(*child, name, split);
    }

    FolderLayout m_layout;
};

}  // namespace

FolderLayout layOut(const std::string& root, const ImageListing& listing) {
    return LayoutMaker().make(treeOf(root, listing));
}

}  // namespace graft::data
