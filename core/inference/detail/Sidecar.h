// SPDX-License-Identifier: GPL-3.0-or-later
// The .json beside an exported model: what a program needs besides the weights.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/backbones/Head.h"
#include "core/backbones/Outputs.h"
#include "core/base/Result.h"
#include "core/data/Preprocess.h"
#include "core/weights/StateDict.h"

namespace graft::inference {

struct Sidecar {
    std::string format;  // a ModelFormat's name
    std::string backbone;
    backbones::HeadOptions head;
    std::vector<std::string> classes;  // in the order of the logits
    data::PreprocessOptions preprocess;
    backbones::Outputs outputs = {};
    std::string sha256 = {};  // of the model file, lower-case hex; empty: not written (older versions)
    // Of the model whose place this one's takes, with its sha256: for as long as either may lie there, which
    // a kill may make long. None of its own.
    std::shared_ptr<const Sidecar> replaces = {};
};

std::string sidecarPath(const std::string& modelFile);  // FILE.json
Result<void> writeSidecar(const std::string& modelFile, const Sidecar& sidecar);

// What it says is checked within itself; loadModelFile() holds it against the model.
// Errors: NotFound (it does not lie beside the model), BadFormat.
Result<Sidecar> readSidecar(const std::string& modelFile);
// The same of the model as it is now: its SHA-256 is the one that was written, or that of the model which is
// replaced; then it is what was said of that one. Its classes are in the order of those in the model's own
// file, where that names them. Without `replaces`. Errors: also BadFormat, for the model.
Result<Sidecar> sidecarThatFits(const std::string& modelFile);
Result<Sidecar> sidecarFromJson(const std::string& json, const std::string& pathForErrors);

// A mark within the model's own file, for where it is copied without its .json: that it was trained here, so
// that it is not taken for published weights. And its classes, in the order of the outputs.
void markAsTrained(weights::StateDict& model, const std::vector<std::string>& classes);
bool isMarkedAsTrained(const std::string& modelFile);  // false, too, for a file of another kind

}  // namespace graft::inference
