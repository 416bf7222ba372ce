// SPDX-License-Identifier: GPL-3.0-or-later
// Names that can be chosen, within a sentence.
#pragma once

#include <string>
#include <vector>

#include "core/base/Message.h"

namespace graft::base {

// "sgd, adam or rmsprop"; the name alone where there is one, nothing where there is none.
Message either(const std::vector<std::string>& names);

}  // namespace graft::base
