// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunCommit.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "core/base/detail/AtomicFile.h"
#include "core/training/detail/RunLock.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

std::string nextFolder(const RunPaths& paths) {
    return paths.checkpoint + "/next";
}
std::string partialFolder(const RunPaths& paths) {
    return paths.checkpoint + "/next.partial";
}

RunPaths pathsAside(const RunPaths& paths) {
    RunPaths aside(partialFolder(paths));
    aside.checkpoint = aside.folder;
    aside.state = aside.folder + "/state.safetensors";
    return aside;
}

std::string nameOf(const std::string& path) {
    return fs::path(path).filename().string();
}

tl::unexpected<Error> unwritable(const std::string& path) {
    return fail(ErrorCode::Unwritable, {GRAFT_TEXT("The file cannot be written: {1}."), std::strerror(errno)},
                path);
}

}  // namespace

std::array<std::string, 6> placesOf(const RunPaths& paths) {
    return {paths.model, paths.modelSidecar, paths.evaluation, paths.predictions, paths.metrics, paths.state};
}

RunCommit::RunCommit(const RunPaths& paths) : m_paths(paths), m_aside(pathsAside(paths)) {}

Result<RunCommit> RunCommit::begin(const RunPaths& paths) {
    if (isUnsettled(paths)) {
        if (const auto settled = settle(paths); !settled) return fail(settled.error());
    }
    removeUnfinished(paths);
    if (const auto made = base::makeFolder(partialFolder(paths)); !made) return fail(made.error());
    return RunCommit(paths);
}

Result<void> RunCommit::finish() {
    base::syncFolder(m_aside.folder);
    if (std::rename(m_aside.folder.c_str(), nextFolder(m_paths).c_str()) != 0) {
        const auto failed = unwritable(nextFolder(m_paths));
        removeUnfinished(m_paths);
        return failed;
    }
    base::syncFolder(m_paths.checkpoint);
    return settle(m_paths);
}

std::string placeOf(const RunPaths& paths, const std::string& aside) {
    if (fs::path(aside).parent_path() != partialFolder(paths)) return aside;
    const auto places = placesOf(paths);
    const auto found = std::ranges::find(places, nameOf(aside), nameOf);
    return found == places.end() ? aside : *found;
}

bool isUnsettled(const RunPaths& paths) {
    std::error_code error;
    return fs::is_directory(nextFolder(paths), error);
}

Result<void> settle(const RunPaths& paths) {
    const std::string next = nextFolder(paths);
    std::error_code error;
    for (const std::string& place : placesOf(paths)) {
        const std::string waiting = next + "/" + nameOf(place);
        // Not part of this commit, or moved before the kill.
        if (std::rename(waiting.c_str(), place.c_str()) != 0 && errno != ENOENT) return unwritable(place);
    }
    base::syncFolder(paths.folder);
    base::syncFolder(paths.checkpoint);
    fs::remove_all(next, error);
    if (error)
        return fail(ErrorCode::Unwritable,
                    {GRAFT_TEXT("The folder cannot be removed: {1}."), error.message()}, next);
    return {};
}

void settleIfFree(const RunPaths& paths) {
    std::error_code error;
    if (!fs::exists(paths.config, error) || !isUnsettled(paths)) return;
    if (const auto lock = RunLock::takeIfFree(paths.folder)) {
        // Where the folder cannot be written, what is there is shown as it is.
        [[maybe_unused]] const auto settled = settle(paths);
    }
}

void settleRunOf(const std::string& model) {
    std::error_code error;
    if (model.empty()) return;
    const fs::path path = fs::absolute(model, error);
    settleIfFree(RunPaths(fs::is_directory(path, error) ? path.string() : path.parent_path().string()));
}

void removeUnfinished(const RunPaths& paths) {
    std::error_code ignored;
    fs::remove_all(partialFolder(paths), ignored);
}

}  // namespace graft::training
