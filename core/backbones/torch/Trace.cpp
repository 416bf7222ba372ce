// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/torch/Trace.h"

#include <torch/csrc/jit/frontend/tracer.h>
#include <torch/csrc/jit/ir/constants.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/script.h>
#include <torch/types.h>
#include <torch/utils.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>

#include "core/backbones/torch/Attention.h"
#include "core/base/detail/Hash.h"
#include "core/runtime/torch/CpuArithmetic.h"

namespace graft::backbones {

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
        // A type's name must be an identifier, and children may be called "0" or "block1-0".
        std::string childType = typeName + "_" + child.key();
        std::ranges::replace(childType, '-', '_');
        module.register_module(child.key(), mirror(*child.value(), childType, unit));
    }
    return module;
}

// Of a frozen module, whose tensors are the constants of its graph. After the batch norms were folded: the
// product of two rounded numbers is worse than a rounded product.
void convertConstants(torch::jit::Block& block, c10::ScalarType type) {
    for (torch::jit::Node* node : block.nodes()) {
        for (torch::jit::Block* inner : node->blocks())
            convertConstants(*inner, type);
        if (node->kind() != torch::jit::prim::Constant || !node->hasAttribute(torch::jit::attr::value) ||
            node->kindOf(torch::jit::attr::value) != torch::jit::AttributeKind::t) {
            continue;
        }
        const at::Tensor tensor = node->t(torch::jit::attr::value);
        if (tensor.scalar_type() != torch::kFloat) continue;
        const at::Tensor converted = tensor.to(type);
        node->t_(torch::jit::attr::value, converted);
        node->output()->inferTypeFrom(converted);
    }
}

// Values are numbered in the order in which they come about: the names that LibTorch gives them count on
// through a process.
class Outline {
  public:
    std::string of(const torch::jit::Graph& graph) {
        for (const torch::jit::Value* input : graph.inputs())
            number(input);
        add(*graph.block());
        return m_text.str();
    }

  private:
    void number(const torch::jit::Value* value) { m_numbers.emplace(value, m_numbers.size()); }

    void addConstant(const c10::IValue& constant) {
        if (!constant.isTensor()) {
            m_text << ' ' << constant.tagKind() << ' ' << constant;
            return;
        }
        const at::Tensor plain = constant.toTensor().to(torch::kCPU).contiguous();
        base::Hasher hasher;
        hasher.add({static_cast<const std::uint8_t*>(plain.data_ptr()), plain.nbytes()});
        m_text << ' ' << plain.scalar_type() << plain.sizes() << ' ' << hasher.hex();
    }

    void add(const torch::jit::Block& block) {
        for (const torch::jit::Node* node : block.nodes()) {
            m_text << node->kind().toQualString();
            if (node->kind() == torch::jit::prim::Constant) {
                if (const auto constant = torch::jit::toIValue(node->output())) addConstant(*constant);
            } else if (node->kind() == torch::jit::prim::GetAttr) {
                m_text << ' ' << node->s(torch::jit::attr::name);
            }
            for (const torch::jit::Value* input : node->inputs())
                m_text << ' ' << m_numbers.at(input);
            m_text << '\n';
            for (const torch::jit::Block* inner : node->blocks()) {
                for (const torch::jit::Value* input : inner->inputs())
                    number(input);
                add(*inner);
            }
            for (const torch::jit::Value* output : node->outputs())
                number(output);
        }
        for (const torch::jit::Value* output : block.outputs())
            m_text << "gives " << m_numbers.at(output) << '\n';
    }

    std::map<const torch::jit::Value*, std::size_t> m_numbers;
    std::ostringstream m_text;
};

}  // namespace

torch::jit::Module trace(const Network& network, int inputSize, c10::Device device, TraceFor purpose,
                         const std::function<at::Tensor(const at::Tensor&)>& forward) {
    const torch::NoGradGuard noGradients;
    std::optional<PortableOperators> portable;
    if (purpose == TraceFor::Export) portable.emplace();
    const auto unit = std::make_shared<torch::jit::CompilationUnit>();
    torch::jit::Module module = mirror(network.root(), "__torch__.graft.Model", unit);

    const at::Tensor example = Network::toInput(torch::zeros({1, 3, inputSize, inputSize}), device);
    const auto traced = torch::jit::tracer::trace(
        {example},
        [&](torch::jit::Stack inputs) -> torch::jit::Stack { return {forward(inputs.at(0).toTensor())}; },
        [](const at::Tensor&) { return std::string(); }, true, false, &module);
    auto* method =
        unit->create_function(c10::QualifiedName(*module.type()->name(), "forward"), traced.first->graph);
    module.type()->addMethod(method);
    return module;
}

std::string outlineOf(const torch::jit::Module& module) {
    return Outline().of(*module.get_method("forward").graph());
}

torch::jit::Module optimizedForInference(const torch::jit::Module& module, c10::Device device,
                                         c10::ScalarType type) {
    torch::jit::Module frozen = torch::jit::freeze(module);
    if (type != torch::kFloat) convertConstants(*frozen.get_method("forward").graph()->block(), type);
    // On a CPU it makes sums and pools oneDNN's.
    if (device.is_cpu() && runtime::cpuArithmetic() != runtime::CpuArithmetic::Fast) return frozen;
    return torch::jit::optimize_for_inference(frozen);
}

c10::IValue runAsItIs(torch::jit::Module& module, const at::Tensor& input) {
    const torch::jit::GraphOptimizerEnabledGuard asItIs(false);
    return module.forward({input});
}

}  // namespace graft::backbones
