// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/NormWatch.h"

#include <algorithm>
#include <utility>

namespace graft::backbones {

namespace {
thread_local NormWatch* activeWatch = nullptr;
}

NormWatch::NormWatch() : m_previous(std::exchange(activeWatch, this)) {}
NormWatch::~NormWatch() {
    activeWatch = m_previous;
}

void NormWatch::saw(std::int64_t numbersPerChannel) {
    if (activeWatch == nullptr) return;
    std::int64_t& fewest = activeWatch->m_fewest;
    fewest = fewest == 0 ? numbersPerChannel : std::min(fewest, numbersPerChannel);
}

std::int64_t NormWatch::takeFewest() {
    return std::exchange(m_fewest, 0);
}

}  // namespace graft::backbones
