// SPDX-License-Identifier: GPL-3.0-or-later
// The formats in which a model is exported and opened again. What one is called and what else can be said of
// it without LibTorch is a file in formats/ and a line in formats/Formats.inc; how it is written and opened
// is a file in torch/formats/ (docs/add-a-method.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/base/Text.h"

namespace graft::inference {

struct ModelFormat {
    std::string name;       // on the command line and in the .json beside a model; it never changes again
    std::string label;      // in the window
    std::string help;       // what it is for, without a full stop
    std::string extension;  // that the window gives its files, no other format's: ".pt"
    bool hasPythonHelper = false;  // beside FILE lies FILE.py, which opens it with torch.jit.load
    // The list of classes within a model's file (detail/ModelClasses.h says what stands there). None: it
    // names none, or is of another kind; empty: it has a list that cannot be read. Null: the format has no
    // place for one.
    std::optional<std::string> (*classesWithin)(const std::string& modelFile) = nullptr;
};

const std::vector<ModelFormat>& modelFormats();                // in the order of the list
const ModelFormat* findFormat(const std::string& name);        // null for what is none
Result<const ModelFormat*> formatOf(const std::string& name);  // InvalidArgument, which names all of them

// Names and helps for --help: "torchscript (Python and ..) or safetensors (weights ..)"
std::string formatsHelp();

// One more, for whoever brings his own; its FormatIo is added under the same name (torch/FormatIo.h). While
// no model is open: pointers to formats do not survive it.
void addFormat(ModelFormat format);

}  // namespace graft::inference
