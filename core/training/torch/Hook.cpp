// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/torch/Hook.h"

namespace graft::training {

namespace hooks {
#define GRAFT_HOOK(name) std::unique_ptr<Hook> name(const HookContext& context);
#include "core/settings/hooks/Hooks.inc"
#undef GRAFT_HOOK
}  // namespace hooks

namespace {

std::vector<MakeHook>& hookMakers() {
    static std::vector<MakeHook> all{
#define GRAFT_HOOK(name) hooks::name,
#include "core/settings/hooks/Hooks.inc"
#undef GRAFT_HOOK
    };
    return all;
}

}  // namespace

std::vector<std::unique_ptr<Hook>> makeHooks(const HookContext& context) {
    std::vector<std::unique_ptr<Hook>> hooks;
    for (const MakeHook make : hookMakers()) {
        if (auto hook = make(context)) hooks.push_back(std::move(hook));
    }
    return hooks;
}

void addHook(MakeHook make) {
    hookMakers().push_back(make);
}

}  // namespace graft::training
