// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/DatasetReport.h"

#include <fmt/format.h>

#include <string>
#include <vector>

namespace graft::cli {

namespace {

std::string countOf(std::size_t files) {
    return files == 1 ? "1 file" : fmt::format("{} files", files);
}

std::string describe(const data::PassedOverGroup& group) {
    if (group.entries > 1)
        return fmt::format("{}, such as {}: {}", countOf(group.files), group.firstPath, group.message);
    if (group.files == 1) return fmt::format("{}: {}", group.firstPath, group.message);
    return fmt::format("{} ({}): {}", group.firstPath, countOf(group.files), group.message);
}

}  // namespace

void printDatasetWarnings(std::FILE* out, const data::DatasetIndex& index, std::size_t mostLines) {
    std::vector<std::string> lines;
    for (const data::Problem& problem : index.problems) {
        lines.push_back(fmt::format("{} {}: {}", problem.leftOut ? "left out" : "warning ", problem.path,
                                    problem.message));
    }
    for (const data::PassedOverGroup& group : data::groupPassedOver(index.unused))
        lines.push_back("not used " + describe(group));
    const std::size_t shown = mostLines > 0 && lines.size() > mostLines ? mostLines : lines.size();
    for (std::size_t i = 0; i < shown; ++i)
        fmt::print(out, "{}\n", lines[i]);
    if (shown < lines.size()) {
        fmt::print(out, "and {} more lines; graft-cli scan {} shows them all\n", lines.size() - shown,
                   index.root);
    }
}

Json problemsJson(const data::DatasetIndex& index) {
    Json problems = Json::array();
    for (const data::Problem& problem : index.problems) {
        problems.push_back({{"path", problem.path},
                            {"code", problemCodeName(problem.code)},
                            {"message", problem.message},
                            {"left_out", problem.leftOut}});
    }
    return problems;
}

Json unusedJson(const data::DatasetIndex& index) {
    Json unused = Json::array();
    for (const data::PassedOver& entry : index.unused) {
        unused.push_back({{"path", entry.path},
                          {"reason", passedOverReasonName(entry.reason)},
                          {"message", entry.message},
                          {"files", entry.files}});
    }
    return unused;
}

}  // namespace graft::cli
