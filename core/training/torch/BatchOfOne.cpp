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

std::string unitList(std::vector<std::string> units) {
    const std::size_t more = units.size() > kNamed ? units.size() - kNamed : 0;
    units.resize(units.size() - more);
    return fmt::format("{}{}", fmt::join(units, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
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
    const std::string larger = config.batchSize > 1 ? "Add training images"
                                                    : "Choose a batch size of 2 or more (gradients that are "
                                                      "accumulated do not count)";
    return fail(
        ErrorCode::InvalidArgument,
        fmt::format("A batch of one picture gives the batch norm of {} a single number per channel at a crop "
                    "of {} pixels, and of one number there is no variance to train on. {}, or freeze {}, or "
                    "choose a larger crop.",
                    unitList(units), config.preprocess.cropSize, larger,
                    units.size() > 1 ? "these units" : "this unit"));
}

std::string fewNumbersSentence(const backbones::Network& network, const settings::TrainConfig& config,
                               c10::Device device) {
    const std::int64_t enough = (kFewNumbers + config.batchSize - 1) / config.batchSize;
    const auto units = unitsWithFewNumbers(network, config, device, enough);
    if (units.empty()) return {};
    return fmt::format(
        "A batch of {} gives the batch norm of {} fewer than {} numbers per channel, which is rough: a "
        "larger "
        "batch size or crop helps, or to freeze {}.",
        config.batchSize, unitList(units), kFewNumbers, units.size() > 1 ? "these units" : "this unit");
}

}  // namespace graft::training
