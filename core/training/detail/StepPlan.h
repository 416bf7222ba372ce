// SPDX-License-Identifier: GPL-3.0-or-later
// Which batches of an epoch make a step of the optimizer together, and what part of it each of them is.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace graft::training {

class StepPlan {
  public:
    // ends: of each batch, where the next one begins, in images (data::BatchLoader::batchEnds). perStep:
    // batches that make a step, at least 1; the last step of an epoch may have fewer.
    StepPlan(std::vector<std::size_t> ends, std::size_t perStep)
        : m_ends(std::move(ends)), m_perStep(perStep) {}

    // Batches count from 0.
    bool begins(std::size_t batch) const { return batch % m_perStep == 0; }
    bool ends(std::size_t batch) const { return begins(batch + 1) || batch + 1 == m_ends.size(); }

    // images: of the batch, those that could be read. Of its step's images, those that were lost included.
    double share(std::size_t batch, std::size_t images) const {
        const std::size_t first = batch - batch % m_perStep;
        const std::size_t last = std::min(first + m_perStep, m_ends.size()) - 1;
        if (first == last) return 1;
        const std::size_t all = m_ends[last] - (first == 0 ? 0 : m_ends[first - 1]);
        return static_cast<double>(images) / static_cast<double>(all);
    }

  private:
    std::vector<std::size_t> m_ends;
    std::size_t m_perStep;
};

}  // namespace graft::training
