// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "core/settings/Value.h"

namespace graft::settings::recipes {

// What all the articles' programs have in common, and what is a program's own, which counts more.
inline std::map<std::string, Value> articleSettings(std::map<std::string, Value> own) {
    own.merge(std::map<std::string, Value>{{"epochs", std::int64_t{10}},
                                           {"batch_size", std::int64_t{32}},
                                           {"loss.kind", std::string("cross_entropy")},
                                           {"head.dropout", 0.0},
                                           {"augment.random_resized_crop", false},
                                           {"augment.horizontal_flip", false}});
    return own;
}

}  // namespace graft::settings::recipes
