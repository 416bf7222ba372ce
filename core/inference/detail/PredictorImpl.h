// SPDX-License-Identifier: GPL-3.0-or-later
// What a Predictor asks of the engine.
#pragma once

#include <string>
#include <vector>

#include "core/backbones/Outputs.h"
#include "core/inference/Predictor.h"

namespace graft::inference {

struct Predictor::Impl {
    virtual ~Impl() = default;
    virtual const std::vector<std::string>& classes() const = 0;
    virtual const data::PreprocessOptions& preprocessOptions() const = 0;
    virtual const backbones::Outputs& outputs() const = 0;
    virtual Result<std::string> modelSha256() const = 0;
    virtual Result<bool> predictAll(const std::vector<std::string>& images, const Sink& sink,
                                    runtime::RunControl& control) = 0;
    virtual Message method() const = 0;
    // inputs: preprocessed images, each as data::preprocess gives it.
    virtual Result<std::vector<std::vector<float>>> logits(const std::vector<std::vector<float>>& inputs) = 0;
};

}  // namespace graft::inference
