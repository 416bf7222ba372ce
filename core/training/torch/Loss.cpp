// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Loss.h"

#include <torch/types.h>

#include <map>
#include <stdexcept>

#include "core/settings/ClassWeights.h"
#include "core/settings/Field.h"

namespace graft::training {

namespace losses {
#define GRAFT_LOSS(function, name) LossMaker function();
#include "core/settings/losses/Losses.inc"
#undef GRAFT_LOSS
}  // namespace losses

namespace {

std::map<std::string, LossMaker>& lossMakers() {
    static std::map<std::string, LossMaker> all{
#define GRAFT_LOSS(function, name) {name, losses::function()},
#include "core/settings/losses/Losses.inc"
#undef GRAFT_LOSS
    };
    return all;
}

const LossMaker& makerOf(const settings::TrainConfig& config) {
    const auto maker = lossMakers().find(config.loss.kind);
    if (maker == lossMakers().end())
        throw std::invalid_argument("There is no loss " + config.loss.kind + ".");
    return maker->second;
}

}  // namespace

at::Tensor Loss::operator()(const at::Tensor& given, const Target& target) const {
    if (!target.isMixed()) return mean(given, target.labels);
    return target.share * mean(given, target.labels) + (1 - target.share) * mean(given, target.otherLabels);
}

at::Tensor Loss::weight(const Target& target) const {
    const at::Tensor weight = meanWeight(target.labels);
    if (!target.isMixed() || !weight.defined()) return weight;
    return target.share * weight + (1 - target.share) * meanWeight(target.otherLabels);
}

backbones::Outputs outputsOf(const settings::TrainConfig& config) {
    return {makerOf(config).outputs, settings::ownValue(config, "loss.threshold", 0.5)};
}

Result<std::unique_ptr<Loss>> makeLoss(const settings::TrainConfig& config,
                                       const std::vector<std::string>& classes,
                                       const std::vector<std::size_t>& counts, c10::Device device) {
    const LossMaker& maker = makerOf(config);
    if (maker.outputs == backbones::OutputKind::Sigmoid && classes.size() != 2) {
        return fail({ErrorCode::InvalidArgument,
                     {GRAFT_TEXT("This loss tells two classes apart, and the folder has {1}; choose another, "
                                 "such as cross-entropy (--loss cross_entropy)."),
                      classes.size()},
                     "",
                     "loss.kind"});
    }
    const auto weights = settings::classWeights(config, classes, counts);
    if (!weights) return fail(weights.error());
    LossContext context{config, {}};
    if (!weights->empty()) context.classWeights = torch::tensor(*weights, torch::kFloat).to(device);
    return maker.make(context);
}

void addLoss(const std::string& name, LossMaker maker) {
    lossMakers()[name] = maker;
}

}  // namespace graft::training
