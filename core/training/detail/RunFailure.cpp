// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunFailure.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/StrictJson.h"
#include "core/base/detail/TextFile.h"
#include "core/training/detail/RunLog.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Of the training itself: older versions wrote the same of a resuming that was refused afterwards.
Message failureInLog(const std::string& file) {
    bool hasEnded = false;
    std::string why;
    for (const std::string& said : endOfLog(file)) {
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
