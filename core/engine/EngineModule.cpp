// SPDX-License-Identifier: GPL-3.0-or-later
// The module's only export.
#include <string_view>

#include "core/engine/detail/Guarded.h"

using namespace graft;

extern "C" __attribute__((visibility("default"))) const engine::EngineFunctions* graftEngine(
    const char* version) {
    static const engine::EngineFunctions functions{
#define GRAFT_ENGINE(name, result, function, parameters, arguments) \
    engine::guarded<result parameters, function>,
#include "core/engine/EngineFunctions.inc"
#undef GRAFT_ENGINE
    };
    return version == std::string_view(GRAFT_VERSION) ? &functions : nullptr;
}
