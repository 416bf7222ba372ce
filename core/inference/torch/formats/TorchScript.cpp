// SPDX-License-Identifier: GPL-3.0-or-later
// The network traced in evaluation mode with torchvision's parameter names, so that Python's torch.jit.load
// opens it and its state_dict() fits torchvision's model. The batch size stays free. The classes, in the
// order of the outputs, are an extra file of the archive.
#include <torch/script.h>

#include <exception>
#include <memory>
#include <new>
#include <sstream>
#include <utility>

#include "core/backbones/torch/Trace.h"
#include "core/base/detail/AtomicFile.h"
#include "core/inference/detail/ModelClasses.h"
#include "core/inference/torch/FormatIo.h"

namespace graft::inference::io {

namespace {

// By way of the memory, since LibTorch's own writer ends the program where a disk is full.
Result<void> writeScript(const LoadedModel& model, const std::string& file) {
    std::ostringstream bytes;
    backbones::trace(*model.network, model.sidecar.preprocess.cropSize, c10::kCPU,
                     backbones::TraceFor::Export,
                     [&](const at::Tensor& images) { return model.network->forward(images); })
        .save(bytes, {{kClassesEntry, classesText(model.sidecar.classes)}});
    return base::writeFileAtomically(file, std::move(bytes).str());
}

Result<void> openScript(LoadedModel& model) {
    auto module = std::make_shared<torch::jit::Module>();
    try {
        *module = torch::jit::load(model.file, model.device);
    } catch (const std::bad_alloc&) {
        throw;
    } catch (
        const std::exception&) {  // c10::Error, and what the readers of a damaged archive throw beside it
        return fail(ErrorCode::BadFormat,
                    GRAFT_TEXT("This is no TorchScript model, or it is damaged; export it again."),
                    model.file);
    }
    if (!module->find_method("forward"))
        return fail(ErrorCode::BadFormat, GRAFT_TEXT("The TorchScript model has no forward()."), model.file);
    module->eval();
    model.script = module;
    model.forward = [module](const at::Tensor& images) {
        return backbones::runAsItIs(*module, images).toTensor();
    };
    return {};
}

}  // namespace

FormatIo torchscript() {
    return {writeScript, openScript};
}

}  // namespace graft::inference::io
