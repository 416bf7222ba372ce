// SPDX-License-Identifier: GPL-3.0-or-later
// Core in two halves. What needs no LibTorch is linked into the programs; the rest, the engine, is a module
// (lib/graft/graft-engine.so) that is loaded when one of the functions below is first called: LibTorch and
// the 200 libraries behind it take half a second to load, and nobody waits for them to see a version or a
// window. A function of core's public headers that needs LibTorch has a line here.
#pragma once

#include "core/backbones/ModelSummary.h"
#include "core/evaluation/Evaluator.h"
#include "core/exporting/Exporter.h"
#include "core/inference/Predictor.h"
#include "core/runtime/Device.h"
#include "core/runtime/ThreadBudget.h"
#include "core/training/TrainConfig.h"
#include "core/training/Trainer.h"
#include "core/weights/WeightStore.h"

namespace graft::engine {

using TrainFolder = Result<training::TrainReport>(const training::TrainConfig&,
                                                  const training::TrainObserver&, runtime::RunControl&);
using TrainDataset = Result<training::TrainReport>(const training::TrainConfig&, const data::DatasetIndex&,
                                                   const training::TrainObserver&, runtime::RunControl&);

struct EngineFunctions {
    decltype(&runtime::availableDevices) availableDevices;
    decltype(&runtime::chooseDevice) chooseDevice;
    decltype(&runtime::setComputeThreads) setComputeThreads;
    decltype(&backbones::summarize) summarize;
    decltype(&backbones::listUnits) listUnits;
    decltype(&weights::checkWeights) checkWeights;
    decltype(&weights::addWeights) addWeights;
    decltype(&training::defaultConfig) defaultConfig;
    TrainFolder* trainFolder;
    TrainDataset* trainDataset;
    decltype(&training::resumeRun) resumeRun;
    decltype(&evaluation::evaluateFolder) evaluateFolder;
    decltype(&exporting::exportRun) exportRun;
    decltype(&inference::Predictor::open) openPredictor;
};

// What the module exports. The version is the program's: another one's functions may differ.
constexpr const char* kEntryPoint = "graftEngine";
using EntryPoint = const EngineFunctions*(const char* version);  // null: of another version

}  // namespace graft::engine
