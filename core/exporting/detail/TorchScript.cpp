// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/detail/TorchScript.h"

#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace graft::exporting {

namespace {

// The tracer recognises parameters by identity, so the mirror shares its tensors with the network.
torch::jit::Module mirror(const torch::nn::Module& source, const std::string& typeName,
                          const std::shared_ptr<torch::jit::CompilationUnit>& unit) {
    torch::jit::Module module(c10::QualifiedName(typeName), unit, true);
    module.register_attribute("training", c10::BoolType::get(), false);
    for (const auto& parameter : source.named_parameters(false)) {
        module.register_parameter(parameter.key(), parameter.value(), false);
    }
    for (const auto& buffer : source.named_buffers(false))
        module.register_buffer(buffer.key(), buffer.value());
    for (const auto& child : source.named_children()) {
        // A type's name must be an identifier, and children may be called "0".
        module.register_module(child.key(), mirror(*child.value(), typeName + "_" + child.key(), unit));
    }
    return module;
}

}  // namespace

void saveTorchScript(const backbones::Network& network, int inputSize, const std::string& file) {
    const torch::NoGradGuard noGradients;
    const auto unit = std::make_shared<torch::jit::CompilationUnit>();
    torch::jit::Module module = mirror(network.root(), "__torch__.graft.Model", unit);

    const at::Tensor example = torch::zeros({1, 3, inputSize, inputSize});
    const auto traced = torch::jit::tracer::trace(
        {example},
        [&](torch::jit::Stack inputs) -> torch::jit::Stack {
            return {network.forward(inputs.at(0).toTensor())};
        },
        [](const at::Tensor&) { return std::string(); }, true, false, &module);
    auto* forward =
        unit->create_function(c10::QualifiedName(*module.type()->name(), "forward"), traced.first->graph);
    module.type()->addMethod(forward);
    module.save(file);
}

}  // namespace graft::exporting
