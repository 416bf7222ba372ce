// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/inference/torch/FormatIo.h"

#include <map>
#include <stdexcept>

#include "core/inference/ModelFormat.h"

namespace graft::inference {

namespace io {
#define GRAFT_FORMAT(name) FormatIo name();
#include "core/inference/formats/Formats.inc"
#undef GRAFT_FORMAT
}  // namespace io

namespace {

std::map<std::string, FormatIo>& formatIos() {
    static std::map<std::string, FormatIo> all{
#define GRAFT_FORMAT(name) {#name, io::name()},
#include "core/inference/formats/Formats.inc"
#undef GRAFT_FORMAT
    };
    return all;
}

}  // namespace

Result<FormatIo> formatIo(const std::string& name) {
    if (const auto known = formatOf(name); !known) return fail(known.error());
    const auto found = formatIos().find(name);
    if (found == formatIos().end()) throw std::logic_error("The format " + name + " has no FormatIo.");
    return found->second;
}

void addFormatIo(const std::string& name, FormatIo io) {
    formatIos()[name] = io;
}

}  // namespace graft::inference
