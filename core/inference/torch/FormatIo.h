// SPDX-License-Identifier: GPL-3.0-or-later
// How a model is written in a format and opened again. One is a file in formats/ here, which belongs to the
// one of the same name in core/inference/formats.
#pragma once

#include <string>

#include "core/base/Result.h"
#include "core/inference/torch/LoadedModel.h"

namespace graft::inference {

struct FormatIo {
    // A model that has a network, to a file of its own; with the classes within it, where the format has a
    // place for them. Whole or not at all. LibTorch's exceptions pass. Errors: Unwritable.
    Result<void> (*write)(const LoadedModel& model, const std::string& file) = nullptr;
    // A model of which only file, sidecar and device are set: opens the file and sets forward, which may give
    // whatever the network gives, and network or script where there is one. The file may be anybody's; what
    // its answers look like is checked afterwards (loadModelFile). Errors: BadFormat, Unreadable.
    Result<void> (*open)(LoadedModel& model) = nullptr;
};

// Errors: formatOf's.
Result<FormatIo> formatIo(const std::string& name);

// Of a format that was added with addFormat().
void addFormatIo(const std::string& name, FormatIo io);

}  // namespace graft::inference
