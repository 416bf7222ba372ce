// SPDX-License-Identifier: GPL-3.0-or-later
// Which classes a model takes for which, the most frequent mistakes first.
#pragma once

#include <cstddef>
#include <vector>

namespace graft::ui {

struct ConfusedPair {
    int truth = 0;
    int predicted = 0;
    std::size_t images = 0;  // at least 1
    double share = 0;        // of the images of the true class, 0..1
    bool operator==(const ConfusedPair&) const = default;
};

// confusion[truth][predicted]. By images, then by share, then by class. What is right is no pair.
std::vector<ConfusedPair> worstPairs(const std::vector<std::vector<std::size_t>>& confusion);

}  // namespace graft::ui
