// SPDX-License-Identifier: GPL-3.0-or-later
// A moving average of the weights, and of the statistics of batch norms, as timm's ModelEmaV2: after each
// step average = decay * average + (1 - decay) * weights (Polyak, Juditsky, Acceleration of Stochastic
// Approximation by Averaging, 1992, in the form of Tarvainen, Valpola, Mean teachers, 2017). The model is the
// average; the training goes on from the weights. It begins with the weights that the phase begins with.
#include <torch/types.h>
#include <torch/utils.h>

#include "core/settings/Field.h"
#include "core/training/torch/Hook.h"
#include "core/weights/torch/TensorBridge.h"

namespace graft::training::hooks {

namespace {

std::string keyOf(const std::string& tensor) {
    return std::string(kHookPrefix) + "ema." + tensor;
}

class Ema : public Hook {
  public:
    Ema(const HookContext& context, double decay) : m_decay(decay) {
        const torch::NoGradGuard noGradients;
        for (auto& [name, tensor] : context.network.tensorsBut(context.config.freeze))
            m_averages.push_back({name, tensor, tensor.detach().clone()});
    }

    void afterStep() override {
        for (Average& one : m_averages) {
            if (one.average.is_floating_point()) {
                one.average.mul_(m_decay).add_(one.trained, 1 - m_decay);
            } else {
                one.average.copy_(one.trained);  // a count of batches
            }
        }
    }

    std::vector<Replacement> replacements() const override {
        std::vector<Replacement> all;
        for (const Average& one : m_averages)
            all.emplace_back(one.trained, one.average);
        return all;
    }

    void save(weights::StateDict& dict) const override {
        for (const Average& one : m_averages)
            dict.tensors.emplace_back(keyOf(one.name), weights::fromTensor(one.average));
    }

    Result<void> load(const weights::StateDict& dict) override {
        const torch::NoGradGuard noGradients;
        for (const Average& one : m_averages) {
            const weights::TensorData* data = dict.find(keyOf(one.name));
            if (data != nullptr && data->shape == one.average.sizes().vec()) continue;
            return fail(ErrorCode::BadFormat, GRAFT_TEXT("The checkpoint has no average of the weights that "
                                                         "fits the settings in config.json: one of "
                                                         "them is damaged or was changed. Put config.json "
                                                         "back as the run wrote it, or start another "
                                                         "run."));
        }
        for (Average& one : m_averages)
            one.average.copy_(weights::toTensor(*dict.find(keyOf(one.name))));
        return {};
    }

  private:
    struct Average {
        std::string name;
        at::Tensor trained;  // the network's own
        at::Tensor average;
    };
    std::vector<Average> m_averages;
    double m_decay;
};

}  // namespace

std::unique_ptr<Hook> ema(const HookContext& context) {
    const double decay = settings::ownValue(context.config, "ema_decay", 0.0);
    return decay > 0 ? std::make_unique<Ema>(context, decay) : nullptr;
}

}  // namespace graft::training::hooks
