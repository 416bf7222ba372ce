// SPDX-License-Identifier: GPL-3.0-or-later
// Core in two halves. What needs no LibTorch is linked into the programs; the rest, the engine, is a module
// (lib/graft/graft-engine.so) that is loaded when one of the functions below is first called: LibTorch and
// the 200 libraries behind it take half a second to load, and nobody waits for them to see a version or a
// window. A function of core's public headers that needs LibTorch has a line in EngineFunctions.inc, from
// which the module's table and the programs' calls into it are made too.
#pragma once

#include <utility>

#include "core/backbones/ModelSummary.h"
#include "core/backbones/WeightStore.h"
#include "core/comparing/Auto.h"
#include "core/comparing/CompareBackbones.h"
#include "core/evaluation/Evaluator.h"
#include "core/exporting/Exporter.h"
#include "core/inference/Predictor.h"
#include "core/inference/StageViews.h"
#include "core/runtime/Device.h"
#include "core/runtime/ThreadBudget.h"
#include "core/settings/TrainConfig.h"
#include "core/training/DefaultConfig.h"
#include "core/training/FindLearningRate.h"
#include "core/training/HeadOutputs.h"
#include "core/training/NetworkTimes.h"
#include "core/training/Trainer.h"

namespace graft::engine {

// A function of the engine, guarded: made by detail/Guarded.h alone, so that a new one cannot be put into the
// table as it is.
template <class Signature, Signature* function>
struct Guard;
template <class Signature>
class Entry;
template <class R, class... Parameters>
class Entry<R(Parameters...)> {
  public:
    template <class... Arguments>
    R operator()(Arguments&&... arguments) const {
        return m_call(std::forward<Arguments>(arguments)...);
    }

  private:
    template <class Signature, Signature* function>
    friend struct Guard;
    explicit Entry(R (*call)(Parameters...)) : m_call(call) {}

    R (*m_call)(Parameters...);
};

struct EngineFunctions {
#define GRAFT_ENGINE(name, result, function, parameters, arguments) Entry<result parameters> name;
#include "core/engine/EngineFunctions.inc"
#undef GRAFT_ENGINE
};

// What the module exports. The version is the program's: another one's functions may differ.
constexpr const char* kEntryPoint = "graftEngine";
using EntryPoint = const EngineFunctions*(const char* version);  // null: of another version

}  // namespace graft::engine
