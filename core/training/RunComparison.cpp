// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RunComparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <utility>

#include "core/base/detail/Hash.h"
#include "core/base/detail/Quoted.h"
#include "core/settings/Settings.h"
#include "core/training/detail/Decisions.h"

namespace graft::training {

namespace {

using settings::Setting;

// What is read of a run for its column.
struct Column {
    const RunCard* card = nullptr;
    Result<data::DatasetIndex> dataset;
    std::optional<Decisions> decisions;
};

ComparedValue given(const std::string& value) {
    return {value, Message::words(value)};
}

ComparedValue figureValue(settings::Figure figure, double value) {
    const std::string text = figureText(figure, value);
    return {text, Message::words(text), value};
}

ComparedValue unknown() {
    return {std::nullopt, GRAFT_TEXT("not known")};
}

ComparedValue notApplying() {
    return {std::nullopt, GRAFT_TEXT("does not apply")};
}

// A choice by its label, a switch as on or off, a number that stands for something else with that.
Message textOf(const Setting& setting, const settings::Value& value) {
    const std::string text = settings::text(value);
    switch (setting.field.kind) {
        case settings::Kind::Switch:
            if (std::get<bool>(value)) return GRAFT_TEXT("on");
            return GRAFT_TEXT("off");
        case settings::Kind::Choice: {
            const auto choice = std::ranges::find(setting.field.choices, text, &settings::Choice::name);
            if (choice == setting.field.choices.end() || choice->label.empty()) return Message::words(text);
            return Message(choice->label.c_str());
        }
        case settings::Kind::Whole:
        case settings::Kind::Number:
            if (text == "0" && !setting.field.range.zero.empty())
                return {GRAFT_TEXT("0 ({1})"), Message(setting.field.range.zero.c_str())};
            return Message::words(text);
        default:
            return Message::words(text);
    }
}

ComparedValue valueIn(const Setting& setting, const settings::TrainConfig& config) {
    const settings::Value value = setting.field.get(config);
    return {settings::text(value), textOf(setting, value)};
}

ComparedValue valueOf(const Setting& setting, const settings::TrainConfig& config) {
    return settings::applies(setting, config) ? valueIn(setting, config) : notApplying();
}

ComparedValue valueOf(const Setting& setting, const Column& column) {
    // Of a folder that brings its own split no share is taken.
    const bool hasSplit = column.dataset && column.dataset->splitByFolders;
    if (hasSplit && setting.key == "validation_share") return notApplying();
    return valueOf(setting, column.card->run.config);
}

ComparedRow rowOf(std::string key, Message label, std::vector<ComparedValue> values) {
    ComparedRow row{std::move(key), std::move(label), std::move(values), false};
    row.differs = std::ranges::any_of(
        row.values, [&](const ComparedValue& value) { return value.value != row.values.front().value; });
    return row;
}

std::string joined(const std::vector<std::string>& names) {
    std::string all;
    for (const std::string& name : names)
        all += (all.empty() ? "" : ", ") + name;
    return all;
}

ComparedValue classesOf(const data::DatasetIndex& dataset) {
    const std::string names = joined(dataset.classes);
    return {names, Message(GRAFT_TEXT("{1}: {2}"), dataset.classes.size(), base::printable(names))};
}

// The same for the same pictures in the same classes and splits, wherever they lie and whatever they are
// called: figures of runs are comparable where this is the same of their validation images.
ComparedValue contentOf(const data::DatasetIndex& dataset, data::Split split) {
    std::vector<std::string> images;
    for (const std::size_t index : dataset.indicesOf(split)) {
        const data::Sample& sample = dataset.samples[index];
        images.push_back(sample.sha256 + " " + dataset.classes[static_cast<std::size_t>(sample.classIndex)] +
                         "\n");
    }
    std::ranges::sort(images);
    base::Hasher hasher;
    for (const std::string& image : images)
        hasher.add(image);
    const std::string digest = hasher.hex().substr(0, 12);
    return {fmt::format("{} {}", images.size(), digest),
            Message(GRAFT_TEXT("{1}, content {2}"), images.size(), digest.substr(0, 8))};
}

class Table {
  public:
    explicit Table(const std::vector<Column>& columns) : m_columns(columns) {}

    // value: of a column.
    void add(const std::string& key, const Message& label,
             const std::function<ComparedValue(const Column&)>& value) {
        std::vector<ComparedValue> values;
        for (const Column& column : m_columns)
            values.push_back(value(column));
        m_rows.push_back(rowOf(key, label, std::move(values)));
    }
    void addOfDataset(const std::string& key, const Message& label,
                      const std::function<ComparedValue(const data::DatasetIndex&)>& value) {
        add(key, label,
            [&](const Column& column) { return column.dataset ? value(*column.dataset) : unknown(); });
    }
    std::vector<ComparedRow> take() { return std::move(m_rows); }

  private:
    const std::vector<Column>& m_columns;
    std::vector<ComparedRow> m_rows;
};

ComparedValue weightsOf(const Column& column) {
    const std::string& file = column.card->run.config.weightsFile;
    if (file.empty()) return {"none", GRAFT_TEXT("none: random ones")};
    // The content counts: the same file may lie elsewhere, and another one in its place.
    const bool isHashed = column.decisions && !column.decisions->weightsSha256.empty();
    const std::string value = isHashed ? column.decisions->weightsSha256 : file;
    return {value, Message::words(file)};
}

// "3, changed to 6 after epoch 3".
ComparedValue plannedAtFirst(const Column& column) {
    const settings::TrainConfig& config = column.card->run.config;
    if (config.planChanges.empty()) return given(std::to_string(config.epochs));
    Message text = Message::words(std::to_string(config.planChanges.front().epochsBefore));
    for (const auto& change : config.planChanges)
        text = Message(GRAFT_TEXT("{1}, changed to {2} after epoch {3}"), text, change.epochs,
                       change.afterEpoch);
    return {text.english(), text};
}

// The names of the frozen blocks say something between runs of one backbone alone: those of another have
// other names.
void addTrained(Table& table, const std::vector<Column>& columns) {
    const auto backboneOf = [](const Column& column) { return column.card->run.config.backbone; };
    const bool hasNames = std::ranges::all_of(
        columns, [&](const Column& column) { return backboneOf(column) == backboneOf(columns.front()); });
    table.add("trained", GRAFT_TEXT("Trained"), [&](const Column& column) -> ComparedValue {
        const RunCard& card = *column.card;
        const std::string text = card.trained.english();
        if (!hasNames) return {text, card.trained};
        const auto& frozen = card.run.config.freeze.frozenUnits;
        return {text + "; frozen: " + joined({frozen.begin(), frozen.end()}), card.trained};
    });
}

void addFacts(Table& table, const std::vector<Column>& columns) {
    table.add("dataset_folder", GRAFT_TEXT("Data set"), [](const Column& column) -> ComparedValue {
        const std::string& folder = column.card->run.config.datasetFolder;
        if (column.card->hasDataset) return given(folder);
        return {folder, Message(GRAFT_TEXT("{1} (not there now)"), folder)};
    });
    table.addOfDataset("classes", GRAFT_TEXT("Classes"), classesOf);
    table.addOfDataset("training_images", GRAFT_TEXT("Training images"),
                       [](const auto& dataset) { return contentOf(dataset, data::Split::Train); });
    table.addOfDataset("validation_images", GRAFT_TEXT("Validation images"),
                       [](const auto& dataset) { return contentOf(dataset, data::Split::Validation); });
    table.add("backbone", GRAFT_TEXT("Backbone"),
              [](const Column& column) { return given(column.card->run.config.backbone); });
    table.add("weights", GRAFT_TEXT("Weights at the start"), weightsOf);
    addTrained(table, columns);
    // Resumed with other epochs it is another run than one that had them all from the first.
    const bool hasChanged = std::ranges::any_of(
        columns, [](const Column& column) { return !column.card->run.config.planChanges.empty(); });
    if (hasChanged) table.add("planned_epochs", GRAFT_TEXT("Epochs planned at first"), plannedAtFirst);
}

std::vector<ComparedRow> outcomeOf(const std::vector<Column>& columns) {
    Table table(columns);
    const auto ofBest = [](const std::function<ComparedValue(const BestFigure&)>& value) {
        return [value](const Column& column) {
            const auto& best = column.card->best;
            return best ? value(*best) : unknown();
        };
    };
    table.add("status", GRAFT_TEXT("Status"), [](const Column& column) -> ComparedValue {
        const RunCard& card = *column.card;
        const Message status = statusText(card.run.status);
        const std::string name(statusName(card.run.status));
        if (card.run.status != RunStatus::Failed) return {name, status};
        return {name, Message(GRAFT_TEXT("{1}: {2}"), status, card.run.whyFailed)};
    });
    table.add("best_by", GRAFT_TEXT("Best by"), [](const Column& column) -> ComparedValue {
        // A setting: it is known before there is a figure. The figure may be another in runs of versions that
        // did not keep it.
        const settings::StoppingOptions& stopping = column.card->run.config.stopping;
        if (stopping.keep == settings::Keep::Last) return {"last", GRAFT_TEXT("the last epoch")};
        const auto& best = column.card->best;
        const settings::Figure figure = best ? best->figure : stopping.bestBy;
        return {figureName(figure), figureLabel(figure)};
    });
    table.add("best", GRAFT_TEXT("Best figure"),
              ofBest([](const BestFigure& best) { return figureValue(best.figure, best.value); }));
    table.add("val_accuracy", GRAFT_TEXT("Its validation accuracy"), ofBest([](const BestFigure& best) {
                  return figureValue(settings::Figure::Accuracy, best.accuracy);
              }));
    table.add("val_loss", GRAFT_TEXT("Its validation loss"), [](const Column& column) {
        const EpochDone* best = bestOf(column.card->run.epochs);
        return best != nullptr ? figureValue(settings::Figure::Loss, best->valLoss) : unknown();
    });
    table.add("best_epoch", GRAFT_TEXT("Best epoch"),
              ofBest([](const BestFigure& best) { return given(std::to_string(best.epoch)); }));
    table.add("epochs_done", GRAFT_TEXT("Epochs done"), [](const Column& column) -> ComparedValue {
        const RunSummary& run = column.card->run;
        return {std::to_string(run.epochs.size()),
                Message(GRAFT_TEXT("{1} of {2}"), run.epochs.size(), run.config.epochs)};
    });
    table.add("seconds", GRAFT_TEXT("Time in all"), [](const Column& column) -> ComparedValue {
        const double seconds = column.card->seconds;
        return {fmt::format("{:.1f}", seconds), durationText(seconds), seconds};
    });
    table.add("device", GRAFT_TEXT("Trained on"), [](const Column& column) {
        if (!column.decisions) return unknown();
        const Decisions& decided = *column.decisions;
        return given(decided.processor.empty() ? decided.device : decided.processor);
    });
    return table.take();
}

}  // namespace

std::vector<ComparedRow> outcomeOf(const RunCard& card) {
    std::vector<Column> columns;
    columns.push_back({&card, data::DatasetIndex{}, std::nullopt});
    std::vector<ComparedRow> rows = outcomeOf(columns);
    std::erase_if(rows, [](const ComparedRow& row) { return row.key == "device"; });
    return rows;
}

Message durationText(double seconds) {
    if (seconds < 9.95) return {GRAFT_TEXT("{1} s"), fmt::format("{:.1f}", std::max(0.0, seconds))};
    const long long whole = std::llround(seconds);
    if (whole < 60) return {GRAFT_TEXT("{1} s"), whole};
    if (whole < 3600) return {GRAFT_TEXT("{1} min {2} s"), whole / 60, whole % 60};
    return {GRAFT_TEXT("{1} h {2} min"), whole / 3600, whole / 60 % 60};
}

std::vector<ComparedRow> settingsOf(const settings::TrainConfig& config) {
    std::vector<ComparedRow> rows;
    for (const Setting& setting : settings::all()) {
        ComparedValue value = valueOf(setting, config);
        if (value.value)
            rows.push_back(rowOf(setting.key, Message(setting.label.c_str()), {std::move(value)}));
    }
    return rows;
}

std::map<std::string, Message> unusualSettings(const settings::TrainConfig& config,
                                               const settings::TrainConfig& usual, bool knowsWeights) {
    std::map<std::string, Message> unusual;
    for (const Setting& setting : settings::all()) {
        if (!settings::applies(setting, config) || (setting.ofWeights && !knowsWeights)) continue;
        ComparedValue value = valueIn(setting, usual);
        if (value.value != valueIn(setting, config).value) unusual[setting.key] = std::move(value.text);
    }
    return unusual;
}

Result<Comparison> compareRuns(const std::vector<std::string>& folders, const UnitsOf& unitsOf) {
    Comparison comparison;
    for (const std::string& folder : folders) {
        auto card = readCard(folder, unitsOf);
        if (!card) return fail(card.error());
        comparison.runs.push_back(std::move(*card));
    }
    std::vector<Column> columns;
    for (const RunCard& card : comparison.runs) {
        const std::string& folder = card.run.folder;
        columns.push_back(
            {&card, readDataset(folder), readDecisions(RunPaths(folder)).value_or(std::nullopt)});
    }
    Table table(columns);
    addFacts(table, columns);
    comparison.given = table.take();
    for (const Setting& setting : settings::all()) {
        std::vector<ComparedValue> values;
        for (const Column& column : columns)
            values.push_back(valueOf(setting, column));
        if (std::ranges::none_of(values,
                                 [](const ComparedValue& value) { return value.value.has_value(); })) {
            ++comparison.idle;
            continue;
        }
        comparison.given.push_back(rowOf(setting.key, Message(setting.label.c_str()), std::move(values)));
    }
    const auto same = std::stable_partition(comparison.given.begin(), comparison.given.end(),
                                            [](const ComparedRow& row) { return row.differs; });
    comparison.differing = static_cast<std::size_t>(std::distance(comparison.given.begin(), same));
    comparison.outcome = outcomeOf(columns);
    return comparison;
}

}  // namespace graft::training
