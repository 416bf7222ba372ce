// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Optimizer.h"

#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>

#include "core/weights/torch/TensorBridge.h"

namespace graft::training {

namespace {

constexpr const char* kStatePrefix = "optimizer.";
constexpr const char* kStateStep = "step";

std::string statePrefixOf(const std::string& parameter) {
    return kStatePrefix + parameter + ".";
}

// Takes what is of an optimizer out of a dict, and remembers how much.
class StateTaker {
  public:
    explicit StateTaker(const weights::StateDict& dict) : m_dict(dict) {}

    // In the parameter's own memory layout, so that a resumed run computes bit for bit the same.
    at::Tensor buffer(const std::string& name, const at::Tensor& parameter) {
        const weights::TensorData* data = find(name);
        if (data == nullptr) return {};
        if (data->shape != parameter.sizes().vec()) {
            m_fits = false;
            return {};
        }
        return torch::empty_like(parameter).copy_(weights::toTensor(*data));
    }
    std::optional<std::int64_t> number(const std::string& name) {
        const weights::TensorData* data = find(name);
        if (data == nullptr) return std::nullopt;
        if (!data->shape.empty()) {
            m_fits = false;
            return std::nullopt;
        }
        return weights::toTensor(*data).item<std::int64_t>();
    }
    void refuse() { m_fits = false; }
    // Everything had the right shape, and nothing is left that no one has taken.
    bool isContent() const {
        const auto all = std::ranges::count_if(
            m_dict.tensors, [](const auto& entry) { return entry.first.starts_with(kStatePrefix); });
        return m_fits && all == m_taken;
    }

  private:
    const weights::TensorData* find(const std::string& name) {
        const weights::TensorData* data = m_dict.find(name);
        if (data != nullptr) ++m_taken;
        return data;
    }

    const weights::StateDict& m_dict;
    std::ptrdiff_t m_taken = 0;
    bool m_fits = true;
};

}  // namespace

Optimizer::Optimizer(const std::vector<ParameterGroup>& groups, std::vector<BufferName> buffers,
                     bool countsSteps)
    : m_buffers(std::move(buffers)), m_countsSteps(countsSteps) {
    for (const ParameterGroup& group : groups) {
        for (const auto& [name, parameter] : group.parameters) {
            m_names.push_back(name);
            m_parameters.push_back(parameter);
        }
    }
}

void Optimizer::zeroGradients() {
    for (at::Tensor& parameter : m_parameters)
        parameter.mutable_grad().reset();  // a backward pass then writes instead of adding
}

void Optimizer::save(weights::StateDict& dict) const {
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const auto kept = state(i);
        if (!kept) continue;
        const std::string prefix = statePrefixOf(m_names[i]);
        for (std::size_t b = 0; b < m_buffers.size(); ++b) {
            if (kept->buffers[b].defined())
                dict.tensors.emplace_back(prefix + m_buffers[b].name, weights::fromTensor(kept->buffers[b]));
        }
        if (m_countsSteps) {
            dict.tensors.emplace_back(prefix + kStateStep,
                                      weights::fromTensor(torch::tensor(kept->steps, torch::kLong)));
        }
    }
}

Result<void> Optimizer::load(const weights::StateDict& dict) {
    const torch::NoGradGuard noGradients;
    std::vector<std::optional<ParameterState>> states;
    StateTaker taker(dict);
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {
        const std::string prefix = statePrefixOf(m_names[i]);
        ParameterState found;
        bool any = false;
        bool all = true;
        for (const BufferName& buffer : m_buffers) {
            found.buffers.push_back(taker.buffer(prefix + buffer.name, m_parameters[i]));
            any = any || found.buffers.back().defined();
            all = all && (found.buffers.back().defined() || !buffer.isRequired);
        }
        if (m_countsSteps) {
            const auto steps = taker.number(prefix + kStateStep);
            any = any || steps;
            all = all && steps;
            found.steps = steps.value_or(0);
        }
        if (any && !all) taker.refuse();
        states.push_back(any ? std::optional(std::move(found)) : std::nullopt);
    }
    if (!taker.isContent()) {
        return fail(
            ErrorCode::BadFormat,
            GRAFT_TEXT("The checkpoint's optimizer state does not fit the settings in config.json: one "
                       "of them is damaged or was changed. Put config.json back as the run wrote it, or "
                       "start another run."));
    }
    for (std::size_t i = 0; i < states.size(); ++i) {
        if (states[i]) setState(i, std::move(*states[i]));
    }
    return {};
}

}  // namespace graft::training
