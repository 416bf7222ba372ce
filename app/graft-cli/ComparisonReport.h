// SPDX-License-Identifier: GPL-3.0-or-later
// How a comparison of backbones is told, while it goes on and at its end.
#pragma once

#include <string>

#include "app/graft-cli/Output.h"
#include "core/comparing/Comparison.h"

namespace graft::cli {

comparing::CompareObserver comparePrinter();

// The training that this entrant stands for.
std::string trainCommand(const std::string& folder, const comparing::Entrant& entrant);

void print(const comparing::Comparison& comparison, const std::string& command);
Json asJson(const comparing::Comparison& comparison, const std::string& command);

}  // namespace graft::cli
