// SPDX-License-Identifier: GPL-3.0-or-later
// A backbone with a head on it, as it is trained, evaluated and exported.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/Head.h"
#include "core/backbones/WeightStore.h"
#include "core/backbones/torch/Backbone.h"
#include "core/backbones/torch/OpenRelu.h"
#include "core/base/Result.h"
#include "core/weights/StateDict.h"

namespace graft::backbones {

class Network {
  public:
    // Random weights from LibTorch's generator; the backbone's are left unset where a file is to be loaded,
    // which saves the time to draw them. inputSize: pixels; a head on the last map looks there how large that
    // is, and has weights for this size only. Errors: NotFound, InvalidArgument.
    enum class BackboneWeights { Random, Unset };
    static Result<Network> create(const std::string& backbone, int classes, const HeadOptions& head,
                                  BackboneWeights weights = BackboneWeights::Random, int inputSize = 224);

    const std::vector<Unit>& units() const { return m_backbone.units; }
    const Unit& head() const { return m_head; }
    torch::nn::Module& root() const { return *m_backbone.root; }
    // Whether pictures of side x side pixels can be its input. Errors: InvalidArgument, with the sizes that
    // can.
    Result<void> checkInput(int side) const;
    std::int64_t featureChannels() const { return m_backbone.featureChannels; }
    bool hasClassToken() const { return m_backbone.firstPatch > 0; }
    // The ReLU that the architecture's own classifier ends in, or null. Training opens it.
    OpenRelu* lastRelu() const;
    const std::string& classifierName() const { return m_backbone.classifierName; }
    // The head's last layer, which has a row for each output: classifierName(), or "head.output".
    std::string outputLayer() const;

    // N x 3 x H x W to N x classes. The frozen prefix runs without recording gradients.
    at::Tensor forward(const at::Tensor& images) const;

    // What the first `units` units give, recording no gradients; behind the last of all the head's average
    // pool.
    at::Tensor featuresOf(const at::Tensor& images, std::size_t units) const;
    // N x C: what is behind each of these numbers of units (rising, the last of them perhaps all), averaged
    // over its positions (tokens: over all of them), one behind the other.
    at::Tensor meansBehind(const at::Tensor& images, const std::vector<std::size_t>& units) const;
    // The rest of forward() from there.
    at::Tensor forwardFrom(const at::Tensor& features, std::size_t units) const;
    std::size_t frozenPrefix() const { return m_prefix; }  // units that lead and are frozen
    bool poolsFirst() const;                               // the head begins with the average pool

    void freeze(const FreezePlan& plan);
    // Training mode for what is not frozen; evaluation mode for everything if off.
    void train(bool on);
    // By torchvision's name, in the order of registration.
    std::vector<std::pair<std::string, at::Tensor>> trainableParameters() const;

    // Every parameter and buffer by torchvision's name, in the order of registration.
    std::vector<std::pair<std::string, at::Tensor>> namedTensors() const;
    // Those of them that are not of the units that stay as they are.
    std::vector<std::pair<std::string, at::Tensor>> tensorsBut(const FreezePlan& untouched) const;
    weights::StateDict stateDict() const;

    // Copies the backbone's tensors (and with withHead the head's) out of dict. Nothing is changed unless
    // check() is content.
    Result<void> load(const weights::StateDict& dict, bool withHead, const std::string& path);
    // Whether all of these tensors fit, and their numbers are such that a network can use them. path is for
    // the error. Errors: WeightsMismatch, BadFormat.
    Result<void> check(const weights::StateDict& dict, bool withHead, const std::string& path) const;
    backbones::WeightFit fit(const weights::StateDict& dict, bool withHead) const;

    // Also lays the convolutions' weights out channels-last, which is faster on CPU and GPU alike.
    void to(const at::Device& device);
    // The layout that forward() runs fastest on; features are only moved.
    static at::Tensor toInput(const at::Tensor& images, const at::Device& device);

  private:
    Network(std::string name, Backbone backbone, Unit head);
    weights::StateDict withPresentNames(const weights::StateDict& dict) const;
    // Under the names of this network, as far as the file's can be understood so: older names of official
    // files, and what stands before every name ("backbone."), with a note on it.
    weights::StateDict translated(const weights::StateDict& dict) const;
    std::set<const void*> headTensors() const;
    // fit() and check() of a translated dict.
    backbones::WeightFit fitOf(const weights::StateDict& dict, bool withHead) const;
    Result<void> checkTranslated(const weights::StateDict& dict, bool withHead,
                                 const std::string& path) const;

    static constexpr int kLargestInput = 4096;
    std::string m_name;
    Backbone m_backbone;
    Unit m_head;
    std::vector<bool> m_frozen;  // by unit
    std::size_t m_prefix = 0;
};

}  // namespace graft::backbones
