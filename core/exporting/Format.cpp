// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/exporting/Exporter.h"

namespace graft::exporting {

std::string_view formatName(Format format) {
    return format == Format::Safetensors ? "safetensors" : "torchscript";
}

std::string_view formatExtension(Format format) {
    return format == Format::Safetensors ? ".safetensors" : ".pt";
}

Result<Format> parseFormat(const std::string& name) {
    for (const Format format : {Format::TorchScript, Format::Safetensors}) {
        if (formatName(format) == name) return format;
    }
    return fail(ErrorCode::InvalidArgument,
                {GRAFT_TEXT("Unknown format \"{1}\": it is torchscript or safetensors."), name});
}

}  // namespace graft::exporting
