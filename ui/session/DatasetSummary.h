// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says of a data set, counted once on the thread that has read it: of a million images each
// count takes longer than a frame.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/DatasetIndex.h"
#include "core/data/ImageListing.h"

namespace graft::ui {

// Problems of one kind in the same words.
struct ProblemGroup {
    bool leftOut = false;
    Message message;
    std::string firstPath;
    std::size_t count = 0;
};

struct DatasetSummary {
    std::vector<data::ClassCount> perClass;  // as DatasetIndex::classes
    data::ClassCount all;
    std::optional<Error> obstacle;                   // why it cannot be trained on
    std::vector<std::vector<std::size_t>> imagesOf;  // a class: its DatasetIndex::samples, in their order
    std::vector<ProblemGroup> problems;              // warnings before what is left out, each by path
    std::vector<data::PassedOverGroup> unused;

    static std::shared_ptr<const DatasetSummary> of(const data::DatasetIndex& dataset);
};

}  // namespace graft::ui
