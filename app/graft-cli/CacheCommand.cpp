// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "core/training/FeatureCache.h"

namespace graft::cli {

void addCacheCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command =
        app.add_subcommand("cache", "What the cache of frozen features holds; --clear empties it");
    const auto clear = std::make_shared<bool>(false);
    command->add_flag("--clear", *clear, "Remove every file of the cache");
    command->callback([&invocation, clear] {
        invocation.action = [&invocation, clear]() -> int {
            if (*clear) {
                if (const auto freed = training::clearFeatureCache(); !freed)
                    return reportError(freed.error(), invocation.json);
            }
            const auto usage = training::featureCacheUsage();
            const auto budget = training::featureCacheBudget({});
            if (invocation.json) {
                printJson({{"folder", usage.folder},
                           {"files", usage.files},
                           {"bytes", usage.bytes},
                           {"budget", budget}});
            } else {
                printText("{}: {} files, {:.1f} MB of at most {:.1f} MB\n", usage.folder, usage.files,
                          static_cast<double>(usage.bytes) / 1e6, static_cast<double>(budget) / 1e6);
            }
            return kSuccess;
        };
    });
}

}  // namespace graft::cli
