// SPDX-License-Identifier: GPL-3.0-or-later
// The backbones that Graft knows, read from resources/catalogue.json (torchvision's) and
// resources/own-catalogue.json (others), which are built into the program.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/Result.h"
#include "core/data/Preprocess.h"

namespace graft::backbones {

// One set of published weights for one architecture.
struct CatalogueEntry {
    std::string name;               // torchvision's: "resnet18"
    std::string title;              // as papers write it: "ResNet-18"
    std::string family;             // "ResNet"
    std::string tag;                // "IMAGENET1K_V1"
    std::int64_t parameters = 0;    // with the 1000-class classifier
    std::int64_t multiplyAdds = 0;  // for one image of preprocess.cropSize, with that classifier
    double top1 = 0.0;              // published accuracy on ImageNet, per cent; 0 where none is published
    double top5 = 0.0;
    data::PreprocessOptions preprocess;
    std::string url;           // official download address; empty: no published weights
    std::string fileName;      // last part of the address; NAME-TAG.safetensors where that says nothing
    std::string sha256Prefix;  // empty: none is published
    double megabytes = 0.0;
    std::string licence;
    bool builtIn = false;  // NAME-TAG.safetensors comes with the program

    bool isPublished() const { return !url.empty(); }
    bool hasChecksum() const { return !sha256Prefix.empty(); }
    bool isNonCommercial() const { return licence.find("-NC") != std::string::npos; }
};

// Ordered by family and size. The first entry of a name is torchvision's default weights.
const std::vector<CatalogueEntry>& catalogue();

// The default weights of an architecture. Errors: NotFound, naming the nearest known names.
Result<CatalogueEntry> findBackbone(const std::string& name);

// "MobileNetV2" of "mobilenet_v2"; what the catalogue does not know (a run of another version) keeps its
// name.
std::string titleOf(const std::string& name);

// The entry that a weight file's preprocessing is taken from: the one whose official file it is, by its
// name; for any other file, and for none, the architecture's first published weights, since files that travel
// between tools were nearly always made with their sizes. Errors: NotFound.
Result<CatalogueEntry> entryForWeights(const std::string& name, const std::string& weightsFile);

}  // namespace graft::backbones
