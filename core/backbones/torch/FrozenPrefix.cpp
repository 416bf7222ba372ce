// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/FrozenPrefix.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/script.h>

#include <exception>
#include <new>
#include <utility>

#include "core/backbones/torch/Trace.h"
#include "core/base/detail/Hash.h"

namespace graft::backbones {

FrozenPrefix::FrozenPrefix(const Network& network, std::size_t units, int inputSize, c10::Device device,
                           c10::ScalarType type)
    : FrozenPrefix(
          network, [&](const at::Tensor& images) { return network.featuresOf(images, units); }, inputSize,
          device, type) {}

FrozenPrefix::FrozenPrefix(const Network& network, const std::vector<std::size_t>& meansBehind, int inputSize,
                           c10::Device device, c10::ScalarType type)
    : FrozenPrefix(
          network, [&](const at::Tensor& images) { return network.meansBehind(images, meansBehind); },
          inputSize, device, type) {}

FrozenPrefix::FrozenPrefix(const Network& network, const Forward& forward, int inputSize, c10::Device device,
                           c10::ScalarType type) {
    torch::jit::Module traced = trace(network, inputSize, device, TraceFor::ThisProcess, forward);
    traced.eval();
    const auto module = std::make_shared<torch::jit::Module>(optimizedForInference(traced, device, type));
    const auto isFused = std::make_shared<bool>(true);
    m_run = [module, isFused, traced, type](const at::Tensor& images) -> at::Tensor {
        const c10::InferenceMode inference;
        // LibTorch computes one image alone in all threads, several in one thread each, with other last bits:
        // what is in the cache must not depend on how many were missing.
        const bool alone = images.size(0) == 1;
        const at::Tensor input = (alone ? torch::cat({images, images}) : images).to(type);
        const auto run = [&] {
            return runAsItIs(*module, input).toTensor().to(torch::kFloat).narrow(0, 0, images.size(0));
        };
        try {
            return run();
        } catch (const std::bad_alloc&) {
            throw;
        } catch (
            const std::exception&) {  // oneDNN's pools do not know every size; of float32 there is another
            if (type != torch::kFloat || !std::exchange(*isFused, false)) throw;
            *module = torch::jit::freeze(traced);
            return run();
        }
    };
}

std::string FrozenPrefix::fingerprint(const Network& network, std::size_t units, int inputSize,
                                      c10::Device device) {
    base::Hasher hasher;
    hasher.add(outlineOf(trace(network, inputSize, device, TraceFor::ThisProcess,
                               [&](const at::Tensor& images) { return network.featuresOf(images, units); })));
    const auto add = [&](const std::string& name, const at::Tensor& tensor) {
        const at::Tensor plain = tensor.to(torch::kCPU).contiguous();
        hasher.add(name + " " + c10::str(plain.sizes()) + " ");
        hasher.add({static_cast<const std::uint8_t*>(plain.data_ptr()), plain.nbytes()});
    };
    for (std::size_t i = 0; i < units; ++i) {
        const Unit& unit = network.units()[i];
        hasher.add(unit.name + "\n");
        for (const LayerPtr& step : unit.steps) {
            for (const auto& parameter : step->named_parameters())
                add(parameter.key(), parameter.value());
            for (const auto& buffer : step->named_buffers())
                add(buffer.key(), buffer.value());
        }
    }
    return hasher.hex();
}

}  // namespace graft::backbones
