// SPDX-License-Identifier: GPL-3.0-or-later
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "app/graft-cli/Commands.h"
#include "app/graft-cli/Output.h"
#include "core/backbones/Catalogue.h"
#include "core/backbones/ModelSummary.h"

namespace graft::cli {

namespace {

struct Options {
    std::string name;
    int inputSize = 0;
    int classes = 1000;
};

void printTable(const backbones::ModelSummary& summary) {
    std::size_t unitWidth = 16;
    std::size_t stageWidth = 10;
    for (const auto& unit : summary.units) {
        unitWidth = std::max(unitWidth, unit.name.size() + 2);
        stageWidth = std::max(stageWidth, unit.stage.size() + 2);
    }
    printText("{:<{}}{:<{}}{:>12}{:>18}{:>16}\n", "unit", unitWidth, "stage", stageWidth, "parameters",
              "output", "multiply-adds");
    for (const auto& unit : summary.units) {
        std::string shape;
        for (const auto side : unit.outputShape)
            shape += (shape.empty() ? "" : " x ") + std::to_string(side);
        printText("{:<{}}{:<{}}{:>12}{:>18}{:>16}\n", unit.name, unitWidth, unit.stage, stageWidth,
                  unit.parameters, shape, unit.multiplyAdds);
    }
    const std::size_t names = unitWidth + stageWidth;
    printText("{:<{}}{:>12}\n{:<{}}{:>12}\n", "head", names, summary.headParameters, "all", names,
              summary.parameters);
}

int run(const Options& options, bool json) {
    const auto entry = backbones::findBackbone(options.name);
    if (!entry) return reportError(entry.error(), json);
    const int inputSize = options.inputSize > 0 ? options.inputSize : entry->preprocess.cropSize;
    const auto summary = backbones::summarize(options.name, inputSize, options.classes);
    if (!summary) return reportError(summary.error(), json);
    if (!json) {
        printTable(*summary);
        return kSuccess;
    }
    Json units = Json::array();
    for (const auto& unit : summary->units) {
        units.push_back({{"name", unit.name},
                         {"stage", unit.stage},
                         {"parameters", unit.parameters},
                         {"output_shape", unit.outputShape},
                         {"multiply_adds", unit.multiplyAdds},
                         {"wiring", backbones::wiringName(unit.wiring)}});
    }
    printJson({{"name", summary->name},
               {"parameters", summary->parameters},
               {"head_parameters", summary->headParameters},
               {"input_size", summary->inputSize},
               {"units", units}});
    return kSuccess;
}

}  // namespace

void addBlocksCommand(CLI::App& app, Invocation& invocation) {
    CLI::App* command = app.add_subcommand("blocks", "List a backbone's stages and units in order");
    const auto options = std::make_shared<Options>();
    command->add_option("name", options->name, "Backbone, as in graft-cli backbones")->required();
    command
        ->add_option("--input-size", options->inputSize,
                     "Side of the input in pixels (default: the backbone's)")
        ->check(CLI::Range(1, 4096));
    command->add_option("--classes", options->classes, "Outputs of the head")
        ->check(CLI::Range(1, 1000000))
        ->capture_default_str();
    command->callback([&invocation, options] {
        invocation.action = [&invocation, options] { return run(*options, invocation.json); };
    });
}

}  // namespace graft::cli
