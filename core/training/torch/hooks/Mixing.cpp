// SPDX-License-Identifier: GPL-3.0-or-later
// Mixup and CutMix of every batch of training images.
#include "core/training/torch/Mixing.h"

#include "core/base/Seed.h"
#include "core/settings/Field.h"
#include "core/settings/HeadSolving.h"
#include "core/settings/Mixing.h"
#include "core/training/detail/Seeds.h"
#include "core/training/torch/Hook.h"

namespace graft::training::hooks {

namespace {

class Mixing : public Hook {
  public:
    Mixing(const MixOptions& options, std::uint64_t seed) : m_options(options), m_seed(seed) {}

    void onBatch(at::Tensor& images, Target& target, std::int64_t batch) override {
        MixedBatch both = mixed(images, target.labels, m_options,
                                base::deriveSeed(m_seed, kMix, static_cast<std::uint64_t>(batch)));
        images = std::move(both.images);
        target = std::move(both.target);
    }

  private:
    MixOptions m_options;
    std::uint64_t m_seed;
};

}  // namespace

std::unique_ptr<Hook> mixing(const HookContext& context) {
    const MixOptions options{settings::ownValue(context.config, settings::kMixup, 0.0),
                             settings::ownValue(context.config, settings::kCutMix, 0.0)};
    if (!options.isOn() || settings::solvesHead(context.config)) return nullptr;
    return std::make_unique<Mixing>(options, context.config.seed);
}

}  // namespace graft::training::hooks
