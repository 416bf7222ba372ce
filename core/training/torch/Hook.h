// SPDX-License-Identifier: GPL-3.0-or-later
// What takes part in the steps of a phase's training beside the optimizer: one small class for each, called
// at fixed points, as ensmallen's callbacks. Those of core/settings/hooks/Hooks.inc, each made by the file of
// its name in hooks/; in that order.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/torch/Network.h"
#include "core/base/Result.h"
#include "core/settings/TrainConfig.h"
#include "core/training/torch/Loss.h"
#include "core/weights/StateDict.h"

namespace graft::training {

class Hook {
  public:
    using Replacement = std::pair<at::Tensor, at::Tensor>;  // a tensor of the network, what shall stand there

    Hook() = default;
    Hook(const Hook&) = delete;
    Hook& operator=(const Hook&) = delete;
    virtual ~Hook() = default;

    // A batch on its way into the network, on the device: images or features, and what they are to be taken
    // for. batch: counted from 0 over the whole run; draws that come from it and the run's seed are the same
    // in a run that goes on.
    virtual void onBatch(at::Tensor& /*images*/, Target& /*target*/, std::int64_t /*batch*/) {}

    // No gradients are recorded in these two. Between the gradients, which are those of the mean over the
    // step's images, and the optimizer ...
    virtual void beforeStep() {}
    // ... and behind it. Neither is called for a step that is left out (see TrainStep::finish).
    virtual void afterStep() {}

    // What the model that is validated, kept and exported has in the place of what is trained.
    virtual std::vector<Replacement> replacements() const { return {}; }

    // What a run that goes on has to know, under names that begin with "hook.". Errors: BadFormat, without a
    // path; then nothing is changed.
    virtual void save(weights::StateDict& /*dict*/) const {}
    virtual Result<void> load(const weights::StateDict& /*dict*/) { return {}; }
};

inline constexpr const char* kHookPrefix = "hook.";

struct HookContext {
    backbones::Network& network;  // on the device, with the phase's frozen units; it outlives the hook
    const settings::TrainConfig& config;
};

// Null where the settings do not ask for it.
using MakeHook = std::unique_ptr<Hook> (*)(const HookContext& context);

// Those that the settings ask for.
std::vector<std::unique_ptr<Hook>> makeHooks(const HookContext& context);

// One more, behind the others, for whoever brings his own. Before the first run.
void addHook(MakeHook make);

}  // namespace graft::training
