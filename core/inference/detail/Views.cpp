// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/detail/Views.h"

#include <filesystem>
#include <vector>

#include "core/base/Seed.h"
#include "core/base/detail/Hash.h"
#include "core/base/detail/TextFile.h"
#include "core/settings/Settings.h"
#include "core/training/detail/RunWriter.h"
#include "core/training/detail/TrainedOn.h"

namespace graft::inference {

std::uint64_t seedOfVariants(const Views& views, const std::string& imagePath) {
    const std::string name = std::filesystem::path(imagePath).filename().string();
    const std::vector<std::uint8_t> bytes(name.begin(), name.end());
    constexpr std::size_t kDigits = 16;  // of 64 bits
    return base::deriveSeed(views.seed, std::stoull(base::sha256Hex(bytes).substr(0, kDigits), nullptr, 16));
}

Result<Views> viewsOf(const std::string& model, std::size_t count) {
    if (count <= 1) return Views();
    const std::string run = training::runOf(model);
    if (run.empty()) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("An exported model does not say how its training images were varied; give the folder "
                       "of its run, or leave --tta out."),
            model);
    }
    const std::string file = training::RunPaths(run).config;
    const auto config = base::readText(file).and_then(settings::configFromJson);
    if (!config) return fail(config.error().code, config.error().message, file);
    if (!data::changesAnything(config->augment)) {
        return fail(
            ErrorCode::InvalidArgument,
            GRAFT_TEXT("The run was trained without augmentation, so all views of an image would be the "
                       "same; leave --tta out, or train a run with augmentation (--augment)."),
            model);
    }
    return Views{count, config->augment, config->seed};
}

}  // namespace graft::inference
