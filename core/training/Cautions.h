// SPDX-License-Identifier: GPL-3.0-or-later
// What a person should know of a run before it starts, and what helps: plain sentences about settings that
// are allowed, and hardly ever meant.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Message.h"
#include "core/settings/TrainConfig.h"
#include "core/training/Cost.h"

namespace graft::training {

struct Caution {
    std::string code;  // in JSON: "few_images"
    Message message;   // what is so, and what comes of it
    Message remedy;    // what helps, a sentence of its own
    Message button;    // to do it at once: a few words; empty: it is not a matter of settings
    std::function<void(settings::TrainConfig&)> apply;  // with `button`
};

struct CautionFacts {
    const settings::TrainConfig& config;
    const backbones::ModelSummary& summary;  // at the crop's size
    std::size_t trainImages = 0;
    std::size_t classes = 0;
    const Cost* cost = nullptr;  // null: not known
    std::uint64_t memory = 0;    // bytes that the run may use; 0: unknown
    // What the run would cost with other settings; may be empty.
    std::function<Result<Cost>(const settings::TrainConfig&)> costOf = {};
};

// The most serious ones first.
std::vector<Caution> cautions(const CautionFacts& facts);

}  // namespace graft::training
