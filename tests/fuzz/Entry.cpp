// SPDX-License-Identifier: GPL-3.0-or-later
// libFuzzer's entry for the target whose folder is named by GRAFT_FUZZ_TARGET.
#include <cstddef>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/Targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    for (const auto& target : graft::fuzz::kTargets) {
        if (std::string_view(target.name) != GRAFT_FUZZ_TARGET) continue;
        target.run({data, size});
        return 0;
    }
    std::abort();
}
