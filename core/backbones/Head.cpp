// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Head.h"

#include "core/base/detail/Quoted.h"

namespace graft::backbones {

std::string_view headName(HeadKind kind) {
    return kind == HeadKind::Mlp ? "mlp" : "linear";
}

Result<HeadKind> parseHead(const std::string& name) {
    for (const HeadKind kind : {HeadKind::Linear, HeadKind::Mlp}) {
        if (headName(kind) == name) return kind;
    }
    return fail(ErrorCode::InvalidArgument,
                "Unknown head " + base::inQuotes(name) + ": it is linear or mlp.");
}

}  // namespace graft::backbones
