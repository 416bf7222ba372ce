// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/Decisions.h"

#include <filesystem>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/TextFile.h"
#include "core/training/detail/RunJson.h"

namespace graft::training {

Result<void> writeDecisions(const RunPaths& paths, const Decisions& decisions) {
    return base::writeFileAtomically(paths.decisions, toJson(decisions));
}

Result<std::optional<Decisions>> readDecisions(const RunPaths& paths) {
    std::error_code error;
    if (!std::filesystem::exists(paths.decisions, error)) {
        if (!error) return std::nullopt;
        return fail(ErrorCode::Unreadable,
                    "What the run decided at its start cannot be read; check its access rights.",
                    paths.decisions);
    }
    return base::readText(paths.decisions).and_then([&](const std::string& text) {
        return decisionsFromJson(text, paths.decisions).map([](Decisions decisions) {
            return std::optional(std::move(decisions));
        });
    });
}

}  // namespace graft::training
