// SPDX-License-Identifier: GPL-3.0-or-later
// The new classifier that grows on a backbone. What a kind of head is called and reads is a file in heads/
// and a line in heads/Heads.inc; what it is built of is a file in torch/heads/ (docs/add-a-method.md).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/backbones/ModelSummary.h"
#include "core/base/Result.h"
#include "core/base/Text.h"

namespace graft::backbones {

struct HeadOptions {
    std::string kind = "linear";  // as it is listed in heads/Heads.inc
    int hiddenUnits = 256;        // of the kinds that have a hidden layer; 0: none, where it may be left out
    double dropout = 0.5;         // of the same, in front of the last layer; 0 <= p < 1
};

struct HeadKind {
    enum class Reads {
        Features,      // what the architecture's own classifier reads
        MapMean,       // the last feature map, averaged over its positions
        Map,           // every number of the last feature map
        ClassAndMean,  // a transformer's class token and the mean of its patches; MapMean of what has none
    };
    enum class Hidden { None, Optional, Always };

    std::string name;   // in JSON and on the command line: "mlp"; it never changes again
    std::string label;  // in the window
    std::string help;   // what it is for, without a full stop
    Reads reads = Reads::Features;
    Hidden hidden = Hidden::None;
    // How many weights and biases it has, where it reads so many numbers: of one that is built of something
    // else than denseLayers() alone (torch/Heads.h), or than the architecture's own classifier.
    std::int64_t (*parameters)(std::int64_t inputs, const HeadOptions& head, int outputs) = nullptr;

    bool isOnMap() const { return reads != Reads::Features; }
};
const std::vector<HeadKind>& headKinds();           // in the order of the list
const HeadKind* findHead(const std::string& name);  // null for what is none
// One more, for whoever brings his own, through settings::addHead(); its layers are added under the same name
// (torch/Heads.h). Before the first network: pointers to kinds do not survive it.
void addHead(HeadKind kind);

// Errors: InvalidArgument (an unknown kind, a size that it cannot have).
Result<void> validate(const HeadOptions& head);

// A head on the last map leaves out what reads the map in its place: units of the stage "classifier", such as
// VGG's two large layers. Those that the network has, of all of the backbone's.
bool isBelow(const HeadOptions& head, const std::string& stage);
std::vector<UnitSummary> unitsBelow(const HeadOptions& head, std::vector<UnitSummary> units);

// Numbers that a head reads of a last map of this shape (C, H, W, or C alone for one image). classToken: the
// backbone has one, and patches beside it.
std::int64_t headInputs(const HeadKind& kind, const std::vector<std::int64_t>& map, bool classToken);

// Weights and biases of all of a head's layers, where it reads so many numbers.
std::int64_t headParameters(const HeadKind& kind, std::int64_t inputs, const HeadOptions& head, int outputs);

// Of a head with so many outputs on what is summarised for as many, at the summary's input size.
std::int64_t headParameters(const ModelSummary& summary, const HeadOptions& head, int outputs);

}  // namespace graft::backbones
