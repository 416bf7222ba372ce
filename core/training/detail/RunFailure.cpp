// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunFailure.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/StrictJson.h"
#include "core/base/detail/TextFile.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::size_t kStamp = 21;  // "2026-01-02 03:04:05  ", see appendLog()

// The last lines: a log may name a hundred thousand files.
std::string endOf(const std::string& file) {
    constexpr std::uintmax_t kMost = 65536;
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return {};
    const std::uintmax_t size = fs::file_size(file, error);
    if (error) return {};
    const std::uintmax_t read = std::min(size, kMost);
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(size - read));
    std::string text(static_cast<std::size_t>(read), '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    return text;
}

// Of the training itself: older versions wrote the same of a resuming that was refused afterwards.
Message failureInLog(const std::string& file) {
    bool hasEnded = false;
    std::string why;
    std::istringstream lines(endOf(file));
    for (std::string line; std::getline(lines, line);) {
        if (line.size() <= kStamp) continue;
        const std::string said = line.substr(kStamp);
        const std::string failed = "failed: ";
        if (said.starts_with("started: ") || said.starts_with("resumed ")) {
            hasEnded = false;
            why.clear();
        } else if (said.starts_with("stopped; ") || said.starts_with("completed.")) {
            hasEnded = true;
        } else if (said.starts_with(failed) && !hasEnded) {
            hasEnded = true;
            why = said.substr(failed.size());
        }
    }
    return why.empty() ? Message() : Message::words(why);
}

}  // namespace

Result<void> writeFailure(const RunPaths& paths, const Error& error) {
    const Json json{
        {"code", base::codeName(error.code)}, {"message", error.message.english()}, {"path", error.path}};
    return base::writeFileAtomically(paths.failure,
                                     json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
}

void removeFailure(const RunPaths& paths) {
    std::error_code ignored;
    if (fs::exists(paths.failure, ignored)) fs::remove(paths.failure, ignored);
}

Message failureOf(const RunPaths& paths) {
    std::error_code ignored;
    if (!fs::exists(paths.failure, ignored)) return failureInLog(paths.log);
    const base::JsonSource source{GRAFT_TEXT("What ended the run"), paths.failure};
    const auto failure = base::readText(paths.failure).and_then([&](const std::string& text) {
        return base::readJson(text, source, [](const base::StrictJson& json) -> Result<Error> {
            Error read;
            read.message = Message::words(json.at("message").as<std::string>());
            json.read("path", read.path);
            return read;
        });
    });
    return failure ? failure->text() : failure.error().text();
}

}  // namespace graft::training
