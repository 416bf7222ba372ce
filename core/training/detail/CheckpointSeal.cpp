// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/CheckpointSeal.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/detail/Hash.h"
#include "core/weights/WeightFile.h"

namespace graft::training {

namespace {

constexpr std::string_view kRun = "run";
constexpr std::string_view kFrozen = "frozen_digest";
constexpr std::string_view kDigest = "digest";

std::string textAt(const weights::Metadata& metadata, std::string_view wanted) {
    for (const auto& [key, value] : metadata) {
        if (key == wanted) return value;
    }
    return {};
}

tl::unexpected<Error> notTheRuns(const std::string& path) {
    return fail(
        ErrorCode::BadFormat,
        GRAFT_TEXT("The checkpoint is not the one that this run wrote: it is damaged or another run's; "
                   "put it back, or start another run."),
        path);
}

// What a digest has of a tensor's shape: the sides with " x " between them. Digests lie in the folders of
// runs, so that this stays as it is, whatever a person is told of a shape, and in whatever language.
std::string shapeInDigest(const std::vector<std::int64_t>& shape) {
    if (shape.empty()) return "a single number";
    std::string text;
    for (const std::int64_t side : shape) {
        if (!text.empty()) text += " x ";
        text += std::to_string(side);
    }
    return text;
}

}  // namespace

std::string digestOf(const weights::StateDict& dict) {
    base::Hasher hasher;
    // With its length, so that two texts are never taken for two others.
    const auto add = [&](std::string_view text) {
        hasher.add(std::to_string(text.size()) + ':');
        hasher.add(std::string(text));
    };
    for (const auto& [key, value] : dict.metadata) {
        if (key == kDigest) continue;
        add(key);
        add(value);
    }
    for (const auto& [name, tensor] : dict.tensors) {
        add(name);
        add(weights::dtypeName(tensor.dtype));
        add(shapeInDigest(tensor.shape));
        hasher.add(
            std::span(reinterpret_cast<const std::uint8_t*>(tensor.bytes->data()), tensor.bytes->size()));
    }
    return hasher.hex();
}

void seal(weights::StateDict& state, const CheckpointSeal& seal) {
    if (!seal.run.empty()) state.metadata.emplace_back(kRun, seal.run);
    state.metadata.emplace_back(kFrozen, seal.frozen);
    state.metadata.emplace_back(kDigest, digestOf(state));
}

CheckpointSeal sealIn(const weights::Metadata& metadata) {
    return {textAt(metadata, kRun), textAt(metadata, kFrozen)};
}

Result<void> checkSeal(const RunPaths& paths, const std::string& run) {
    std::error_code error;
    // A pipe in its place would be waited for. Of none: it cannot be looked at, which its reader says.
    const auto type = std::filesystem::status(paths.frozen, error).type();
    if (type != std::filesystem::file_type::regular && type != std::filesystem::file_type::none)
        return fail(ErrorCode::NotFound, kHalfCheckpoint, paths.frozen);
    std::string frozenDigest;
    {
        const auto state = weights::readSafetensors(paths.state);
        if (!state) return fail(state.error());
        const CheckpointSeal said = sealIn(state->metadata);
        const std::string digest = textAt(state->metadata, kDigest);
        if (said.run != run) return notTheRuns(paths.state);
        if (digest.empty() && said.frozen.empty() && run.empty()) return {};  // an older version's
        if (digest != digestOf(*state)) return notTheRuns(paths.state);
        frozenDigest = said.frozen;
    }  // only one of the files in memory
    const auto frozen = weights::readSafetensors(paths.frozen);
    if (!frozen) return fail(frozen.error());
    if (frozenDigest != digestOf(*frozen)) return notTheRuns(paths.frozen);
    return {};
}

}  // namespace graft::training
