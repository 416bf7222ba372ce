// SPDX-License-Identifier: GPL-3.0-or-later
// Measured NetworkTimes on the disk: one file for each thing that was measured, which can be measured again.
#pragma once

#include <optional>
#include <string>

#include "core/training/NetworkTimes.h"

namespace graft::training {

// key: all that the times depend on, as text. Empty where there is none, or none that can be used.
std::optional<NetworkTimes> readTimes(const std::string& key);

// What cannot be kept is measured again the next time.
void keepTimes(const std::string& key, const NetworkTimes& times);

}  // namespace graft::training
