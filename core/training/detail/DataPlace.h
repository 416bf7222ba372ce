// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a run's images are still there, and where, before it starts or goes on.
#pragma once

#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/runtime/RunControl.h"

namespace graft::training {

// What became of images, by path relative to the root, training and validation images only.
struct DataState {
    std::vector<std::string> missing;
    std::vector<std::string> changed;  // of another size or content than when the folder was read
    std::vector<std::string> moved;    // found by their content under another path
};

// Looks for each file, and at its size. Errors: Unreadable where more is missing than a run may lose (see
// ImageLoss.h); remedy ends the sentence.
Result<DataState> lookForImages(const data::DatasetIndex& dataset, const Message& remedy);

// Of a run that goes on: where more than five images and a quarter of a split hold other pictures than the
// run knows, it would go on with another data set. Errors: Unreadable.
Result<void> requireUnchanged(const data::DatasetIndex& dataset, const DataState& state);

// Takes the images from another folder: each by its relative path if that has its SHA-256, otherwise
// wherever below the folder its content is. The index gets the new root and paths. What differs counts like
// what is missing. Errors: NotFound (no such folder), Unreadable as above, Cancelled.
Result<DataState> moveDataset(data::DatasetIndex& dataset, const std::string& folder,
                              runtime::RunControl& control);

// As sentences for a person, at most a handful of names in each.
std::vector<Message> noticesOf(const DataState& state);
// Where they lie now.
Message placeNotice(const std::string& root);

}  // namespace graft::training
