// SPDX-License-Identifier: GPL-3.0-or-later
// What every command prints alike: documents on standard output, progress and errors on standard error.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdio>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/base/Result.h"
#include "core/training/TrainEvents.h"
#include "core/training/Trainer.h"

namespace graft::cli {

using Json = nlohmann::ordered_json;

enum ExitStatus { kSuccess = 0, kFailure = 1, kWrongCommandLine = 2 };

// Text for a person. Names come from files: their control characters, and those that turn the text round,
// become question marks, so that none steers a terminal. A terminal that is gone, or a full disk behind it,
// stops no work.
void writeText(std::FILE* out, std::string text);
// On standard error.
template <class... Arguments>
void say(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    writeText(stderr, fmt::format(format, std::forward<Arguments>(arguments)...));
}
// On standard output.
template <class... Arguments>
void printText(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    writeText(stdout, fmt::format(format, std::forward<Arguments>(arguments)...));
}
// A name where a line, or a row of a table, is to stay one.
std::string oneLine(std::string name);
// On a terminal: what follows on standard error is written over the line that stands there.
void rewriteLine();

void printJson(const Json& document);

// Whoever read standard output reads no further, as head does: nothing needs to be said about what it missed.
bool isReaderGone();

// The sentence on standard error, and with json the error document on standard output. Returns the exit
// status.
int reportError(const Error& error, bool json);
// The error document alone, where the sentence has been said already. Returns kFailure.
int printError(const Error& error);

// "LABEL DONE/TOTAL", rewritten in place on a terminal and silent elsewhere.
std::function<void(std::size_t done, std::size_t total)> progressLine(const std::string& label);

std::string percent(double fraction);            // "93.5 %"
std::string shellWord(const std::string& text);  // as a shell reads it back
std::string duration(double seconds);            // "8 s", "2 min 5 s", "1 h 3 min"

// A line for every epoch on standard error; on a terminal also the batches in between.
training::TrainObserver epochPrinter();
// What train and resume print at the end.
Json asJson(const training::TrainReport& report);
int printReport(const Result<training::TrainReport>& report, bool json);

}  // namespace graft::cli
