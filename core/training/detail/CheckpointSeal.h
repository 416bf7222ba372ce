// SPDX-License-Identifier: GPL-3.0-or-later
// What checkpoint/state.safetensors says of itself in its metadata, so that neither a damaged checkpoint nor
// another run's goes on: the run that wrote it, the digest of the frozen.safetensors that belongs to it, and
// that of its own tensors and other metadata.
#pragma once

#include <string>

#include "core/base/Result.h"
#include "core/training/detail/RunWriter.h"
#include "core/weights/StateDict.h"

namespace graft::training {

struct CheckpointSeal {
    std::string run;     // see newRunId(); empty in runs of older versions
    std::string frozen;  // digestOf(frozen.safetensors)
};

// Of names, types, shapes, bytes and metadata, without the digest in it. In hexadecimal digits.
std::string digestOf(const weights::StateDict& dict);

// The last to be put into the metadata.
void seal(weights::StateDict& state, const CheckpointSeal& seal);

// As the metadata says; empty where it does not, as in older versions.
CheckpointSeal sealIn(const weights::Metadata& metadata);

// Both files are those that the run wrote together. Reads all of them. Nothing to say of what an older
// version wrote. run: the id in the run's decisions.
// Errors: BadFormat (damaged, or another run's), NotFound (frozen.safetensors), Unreadable.
Result<void> checkSeal(const RunPaths& paths, const std::string& run);

}  // namespace graft::training
