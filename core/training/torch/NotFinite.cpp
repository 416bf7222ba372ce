// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/NotFinite.h"

#include <fmt/format.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "core/training/torch/BatchOfOne.h"

namespace graft::training {

namespace {

constexpr std::size_t kPicturesToTry = 8;

bool isFinite(const at::Tensor& tensor) {
    return !tensor.is_floating_point() || at::isfinite(tensor).all().item<bool>();
}

Message kindOf(const at::Tensor& tensor) {
    return at::isnan(tensor).any().item<bool>() ? GRAFT_TEXT("nan") : GRAFT_TEXT("infinity");
}

struct BadUnit {
    std::size_t index = 0;
    Message kind;
};

// The first unit whose answer to the pictures is not finite, in float32 and evaluation mode, among the first
// `units`.
std::optional<BadUnit> firstBadUnit(const backbones::Network& network, const at::Tensor& pictures,
                                    std::size_t units) {
    const torch::NoGradGuard noGradients;
    at::Tensor x = pictures;
    for (std::size_t i = 0; i < units; ++i) {
        x = network.units()[i].forward(x);
        if (!isFinite(x)) return BadUnit{i, kindOf(x)};
    }
    return std::nullopt;
}

// Networks are left in training mode where they were: the run is over anyway.
bool weightsAreFinite(const backbones::Network& network) {
    const auto all = network.namedTensors();
    return std::ranges::all_of(all, [](const auto& one) { return isFinite(one.second); });
}

constexpr const char* kOtherWeights = GRAFT_TEXT("Its weights cannot be used: choose other weights.");

}  // namespace

Error NotFinite::ofFeatures(const at::Tensor& picture, const std::string& path, std::size_t units,
                            const std::string& typeName) const {
    const auto bad = firstBadUnit(m_network, picture.to(m_device), units);
    if (bad) {
        return {ErrorCode::BadFormat,
                {GRAFT_TEXT("The unit {1} of {2} gives {3} for this picture. {4}"),
                 m_network.units()[bad->index].name, m_config.backbone, bad->kind, Message(kOtherWeights)},
                path};
    }
    return {ErrorCode::InvalidArgument,
            {GRAFT_TEXT("The frozen layers up to {1} give numbers for this picture that {2} cannot hold; in "
                        "float32 they are finite. Choose the precision float32."),
             m_network.units()[units - 1].name, typeName},
            path};
}

Error NotFinite::ofLoss(const char* name, double value, int epoch, bool moved,
                        std::vector<data::LoadJob> some) const {
    const Message what(std::isnan(value) ? GRAFT_TEXT("The {1} became nan in epoch {2}")
                                         : GRAFT_TEXT("The {1} became infinite in epoch {2}"),
                       Message(name), epoch);
    const std::string rate = fmt::format("{}", m_config.optimizer.learningRate);
    const Message lower(GRAFT_TEXT("{1}; try a lower learning rate than {2}."), what, rate);
    const Message few = fewNumbersSentence(m_network, m_config, m_device);
    const Error diverged{ErrorCode::Diverged,
                         few.empty() ? lower : Message(GRAFT_TEXT("{1} {2}"), lower, few),
                         m_config.runFolder};
    if (moved && !weightsAreFinite(m_network)) return diverged;

    // The weights are good numbers. What do they make of a picture?
    some.resize(std::min(some.size(), kPicturesToTry));
    const std::vector<data::LoadJob> jobs = some;
    data::LoaderOptions options;
    options.preprocess = m_config.preprocess;
    options.batchSize = 1;
    options.ends.resize(jobs.size());
    for (std::size_t i = 0; i < jobs.size(); ++i)
        options.ends[i] = i + 1;
    m_network.root().eval();
    data::BatchLoader loader(std::move(some), options);
    bool looked = false;
    while (const auto batch = loader.next()) {
        if (batch->jobs.empty()) continue;
        looked = true;
        const auto bad = firstBadUnit(m_network, backbones::Network::toInput(batch->images, m_device),
                                      m_network.units().size());
        if (!bad) continue;
        // Where steps have moved the unit, the learning rate may have brought it there.
        if (moved && bad->index >= m_network.frozenPrefix()) return diverged;
        return {ErrorCode::BadFormat,
                {GRAFT_TEXT("{1}: the unit {2} of {3} gives {4} for this picture. {5}"), what,
                 m_network.units()[bad->index].name, m_config.backbone, bad->kind, Message(kOtherWeights)},
                jobs[batch->jobs.front()].path};
    }
    const bool mixed = m_config.precision == settings::Precision::BFloat16 ||
                       m_config.precision == settings::Precision::Float16;
    if (looked && !mixed && !moved) {
        return {ErrorCode::BadFormat,
                {GRAFT_TEXT("{1} before a single step. {2}"), what, Message(kOtherWeights)},
                m_config.weightsFile};
    }
    if (looked && mixed) {
        return {ErrorCode::Diverged,
                {GRAFT_TEXT("{1}, while the network's layers are finite in float32; choose the precision "
                            "float32, or try a lower learning rate than {2}."),
                 what, rate},
                m_config.runFolder};
    }
    return diverged;
}

}  // namespace graft::training
