// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/DatasetReport.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace graft::cli {

namespace {

std::string countOf(std::size_t files) {
    return files == 1 ? "1 file" : fmt::format("{} files", files);
}

std::string describe(const data::PassedOverGroup& group) {
    if (group.entries > 1)
        return fmt::format("{}, such as {}: {}", countOf(group.files), group.firstPath,
                           group.message.english());
    if (group.files == 1) return fmt::format("{}: {}", group.firstPath, group.message.english());
    return fmt::format("{} ({}): {}", group.firstPath, countOf(group.files), group.message.english());
}

// Everything else is about a class or the whole folder.
bool isAboutOneFile(data::ProblemCode code) {
    using Code = data::ProblemCode;
    return code == Code::UnreadableImage || code == Code::DuplicateAcrossSplits ||
           code == Code::DuplicateAcrossClasses;
}

void printProblem(std::FILE* out, const data::Problem& problem, const std::string& what) {
    writeText(out, fmt::format("{} {}: {}\n", problem.leftOut ? "left out" : "warning ", oneLine(what),
                               oneLine(problem.message.english())));
}

bool isAboutOneClass(data::ProblemCode code) {
    using Code = data::ProblemCode;
    return code == Code::EmptyClass || code == Code::SingleImageClass || code == Code::ClassMissingInSplit ||
           code == Code::SimilarClassNames;
}

// Alike for all that have the same fault: without the figures of one, and without the names of two.
std::string faultOf(const data::Problem& problem) {
    if (problem.code == data::ProblemCode::SimilarClassNames) return {};
    std::string message = problem.message.english();
    std::erase_if(message, [](char letter) { return letter >= '0' && letter <= '9'; });
    return message;
}

void sayWhoNamesEach(std::FILE* out, const data::DatasetIndex& index, const std::string& before) {
    writeText(out, fmt::format("{}graft-cli scan {} names each of them\n", before, index.root));
}

// In their order, classes with the same fault in one line.
void printClassGroups(std::FILE* out, const data::DatasetIndex& index) {
    using Key = std::tuple<data::ProblemCode, bool, std::string>;
    const auto keyOf = [](const data::Problem& problem) {
        return Key{problem.code, problem.leftOut, faultOf(problem)};
    };
    std::map<Key, std::size_t> classes;
    for (const data::Problem& problem : index.problems) {
        if (isAboutOneClass(problem.code)) ++classes[keyOf(problem)];
    }
    bool isEachNamed = true;
    for (const data::Problem& problem : index.problems) {
        if (isAboutOneFile(problem.code)) continue;
        if (!isAboutOneClass(problem.code)) {
            printProblem(out, problem, problem.path);
            continue;
        }
        const std::size_t count = std::exchange(classes[keyOf(problem)], 0);
        if (count == 0) continue;  // said with the first
        printProblem(out, problem,
                     count > 1 ? fmt::format("{} classes, such as {}", count, problem.path) : problem.path);
        isEachNamed = isEachNamed && count == 1;
    }
    if (!isEachNamed) sayWhoNamesEach(out, index, "");
}

// A line for each kind of problem that single files have, those of the most files first.
void printFileGroups(std::FILE* out, const data::DatasetIndex& index) {
    struct Group {
        const data::Problem* first;
        std::size_t files = 0;
    };
    std::vector<Group> groups;
    std::map<std::tuple<data::ProblemCode, bool, std::string>, std::size_t> known;
    for (const data::Problem& problem : index.problems) {
        if (!isAboutOneFile(problem.code)) continue;
        // What is said of a copy names the other one.
        const bool isCopy = problem.code != data::ProblemCode::UnreadableImage;
        const auto [at, isNew] = known.try_emplace(
            {problem.code, problem.leftOut, isCopy ? std::string() : problem.message.english()},
            groups.size());
        if (isNew) groups.push_back({&problem});
        ++groups[at->second].files;
    }
    std::ranges::stable_sort(groups, std::ranges::greater(), &Group::files);
    constexpr std::size_t kMostGroups = 20;  // some messages hold a picture's size
    std::size_t unnamed = 0;
    std::size_t further = 0;
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const auto& [first, files] = groups[i];
        if (i >= kMostGroups) {
            further += files;
            continue;
        }
        unnamed += files - 1;
        printProblem(out, *first,
                     files > 1 ? fmt::format("{} images, such as {}", files, first->path) : first->path);
    }
    if (unnamed + further > 0) {
        sayWhoNamesEach(out, index, further > 0 ? fmt::format("and {} more images; ", further) : "");
    }
}

}  // namespace

void printDatasetWarnings(std::FILE* out, const data::DatasetIndex& index, Lines lines) {
    if (lines == Lines::Grouped) {
        printClassGroups(out, index);
        printFileGroups(out, index);
    } else {
        for (const data::Problem& problem : index.problems) {
            if (!isAboutOneFile(problem.code)) printProblem(out, problem, problem.path);
        }
        for (const data::Problem& problem : index.problems) {
            if (isAboutOneFile(problem.code)) printProblem(out, problem, problem.path);
        }
    }
    for (const data::PassedOverGroup& group : data::groupPassedOver(index.unused))
        writeText(out, "not used " + oneLine(describe(group)) + "\n");
}

Json problemsJson(const data::DatasetIndex& index) {
    Json problems = Json::array();
    for (const data::Problem& problem : index.problems) {
        problems.push_back({{"path", problem.path},
                            {"code", problemCodeName(problem.code)},
                            {"message", problem.message.english()},
                            {"left_out", problem.leftOut}});
    }
    return problems;
}

Json unusedJson(const data::DatasetIndex& index) {
    Json unused = Json::array();
    for (const data::PassedOver& entry : index.unused) {
        unused.push_back({{"path", entry.path},
                          {"reason", passedOverReasonName(entry.reason)},
                          {"message", entry.message.english()},
                          {"files", entry.files}});
    }
    return unused;
}

}  // namespace graft::cli
