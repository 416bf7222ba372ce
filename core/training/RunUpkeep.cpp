// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/RunUpkeep.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <utility>

#include "core/base/detail/AtomicFile.h"
#include "core/data/detail/NameLooks.h"
#include "core/training/detail/RunCommit.h"
#include "core/training/detail/RunLock.h"
#include "core/training/detail/RunWriter.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

// Without a slash at its end, which would follow a link.
fs::path placeOf(const std::string& folder) {
    std::error_code error;
    fs::path place(folder);
    if (!place.has_filename()) place = place.parent_path();
    if (place.filename() == "." || place.filename() == "..") place = fs::canonical(place, error);
    return place;
}

Result<void> checkIsFolder(const fs::path& place) {
    std::error_code error;
    const fs::file_status status = fs::symlink_status(place, error);
    if (fs::is_symlink(status)) {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("This is a link to a run; give the run's own folder, or remove the link "
                               "itself."),
                    place.string());
    }
    if (fs::is_directory(status) && fs::is_regular_file(place / "config.json", error)) return {};
    return fail(ErrorCode::NotFound,
                GRAFT_TEXT("There is no run here (no config.json); give the folder of a run."),
                place.string());
}

tl::unexpected<Error> beingTrained(const fs::path& place) {
    return fail(ErrorCode::Unwritable,
                GRAFT_TEXT("The run is being trained; stop it first, or wait until it ends."),
                place.string());
}

// Held while its folder is changed: no training begins in it meanwhile.
Result<RunLock> lockOf(const fs::path& place) {
    if (auto lock = RunLock::takeIfFree(place.string())) return std::move(*lock);
    if (RunLock::isHeld(place.string())) return beingTrained(place);
    return fail(ErrorCode::Unwritable, GRAFT_TEXT("The folder cannot be written; check its access rights."),
                place.string());
}

std::string nameOf(const std::string& path) {
    return fs::path(path).filename().string();
}

// NAME, or what a killed process left of writing it: NAME.PID-NUMBER.partial.
bool isNameOf(const std::string& file, const std::vector<std::string>& names) {
    return std::ranges::any_of(names, [&](const std::string& name) {
        const std::string end = ".partial";
        if (file == name) return true;
        if (!file.starts_with(name + ".") || !file.ends_with(end)) return false;
        if (file.size() <= name.size() + 1 + end.size()) return false;
        const std::string between = file.substr(name.size() + 1, file.size() - name.size() - 1 - end.size());
        return between.find_first_not_of("0123456789-") == std::string::npos;
    });
}

// What a run's folder holds, in the order in which it may go: at the end what tells that it was a run.
struct Contents {
    std::vector<fs::path> files;
    std::vector<fs::path> folders;    // within it, inner ones first
    std::vector<fs::path> last;       // after these
    std::vector<std::string> others;  // that no run has, relative to it
};

class Reader {
  public:
    explicit Reader(const fs::path& place) : m_paths(place.string()) {}

    Result<Contents> read() {
        const RunPaths& run = m_paths;
        m_last = {run.dataset, run.decisions, run.config, run.lock};
        std::vector<std::string> files;
        for (const std::string& file : placesOf(run))
            if (fs::path(file).parent_path() == run.folder) files.push_back(nameOf(file));
        for (const std::string& file :
             {run.log, run.decisions, run.failure, run.note, run.lock, run.dataset, run.config})
            files.push_back(nameOf(file));
        if (const auto read = take(run.folder, files, {nameOf(run.checkpoint)}); !read)
            return fail(read.error());
        for (const std::string& last : m_last) {
            std::error_code error;
            if (fs::exists(fs::symlink_status(last, error))) m_found.last.emplace_back(last);
        }
        return std::move(m_found);
    }

  private:
    Result<void> take(const fs::path& folder, const std::vector<std::string>& files,
                      const std::vector<std::string>& folders) {
        std::error_code error;
        fs::directory_iterator it(folder, error);
        for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
            const fs::path& path = it->path();
            const std::string name = path.filename().string();
            std::error_code away;
            const fs::file_status status = fs::symlink_status(path, away);
            const bool isKnownFolder =
                fs::is_directory(status) && std::ranges::find(folders, name) != folders.end();
            if (isKnownFolder) {
                if (const auto inner = takeInner(path); !inner) return inner;
            } else if (fs::is_regular_file(status) && isNameOf(name, files)) {
                const bool isLast = std::ranges::find(m_last, path.string()) != m_last.end();
                if (!isLast) m_found.files.push_back(path);
            } else {
                m_found.others.push_back(path.lexically_relative(m_paths.folder).string());
            }
        }
        if (!error) return {};
        return fail(ErrorCode::Unreadable,
                    {GRAFT_TEXT("The folder cannot be looked into: {1}."), error.message()}, folder.string());
    }

    Result<void> takeInner(const fs::path& folder) {
        std::vector<std::string> files;
        for (const std::string& file : placesOf(m_paths))
            files.push_back(nameOf(file));
        std::vector<std::string> folders;
        if (folder == m_paths.checkpoint) {
            files = {nameOf(m_paths.state), nameOf(m_paths.frozen), nameOf(m_paths.completed)};
            folders = {"next", "next.partial"};
        }
        if (const auto read = take(folder, files, folders); !read) return read;
        m_found.folders.push_back(folder);
        return {};
    }

    RunPaths m_paths;
    std::vector<std::string> m_last;
    Contents m_found;
};

// Other programs have a config.json too, and a model.safetensors beside it.
bool isOfGraft(const fs::path& place) {
    if (openRun(place.string())) return true;
    const RunPaths paths(place.string());
    std::error_code error;
    return fs::exists(paths.dataset, error) || fs::exists(paths.decisions, error);
}

Result<Contents> removable(const fs::path& place) {
    if (const auto folder = checkIsFolder(place); !folder) return fail(folder.error());
    if (!isOfGraft(place)) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("The config.json here is no run's, and nothing else of a run lies beside it; "
                               "give the folder of a run."),
                    place.string());
    }
    auto contents = Reader(place).read();
    if (!contents || contents->others.empty()) return contents;
    constexpr std::size_t kNamed = 5;
    std::vector<std::string>& others = contents->others;
    std::ranges::sort(others);
    std::string names;
    for (std::size_t i = 0; i < std::min(others.size(), kNamed); ++i)
        names += (i == 0 ? "" : ", ") + others[i];
    const Message remedy = GRAFT_TEXT("Nothing was removed; move it elsewhere first.");
    if (others.size() > kNamed) {
        return fail(ErrorCode::InvalidArgument,
                    {GRAFT_TEXT("The run's folder holds what no run has: {1} and {2} more. {3}"), names,
                     others.size() - kNamed, remedy},
                    place.string());
    }
    return fail(ErrorCode::InvalidArgument,
                {GRAFT_TEXT("The run's folder holds what no run has: {1}. {2}"), names, remedy},
                place.string());
}

tl::unexpected<Error> cannotBeRemoved(const fs::path& path) {
    return fail(ErrorCode::Unwritable, {GRAFT_TEXT("It cannot be removed: {1}."), std::strerror(errno)},
                path.string());
}

}  // namespace

std::string tidyRunName(const std::string& name) {
    constexpr const char* kBlank = " \t\n\v\f\r";
    const std::size_t first = name.find_first_not_of(kBlank);
    if (first == std::string::npos) return {};
    return name.substr(first, name.find_last_not_of(kBlank) - first + 1);
}

Result<void> checkRunName(const std::string& name) {
    constexpr std::size_t kMost = 255;  // of ext4, and of nearly every other file system
    const auto refuse = [](const Message& why) { return fail(ErrorCode::InvalidArgument, why); };
    if (tidyRunName(name).empty()) return refuse(GRAFT_TEXT("A run needs a name; type one."));
    if (name == "." || name == "..")
        return refuse(GRAFT_TEXT("This name means a folder that is there already; choose another."));
    if (name.find_first_of("/\\") != std::string::npos)
        return refuse(GRAFT_TEXT("A run's name may have no / and no \\; choose another."));
    const bool hasControls = std::ranges::any_of(name, [](char letter) {
        const auto byte = static_cast<unsigned char>(letter);
        return byte < 0x20 || byte == 0x7f;
    });
    if (hasControls || !data::isUtf8(name))
        return refuse(GRAFT_TEXT("A run's name may have no control characters; choose another."));
    if (name.size() > kMost) return refuse(GRAFT_TEXT("The name is too long; choose a shorter one."));
    return {};
}

Result<std::string> renameRun(const std::string& runFolder, const std::string& newName) {
    const std::string name = tidyRunName(newName);
    if (const auto good = checkRunName(name); !good) return fail(good.error());
    const fs::path place = placeOf(runFolder);
    if (const auto folder = checkIsFolder(place); !folder) return fail(folder.error());
    if (place.filename() == name) return place.string();
    const auto lock = lockOf(place);
    if (!lock) return fail(lock.error());
    const fs::path renamed = place.parent_path() / name;
    const auto isTaken = [&] {
        return fail(ErrorCode::InvalidArgument,
                    GRAFT_TEXT("Something is called so already; choose another name."), renamed.string());
    };
    if (::renameat2(AT_FDCWD, place.c_str(), AT_FDCWD, renamed.c_str(), RENAME_NOREPLACE) != 0) {
        if (errno == EEXIST) return isTaken();
        std::error_code error;
        const bool isUnknown = errno == EINVAL || errno == ENOSYS;  // to the file system
        if (isUnknown && fs::exists(fs::symlink_status(renamed, error))) return isTaken();
        if (!isUnknown || std::rename(place.c_str(), renamed.c_str()) != 0) {
            return fail(ErrorCode::Unwritable,
                        {GRAFT_TEXT("The folder cannot be renamed: {1}."), std::strerror(errno)},
                        place.string());
        }
    }
    const std::string parent = renamed.parent_path().string();
    base::syncFolder(parent.empty() ? "." : parent);
    return renamed.string();
}

Result<void> checkRemovable(const std::string& runFolder) {
    const fs::path place = placeOf(runFolder);
    const auto contents = removable(place);
    if (!contents) return fail(contents.error());
    if (RunLock::isHeld(place.string())) return beingTrained(place);
    return {};
}

Result<void> removeRun(const std::string& runFolder) {
    const fs::path place = placeOf(runFolder);
    if (const auto good = checkRemovable(runFolder); !good) return good;
    const auto lock = lockOf(place);
    if (!lock) return fail(lock.error());
    const auto contents = removable(place);  // once more, with nobody else at it
    if (!contents) return fail(contents.error());
    for (const fs::path& file : contents->files) {
        if (::unlink(file.c_str()) != 0 && errno != ENOENT) return cannotBeRemoved(file);
    }
    for (const fs::path& folder : contents->folders) {
        if (::rmdir(folder.c_str()) != 0 && errno != ENOENT) return cannotBeRemoved(folder);
    }
    for (const fs::path& file : contents->last) {
        if (::unlink(file.c_str()) != 0 && errno != ENOENT) return cannotBeRemoved(file);
    }
    if (::rmdir(place.c_str()) != 0 && errno != ENOENT) return cannotBeRemoved(place);
    const std::string parent = place.parent_path().string();
    base::syncFolder(parent.empty() ? "." : parent);
    return {};
}

std::vector<std::string> runsBegunFrom(const std::string& runFolder, const std::vector<CataloguedRun>& runs) {
    std::error_code error;
    const auto whole = [&](const fs::path& path) {
        const fs::path found = fs::weakly_canonical(fs::absolute(path, error), error);
        return found.has_filename() ? found : found.parent_path();
    };
    const fs::path model = whole(runFolder);
    std::vector<std::string> begun;
    for (const CataloguedRun& run : runs) {
        if (!run.card || run.card->run.config.weightsFile.empty()) continue;
        const fs::path weights = whole(run.card->run.config.weightsFile);
        if (weights.parent_path() == model || weights == model) begun.push_back(run.folder);
    }
    return begun;
}

}  // namespace graft::training
