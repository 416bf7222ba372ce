// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RunNote.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/StrictJson.h"
#include "core/base/detail/TextFile.h"
#include "core/data/detail/NameLooks.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

// Of the folder itself: the run's own lock belongs to whoever trains. Some file systems of a network know no
// such lock; there the last to write wins.
class NoteTurn {
  public:
    explicit NoteTurn(const std::string& runFolder)
        : m_folder(::open(runFolder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
        while (m_folder >= 0 && ::flock(m_folder, LOCK_EX) != 0 && errno == EINTR) {
        }
    }
    ~NoteTurn() {
        if (m_folder >= 0) ::close(m_folder);
    }
    NoteTurn(const NoteTurn&) = delete;
    NoteTurn& operator=(const NoteTurn&) = delete;

  private:
    int m_folder;
};

bool isControl(char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return (byte < 0x20 && letter != '\n' && letter != '\t') || byte == 0x7f;
}

Result<void> checkText(const std::string& text, const std::string& path) {
    if (text.size() > kMostNoteBytes) {
        return fail(ErrorCode::InvalidArgument,
                    {GRAFT_TEXT("The note has {1} bytes, and may have {2}; shorten it."), text.size(),
                     kMostNoteBytes},
                    path);
    }
    if (data::isUtf8(text) && std::ranges::none_of(text, isControl)) return {};
    return fail(ErrorCode::InvalidArgument,
                GRAFT_TEXT("The note holds control characters, or is no UTF-8; write it as plain text."),
                path);
}

Result<void> checkIsRun(const RunPaths& paths, const std::string& runFolder) {
    std::error_code error;
    if (fs::is_regular_file(paths.config, error)) return {};
    return fail(ErrorCode::NotFound,
                GRAFT_TEXT("There is no run here (no config.json); give the folder of a run."), runFolder);
}

}  // namespace

std::string tidyNote(const std::string& text) {
    std::string tidy;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\r') {
            tidy += text[i];
        } else if (i + 1 == text.size() || text[i + 1] != '\n') {
            tidy += '\n';
        }
    }
    const std::size_t last = tidy.find_last_not_of(" \t\n");
    tidy.resize(last == std::string::npos ? 0 : last + 1);
    return tidy;
}

Result<RunNote> readNote(const std::string& runFolder) {
    const RunPaths paths(runFolder);
    std::error_code error;
    if (!fs::exists(fs::symlink_status(paths.note, error))) return RunNote{};
    const base::JsonSource source{GRAFT_TEXT("The run's note"), paths.note,
                                  GRAFT_TEXT("Remove the file to begin another.")};
    return base::readText(paths.note).and_then([&](const std::string& text) {
        return base::readJson(text, source, [](const base::StrictJson& json) -> Result<RunNote> {
            RunNote note;
            json.read("note", note.text);
            json.read("star", note.star);
            if (!checkText(note.text, {}))
                json.at("note").refuse(GRAFT_TEXT("is too long, or holds control characters"));
            return note;
        });
    });
}

Result<void> writeNote(const std::string& runFolder, const RunNote& note) {
    const RunPaths paths(runFolder);
    std::error_code error;
    if (const auto run = checkIsRun(paths, runFolder); !run) return run;
    const std::string text = tidyNote(note.text);
    if (const auto good = checkText(text, runFolder); !good) return good;
    if (text.empty() && !note.star) {
        fs::remove(paths.note, error);
        if (!error) return {};
        return fail(ErrorCode::Unwritable, {GRAFT_TEXT("The file cannot be removed: {1}."), error.message()},
                    paths.note);
    }
    const Json json{{"note", text}, {"star", note.star}};
    return base::writeFileAtomically(paths.note, json.dump(2) + "\n");
}

Result<RunNote> changeNote(const std::string& runFolder, const std::function<bool(RunNote&)>& change) {
    const NoteTurn turn(runFolder);
    if (const auto run = checkIsRun(RunPaths(runFolder), runFolder); !run) return fail(run.error());
    auto note = readNote(runFolder);
    if (!note || !change(*note)) return note;
    note->text = tidyNote(note->text);
    if (const auto written = writeNote(runFolder, *note); !written) return fail(written.error());
    return note;
}

}  // namespace graft::training
