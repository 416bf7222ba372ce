// SPDX-License-Identifier: GPL-3.0-or-later
// The module's only export.
#include <string_view>

#include "core/engine/detail/Guarded.h"

using namespace graft;
using engine::guarded;

extern "C" __attribute__((visibility("default"))) const engine::EngineFunctions* graftEngine(
    const char* version) {
    static const engine::EngineFunctions functions{
        guarded<decltype(runtime::availableDevices), runtime::availableDevices>,
        guarded<decltype(runtime::chooseDevice), runtime::chooseDevice>,
        guarded<decltype(runtime::setComputeThreads), runtime::setComputeThreads>,
        guarded<decltype(backbones::summarize), backbones::summarize>,
        guarded<decltype(backbones::listUnits), backbones::listUnits>,
        guarded<decltype(weights::checkWeights), weights::checkWeights>,
        guarded<decltype(weights::addWeights), weights::addWeights>,
        guarded<decltype(training::defaultConfig), training::defaultConfig>,
        guarded<engine::TrainFolder, training::train>,
        guarded<engine::TrainDataset, training::train>,
        guarded<decltype(training::resumeRun), training::resumeRun>,
        guarded<decltype(training::checkResumable), training::checkResumable>,
        guarded<decltype(evaluation::evaluateFolder), evaluation::evaluateFolder>,
        guarded<decltype(exporting::exportRun), exporting::exportRun>,
        guarded<decltype(inference::Predictor::open), inference::Predictor::open>,
    };
    return version == std::string_view(GRAFT_VERSION) ? &functions : nullptr;
}
