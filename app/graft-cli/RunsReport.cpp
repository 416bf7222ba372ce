// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/RunsReport.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "core/settings/Settings.h"

namespace graft::cli {

namespace {

using training::BestFigure;
using training::CataloguedRun;
using training::ComparedRow;
using training::ComparedValue;
using training::Comparison;
using training::RunCard;
using training::RunStatus;

// Letters, of UTF-8.
std::size_t widthOf(const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t width) {
    const std::size_t has = widthOf(text);
    return has < width ? text + std::string(width - has, ' ') : text;
}

struct Line {
    std::vector<std::string> cells;
    std::vector<std::string> below;  // on lines of their own
};

// Every column as wide as its widest cell, in all of the lines given.
void printTable(const std::vector<Line>& lines) {
    std::vector<std::size_t> widths;
    for (const Line& line : lines) {
        widths.resize(std::max(widths.size(), line.cells.size()));
        for (std::size_t i = 0; i < line.cells.size(); ++i)
            widths[i] = std::max(widths[i], widthOf(line.cells[i]));
    }
    for (const Line& line : lines) {
        std::string text;
        for (std::size_t i = 0; i < line.cells.size(); ++i) {
            const bool isLast = i + 1 == line.cells.size();
            text += isLast ? line.cells[i] : padded(line.cells[i], widths[i] + 2);
        }
        text.erase(text.find_last_not_of(' ') + 1);
        printText("{}\n", text);
        for (const std::string& below : line.below)
            printText("    {}\n", below);
    }
}

std::string timeText(std::int64_t seconds, const char* format, bool local) {
    const auto time = static_cast<std::time_t>(seconds);
    std::tm parts{};
    if (local) {
        localtime_r(&time, &parts);
    } else {
        gmtime_r(&time, &parts);
    }
    char text[32];
    return {text, std::strftime(text, sizeof(text), format, &parts)};
}

std::string beganText(const RunCard& card) {
    return card.began ? timeText(*card.began, "%Y-%m-%d %H:%M", true) : std::string();
}

std::string bestText(const RunCard& card) {
    if (!card.best) return "-";
    const BestFigure& best = *card.best;
    const std::string value = training::figureText(best.figure, best.value);
    return best.figure == settings::Figure::Accuracy
               ? value
               : value + " " + training::figureLabel(best.figure).english();
}

std::string epochsText(const RunCard& card) {
    return fmt::format("{}/{}", card.run.epochs.size(), card.run.config.epochs);
}

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(oneLine(line));
    return lines;
}

Line lineOf(const CataloguedRun& run) {
    const std::string link = run.linkTo.empty() ? "" : " -> " + oneLine(run.linkTo);
    const std::string name = oneLine(run.name) + link;
    if (!run.card) {
        const Error& error = run.card.error();
        const bool isItself = error.path.empty() || error.path == run.folder;
        return {{"", name, "cannot be read"},
                {oneLine(isItself ? error.message.english() : error.sentence())}};
    }
    const RunCard& card = *run.card;
    Line line{{card.note.star ? "*" : "", name, training::statusText(card.run.status).english(),
               bestText(card), card.best ? std::to_string(card.best->epoch) : "-", epochsText(card),
               training::durationText(card.seconds).english(), beganText(card),
               oneLine(card.run.config.backbone), card.trained.english()},
              linesOf(card.note.text)};
    if (card.run.status == RunStatus::Failed) line.below.push_back(oneLine(card.run.whyFailed.english()));
    if (card.noteProblem) line.below.push_back(oneLine(card.noteProblem->sentence()));
    return line;
}

Json errorJson(const Error& error) {
    return {{"code", base::codeName(error.code)}, {"message", error.message.english()}, {"path", error.path}};
}

Json bestJson(const std::optional<BestFigure>& best) {
    if (!best) return {};
    return {{"by", best->isLast ? "last" : training::figureName(best->figure)},
            {"figure", training::figureName(best->figure)},
            {"value", best->value},
            {"epoch", best->epoch}};
}

// Counts of a comparison that are no settings.
constexpr const char* kCounts[] = {"best_epoch", "epochs_done"};

bool isFigure(const std::string& key) {
    using settings::Kind;
    const settings::Setting* setting = settings::find(key);
    if (setting == nullptr) return std::ranges::find(kCounts, key) != std::end(kCounts);
    const Kind kind = setting->field.kind;
    return kind == Kind::Whole || kind == Kind::Number || kind == Kind::Switch;
}

// Numbers and switches as such, without loss; all else as text.
Json valueJson(const std::string& key, const ComparedValue& value) {
    if (!value.value) return {};
    if (value.number) return *value.number;
    if (!isFigure(key)) return *value.value;
    Json parsed = Json::parse(*value.value, nullptr, false);
    return parsed.is_number() || parsed.is_boolean() ? parsed : Json(*value.value);
}

Json rowsJson(const std::vector<ComparedRow>& rows) {
    Json all = Json::array();
    for (const ComparedRow& row : rows) {
        Json values = Json::array();
        for (const ComparedValue& value : row.values)
            values.push_back({{"value", valueJson(row.key, value)}, {"text", value.text.english()}});
        all.push_back(
            {{"key", row.key}, {"label", row.label.english()}, {"differs", row.differs}, {"values", values}});
    }
    return all;
}

std::vector<std::string> columnNames(const Comparison& comparison) {
    std::vector<std::string> names;
    for (const RunCard& card : comparison.runs)
        names.push_back(oneLine(card.run.name));
    auto sorted = names;
    std::ranges::sort(sorted);
    if (std::ranges::adjacent_find(sorted) == sorted.end()) return names;
    for (std::size_t i = 0; i < names.size(); ++i)
        names[i] = oneLine(comparison.runs[i].run.folder);
    return names;
}

// Of rows that are all the same the first column alone.
void addRows(std::vector<Line>& lines, const std::string& title, const std::vector<ComparedRow>& rows,
             bool isSame) {
    if (rows.empty()) return;
    lines.push_back({{title}, {}});
    for (const ComparedRow& row : rows) {
        Line line{{"  " + row.label.english()}, {}};
        const std::size_t columns = isSame ? 1 : row.values.size();
        for (std::size_t i = 0; i < columns; ++i)
            line.cells.push_back(oneLine(row.values[i].text.english()));
        lines.push_back(std::move(line));
    }
}

}  // namespace

Json asJson(const RunCard& card) {
    const training::RunSummary& run = card.run;
    Json json{{"run", run.folder},
              {"name", run.name},
              {"status", training::statusName(card.run.status)},
              {"failure", run.whyFailed.empty() ? Json() : Json(run.whyFailed.english())},
              {"backbone", run.config.backbone},
              {"trained", card.trained.english()},
              {"dataset_folder", run.config.datasetFolder},
              {"dataset_is_there", card.hasDataset},
              {"best", bestJson(card.best)},
              {"val_accuracy", card.best ? Json(card.best->accuracy) : Json()},
              {"epochs", run.epochs.size()},
              {"epochs_planned", run.config.epochs},
              {"seconds", card.seconds},
              {"began", card.began ? Json(timeText(*card.began, "%Y-%m-%dT%H:%M:%SZ", false)) : Json()},
              {"note", card.note.text},
              {"star", card.note.star}};
    if (card.noteProblem) json["note_problem"] = card.noteProblem->sentence();
    return json;
}

Json asJson(const CataloguedRun& run) {
    Json json;
    if (run.card) {
        json = asJson(*run.card);
    } else {
        json = {{"run", run.folder}, {"name", run.name}, {"error", errorJson(run.card.error())}};
    }
    json["name"] = run.name;
    if (!run.linkTo.empty()) json["link_to"] = run.linkTo;
    return json;
}

Json asJson(const Comparison& comparison) {
    Json runs = Json::array();
    for (const RunCard& card : comparison.runs)
        runs.push_back(card.run.folder);
    return {{"runs", runs},
            {"differing", comparison.differing},
            {"idle_settings", comparison.idle},
            {"outcome", rowsJson(comparison.outcome)},
            {"given", rowsJson(comparison.given)}};
}

Json asJson(const ShownRun& shown) {
    Json json = asJson(shown.table.runs.front());
    Json given = Json::object();
    for (const ComparedRow& row : shown.table.given)
        given[row.key] = valueJson(row.key, row.values.front());
    const training::RunNeeds& needs = shown.needs;
    Json sentences = Json::array();
    for (const Message& sentence : needs.sentences)
        sentences.push_back(sentence.english());
    json["given"] = given;
    json["weights_file"] = shown.table.runs.front().run.config.weightsFile;
    json["frozen_units"] = shown.table.runs.front().run.config.freeze.frozenUnits;
    json["images"] = {{"folder", needs.datasetFolder},
                      {"is_there", needs.hasDataset},
                      {"images", needs.images},
                      {"missing", needs.missing},
                      {"changed", needs.changed}};
    json["missing"] = sentences;
    return json;
}

void printRuns(const std::vector<CataloguedRun>& runs) {
    std::vector<Line> lines;
    lines.push_back(
        {{"", "name", "status", "best", "epoch", "epochs", "time", "began", "backbone", "trained"}, {}});
    for (const CataloguedRun& run : runs)
        lines.push_back(lineOf(run));
    printTable(lines);
}

void sayOthers(const std::vector<Error>& others) {
    constexpr std::size_t kNamed = 10;
    for (std::size_t i = 0; i < std::min(others.size(), kNamed); ++i)
        say("passed over: {}\n", oneLine(others[i].sentence()));
    if (others.size() > kNamed)
        say("passed over: {} more that are no runs (--json names each)\n", others.size() - kNamed);
}

void print(const ShownRun& shown) {
    const RunCard& card = shown.table.runs.front();
    printText("{}{}\n{}\n", card.note.star ? "* " : "", oneLine(card.run.name), oneLine(card.run.folder));
    for (const std::string& line : linesOf(card.note.text))
        printText("    {}\n", line);
    std::vector<Line> lines;
    addRows(lines, "Outcome", shown.table.outcome, true);
    lines.push_back({{"  Began", beganText(card)}, {}});
    addRows(lines, "Given", shown.table.given, true);
    printTable(lines);
    if (shown.needs.sentences.empty()) {
        printText("Nothing of it is missing.\n");
        return;
    }
    printText("Missing, or another now\n");
    for (const Message& sentence : shown.needs.sentences)
        printText("  {}\n", oneLine(sentence.english()));
    if (!shown.needs.hasImages() && shown.needs.hasList)
        printText("  (graft-cli resume {} --data FOLDER)\n", shellWord(oneLine(card.run.folder)));
}

void print(const Comparison& comparison) {
    Line names{{""}, {}};
    for (const std::string& name : columnNames(comparison))
        names.cells.push_back(name);
    const auto middle = comparison.given.begin() + static_cast<std::ptrdiff_t>(comparison.differing);
    std::vector<Line> lines{names};
    addRows(lines, "Outcome", comparison.outcome, false);
    addRows(lines, "Different", {comparison.given.begin(), middle}, false);
    printTable(lines);
    if (comparison.differing == 0) printText("They were given the same.\n");
    std::vector<Line> same;
    addRows(same, "The same", {middle, comparison.given.end()}, true);
    printTable(same);
    if (comparison.idle > 0) printText("{} more settings change nothing in any of them.\n", comparison.idle);
}

}  // namespace graft::cli
