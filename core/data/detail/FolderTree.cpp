// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/FolderTree.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/data/detail/NameLooks.h"
#include "core/data/detail/SplitNames.h"

namespace graft::data {

namespace {

// "leaves_train" beside "leaves_test": what all of them begin or end with is the data set's name. A folder
// alone in its own has the one above's: leaves_train/leaves_train.
void nameSplits(FolderNode& node, const CommonWords& wordsAbove) {
    std::vector<std::string> names;
    for (const FolderNode* child : foldersWithPictures(node))
        names.push_back(child->name);
    const CommonWords words = names.size() == 1 ? wordsAbove : commonWords(names);
    for (const auto& [name, child] : node.children) {
        child->split = splitOfName(name);
        if (!child->split) child->split = splitOfName(name, words);
        nameSplits(*child, words);
    }
}

bool hasOf(const FolderNode& node, Split split) {
    return std::ranges::any_of(foldersWithPictures(node),
                               [&](const FolderNode* child) { return child->split == split; });
}

// train_A, train_B: no class is a letter behind "train" that holds class folders.
void nameTrainingParts(FolderNode& node) {
    if (hasOf(node, Split::Train)) return;
    for (const auto& [name, child] : node.children) {
        if (!child->split && isLetteredSplit(name) && splitInName(name) == Split::Train &&
            !classesIn(*child).empty())
            child->split = Split::Train;
    }
}

// test_A and test_B, val_public: beside a training folder with classes, and where no folder has the plain
// name. Another word than a letter needs a class of the training folder's inside.
void nameHeldOutParts(FolderNode& node) {
    std::set<std::string> classes;
    for (const FolderNode* child : foldersWithPictures(node)) {
        if (child->split == Split::Train) classes.merge(classesIn(*child));
    }
    if (classes.empty()) return;
    for (const Split split : {Split::Validation, Split::Test}) {
        if (hasOf(node, split)) continue;
        for (const auto& [name, child] : node.children) {
            if (child->split || child->total == 0 || splitInName(name) != split) continue;
            const std::set<std::string> inside = classesIn(*child);
            if (isLetteredSplit(name) ||
                std::ranges::any_of(inside, [&](const auto& one) { return classes.contains(one); }))
                child->split = split;
        }
    }
}

void nameParts(FolderNode& node) {
    for (const auto& [name, child] : node.children)
        nameParts(*child);
    nameTrainingParts(node);
    nameHeldOutParts(node);
}

class TreeMaker {
  public:
    explicit TreeMaker(std::string root) : m_root(std::move(root)) {}

    FolderTree make(const ImageListing& listing) {
        for (const std::string& folder : listing.folders)
            folderOf(relative(folder) + "/", [](FolderNode&) {});
        for (const std::string& image : listing.images)
            addItem(relative(image), {});
        for (const PassedOver& entry : listing.passedOver) {
            if (entry.reason == PassedOverReason::OtherFormat) {
                addItem(relative(entry.path), entry.message);
                continue;
            }
            m_tree.otherFiles.push_back({relative(entry.path), entry.reason, entry.message, entry.files});
            folderOf(m_tree.otherFiles.back().path, [](FolderNode& node) { node.hasOtherFiles = true; });
        }
        nameSplits(m_tree.top, {});
        nameParts(m_tree.top);
        return std::move(m_tree);
    }

  private:
    std::string relative(const std::string& path) const {
        return path.size() > m_root.size() + 1 && path.starts_with(m_root + "/")
                   ? path.substr(m_root == "/" ? 1 : m_root.size() + 1)
                   : (m_root == "/" && path.size() > 1 ? path.substr(1) : ".");
    }

    // The folder that holds the path; visit is called for it and all above it.
    template <class Visit>
    FolderNode& folderOf(const std::string& path, const Visit& visit) {
        FolderNode* node = &m_tree.top;
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
    void addItem(const std::string& path, Message why) {
        const bool isText = isUtf8(path);
        if (!isText)
            why = GRAFT_TEXT("The name of this file, or of a folder above it, is no UTF-8; rename it.");
        FolderNode& folder = folderOf(path, [](FolderNode& node) { ++node.total; });
        folder.items.push_back({path, why, isText && !why.empty()});
    }

    std::string m_root;
    FolderTree m_tree;
};

}  // namespace

FolderNode& FolderNode::child(const std::string& childName) {
    auto& node = children[childName];
    if (!node) {
        node = std::make_unique<FolderNode>();
        node->name = childName;
        node->path = path.empty() ? childName : path + "/" + childName;
    }
    return *node;
}

FolderTree treeOf(const std::string& root, const ImageListing& listing) {
    return TreeMaker(root).make(listing);
}

FolderNodes foldersWithPictures(const FolderNode& node) {
    FolderNodes found;
    for (const auto& [name, child] : node.children) {
        if (child->total > 0) found.push_back(child.get());
    }
    return found;
}

std::set<std::string> classesIn(const FolderNode& split) {
    std::set<std::string> classes;
    for (const FolderNode* one : foldersWithPictures(unwrapped(split)))
        classes.insert(looksOf(one->name));
    return classes;
}

const FolderNode& unwrapped(const FolderNode& split) {
    const FolderNodes inside = foldersWithPictures(split);
    if (!split.items.empty() || inside.size() != 1 || !inside.front()->items.empty()) return split;
    const FolderNode& only = *inside.front();
    const bool sameName = only.split && only.split == split.split;
    return sameName || foldersWithPictures(only).size() > 1 ? unwrapped(only) : split;
}

}  // namespace graft::data
