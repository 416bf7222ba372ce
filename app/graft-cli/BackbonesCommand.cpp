// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <string>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "core/backbones/Catalogue.h"
#include "core/backbones/WeightStore.h"

namespace graft::cli {

namespace {

// Of weights for which none was published, such as those that come with Graft, 0 would be untrue.
Json publishedJson(double accuracy) {
    return accuracy > 0 ? Json(accuracy) : Json();
}
std::string publishedText(double accuracy) {
    return accuracy > 0 ? fmt::format("{:.2f}", accuracy) : "\u2013";
}

std::string whereToGet(const backbones::CatalogueEntry& entry) {
    if (!entry.isPublished()) return "none published";
    return "to fetch from " + entry.url + (entry.hasChecksum() ? "" : " (no checksum published)");
}

}  // namespace

void addBackbonesCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command =
        app.add_subcommand("backbones", "List the backbones: size, accuracy, and whether weights are here");
    command->callback([&invocation] {
        invocation.action = [&invocation] {
            Json list = Json::array();
            if (!invocation.json) {
                printText("{:<20}{:<26}{:>9}{:>7}{:>7}{:>7}  {}\n", "name", "weights", "M param.", "input",
                          "top-1", "top-5", "where");
            }
            for (const auto& entry : backbones::catalogue()) {
                const auto file = backbones::locateWeights(entry);
                if (invocation.json) {
                    list.push_back({{"name", entry.name},
                                    {"family", entry.family},
                                    {"tag", entry.tag},
                                    {"parameters", entry.parameters},
                                    {"multiply_adds", entry.multiplyAdds},
                                    {"megabytes", entry.megabytes},
                                    {"input_size", entry.preprocess.cropSize},
                                    {"top1", publishedJson(entry.top1)},
                                    {"top5", publishedJson(entry.top5)},
                                    {"licence", entry.licence},
                                    {"checksum", entry.hasChecksum()   ? Json("published")
                                                 : entry.isPublished() ? Json("none")
                                                                       : Json()},
                                    {"weights", file && entry.builtIn ? "built-in"
                                                : file                ? "here"
                                                : entry.isPublished() ? "to-fetch"
                                                                      : "none"}});
                } else {
                    printText("{:<20}{:<26}{:>9.2f}{:>7}{:>7}{:>7}  {}\n", entry.name, entry.tag,
                              static_cast<double>(entry.parameters) / 1e6, entry.preprocess.cropSize,
                              publishedText(entry.top1), publishedText(entry.top5),
                              file.value_or(whereToGet(entry)));
                }
            }
            if (invocation.json) printJson(list);
            return kSuccess;
        };
    });
}

}  // namespace graft::cli
