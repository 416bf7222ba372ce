// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/RunDevice.h"

#include "core/runtime/torch/TorchDevice.h"
#include "core/training/torch/Precisions.h"

namespace graft::training {

Result<RunDevice> runDevice(const settings::TrainConfig& config, const std::optional<Decisions>& decided) {
    const bool follows = decided && config.device == "auto";
    const auto device = runtime::chooseDevice(follows ? decided->device : config.device);
    if (!device && follows) {
        const Message away =
            config.precision == settings::Precision::Float16
                ? GRAFT_TEXT(
                      "The run was begun on a GPU, and LibTorch sees none here; go on where there is one.")
                : GRAFT_TEXT(
                      "The run was begun on a GPU, and LibTorch sees none here; go on where there is one, "
                      "or with graft-cli resume --device cpu, which gives other numbers.");
        return fail(device.error().code, away, config.runFolder);
    }
    if (!device) return fail(device.error());
    const auto mixedType = mixedPrecisionType(config.precision, runtime::torchDevice(*device));
    if (!mixedType) return fail(mixedType.error());
    return RunDevice{*device, *mixedType};
}

}  // namespace graft::training
