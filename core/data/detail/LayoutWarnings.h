// SPDX-License-Identifier: GPL-3.0-or-later
// Folders that are taken for classes although their names or what they hold say that they may be splits, or
// that the classes lie further in.
#pragma once

#include <vector>

#include "core/data/DatasetIndex.h"
#include "core/data/detail/FolderTree.h"

namespace graft::data {

// Says something about the folder; nothing is left out for it.
void warn(std::vector<Problem>& problems, const FolderNode& folder, ProblemCode code, Message message);

// level: the folder whose folders are the classes.
void warnOfClasses(const FolderNode& level, std::vector<Problem>& problems);

// used: the folders that make one split, if they are more than one.
void warnOfParts(const FolderNodes& used, std::vector<Problem>& problems);

// As warnOfParts, in the first class that holds two folders of one split.
void warnOfPartsInside(const FolderNodes& classes, std::vector<Problem>& problems);

// The folders inside of these are not told apart.
void warnOfSameNames(const FolderNodes& folders, const FolderNode& level, std::vector<Problem>& problems);

}  // namespace graft::data
