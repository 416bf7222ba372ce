// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Preprocess.h"
#include "core/data/detail/ImageMemory.h"

namespace graft::data {

// As in Preprocess.h, by way of what is kept in memory (may be null). The numbers are the same either way.
// One memory serves one set of options. sha256 (may be null): gets that of the file's bytes, where it was
// read.
Result<void> loadPreprocessed(const std::string& path, const PreprocessOptions& options,
                              const std::optional<AugmentOptions>& augment, std::uint64_t seed,
                              std::span<float> target, ImageMemory* memory, std::string* sha256 = nullptr);

}  // namespace graft::data
