// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/session/ConfusedPairs.h"

#include <algorithm>
#include <numeric>

namespace graft::ui {

std::vector<ConfusedPair> worstPairs(const std::vector<std::vector<std::size_t>>& confusion) {
    std::vector<ConfusedPair> pairs;
    for (std::size_t truth = 0; truth < confusion.size(); ++truth) {
        const std::vector<std::size_t>& row = confusion[truth];
        const std::size_t all = std::accumulate(row.begin(), row.end(), std::size_t{0});
        for (std::size_t predicted = 0; predicted < row.size(); ++predicted) {
            if (truth == predicted || row[predicted] == 0) continue;
            pairs.push_back({static_cast<int>(truth), static_cast<int>(predicted), row[predicted],
                             double(row[predicted]) / double(all)});
        }
    }
    std::ranges::stable_sort(pairs, [](const ConfusedPair& a, const ConfusedPair& b) {
        return a.images != b.images ? a.images > b.images : a.share > b.share;
    });
    return pairs;
}

}  // namespace graft::ui
