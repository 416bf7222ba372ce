// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/torch/FastForward.h"

#include <fmt/format.h>
#include <torch/script.h>

#include <exception>
#include <new>

#include "core/backbones/torch/OutputTensors.h"
#include "core/backbones/torch/Trace.h"
#include "core/runtime/torch/CpuArithmetic.h"

namespace graft::inference {

namespace {

torch::jit::Module moduleOf(const LoadedModel& model) {
    if (model.script) return *model.script;
    torch::jit::Module traced = backbones::trace(
        *model.network, model.sidecar.preprocess.cropSize, model.device, backbones::TraceFor::ThisProcess,
        [&](const at::Tensor& images) { return model.network->forward(images); });
    traced.eval();
    return traced;
}

// difference: the largest of a probability.
Message sentenceOfFolding(double difference) {
    const std::string most = fmt::format("{:.1e}", difference);
    if (runtime::cpuArithmetic() == runtime::CpuArithmetic::Fast) {
        return {GRAFT_TEXT(
                    "Layers were folded and fused; no probability of the first picture changed by more than "
                    "{1}."),
                most};
    }
    return {GRAFT_TEXT("Layers were folded; no probability of the first picture changed by more than {1}."),
            most};
}

}  // namespace

FastForward::FastForward(const LoadedModel& model) : m_plain(model.forward), m_device(model.device) {
    // On a GPU LibTorch's own kernels are as fast; what it would fuse takes seconds to compile.
    if (!model.device.is_cpu()) return;
    if (!model.script && !model.network) return;  // a format that runs in its own way
    try {
        const auto module = std::make_shared<torch::jit::Module>(
            backbones::optimizedForInference(moduleOf(model), model.device));
        m_fast = [module, outputs = model.sidecar.outputs](const at::Tensor& images) {
            const c10::InferenceMode inference;
            return backbones::classLogits(backbones::runAsItIs(*module, images).toTensor(), outputs);
        };
    } catch (const std::bad_alloc&) {
        throw;
    } catch (
        const std::exception&) {  // a foreign model that cannot be frozen; TorchScript throws what it likes
        m_fast = nullptr;
    }
}

at::Tensor FastForward::operator()(const at::Tensor& images) const {
    std::unique_lock lock(m_mutex);
    if (!m_useFast) return prove(images);
    const bool fast = *m_useFast;
    lock.unlock();
    return fast ? m_fast(backbones::Network::toInput(images, m_device)).to(torch::kFloat) : runPlain(images);
}

at::Tensor FastForward::runPlain(const at::Tensor& images) const {
    const torch::NoGradGuard noGradients;
    return m_plain(backbones::Network::toInput(images, m_device)).to(torch::kCPU, torch::kFloat);
}

at::Tensor FastForward::prove(const at::Tensor& images) const {
    const at::Tensor plain = runPlain(images);
    m_useFast = false;
    m_method = GRAFT_TEXT("The model ran as it is.");
    if (!m_fast || plain.dim() != 2) return plain;
    try {
        const at::Tensor fast = m_fast(backbones::Network::toInput(images, m_device)).to(torch::kFloat);
        const double difference = (fast.softmax(1) - plain.softmax(1)).abs().max().item<double>();
        const bool sameClass = fast.argmax(1).equal(plain.argmax(1));
        // nan is no difference that passes
        if (difference <= kLargestDifference && sameClass) {
            m_useFast = true;
            m_method = sentenceOfFolding(difference);
            return fast;
        }
    } catch (const std::bad_alloc&) {
        throw;
    } catch (const std::exception&) {  // an operator that LibTorch lacks when it is fused
    }
    return plain;
}

Message FastForward::method() const {
    const std::lock_guard lock(m_mutex);
    return m_method;
}

}  // namespace graft::inference
