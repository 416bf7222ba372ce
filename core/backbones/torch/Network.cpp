// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Network.h"

#include <torch/nn/init.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "core/backbones/torch/Heads.h"
#include "core/base/detail/Quoted.h"
#include "core/runtime/torch/CpuArithmetic.h"
#include "core/weights/detail/BadNumbers.h"
#include "core/weights/detail/ForeignNames.h"
#include "core/weights/torch/TensorBridge.h"

namespace graft::backbones {

namespace {

constexpr const char* kOwnOutput = "head.output";
// Of a head: what a person has asked for without knowing it, such as a hidden layer on a large map.
constexpr std::int64_t kMostWeights = std::int64_t{1} << 31;

Message howToShrink(const HeadKind& kind) {
    if (kind.reads == HeadKind::Reads::Map)
        return GRAFT_TEXT("take fewer hidden units, a smaller crop, or the head average");
    if (kind.hidden == HeadKind::Hidden::None) return GRAFT_TEXT("take fewer classes");
    return GRAFT_TEXT("take fewer hidden units, or another head");
}

// Of all of its layers, before any of them is made. inputs: numbers that it reads.
Result<void> checkSize(const HeadKind& kind, std::int64_t inputs, const HeadOptions& head, int outputs) {
    const std::int64_t weights = headParameters(kind, inputs, head, outputs);
    if (weights <= kMostWeights) return {};
    return fail(
        {ErrorCode::InvalidArgument,
         {GRAFT_TEXT("The head would read {1} numbers and have {2} weights, which is more than one here "
                     "may have ({3}); {4}."),
          inputs, weights, kMostWeights, howToShrink(kind)},
         "",
         kind.hidden == HeadKind::Hidden::None ? "head.kind" : "head.hidden_units"});
}

bool isBatchCounter(const std::string& name) {
    return name.ends_with("num_batches_tracked");
}

// The largest side of a square of so many places or fewer.
std::int64_t sideOf(std::int64_t places) {
    return static_cast<std::int64_t>(std::sqrt(static_cast<double>(places)));
}

// Whether a file's tensor holds position tokens as `own` does, for pictures of whatever size: [1 x] tokens x
// channels, a square of them behind as many others (a class token) as there are in `own`.
bool arePositionTokens(const std::vector<std::int64_t>& shape, at::IntArrayRef own) {
    const std::size_t tokens = own.size() - 2;
    if (shape.size() != own.size() || shape.back() != own.back() || shape.front() < 1) return false;
    if (tokens > 0 && shape.front() != own.front()) return false;
    const std::int64_t others = own[tokens] - sideOf(own[tokens]) * sideOf(own[tokens]);
    const std::int64_t places = shape[tokens] - others;
    return places > 0 && sideOf(places) * sideOf(places) == places;
}

// others: tensors that stand elsewhere in the file.
Message noteOnPrefix(const std::string& prefix, std::size_t others) {
    const std::string quoted = base::inQuotes(prefix);
    if (others == 0) return {GRAFT_TEXT("The tensors under {1} in the file were taken."), quoted};
    if (others == 1) {
        return {
            GRAFT_TEXT("The tensors under {1} in the file were taken; one tensor beside them is not used."),
            quoted};
    }
    return {GRAFT_TEXT("The tensors under {1} in the file were taken; {2} tensors beside them are not used."),
            quoted, others};
}

bool startsWithOneOf(const std::string& name, const std::vector<std::string>& prefixes) {
    return std::ranges::any_of(prefixes, [&](const std::string& prefix) { return name.starts_with(prefix); });
}

}  // namespace

Network::Network(std::string name, Backbone backbone, Unit head)
    : m_name(std::move(name)),
      m_backbone(std::move(backbone)),
      m_head(std::move(head)),
      m_frozen(m_backbone.units.size(), false) {}

Result<Network> Network::create(const std::string& backbone, int classes, const HeadOptions& head,
                                BackboneWeights weights, int inputSize) {
    if (const auto valid = validate(head); !valid) return fail(valid.error());
    runtime::cpuArithmetic();  // before the first convolution
    auto built = [&] {
        std::optional<UnsetWeights> unset;
        if (weights == BackboneWeights::Unset) unset.emplace();
        return makeBackbone(backbone);
    }();
    if (!built) return fail(built.error());
    leaveOut(head, *built);
    Network network(backbone, std::move(*built), Unit{"head", "head", {}});
    HeadSite site{network.m_backbone, classes, head};
    const HeadKind& kind = *findHead(head.kind);
    std::int64_t inputs = network.featureChannels();
    if (kind.isOnMap()) {
        if (const auto fits = network.checkInput(inputSize); !fits) return fail(fits.error());
        site.map = shapeBehind(network.units(), inputSize);
        inputs = headInputs(kind, site.map, network.hasClassToken());
    }
    if (const auto fits = checkSize(kind, inputs, head, classes); !fits) return fail(fits.error());
    network.m_head.steps = makeHead(site);
    return network;
}

std::string Network::outputLayer() const {
    const bool isOwn = std::ranges::any_of(
        namedTensors(), [](const auto& one) { return one.first.starts_with(std::string(kOwnOutput) + "."); });
    return isOwn ? kOwnOutput : m_backbone.classifierName;
}

at::Tensor Network::forward(const at::Tensor& images) const {
    return forwardFrom(images, 0);
}

bool Network::poolsFirst() const {
    return dynamic_cast<const GlobalAveragePool*>(m_head.steps.front().get()) != nullptr;
}

at::Tensor Network::featuresOf(const at::Tensor& images, std::size_t units) const {
    const torch::NoGradGuard noGradients;
    at::Tensor x = images;
    for (std::size_t i = 0; i < units; ++i)
        x = m_backbone.units[i].forward(x);
    const bool whole = units == m_backbone.units.size();
    return whole && poolsFirst() ? m_head.steps.front()->forward(x) : x;
}

at::Tensor Network::meansBehind(const at::Tensor& images, const std::vector<std::size_t>& units) const {
    const torch::NoGradGuard noGradients;
    std::vector<at::Tensor> means;
    at::Tensor x = images;
    std::size_t done = 0;
    for (const std::size_t end : units) {
        for (; done < end; ++done)
            x = m_backbone.units[done].forward(x);
        const bool pools = end == m_backbone.units.size() && poolsFirst();
        const at::Tensor last = pools ? m_head.steps.front()->forward(x) : x;
        means.push_back(last.dim() == 4 ? last.mean({2, 3}) : last.dim() == 3 ? last.mean(1) : last);
    }
    return at::cat(means, 1);
}

at::Tensor Network::forwardFrom(const at::Tensor& features, std::size_t units) const {
    const std::size_t all = m_backbone.units.size();
    at::Tensor x = features;
    for (std::size_t i = units; i < all; ++i) {
        const torch::AutoGradMode gradients(i >= m_prefix && torch::GradMode::is_enabled());
        x = m_backbone.units[i].forward(x);
    }
    const bool pooled = units == all && units > 0 && poolsFirst();
    for (std::size_t i = pooled ? 1 : 0; i < m_head.steps.size(); ++i)
        x = m_head.steps[i]->forward(x);
    return x;
}

void Network::freeze(const FreezePlan& plan) {
    m_prefix = 0;
    bool leading = true;
    for (std::size_t i = 0; i < m_backbone.units.size(); ++i) {
        const Unit& unit = m_backbone.units[i];
        m_frozen[i] = plan.isFrozen(unit.name);
        leading = leading && m_frozen[i];
        if (leading) ++m_prefix;
        for (at::Tensor& parameter : unit.parameters())
            parameter.set_requires_grad(!m_frozen[i]);
    }
}

void Network::train(bool on) {
    for (std::size_t i = 0; i < m_backbone.units.size(); ++i)
        m_backbone.units[i].train(on && !m_frozen[i]);
    m_head.train(on);
}

std::vector<std::pair<std::string, at::Tensor>> Network::trainableParameters() const {
    std::vector<std::pair<std::string, at::Tensor>> trainable;
    for (const auto& item : m_backbone.root->named_parameters()) {
        if (item.value().requires_grad()) trainable.emplace_back(item.key(), item.value());
    }
    return trainable;
}

std::vector<std::pair<std::string, at::Tensor>> Network::namedTensors() const {
    // Module by module, parameters before buffers, as Python's state_dict() orders them.
    std::vector<std::pair<std::string, at::Tensor>> all;
    for (const auto& module : m_backbone.root->named_modules("", true)) {
        const std::string prefix = module.key().empty() ? "" : module.key() + ".";
        for (const auto& item : module.value()->named_parameters(false))
            all.emplace_back(prefix + item.key(), item.value());
        for (const auto& item : module.value()->named_buffers(false))
            all.emplace_back(prefix + item.key(), item.value());
    }
    return all;
}

std::vector<std::pair<std::string, at::Tensor>> Network::tensorsBut(const FreezePlan& untouched) const {
    std::set<const void*> frozen;
    for (const Unit& unit : m_backbone.units) {
        if (!untouched.isFrozen(unit.name)) continue;
        for (const LayerPtr& step : unit.steps) {
            for (const at::Tensor& parameter : step->parameters())
                frozen.insert(parameter.unsafeGetTensorImpl());
            for (const at::Tensor& buffer : step->buffers())
                frozen.insert(buffer.unsafeGetTensorImpl());
        }
    }
    auto all = namedTensors();
    std::erase_if(all, [&](const auto& one) { return frozen.contains(one.second.unsafeGetTensorImpl()); });
    return all;
}

weights::StateDict Network::stateDict() const {
    weights::StateDict dict;
    for (const auto& [name, tensor] : namedTensors())
        dict.tensors.emplace_back(name, weights::fromTensor(tensor));
    return dict;
}

Result<void> Network::checkInput(int side) const {
    const int multiple = m_backbone.inputMultiple;
    if (side >= m_backbone.smallestInput && side <= kLargestInput && side % multiple == 0) return {};
    const int smallest = m_backbone.smallestInput;
    const int largest = kLargestInput;
    if (multiple > 1) {
        return fail(
            ErrorCode::InvalidArgument,
            {GRAFT_TEXT("The picture's size is {1} pixels; for {2} it must be from {3} to {4} pixels and a "
                        "multiple of {5}. Change the crop size."),
             side, m_name, smallest, largest, multiple});
    }
    return fail(
        ErrorCode::InvalidArgument,
        {GRAFT_TEXT("The picture's size is {1} pixels; for {2} it must be from {3} to {4} pixels. Change the "
                    "crop size."),
         side, m_name, smallest, largest});
}

weights::StateDict Network::withPresentNames(const weights::StateDict& dict) const {
    weights::StateDict renamed = dict;
    if (m_backbone.adapt) m_backbone.adapt(renamed);
    if (m_backbone.presentName) {
        for (auto& entry : renamed.tensors)
            entry.first = m_backbone.presentName(entry.first);
    }
    return renamed;
}

std::set<const void*> Network::headTensors() const {
    std::set<const void*> tensors;
    for (const at::Tensor& parameter : m_head.parameters())
        tensors.insert(parameter.unsafeGetTensorImpl());
    return tensors;
}

weights::StateDict Network::translated(const weights::StateDict& file) const {
    weights::StateDict dict = withPresentNames(file);
    const auto head = headTensors();
    std::vector<std::string> wanted;
    bool plain = false;
    for (const auto& [name, tensor] : namedTensors()) {
        if (isBatchCounter(name) || head.contains(tensor.unsafeGetTensorImpl())) continue;
        plain = plain || dict.find(name) != nullptr;
        wanted.push_back(name);
    }
    if (plain) return dict;
    std::vector<std::string> found;
    for (const auto& entry : file.tensors)
        found.push_back(entry.first);
    const auto prefixes = weights::prefixesBefore(wanted, found);
    if (prefixes.size() != 1) return dict;

    const std::string& prefix = prefixes.front();
    weights::StateDict below;
    below.metadata = file.metadata;
    below.notes = file.notes;
    for (const auto& [name, data] : file.tensors) {
        if (name.starts_with(prefix)) below.tensors.emplace_back(name.substr(prefix.size()), data);
    }
    const std::size_t others = file.tensors.size() - below.tensors.size();
    below.notes.push_back(noteOnPrefix(prefix, others));
    return below;
}

backbones::WeightFit Network::fit(const weights::StateDict& file, bool withHead) const {
    return fitOf(translated(file), withHead);
}

backbones::WeightFit Network::fitOf(const weights::StateDict& dict, bool withHead) const {
    const auto headTensors = this->headTensors();
    // What belongs to the old classifier: its last layer, and auxiliary classifiers.
    std::vector<std::string> leftOut = m_backbone.leftOut;
    if (!withHead) {
        leftOut.push_back(m_backbone.classifierName.substr(0, m_backbone.classifierName.find('.')) + ".");
        leftOut.emplace_back("head.");
    }

    backbones::WeightFit result;
    result.notes = dict.notes;
    std::set<std::string> known;
    for (const auto& [name, tensor] : namedTensors()) {
        if (!withHead && headTensors.contains(tensor.unsafeGetTensorImpl())) continue;
        known.insert(name);
        const weights::TensorData* data = dict.find(name);
        if (data == nullptr) {
            if (!isBatchCounter(name))
                result.missing.push_back(name);  // files from before PyTorch 0.4.1 lack it
        } else if (data->shape != tensor.sizes().vec() &&
                   !(name == m_backbone.positionTokens && arePositionTokens(data->shape, tensor.sizes()))) {
            weights::TensorData wanted{data->dtype, tensor.sizes().vec(), nullptr};
            result.wrongShape.push_back({GRAFT_TEXT("{1} is {2} instead of {3}"), base::printable(name),
                                         data->shapeText(), wanted.shapeText()});
        } else {
            ++result.matched;
        }
    }
    for (const auto& [name, data] : dict.tensors) {
        if (known.contains(name)) continue;
        auto& group = startsWithOneOf(name, leftOut) ? result.classifier : result.unexpected;
        group.push_back(name);
    }
    if (!result.fits()) result.ownNames.assign(known.begin(), known.end());
    return result;
}

Result<void> Network::checkTranslated(const weights::StateDict& dict, bool withHead,
                                      const std::string& path) const {
    const backbones::WeightFit checked = fitOf(dict, withHead);
    if (!checked.fits()) return fail(ErrorCode::WeightsMismatch, checked.sentence(), path);
    const auto head = headTensors();
    for (const auto& [name, tensor] : namedTensors()) {
        if (!withHead && head.contains(tensor.unsafeGetTensorImpl())) continue;
        const weights::TensorData* data = dict.find(name);
        if (data == nullptr) continue;
        if (const auto bad = weights::badNumbers(name, *data)) return fail(bad->error(path));
    }
    return {};
}

Result<void> Network::check(const weights::StateDict& file, bool withHead, const std::string& path) const {
    return checkTranslated(translated(file), withHead, path);
}

Result<void> Network::load(const weights::StateDict& file, bool withHead, const std::string& path) {
    const weights::StateDict dict = translated(file);
    if (const auto good = checkTranslated(dict, withHead, path); !good) return good;
    const auto head = headTensors();
    const torch::NoGradGuard noGradients;
    for (auto& [name, tensor] : namedTensors()) {
        if (!withHead && head.contains(tensor.unsafeGetTensorImpl())) continue;
        const weights::TensorData* data = dict.find(name);
        if (data == nullptr) continue;
        if (name == m_backbone.positionTokens) tensor.set_data(torch::empty(data->shape, tensor.options()));
        tensor.copy_(weights::toTensor(*data));
    }
    return {};
}

OpenRelu* Network::lastRelu() const {
    for (const LayerPtr& step : m_head.steps) {
        if (auto* relu = dynamic_cast<OpenRelu*>(step.get())) return relu;
    }
    return nullptr;
}

void Network::to(const at::Device& device) {
    m_backbone.root->to(device);
    for (at::Tensor& parameter : m_backbone.root->parameters()) {
        if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(at::MemoryFormat::ChannelsLast));
    }
}

at::Tensor Network::toInput(const at::Tensor& images, const at::Device& device) {
    const at::Tensor there = images.to(device, images.scalar_type(), true);  // beside the GPU's work
    return there.dim() == 4 ? there.contiguous(at::MemoryFormat::ChannelsLast) : there;
}

}  // namespace graft::backbones
