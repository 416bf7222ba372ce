// SPDX-License-Identifier: GPL-3.0-or-later
// Two phases: the head alone, until it no longer sends large gradients into the backbone, then what the
// person has left thawed at a lower rate (Keras' guide "Transfer learning & fine-tuning"; fastai's
// fine_tune).
#include "core/settings/plans/Plans.h"

namespace graft::settings {

namespace {

constexpr const char* kEpochs = "phases.head_epochs";
constexpr const char* kFactor = "phases.fine_tune_factor";
constexpr std::int64_t kDefaultEpochs = 3;
constexpr double kDefaultFactor = 0.1;

Result<std::vector<Phase>> phases(const TrainConfig& config,
                                  const std::vector<backbones::UnitSummary>& units) {
    if (const auto thawed = requireThawed(config, units); !thawed) return fail(thawed.error());
    const int headEpochs = static_cast<int>(ownValue(config, kEpochs, kDefaultEpochs));
    if (headEpochs >= config.epochs) {
        return fail({ErrorCode::InvalidArgument,
                     GRAFT_TEXT("The head's epochs must be fewer than those of the run: the rest is for "
                                "fine-tuning. Take fewer, or more epochs."),
                     "", kEpochs});
    }
    Phase fineTune{"fine-tune", headEpochs + 1, config.epochs - headEpochs, config.freeze};
    fineTune.settings["optimizer.learning_rate"] =
        config.optimizer.learningRate * ownValue(config, kFactor, kDefaultFactor);
    return std::vector<Phase>{{"head", 1, headEpochs, backbones::freezeAll(units)}, std::move(fineTune)};
}

}  // namespace

Plan headFirst() {
    return {{.name = "head_first",
             .label = GRAFT_TEXT("head first"),
             .help = GRAFT_TEXT("First the head alone, then the thawed blocks too, at a lower rate"),
             .settings =
                 {
                     {
                         .key = kEpochs,
                         .option = "--head-epochs",
                         .label = GRAFT_TEXT("Head alone for"),
                         .help = GRAFT_TEXT("Epochs in which only the head is trained, of all of the run"),
                         .field = ownWhole(kEpochs, kDefaultEpochs, from(1, 100000)),
                         .whenAbsent = kDefaultEpochs,
                     },
                     {
                         .key = kFactor,
                         .option = "--fine-tune-factor",
                         .label = GRAFT_TEXT("Then the rate times"),
                         .help = GRAFT_TEXT("What the learning rate is multiplied by when blocks are thawed"),
                         .field = ownNumber(kFactor, kDefaultFactor, above(0, 1)),
                         .whenAbsent = kDefaultFactor,
                     },
                 }},
            phases,
            GRAFT_TEXT("The head is trained alone first; the blocks that are thawed here are trained with it "
                       "after that."),
            true,
            true};
}

}  // namespace graft::settings
