// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/predict/Inputs.h"

#include <glob.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <sstream>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "core/data/ImageDecoder.h"

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> matches(const std::string& pattern) {
    glob_t found{};
    std::vector<std::string> paths;
    if (glob(pattern.c_str(), 0, nullptr, &found) == 0)
        paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    globfree(&found);
    return paths;
}

class Gatherer {
  public:
    explicit Gatherer(runtime::RunControl& control) : m_control(control) {}

    void add(const std::string& path, bool mayBePattern) {
        std::error_code error;
        const fs::file_status own = fs::symlink_status(path, error);
        if (fs::is_directory(path, error)) {
            addFolder(path);
        } else if (fs::exists(own)) {
            addImage(path);
        } else if (own.type() == fs::file_type::none) {
            m_inputs.errors.push_back({ErrorCode::Unreadable,
                                       {GRAFT_TEXT("The path cannot be opened: {1}."), error.message()},
                                       path});
        } else if (mayBePattern && path.find_first_of("*?[") != std::string::npos) {
            const auto found = matches(path);
            if (found.empty())
                m_inputs.errors.push_back(
                    {ErrorCode::NotFound, GRAFT_TEXT("Nothing matches this pattern."), path});
            for (const std::string& match : found)
                fs::is_directory(match, error) ? addFolder(match) : addImage(match);
        } else {
            m_inputs.errors.push_back(
                {ErrorCode::NotFound, GRAFT_TEXT("There is no such file or folder."), path});
        }
    }

    // The list on standard input.
    void refuse(const Message& why) {
        m_inputs.errors.push_back({ErrorCode::NotFound, why, "standard input"});
    }

    Inputs take() { return std::move(m_inputs); }

  private:
    void addImage(const std::string& path) {
        // ./a.jpg is a.jpg; a link beside it is another picture
        const fs::path given(path);
        auto [folder, isNew] = m_folders.try_emplace(given.parent_path().string());
        if (isNew) {
            std::error_code error;
            folder->second = fs::weakly_canonical(fs::absolute(given, error).parent_path(), error).string();
            if (error) folder->second = folder->first;
        }
        if (m_known.insert(folder->second + "/" + given.filename().string()).second)
            m_inputs.images.push_back(path);
    }

    void addFolder(const std::string& folder) {
        data::ImageListing listing = data::listImages(folder, &m_control);
        for (const std::string& image : listing.images)
            addImage(image);
        if (listing.images.empty()) {
            m_inputs.errors.push_back({ErrorCode::NotFound,
                                       GRAFT_TEXT("There is no picture in this folder that Graft can read."),
                                       folder});
        }
        std::ranges::move(listing.passedOver, std::back_inserter(m_inputs.passedOver));
    }

    runtime::RunControl& m_control;
    Inputs m_inputs;
    std::unordered_set<std::string> m_known;
    std::unordered_map<std::string, std::string> m_folders;  // as given, and where they are
};

}  // namespace

Result<std::string> readToItsEnd(int descriptor, runtime::RunControl& control) {
    constexpr int kLookAgainMs = 100;
    std::string text;
    std::array<char, 65536> part{};
    while (control.checkpoint()) {
        pollfd waiting{descriptor, POLLIN, 0};
        // A signal ends poll() and is asked about above; read() would begin again.
        if (poll(&waiting, 1, kLookAgainMs) <= 0) continue;
        const ssize_t count = read(descriptor, part.data(), part.size());
        if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (count < 0)
            return fail(ErrorCode::Unreadable,
                        {GRAFT_TEXT("The list cannot be read: {1}."), std::strerror(errno)});
        if (count == 0) break;
        text.append(part.data(), static_cast<std::size_t>(count));
    }
    return text;
}

Inputs gatherInputs(const std::vector<std::string>& arguments,
                    const std::function<Result<std::string>()>& readList, runtime::RunControl& control) {
    Gatherer gatherer(control);
    for (const std::string& argument : arguments) {
        if (argument != "-") {
            gatherer.add(argument, true);
            continue;
        }
        const auto list = readList();
        if (!list) {
            gatherer.refuse(list.error().message);
            continue;
        }
        std::string text = *list;
        if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);  // UTF-8 as Windows marks it
        if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
            gatherer.refuse(
                GRAFT_TEXT("The list is UTF-16; give it in UTF-8 (in PowerShell: Out-File -Encoding utf8)."));
            continue;
        }
        std::size_t given = 0;
        std::stringstream names(text);
        // As find -print0 parts them.
        const char end = names.view().find('\0') == std::string_view::npos ? '\n' : '\0';
        for (std::string name; std::getline(names, name, end);) {
            if (end == '\n' && name.ends_with('\r')) name.pop_back();
            if (name.empty()) continue;
            gatherer.add(name, false);
            ++given;
        }
        if (given == 0) gatherer.refuse(GRAFT_TEXT("The list is empty."));
    }
    return gatherer.take();
}

bool isMissed(const data::PassedOver& passed) {
    using Reason = data::PassedOverReason;
    const Reason reason = passed.reason;
    // A pipe, or a link that leads to itself: only its name tells what was meant to be there.
    const bool hasNoContent = reason == Reason::NoFile || reason == Reason::LinkLoop;
    if (hasNoContent) return data::hasImageExtension(passed.path);
    return reason == Reason::OtherFormat || reason == Reason::BrokenLink ||
           reason == Reason::UnreadableFolder || reason == Reason::UnreadableFile;
}

}  // namespace graft::cli
