// SPDX-License-Identifier: GPL-3.0-or-later
// A pretrained network without its classifier: an ordered list of units, each a tensor-to-tensor step.
// A forward pass is the fold over the units, so any range of them can run alone. To add a family, see
// docs/add-a-backbone.md.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/backbones/torch/Layers.h"
#include "core/base/Result.h"
#include "core/weights/StateDict.h"

namespace graft::backbones {

struct Unit {
    std::string name;             // as in the weight file: "layer4.1"
    std::string stage;            // "layer4"
    std::vector<LayerPtr> steps;  // the layers of this unit, in order

    at::Tensor forward(const at::Tensor& input) const;
    std::vector<at::Tensor> parameters() const;
    void train(bool on) const;
};

// A layer or a single parameter of a unit whose tensors lie at several paths of the weight file.
struct Part {
    enum class Kind {
        Plain,
        // A parameter of [1 x] tokens x C: a square of places, and tokens in front of it that are no places.
        // It takes as many places as the file has, since it is resized as it is used (Tokens in Attention.h).
        Places,
    };
    std::string path;  // "patch_embed.proj", "cls_token"
    std::variant<LayerPtr, at::Tensor> what;
    Kind kind = Kind::Plain;
};

// How the architecture's own classifier reads what the last unit gives.
enum class ClassifierKind {
    PooledLinear,     // of a map: average over the positions, then one linear layer
    Linear,           // of numbers (N x C): one linear layer
    ConvolutionRelu,  // SqueezeNet: a 1 x 1 convolution and ReLU, then the average over the positions
};

struct Backbone {
    // Every parameter lies below root under the name that it has in the weight file.
    std::shared_ptr<torch::nn::Module> root = std::make_shared<Chain>();
    std::vector<Unit> units;
    std::int64_t featureChannels = 0;
    std::string classifierName;  // of the last layer: "fc", "classifier.1"
    ClassifierKind classifierKind = ClassifierKind::PooledLinear;
    bool classifierBias = true;
    int smallestInput = 32;  // pixels
    int inputMultiple = 1;   // the input's side must be a multiple of it
    // Prefixes of tensors that official files have and no one needs after their training: "aux1.".
    std::vector<std::string> leftOut;
    // The present name of a tensor whose name was another when the official file was written; may be empty.
    std::function<std::string(const std::string&)> presentName;
    // Makes a file of another library's (timm's, Hugging Face's) one of this family's, see OtherNames.h;
    // other files stay as they are. May be empty.
    std::function<void(weights::StateDict&)> adapt;
    // Of the tokens that the last unit reads: those in front of it are the class token, which alone it gives
    // (ClassTokenOnly, its last step), and registers. 0: there is no class token.
    std::int64_t firstPatch = 0;
    std::string positionTokens;  // the path of the part that is Places; may be empty

    // Registers a layer at a dotted path below root and returns it.
    LayerPtr place(const std::string& path, const LayerPtr& layer);
    // Appends a unit of the layers given, the first of them at the path that is its name. The others have no
    // parameters (an activation, a pool) or are placed already.
    void addUnit(const std::string& name, const std::string& stage, const LayerPtr& layer,
                 const std::vector<LayerPtr>& more = {});
    // Appends a unit that is one step with parts at paths of their own, in the order of the weight file:
    //   addUnit("patch_embed", "stem", tokens, {{"cls_token", tokens->classToken}, ...});
    // `step` has them as its own children and parameters, under names that nobody sees. Undefined tensors are
    // passed over.
    void addUnit(const std::string& name, const std::string& stage, const LayerPtr& step,
                 const std::vector<Part>& parts);
};

// With random weights from LibTorch's generator (seed it with at::manual_seed).
// Errors: NotFound, as findBackbone.
Result<Backbone> makeBackbone(const std::string& name);

// A family registers its architectures by one line in families/Families.inc, which names the function that
// lists them.
struct Architecture {
    std::string name;  // as in the catalogue: "resnet18"
    std::function<Backbone()> make;
};

// The module at a dotted path, making empty ones on the way: childAt(root, "layer1").
torch::nn::Module& childAt(torch::nn::Module& root, const std::string& path);

}  // namespace graft::backbones
