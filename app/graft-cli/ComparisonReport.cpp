// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/ComparisonReport.h"

#include <algorithm>
#include <vector>

#include "core/backbones/ModelSummary.h"

namespace graft::cli {

namespace {

using comparing::Candidate;
using comparing::Comparison;
using comparing::Entrant;
using comparing::Score;

// Such as a terminal's table holds.
std::string shortened(std::string name, std::size_t most) {
    if (name.size() > most) name = name.substr(0, most - 2) + "..";
    return name;
}

Json orNull(const std::string& text) {
    return text.empty() ? Json() : Json(text);
}

Json asJson(const Entrant& entrant) {
    return {{"backbone", entrant.backbone},
            {"tag", orNull(entrant.tag)},
            {"weights_file", orNull(entrant.weightsFile)},
            {"cut", orNull(entrant.cut)},
            {"stage", orNull(entrant.stage)},
            {"head", entrant.head}};
}

Json asJson(const Candidate& candidate) {
    Json json = asJson(candidate.entrant);
    const Score& score = candidate.score;
    json["group"] = candidate.group;
    json["accuracy"] = score.accuracy;
    json["low"] = score.interval.low;
    json["high"] = score.interval.high;
    json["log_loss"] = score.logLoss;
    json["log_me"] = score.logMe ? Json(*score.logMe) : Json();
    json["difference"] = score.difference;
    json["difference_low"] = score.differenceInterval.low;
    json["difference_high"] = score.differenceInterval.high;
    json["l2"] = candidate.entrant.head == "linear" ? Json(score.l2) : Json();
    json["features"] = score.features;
    json["parameters"] = score.parameters;
    json["multiply_adds"] = score.multiplyAdds;
    json["seconds_per_image"] = score.secondsPerImage;
    json["seconds"] = score.seconds;
    return json;
}

// "layer4.0" of a cut behind "layer3.1".
std::string unitAfter(const Entrant& entrant) {
    const auto units = backbones::listUnits(entrant.backbone);
    if (!units) return {};
    const auto cut = std::ranges::find(*units, entrant.cut, &backbones::UnitSummary::name);
    return cut == units->end() || cut + 1 == units->end() ? std::string() : (cut + 1)->name;
}

}  // namespace

comparing::CompareObserver comparePrinter() {
    struct Printer {
        std::vector<Entrant> seen;
        std::function<void(std::size_t, std::size_t)> line;

        void operator()(const comparing::EntrantStarted& e) {
            seen.push_back(e.entrant);
            line = progressLine(
                fmt::format("{} ({} of {})", titleOf(e.entrant, seen).english(), e.number, e.entrants));
        }
        void operator()(const comparing::FeaturesGathered& e) const {
            if (line && e.images < e.of) line(e.images, e.of);
        }
        void operator()(const comparing::EntrantScored& e) const {
            rewriteLine();
            const Score& score = e.candidate.score;
            say("{}: {} ({} to {}), {}\n", titleOf(e.candidate.entrant, seen).english(),
                percent(score.accuracy), percent(score.interval.low), percent(score.interval.high),
                duration(score.seconds));
        }
        void operator()(const comparing::EntrantLeftOut& e) const {
            rewriteLine();
            say("{} is left out: {}\n", titleOf(e.leftOut.entrant, seen).english(), e.leftOut.why.english());
        }
        void operator()(const comparing::CompareNotice& e) const {
            rewriteLine();
            say("{}\n", e.message.english());
        }
    };
    return
        [printer = Printer()](const comparing::CompareEvent& event) mutable { std::visit(printer, event); };
}

std::string trainCommand(const std::string& folder, const Entrant& entrant) {
    std::string line = fmt::format("graft-cli train {} --backbone {} --weights {}", shellWord(folder),
                                   entrant.backbone, shellWord(entrant.weightsFile));
    if (!entrant.cut.empty()) {
        line += " --train-from " + shellWord(unitAfter(entrant));
    } else if (entrant.head == "linear") {
        line += " --optimizer lbfgs";
    } else {
        line += " --head " + entrant.head + " --optimizer adamw --lr 0.001 --epochs 30";
    }
    return line + " --run DIR";
}

void print(const Comparison& comparison, const std::string& command) {
    std::vector<Entrant> all;
    for (const Candidate& candidate : comparison.ranking)
        all.push_back(candidate.entrant);
    printText("{:>5}  {:<44}{:>8}  {:<18}{:>8}{:>9}{:>9}{:>10}\n", "group", "backbone", "right",
              fmt::format("({:g} % interval)", comparison.confidence * 100), "LogME", "M param.", "M mult.",
              "ms/image");
    for (const Candidate& candidate : comparison.ranking) {
        const Score& score = candidate.score;
        printText("{:>5}  {:<44}{:>8}  {:<18}{:>8}{:>9.2f}{:>9.0f}{:>10.1f}\n", candidate.group,
                  shortened(oneLine(titleOf(candidate.entrant, all).english()), 43), percent(score.accuracy),
                  fmt::format("{} to {}", percent(score.interval.low), percent(score.interval.high)),
                  score.logMe ? fmt::format("{:.3f}", *score.logMe) : "",
                  static_cast<double>(score.parameters) / 1e6, static_cast<double>(score.multiplyAdds) / 1e6,
                  score.secondsPerImage * 1e3);
    }
    printText("(of {} training images; one group: so many images cannot tell them apart; {})\n\n",
              comparison.images, duration(comparison.seconds));
    for (const Message& sentence : sentencesOf(comparison))
        printText("{}\n", oneLine(sentence.english()));
    for (const comparing::UnreadImage& image : comparison.unread)
        printText("{} could not be read: {}\n", oneLine(image.path), oneLine(image.why.english()));
    printText("Go on with: {}\n", command);
}

Json asJson(const Comparison& comparison, const std::string& command) {
    Json ranking = Json::array();
    for (const Candidate& candidate : comparison.ranking)
        ranking.push_back(asJson(candidate));
    Json leftOut = Json::array();
    for (const comparing::LeftOut& left : comparison.leftOut) {
        leftOut.push_back({{"backbone", left.entrant.backbone},
                           {"tag", orNull(left.entrant.tag)},
                           {"weights_file", orNull(left.entrant.weightsFile)},
                           {"message", left.why.english()}});
    }
    Json absent = Json::array();
    for (const comparing::Absent& one : comparison.absent) {
        absent.push_back({{"backbone", one.backbone},
                          {"tag", one.tag},
                          {"top1", one.top1},
                          {"megabytes", one.megabytes},
                          {"parameters", one.parameters},
                          {"multiply_adds", one.multiplyAdds}});
    }
    Json unread = Json::array();
    for (const comparing::UnreadImage& image : comparison.unread)
        unread.push_back({{"path", image.path}, {"message", image.why.english()}});
    Json sentences = Json::array();
    for (const Message& sentence : sentencesOf(comparison))
        sentences.push_back(sentence.english());
    return {{"status", comparison.stopped ? "stopped" : "completed"},
            {"seconds", comparison.seconds},
            {"images", comparison.images},
            {"training_images", comparison.trainingImages},
            {"folds", comparison.folds},
            {"confidence", comparison.confidence},
            {"ranking", ranking},
            {"left_out", leftOut},
            {"absent", absent},
            {"unread", unread},
            {"classes_left_out", comparison.classesLeftOut},
            {"sentences", sentences},
            {"command", command}};
}

}  // namespace graft::cli
