// SPDX-License-Identifier: GPL-3.0-or-later
// The module's only export.
#include <string_view>

#include "core/engine/EngineFunctions.h"

using namespace graft;

extern "C" __attribute__((visibility("default"))) const engine::EngineFunctions* graftEngine(
    const char* version) {
    static const engine::EngineFunctions functions{
        runtime::availableDevices, runtime::chooseDevice,      runtime::setComputeThreads,
        backbones::summarize,      backbones::listUnits,       weights::checkWeights,
        weights::addWeights,       training::defaultConfig,    training::train,
        training::train,           training::resumeRun,        evaluation::evaluateFolder,
        exporting::exportRun,      inference::Predictor::open,
    };
    return version == std::string_view(GRAFT_VERSION) ? &functions : nullptr;
}
