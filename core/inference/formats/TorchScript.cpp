// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>

#include "core/inference/ModelFormat.h"
#include "core/inference/detail/ModelClasses.h"
#include "core/weights/detail/ZipArchive.h"

namespace graft::inference::formats {

namespace {

std::optional<std::string> classesInArchive(const std::string& modelFile) {
    weights::ZipArchive archive(modelFile);
    if (!archive.isOpen()) return std::nullopt;
    const auto found = std::ranges::find_if(archive.entries(), [](const auto& entry) {
        return entry.first.ends_with(std::string("/extra/") + kClassesEntry);  // behind the archive's name
    });
    if (found == archive.entries().end()) return std::nullopt;
    // Where it cannot be read, it is no list of classes.
    const auto bytes = archive.read<char>(found->first);
    return bytes ? std::string(bytes->begin(), bytes->end()) : std::string();
}

}  // namespace

ModelFormat torchscript() {
    return {
        .name = "torchscript",
        .label = GRAFT_TEXT("TorchScript"),
        .help = GRAFT_TEXT("Python and C++ with PyTorch: torch.jit.load"),
        .extension = ".pt",
        .hasPythonHelper = true,
        .classesWithin = classesInArchive,
    };
}

}  // namespace graft::inference::formats
