// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/BatchOfOne.h"

#include <fmt/format.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

#include "core/backbones/torch/NormWatch.h"
#include "core/data/torch/BatchLoader.h"

namespace graft::training {

namespace {

constexpr std::size_t kNamed = 4;

// Trained units with a batch norm that gets fewer numbers per channel than `enough` from one picture.
std::vector<std::string> unitsWithFewNumbers(const backbones::Network& network,
                                             const settings::TrainConfig& config, c10::Device device,
                                             std::int64_t enough) {
    const torch::NoGradGuard noGradients;
    backbones::NormWatch watch;
    std::vector<std::string> names;
    const int side = config.preprocess.cropSize;
    at::Tensor x = torch::zeros({1, 3, side, side}, device);
    for (const backbones::Unit& unit : network.units()) {
        unit.train(false);  // nothing is to change
        x = unit.forward(x);
        const std::int64_t fewest = watch.takeFewest();
        if (fewest > 0 && fewest < enough && !config.freeze.isFrozen(unit.name)) names.push_back(unit.name);
    }
    return names;
}

Message unitList(std::vector<std::string> units) {
    const std::size_t more = units.size() > kNamed ? units.size() - kNamed : 0;
    units.resize(units.size() - more);
    const std::string names = fmt::format("{}", fmt::join(units, ", "));
    if (more == 0) return Message::words(names);
    return {GRAFT_TEXT("{1} and {2} more"), names, more};
}

}  // namespace

Result<void> checkSmallestBatch(const backbones::Network& network, const settings::TrainConfig& config,
                                std::size_t trainImages) {
    const auto ends = data::BatchLoader::batchEnds(trainImages, static_cast<std::size_t>(config.batchSize));
    std::size_t smallest = trainImages;
    for (std::size_t i = 0; i < ends.size(); ++i)
        smallest = std::min(smallest, ends[i] - (i == 0 ? 0 : ends[i - 1]));
    if (smallest != 1) return {};
    const auto units = unitsWithFewNumbers(network, config, c10::kCPU, 2);
    if (units.empty()) return {};
    const bool isOne = units.size() == 1;
    const char* addImages =
        isOne ? GRAFT_TEXT("Add training images, or freeze this unit, or choose a larger crop.")
              : GRAFT_TEXT("Add training images, or freeze these units, or choose a larger crop.");
    const char* largerBatch =
        isOne ? GRAFT_TEXT(
                    "Choose a batch size of 2 or more (gradients that are accumulated do not count), or "
                    "freeze this unit, or choose a larger crop.")
              : GRAFT_TEXT(
                    "Choose a batch size of 2 or more (gradients that are accumulated do not count), or "
                    "freeze these units, or choose a larger crop.");
    return fail(
        ErrorCode::InvalidArgument,
        {GRAFT_TEXT(
             "A batch of one picture gives the batch norm of {1} a single number per channel at a crop "
             "of {2} pixels, and of one number there is no variance to train on. {3}"),
         unitList(units), config.preprocess.cropSize,
         Message(config.batchSize > 1 ? addImages : largerBatch)});
}

Message fewNumbersSentence(const backbones::Network& network, const settings::TrainConfig& config,
                           c10::Device device) {
    const std::int64_t enough = (kFewNumbers + config.batchSize - 1) / config.batchSize;
    const auto units = unitsWithFewNumbers(network, config, device, enough);
    if (units.empty()) return {};
    return {units.size() == 1
                ? GRAFT_TEXT("A batch of {1} gives the batch norm of {2} fewer than {3} numbers per channel, "
                             "which is rough: a larger batch size or crop helps, or to freeze this unit.")
                : GRAFT_TEXT("A batch of {1} gives the batch norm of {2} fewer than {3} numbers per channel, "
                             "which is rough: a larger batch size or crop helps, or to freeze these units."),
            config.batchSize, unitList(units), kFewNumbers};
}

}  // namespace graft::training
