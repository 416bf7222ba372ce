// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/FolderLayout.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "core/data/detail/NameLooks.h"
#include "core/data/detail/SplitNames.h"

namespace graft::data {

namespace {

// A picture, also one in a format that is not read: why is then filled.
struct Item {
    std::string path;
    std::string why;
    bool isOtherFormat = false;
};

struct Node {
    std::string name;
    std::string path;  // relative to the root; empty for the root itself
    std::map<std::string, std::unique_ptr<Node>> children;
    std::vector<Item> items;     // directly inside
    std::size_t total = 0;       // items at any depth
    std::optional<Split> split;  // that its name says, among the names beside it
    bool hasOtherFiles = false;

    Node& child(const std::string& childName) {
        auto& node = children[childName];
        if (!node) {
            node = std::make_unique<Node>();
            node->name = childName;
            node->path = path.empty() ? childName : path + "/" + childName;
        }
        return *node;
    }
};

using Nodes = std::vector<const Node*>;

Nodes foldersWithPictures(const Node& node) {
    Nodes found;
    for (const auto& [name, child] : node.children) {
        if (child->total > 0) found.push_back(child.get());
    }
    return found;
}

std::optional<Split> splitOf(const Node& node) {
    return node.split;
}

// "leaves_train" beside "leaves_test": what all of them begin or end with is the data set's name. A folder
// alone in its own has the one above's: leaves_train/leaves_train.
void nameSplits(Node& node, const CommonWords& wordsAbove) {
    std::vector<std::string> names;
    for (const Node* child : foldersWithPictures(node))
        names.push_back(child->name);
    const CommonWords words = names.size() == 1 ? wordsAbove : commonWords(names);
    for (const auto& [name, child] : node.children) {
        child->split = splitOfName(name);
        if (!child->split) child->split = splitOfName(name, words);
        nameSplits(*child, words);
    }
}

// The folder that holds the class folders of a split: it may be wrapped, as in seg_train/seg_train/CLASS.
const Node& unwrapped(const Node& split) {
    const Nodes inside = foldersWithPictures(split);
    if (!split.items.empty() || inside.size() != 1 || !inside.front()->items.empty()) return split;
    const Node& only = *inside.front();
    const bool sameName = splitOf(only) && splitOf(only) == splitOf(split);
    return sameName || foldersWithPictures(only).size() > 1 ? unwrapped(only) : split;
}

bool holdsClasses(const Node& split) {
    return !foldersWithPictures(unwrapped(split)).empty();
}

std::set<std::string> classesIn(const Node& split) {
    std::set<std::string> classes;
    for (const Node* one : foldersWithPictures(unwrapped(split)))
        classes.insert(looksOf(one->name));
    return classes;
}

// FOLDER/{train,val,test}/CLASS if there is a train folder with classes in it, and a val or test folder or
// nothing else beside it: a class called "train" among others is not taken for a split. Without one, if
// nothing but val and test folders are there, with the same classes.
bool isSplitLevel(const Node& node) {
    bool train = false;
    bool flatTrain = false;  // its pictures lie in no class
    bool others = false;
    std::set<Split> heldOut;
    std::set<std::set<std::string>> heldOutClasses;
    for (const auto& [name, child] : node.children) {
        const auto split = splitOf(*child);
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
bool isSplitInsideClasses(const Node& node) {
    const Nodes classes = foldersWithPictures(node);
    return classes.size() >= 2 && std::ranges::all_of(classes, [](const Node* ofClass) {
               std::set<Split> splits;
               for (const Node* inside : foldersWithPictures(*ofClass)) {
                   if (!splitOf(*inside)) return false;
                   splits.insert(*splitOf(*inside));
               }
               return ofClass->items.empty() && splits.size() >= 2 && splits.contains(Split::Train);
           });
}

// Where the class or split folders are: a folder that holds them all and nothing else is looked through.
const Node* classLevel(const Node& node) {
    if (isSplitLevel(node)) return &node;
    const Nodes inside = foldersWithPictures(node);
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
    explicit LayoutMaker(std::string root) : m_root(std::move(root)) {}

    FolderLayout make(const ImageListing& listing) {
        fillTree(listing);
        nameSplits(m_tree, {});
        const Node* found = classLevel(m_tree);
        const Node& level = found != nullptr ? *found : m_tree;
        if (!level.path.empty()) {
            warn(level.path, ProblemCode::ClassesFurtherIn,
                 "The classes were looked for in this folder, the only one with pictures.");
        }
        leaveOut(m_tree, level);
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
    std::string relative(const std::string& path) const {
        return path.size() > m_root.size() + 1 && path.starts_with(m_root + "/")
                   ? path.substr(m_root == "/" ? 1 : m_root.size() + 1)
                   : (m_root == "/" && path.size() > 1 ? path.substr(1) : ".");
    }

    // The folder that holds the path; visit is called for it and all above it.
    template <class Visit>
    Node& folderOf(const std::string& path, const Visit& visit) {
        Node* node = &m_tree;
        visit(*node);
        std::size_t start = 0;
        for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', start)) {
            node = &node->child(path.substr(start, slash - start));
            visit(*node);
            start = slash + 1;
        }
        return *node;
    }

    // JSON and the model's class names are UTF-8: another name would not come back from them as it was.
    void addItem(const std::string& path, std::string why) {
        const bool isText = isUtf8(path);
        if (!isText) why = "The name of this file, or of a folder above it, is no UTF-8; rename it.";
        Node& folder = folderOf(path, [](Node& node) { ++node.total; });
        folder.items.push_back({path, why, isText && !why.empty()});
    }

    void fillTree(const ImageListing& listing) {
        for (const std::string& folder : listing.folders)
            folderOf(relative(folder) + "/", [](Node&) {});
        for (const std::string& image : listing.images)
            addItem(relative(image), {});
        for (const PassedOver& entry : listing.passedOver) {
            if (entry.reason == PassedOverReason::OtherFormat) {
                addItem(relative(entry.path), entry.message);
                continue;
            }
            m_layout.unused.push_back({relative(entry.path), entry.reason, entry.message, entry.files});
            folderOf(m_layout.unused.back().path, [](Node& node) { node.hasOtherFiles = true; });
        }
    }

    void warn(std::string path, ProblemCode code, std::string message) {
        m_layout.problems.push_back({path.empty() ? "." : std::move(path), code, std::move(message), false});
    }

    void leaveOutItems(const Node& node) {
        for (const Item& item : node.items) {
            m_layout.unused.push_back(
                item.isOtherFormat
                    ? PassedOver{item.path, PassedOverReason::OtherFormat, item.why, 1}
                    : PassedOver{item.path, PassedOverReason::NoClass,
                                 "The picture lies in no class folder; put it into the folder of its class.",
                                 1});
        }
    }

    // Pictures between the root and the level lie in no class; there are some only if nothing was looked
    // through.
    void leaveOut(const Node& from, const Node& level) {
        if (&from == &level) return;
        leaveOutItems(from);
        for (const auto& [name, child] : from.children) {
            if (level.path == child->path || level.path.starts_with(child->path + "/"))
                leaveOut(*child, level);
        }
    }

    void leaveOutWhole(const Node& node, PassedOverReason reason, const std::string& message) {
        if (node.total > 0) m_layout.unused.push_back({node.path, reason, message, node.total});
    }

    void addClass(const Node& folder, const std::string& className, std::optional<Split> split) {
        m_layout.classNames.insert(className);
        for (const Item& item : folder.items) {
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

    void useClasses(const Node& level) {
        leaveOutItems(level);
        bool likeSplits = level.children.size() > 1;
        for (const auto& [name, child] : level.children) {
            addClass(*child, name, std::nullopt);
            likeSplits = likeSplits && splitOf(*child).has_value();
        }
        if (likeSplits) {
            warn(level.path, ProblemCode::SplitNamesAsClasses,
                 "The folders are named like splits, but none of them is a training folder with class "
                 "folders, so "
                 "they are taken for the classes; put the pictures of each class into a folder of its own "
                 "inside "
                 "each of them.");
        }
        if (!likeSplits) warnOfSplitsInNames(level);
        warnOfLoneSplit(level);
        warnOfSameSubfolders(level);
    }

    // train_cat, train_dog, val_cat, val_dog; trainA, testA.
    void warnOfSplitsInNames(const Node& level) {
        std::set<Split> splits;
        const Nodes classes = foldersWithPictures(level);
        for (const Node* one : classes) {
            const auto split = splitInName(one->name);
            if (!split) return;
            splits.insert(*split);
        }
        if (splits.size() < 2 || !splits.contains(Split::Train)) return;
        warn(level.path, ProblemCode::SplitNamesAsClasses,
             "The names of all folders say a split (\"" + classes.front()->name + "\", \"" +
                 classes.back()->name +
                 "\"), but they are taken for the classes. If they are not, sort them into one folder for "
                 "each "
                 "split, with a folder for each class inside.");
    }

    // FOLDER/train/CLASS with something else beside it.
    void warnOfLoneSplit(const Node& level) {
        const Nodes classes = foldersWithPictures(level);
        for (const Node* one : classes) {
            if (splitOf(*one) != Split::Train || foldersWithPictures(unwrapped(*one)).size() < 2) continue;
            const auto other =
                std::ranges::find_if(classes, [](const Node* node) { return !splitOf(*node); });
            if (other == classes.end()) continue;
            warn(one->path, ProblemCode::SplitNamesAsClasses,
                 "The folder is named like a split and holds folders with pictures, but \"" + (*other)->name +
                     "\" beside it is no split, so both are taken for classes. If it is the training set, "
                     "choose this folder, or move the other away.");
        }
    }

    void warnOfSameSubfolders(const Node& level) {
        const Nodes classes = foldersWithPictures(level);
        for (const Node* one : classes) {
            std::set<Split> splits;
            for (const Node* inside : foldersWithPictures(*one)) {
                if (const auto split = splitOf(*inside)) splits.insert(*split);
            }
            if (splits.size() < 2) continue;
            warn(one->path, ProblemCode::SameSubfolders,
                 "The class holds split folders, but not every class does so alone: they are taken for one "
                 "folder "
                 "and split anew. Give all classes the same split folders and nothing beside them.");
            return;
        }
        warnOfSameNames(classes, level);
    }

    // The folders inside of these are not told apart.
    void warnOfSameNames(const Nodes& folders, const Node& level) {
        const auto namesIn = [](const Node& node) {
            std::set<std::string> names;
            for (const Node* inside : foldersWithPictures(node))
                names.insert(inside->name);
            return names;
        };
        if (folders.size() < 2) return;
        const std::set<std::string> names = namesIn(*folders.front());
        if (names.size() < 2 ||
            !std::ranges::all_of(folders, [&](const Node* one) { return namesIn(*one) == names; }))
            return;
        warn(level.path, ProblemCode::SameSubfolders,
             "All classes hold the same folders (\"" + *names.begin() + "\", \"" + *std::next(names.begin()) +
                 "\"" + (names.size() > 2 ? ", .." : "") +
                 "), which are not told apart. If those are the classes, put them at the top.");
    }

    void useSplitsInside(const Node& level) {
        leaveOutItems(level);
        for (const auto& [name, child] : level.children) {
            for (const auto& [splitName, inside] : child->children) {
                const auto split = splitOf(*inside);
                if (split == Split::Validation && inside->total > 0) m_layout.splitByFolders = true;
            }
        }
        for (const auto& [name, child] : level.children) {
            m_layout.classNames.insert(name);
            for (const auto& [splitName, inside] : child->children)
                addClass(*inside, name, trainedOn(splitOf(*inside)));
        }
        Nodes training;
        for (const Node* ofClass : foldersWithPictures(level)) {
            for (const Node* inside : foldersWithPictures(*ofClass)) {
                if (splitOf(*inside) == Split::Train) training.push_back(inside);
            }
        }
        warnOfSameNames(training, level);
        warn(level.path, ProblemCode::SplitInsideClasses,
             m_layout.splitByFolders ? "Every class holds split folders; they are the split."
                                     : "Every class holds split folders but none for validation: a part of "
                                       "the training images is kept "
                                       "for it, and the test folders stay for the test.");
    }

    // Without validation images of its own, the folder's training images are split.
    std::optional<Split> trainedOn(std::optional<Split> split) const {
        return split == Split::Train && !m_layout.splitByFolders ? std::nullopt : split;
    }

    void useSplits(const Node& level) {
        leaveOutItems(level);
        std::map<Split, Nodes> splits;
        for (const auto& [name, child] : level.children) {
            const auto split = splitOf(*child);
            if (!split) {
                leaveOutWhole(
                    *child, PassedOverReason::NoSplit,
                    "The folder lies beside the split folders and belongs to none of them; move its "
                    "pictures into one of them.");
                continue;
            }
            splits[*split].push_back(child.get());
        }
        const bool hasTraining = !splits[Split::Train].empty();
        std::set<std::string> trainClasses;
        for (const auto& [split, folders] : splits) {
            if (hasTraining && split != Split::Train) continue;
            for (const Node* folder : folders) {
                for (const auto& [className, inside] : unwrapped(*folder).children)
                    trainClasses.insert(looksOf(className));
            }
        }
        // A folder whose folders are not the classes of train holds pictures that nobody has sorted.
        const auto isSorted = [&](const Node* split) {
            const Node& inside = unwrapped(*split);
            return std::ranges::any_of(inside.children, [&](const auto& entry) {
                return entry.second->total > 0 && trainClasses.contains(looksOf(entry.first));
            });
        };
        m_layout.splitByFolders = std::ranges::any_of(splits[Split::Validation], isSorted);
        for (const auto& [split, folders] : splits) {
            for (const Node* folder : folders) {
                if (split == Split::Train || isSorted(folder)) {
                    useSplit(*folder, trainedOn(split));
                } else if (folder->total > 0) {
                    leaveOutWhole(
                        *folder, PassedOverReason::NoClass,
                        "The folder has none of the training folder's classes in it, so its pictures "
                        "are not used; sort them into class folders.");
                    warn(
                        folder->path, ProblemCode::UnsortedSplit,
                        "The folder has none of the training folder's classes in it, so its pictures are not "
                        "used; sort them into class folders.");
                }
            }
            sayDouble(folders);
        }
        if (!hasTraining) {
            warn(level.path, ProblemCode::ClassMissingInSplit,
                 "There are folders to validate and to test with and none to train on; put the training "
                 "images into "
                 "a folder \"train\" beside them, with a folder for each class inside.");
        }
        if (!m_layout.splitByFolders && splits[Split::Test].size() + splits[Split::Validation].size() > 0) {
            warn(level.path, ProblemCode::NoValidationFolder,
                 "There is no folder with validation images, so a part of the training images is kept for "
                 "validation; test images stay for the test.");
        }
    }

    void sayDouble(const Nodes& folders) {
        if (folders.size() < 2) return;
        warn(folders[1]->path, ProblemCode::SplitTwice,
             "\"" + folders[0]->name + "\" and \"" + folders[1]->name +
                 "\" are taken for parts of the same split.");
    }

    void useSplit(const Node& folder, std::optional<Split> split) {
        const Node& inside = unwrapped(folder);
        leaveOut(folder, inside);
        leaveOutItems(inside);
        for (const auto& [name, child] : inside.children)
            addClass(*child, name, split);
    }

    std::string m_root;
    Node m_tree;
    FolderLayout m_layout;
};

}  // namespace

FolderLayout layOut(const std::string& root, const ImageListing& listing) {
    return LayoutMaker(root).make(listing);
}

}  // namespace graft::data
