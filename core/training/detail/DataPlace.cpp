// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/DataPlace.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>

#include "core/base/detail/Hash.h"
#include "core/data/FolderScanner.h"
#include "core/data/ImageListing.h"
#include "core/data/detail/ScanFiles.h"
#include "core/training/detail/ImageLoss.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNamed = 10;

constexpr const char* kGone = GRAFT_TEXT("are not there any more");
constexpr const char* kOthers =
    GRAFT_TEXT("are not there any more, or hold another picture than when the run began");

// Of one split. what: kGone or kOthers.
Result<void> requireEnough(const data::DatasetIndex& dataset, data::Split split,
                           const std::set<std::string>& gone, const char* what, const Message& remedy) {
    std::vector<int> labels;
    const auto indices = dataset.indicesOf(split);
    for (const std::size_t index : indices)
        labels.push_back(dataset.samples[index].classIndex);
    ImageLoss loss(std::move(labels));
    for (std::size_t i = 0; i < indices.size(); ++i) {
        const data::Sample& sample = dataset.samples[indices[i]];
        if (gone.contains(sample.path)) loss.add(i, dataset.absolutePath(sample));
    }
    if (!loss.isTooMuch()) return {};
    return lostTooMuch(loss, split, dataset.root, remedy, what);
}

Result<void> requireEnough(const data::DatasetIndex& dataset, const std::vector<std::string>& gone,
                           const char* what, const Message& remedy) {
    const std::set<std::string> paths(gone.begin(), gone.end());
    return requireEnough(dataset, data::Split::Validation, paths, what, remedy).and_then([&] {
        return requireEnough(dataset, data::Split::Train, paths, what, remedy);
    });
}

// Pictures below the folder by their size: only those of a wanted one are worth reading.
std::multimap<std::uint64_t, fs::path> picturesBySize(const fs::path& folder, runtime::RunControl& control) {
    std::multimap<std::uint64_t, fs::path> files;
    for (const std::string& path : data::listImages(folder.string(), &control).images) {
        std::error_code gone;
        const auto bytes = fs::file_size(path, gone);
        if (!gone) files.emplace(bytes, path);
    }
    return files;
}

// Of the files that have the size of a sought sample, each read once. Empty once stopped.
std::optional<std::map<fs::path, std::string>> hashesOf(const std::multimap<std::uint64_t, fs::path>& files,
                                                        const data::DatasetIndex& dataset,
                                                        const std::set<std::string>& sought,
                                                        runtime::RunControl& control) {
    std::set<std::uint64_t> sizes;
    for (const data::Sample& sample : dataset.samples) {
        if (sought.contains(sample.path) && sample.split != data::Split::Test) sizes.insert(sample.bytes);
    }
    std::vector<fs::path> candidates;
    for (const auto& [bytes, file] : files) {
        if (sizes.contains(bytes)) candidates.push_back(file);
    }
    std::vector<std::string> found(candidates.size());
    const bool whole = data::forEachInThreads(candidates.size(), 0, &control, [&](std::size_t i) {
        found[i] = base::sha256OfFile(candidates[i]).value_or(std::string());
    });
    if (!whole) return std::nullopt;
    std::map<fs::path, std::string> hashes;
    for (std::size_t i = 0; i < candidates.size(); ++i)
        hashes.emplace(std::move(candidates[i]), std::move(found[i]));
    return hashes;
}

// one: a sentence with a gap for the name; many: with gaps for the count and the names.
Message named(const std::vector<std::string>& paths, const char* one, const char* many) {
    if (paths.size() == 1) return {one, paths.front()};
    const auto named = static_cast<std::ptrdiff_t>(std::min(paths.size(), kNamed));
    const std::string names = fmt::format("{}", fmt::join(paths.begin(), paths.begin() + named, ", "));
    if (paths.size() <= kNamed) return {many, paths.size(), names};
    const Message some(GRAFT_TEXT("{1} and {2} more (see log.txt)"), names, paths.size() - kNamed);
    return {many, paths.size(), some};
}

}  // namespace

Result<DataState> lookForImages(const data::DatasetIndex& dataset, const Message& remedy) {
    DataState state;
    for (const data::Sample& sample : dataset.samples) {
        if (sample.split == data::Split::Test) continue;
        std::error_code error;
        const auto bytes = fs::file_size(dataset.absolutePath(sample), error);
        if (error) {
            state.missing.push_back(sample.path);
        } else if (bytes != sample.bytes) {
            state.changed.push_back(sample.path);
        }
    }
    if (const auto enough = requireEnough(dataset, state.missing, kGone, remedy); !enough)
        return fail(enough.error());
    return state;
}

Result<void> requireUnchanged(const data::DatasetIndex& dataset, const DataState& state) {
    const std::set<std::string> changed(state.changed.begin(), state.changed.end());
    for (const data::Split split : {data::Split::Validation, data::Split::Train}) {
        const auto indices = dataset.indicesOf(split);
        std::vector<std::string> others;
        for (const std::size_t index : indices) {
            if (changed.contains(dataset.samples[index].path)) others.push_back(dataset.samples[index].path);
        }
        if (others.size() <= 5 || others.size() * 4 <= indices.size()) continue;
        const char* which =
            split == data::Split::Train
                ? GRAFT_TEXT(
                      "{1} of the {2} training images hold another picture than the run knows, the "
                      "first is {3}: {4}")
                : GRAFT_TEXT(
                      "{1} of the {2} validation images hold another picture than the run knows, the "
                      "first is {3}: {4}");
        const Message remedy = GRAFT_TEXT(
            "it would go on with another data set. Where they were renamed or moved, graft-cli resume --data "
            "FOLDER finds each by its content; otherwise put them back, or start another run.");
        return fail(ErrorCode::Unreadable, {which, others.size(), indices.size(), others.front(), remedy},
                    dataset.root);
    }
    return {};
}

Result<DataState> moveDataset(data::DatasetIndex& dataset, const std::string& folder,
                              runtime::RunControl& control) {
    std::error_code error;
    const fs::path root = fs::weakly_canonical(fs::absolute(folder, error), error);
    if (!fs::is_directory(root, error))
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("There is no such folder; give the data set's new place."), folder);
    data::DatasetIndex moved = dataset;
    moved.root = root.string();
    data::DatasetIndex present = moved;
    const auto different = data::updateHashes(present, &control);
    if (!different) return fail(different.error());

    DataState state;
    std::set<std::string> sought;
    for (const auto* changes : {&different->changed, &different->unreadable}) {
        for (const data::HashChange& change : *changes)
            sought.insert(moved.samples[change.sample].path);
    }
    std::multimap<std::uint64_t, fs::path> files;
    if (!sought.empty()) files = picturesBySize(root, control);
    const auto hashes = hashesOf(files, moved, sought, control);
    if (!hashes) return fail(ErrorCode::Cancelled, GRAFT_TEXT("Stopped."), folder);
    for (data::Sample& sample : moved.samples) {
        if (!sought.contains(sample.path) || sample.split == data::Split::Test) continue;
        std::string found;
        const auto [first, last] = files.equal_range(sample.bytes);
        for (auto it = first; it != last && found.empty(); ++it) {
            const auto hash = hashes->find(it->second);
            if (hash != hashes->end() && hash->second == sample.sha256) found = it->second.string();
        }
        if (!found.empty()) {
            state.moved.push_back(sample.path);
            sample.path = fs::path(found).lexically_relative(root).generic_string();
        } else if (fs::exists(moved.absolutePath(sample), error)) {
            state.changed.push_back(sample.path);
        } else {
            state.missing.push_back(sample.path);
        }
    }
    std::vector<std::string> gone = state.missing;
    gone.insert(gone.end(), state.changed.begin(), state.changed.end());
    if (const auto enough =
            requireEnough(moved, gone, state.changed.empty() ? kGone : kOthers,
                          GRAFT_TEXT("Give the folder that holds the images that the run began with."));
        !enough)
        return fail(enough.error());
    dataset = std::move(moved);
    return state;
}

std::vector<Message> noticesOf(const DataState& state) {
    std::vector<Message> notices;
    if (!state.missing.empty()) {
        notices.push_back(named(state.missing,
                                GRAFT_TEXT("1 image is not there any more and takes no part: {1}."),
                                GRAFT_TEXT("{1} images are not there any more and take no part: {2}.")));
    }
    if (!state.changed.empty()) {
        notices.push_back(named(state.changed,
                                GRAFT_TEXT("1 image has changed since the folder was read: {1}."),
                                GRAFT_TEXT("{1} images have changed since the folder was read: {2}.")));
    }
    if (!state.moved.empty()) {
        notices.push_back(
            named(state.moved, GRAFT_TEXT("1 image was found by its content under another path: {1}."),
                  GRAFT_TEXT("{1} images were found by their content under other paths: {2}.")));
    }
    return notices;
}

Message placeNotice(const std::string& root) {
    return {GRAFT_TEXT("The run's images lie in {1} now."), root};
}

}  // namespace graft::training
