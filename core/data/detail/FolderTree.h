// SPDX-License-Identifier: GPL-3.0-or-later
// An ImageListing as a tree of its folders, each with its pictures and with the split that its name says,
// among the names beside it: test_A is one beside a training folder with classes.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/data/DatasetIndex.h"
#include "core/data/ImageListing.h"

namespace graft::data {

struct FolderNode {
    // A picture, also one in a format that is not read: why is then filled.
    struct Item {
        std::string path;
        Message why;
        bool isOtherFormat = false;
    };

    std::string name;
    std::string path;  // relative to the root; empty for the root itself
    std::map<std::string, std::unique_ptr<FolderNode>> children;
    std::vector<Item> items;     // directly inside
    std::size_t total = 0;       // items at any depth
    std::optional<Split> split;  // that its name says, among the names beside it
    bool hasOtherFiles = false;

    FolderNode& child(const std::string& childName);
};

using FolderNodes = std::vector<const FolderNode*>;

struct FolderTree {
    FolderNode top;
    std::vector<PassedOver> otherFiles;  // no pictures; paths relative to the root
};

// listing: of root, which is absolute and without a slash at its end.
FolderTree treeOf(const std::string& root, const ImageListing& listing);

FolderNodes foldersWithPictures(const FolderNode& node);

// What the names of a split's class folders look like (looksOf).
std::set<std::string> classesIn(const FolderNode& split);

// The folder that holds the class folders of a split: it may be wrapped, as in seg_train/seg_train/CLASS.
const FolderNode& unwrapped(const FolderNode& split);

}  // namespace graft::data
