// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/EpochRecall.h"

#include <algorithm>
#include <utility>

#include "core/base/detail/TextFile.h"
#include "core/training/detail/RunJson.h"

namespace graft::training {

void takeRecall(const RunPaths& paths, std::vector<EpochDone>& history) {
    auto written = base::readText(paths.metrics).and_then([&](const std::string& text) {
        return epochsFromJsonLines(text, paths.metrics);
    });
    if (!written) return;
    for (std::size_t i = 0; i < std::min(history.size(), written->size()); ++i) {
        EpochDone& line = (*written)[i];
        const bool isSame = line.valAccuracy == history[i].valAccuracy && line.valLoss == history[i].valLoss;
        if (isSame) history[i].recall = std::move(line.recall);
    }
}

}  // namespace graft::training
