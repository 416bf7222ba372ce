// SPDX-License-Identifier: GPL-3.0-or-later
// A network's forward pass as a TorchScript module.
#pragma once

#include <c10/core/ScalarType.h>
#include <torch/csrc/jit/api/module.h>

#include <functional>
#include <string>

#include "core/backbones/torch/Network.h"

namespace graft::backbones {

// Traces forward with a picture of inputSize x inputSize. The module's tensors are the network's own, under
// their names; the batch size stays free. The network should be in evaluation mode. For export the graph
// holds only what older LibTorch knows too. LibTorch's exceptions pass.
enum class TraceFor { ThisProcess, Export };
torch::jit::Module trace(const Network& network, int inputSize, c10::Device device, TraceFor purpose,
                         const std::function<at::Tensor(const at::Tensor&)>& forward);

// What its forward() does, as text: operators in order, what each reads, and every constant (of tensors a
// hash). Two processes give the same text for the same steps; parameters stand in it by name, without their
// numbers.
std::string outlineOf(const torch::jit::Module& module);

// A module in evaluation mode as an inference engine runs it: its tensors constants, batch norm folded into
// the convolutions, functions fused where LibTorch can and `device` may (see CpuArithmetic), calculated
// in `type`. A copy: the module stays as it is. LibTorch's exceptions pass; a type may lack an operator.
torch::jit::Module optimizedForInference(const torch::jit::Module& module, c10::Device device,
                                         c10::ScalarType type = c10::kFloat);

// Its forward() of one input, as its graph stands. What LibTorch would do to it while it runs depends on
// which thread came first, and so would the last digits; 2.x also compiles what it fuses, for minutes.
// LibTorch's exceptions pass.
c10::IValue runAsItIs(torch::jit::Module& module, const at::Tensor& input);

}  // namespace graft::backbones
