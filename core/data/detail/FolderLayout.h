// SPDX-License-Identifier: GPL-3.0-or-later
// Which of a folder's folders are classes and which are splits. Looks at names only.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "core/data/DatasetIndex.h"
#include "core/data/ImageListing.h"
#include "core/data/detail/Candidate.h"

namespace graft::data {

struct FolderLayout {
    std::vector<Candidate> candidates;  // sorted by path
    std::set<std::string> classNames;   // also of folders without pictures
    std::vector<PassedOver> unused;     // all the rest, paths relative to the root
    std::vector<Problem> problems;      // what is odd about the folders
    bool splitByFolders = false;        // the folder brings its own validation images
};

// listing: of root, which is absolute and without a slash at its end.
FolderLayout layOut(const std::string& root, const ImageListing& listing);

}  // namespace graft::data
