// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/Output.h"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "core/base/Percent.h"
#include "core/training/BestEpoch.h"

namespace graft::cli {

namespace {

bool onTerminal() {
    return isatty(STDERR_FILENO) != 0;
}

// Those of metrics.jsonl that the document has too. best_epoch says which one is the best.
Json figuresOf(const training::EpochDone& epoch) {
    Json figures = Json::parse(training::toJson(epoch));
    for (const char* key : {"learning_rate", "best", "val_recall"})
        figures.erase(key);
    return figures;
}

// U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069, after which a line is shown in another order.
bool turnsTextRound(std::string_view letter) {
    if (letter.size() != 3 || letter[0] != '\xe2') return false;
    const auto last = static_cast<unsigned char>(letter[2]);
    if (letter[1] == '\x80') return last == 0x8e || last == 0x8f || (last >= 0xaa && last <= 0xae);
    return letter[1] == '\x81' && last >= 0xa6 && last <= 0xa9;
}

}  // namespace

std::string oneLine(std::string name) {
    std::ranges::replace_if(
        name, [](char letter) { return letter == '\n' || letter == '\t'; }, '?');
    return name;
}

void writeText(std::FILE* out, std::string text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
        if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f) text[i] = '?';
        if (byte == 0xc2 && next >= 0x80 && next < 0xa0) text.replace(i, 2, "?");  // U+0080 to U+009F
        if (turnsTextRound(std::string_view(text).substr(i, 3))) text.replace(i, 3, "?");
    }
    static_cast<void>(std::fwrite(text.data(), 1, text.size(), out));
}

void rewriteLine() {
    if (onTerminal()) static_cast<void>(std::fputs("\r\033[K", stderr));
}

void printJson(const Json& document) {
    fmt::print("{}\n", document.dump(2, ' ', false, Json::error_handler_t::replace));
}

int printError(const Error& error) {
    printJson({{"error",
                {{"code", base::codeName(error.code)},
                 {"message", error.message.english()},
                 {"path", error.path}}}});
    return kFailure;
}

bool isReaderGone() {
    pollfd output{STDOUT_FILENO, POLLOUT, 0};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR) != 0;
}

int reportError(const Error& error, bool json) {
    rewriteLine();
    say("graft-cli: {}\n", error.sentence());
    if (json) printError(error);
    return error.code == ErrorCode::InvalidArgument ? kWrongCommandLine : kFailure;
}

std::function<void(std::size_t, std::size_t)> progressLine(const std::string& label) {
    if (!onTerminal()) return [](std::size_t, std::size_t) {};
    return [label](std::size_t done, std::size_t total) {
        if (done % 16 == 0 || done == total) {
            rewriteLine();
            say("{} {}/{}", label, done, total);
        }
        if (done == total) say("\n");
    };
}

std::string percent(double fraction) {
    return base::percentFigure(fraction) + " %";
}

std::string shellWord(const std::string& text) {
    constexpr const char* kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
    if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
    std::string word = "'";
    for (const char letter : text) {
        if (letter == '\'') word += "'\\'";
        word += letter;
    }
    return word + "'";
}

std::string duration(double seconds) {
    const auto whole = static_cast<long>(std::llround(seconds));
    if (whole >= 3600) return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
    if (whole >= 60) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} s", whole);
}

training::TrainObserver epochPrinter() {
    struct Printer {
        int epochs = 0;
        double secondsLeft = 0;
        std::size_t trainImages = 0;
        std::size_t validationImages = 0;
        bool keepsBest = true;

        void operator()(const training::RunStarted& e) {
            epochs = e.epochs;
            keepsBest = e.stopping.keep == settings::Keep::Best;
            trainImages = e.trainImages;
            validationImages = e.validationImages;
            say("Training on {}: {} {} for training, {} for validation", e.device, e.trainImages,
                e.trainImages == 1 ? "image" : "images", e.validationImages);
            if (e.leftOut > 0) say(", {} left out (see dataset.json)", e.leftOut);
            say("\n");
            for (const Message& note : e.weightNotes)
                say("{}\n", note.english());
        }
        void operator()(const training::PhaseStarted& e) const {
            rewriteLine();
            say("Phase {} of {}, {}: {}\n", e.number, e.phases, e.name,
                e.firstEpoch == e.lastEpoch ? fmt::format("epoch {}", e.firstEpoch)
                                            : fmt::format("epochs {} to {}", e.firstEpoch, e.lastEpoch));
        }
        void operator()(const training::CacheState& e) const {
            rewriteLine();
            if (!e.message.empty()) say("{}\n", e.message.english());
        }
        void operator()(const training::BatchDone& e) {
            secondsLeft = e.secondsLeft;
            if (!onTerminal()) return;
            rewriteLine();
            say("epoch {}/{}  {} {}/{}  loss {:.4f}  {:.0f} images/s  {} left", e.epoch, epochs,
                e.validation ? "validation" : "batch", e.batch, e.batches, e.loss, e.imagesPerSecond,
                duration(e.secondsLeft));
        }
        void operator()(const training::HeadSolving& e) const {
            if (!onTerminal()) return;
            rewriteLine();
            if (e.iteration > 0)
                say("iteration {}  loss {:.6f}  {}", e.iteration, e.loss, percent(e.accuracy));
            else if (e.batch < e.batches)
                say("features {}/{}  {:.0f} images/s", e.batch, e.batches, e.imagesPerSecond);
            else
                say("cross-validation");
        }
        void operator()(const training::EpochDone& e) const {
            rewriteLine();
            say("epoch {:>{}}/{}  train {:.4f} {:>7}  validation {:.4f} {:>7}  {:.0f} images/s  {} left{}\n",
                e.epoch, std::to_string(epochs).size(), epochs, e.trainLoss, percent(e.trainAccuracy),
                e.valLoss, percent(e.valAccuracy), e.imagesPerSecond, duration(secondsLeft),
                e.best && keepsBest ? "  best" : "");
            if (e.trainImages < trainImages || e.validationImages < validationImages) {
                say("  saw {} of {} training images and {} of {} validation images\n", e.trainImages,
                    trainImages, e.validationImages, validationImages);
            }
            std::fflush(stderr);
        }
        void operator()(const training::Notice& e) const {
            rewriteLine();
            say("{}\n", e.message.english());
        }
        void operator()(const training::ValidationAnswers&) const {}
        void operator()(const training::CheckpointSaved&) const {}
        void operator()(const training::Paused&) const {}
        void operator()(const training::Resumed&) const {}
        void operator()(const training::RunEnded& e) const {
            rewriteLine();
            if (e.outcome != training::RunEnded::Outcome::Failed && !e.message.empty()) {
                say("{}\n", e.message.english());
            }
        }
    };
    return [printer = Printer()](const training::TrainEvent& event) mutable { std::visit(printer, event); };
}

Json asJson(const training::TrainReport& report) {
    Json epochs = Json::array();
    for (const training::EpochDone& epoch : report.epochs)
        epochs.push_back(figuresOf(epoch));
    return {{"run", report.runFolder},
            {"status", report.completed ? "completed" : "stopped"},
            {"seconds", report.seconds},
            {"best_epoch", report.bestEpoch},
            {"val_accuracy", report.valAccuracy},
            {"left_out", report.leftOut},
            {"epochs", epochs}};
}

int printReport(const Result<training::TrainReport>& report, bool json) {
    if (!report) return reportError(report.error(), json);
    if (json) {
        printJson(asJson(*report));
        return kSuccess;
    }
    if (const training::EpochDone* best = training::bestOf(report->epochs))
        printText("{}\n", training::keptSentence(*best, report->stopping).english());
    if (report->completed) {
        printText("The run is in {} ({}).\n", report->runFolder, duration(report->seconds));
    } else {
        printText("Stopped. Go on with: graft-cli resume {}\n", report->runFolder);
    }
    return kSuccess;
}

}  // namespace graft::cli
