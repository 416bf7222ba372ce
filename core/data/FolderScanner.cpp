// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/FolderScanner.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <utility>

#include "core/base/NaturalOrder.h"
#include "core/base/detail/Hash.h"
#include "core/base/detail/Quoted.h"
#include "core/data/ImageDecoder.h"
#include "core/data/detail/ClassReport.h"
#include "core/data/detail/FolderLayout.h"
#include "core/data/detail/NameLooks.h"
#include "core/data/detail/ScanCache.h"
#include "core/data/detail/ScanFiles.h"
#include "core/data/detail/SplitAssignment.h"
#include "core/runtime/RunControl.h"

namespace graft::data {

namespace {

namespace fs = std::filesystem;

void removeUnusable(std::vector<Candidate>& candidates) {
    std::erase_if(candidates, [](const Candidate& candidate) { return !candidate.problem.empty(); });
}

// What is left out before what a person is warned of, each by its path.
bool isSaidBefore(const Problem& a, const Problem& b) {
    if (a.leftOut != b.leftOut) return a.leftOut;
    return base::naturallyBefore(a.path, b.path);
}

// Of the classes without a usable image: a folder without anything in it has none that could be put right.
void sayWhichAreEmpty(DatasetIndex& index) {
    for (Problem& problem : index.problems) {
        if (problem.code != ProblemCode::EmptyClass) continue;
        std::error_code error;
        if (fs::is_empty(fs::path(index.root) / problem.path, error) && !error)
            problem.message = GRAFT_TEXT("The folder is empty, so the class is left out.");
    }
}

// One entry for each folder that holds pictures of a class that is left out.
void leaveOutClass(const std::string& path, DatasetIndex& index) {
    const std::string folder = path.substr(0, path.rfind('/'));
    const auto found = std::ranges::find_if(index.unused, [&](const PassedOver& entry) {
        return entry.reason == PassedOverReason::ClassLeftOut && entry.path == folder;
    });
    if (found != index.unused.end()) {
        ++found->files;
    } else {
        index.unused.push_back({folder, PassedOverReason::ClassLeftOut,
                                GRAFT_TEXT("The pictures' class has no training image."), 1});
    }
}

// Of classes without a training image that look like one with some: "Cat" and "cat" differ in upper and
// lower case. At most five; empty where there are none.
Message misnamed(const DatasetIndex& index) {
    constexpr int kMost = 5;
    std::map<std::string, std::string> trained;
    for (const std::string& name : index.classes)
        trained.emplace(looksOf(name), name);
    Message text;
    int count = 0;
    for (const Problem& problem : index.problems) {
        if (problem.code != ProblemCode::ClassMissingInSplit || !problem.leftOut) continue;
        const auto twin = trained.find(looksOf(problem.path));
        if (twin == trained.end() || ++count > kMost) continue;
        const Message pair(GRAFT_TEXT("{1} and {2} differ in {3}"), base::inQuotes(problem.path),
                           base::inQuotes(twin->second), differenceBetween(problem.path, twin->second));
        text = text.empty() ? pair : Message(GRAFT_TEXT("{1}; {2}"), text, pair);
    }
    if (count <= kMost) return text;
    return {GRAFT_TEXT("{1}; and {2} more"), text, count - kMost};
}

Message whyNoValidation(const DatasetIndex& index) {
    if (!index.splitByFolders)
        return GRAFT_TEXT(
            "No image is left for validation; no class has two images that differ. Add images.");
    const Message names = misnamed(index);
    if (names.empty()) {
        return GRAFT_TEXT(
            "No image is left for validation: the validation folder has no usable image of a class that the "
            "training folder has. Put some into it.");
    }
    return {GRAFT_TEXT("No image is left for validation: the validation folder's classes are named "
                       "differently than the training folder's ({1}). Rename their folders."),
            names};
}

Message whyTooFewClasses(const DatasetIndex& index) {
    if (index.classes.empty()) {
        return GRAFT_TEXT(
            "The folder has no class with usable images; training needs at least two. Put the images of each "
            "class into a folder of its own, named like the class.");
    }
    return {GRAFT_TEXT("The folder has only the class \"{1}\" with usable images; training needs at least "
                       "two. Put the images of each class into a folder of its own, named like the class."),
            index.classes.front()};
}

}  // namespace

Result<DatasetIndex> scanFolder(const std::string& folder, const ScanOptions& options,
                                const ScanProgress& progress, runtime::RunControl* control,
                                bool requireTrainable) {
    std::error_code error;
    const fs::path root = fs::weakly_canonical(fs::absolute(folder, error), error);
    if (!fs::exists(root, error))
        return fail(ErrorCode::NotFound, GRAFT_TEXT("There is no such folder."), folder);
    if (!fs::is_directory(root, error)) {
        return fail(ErrorCode::NotFound,
                    GRAFT_TEXT("This is a file; give the folder that holds one folder per class."), folder);
    }
    if (options.forTraining && !isUtf8(root.string())) {
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("The name of this folder, or of one above it, is no UTF-8, so that no run "
                               "could keep it; rename it."),
                    folder);
    }
    if (!(options.validationShare > 0.0 && options.validationShare < 1.0)) {
        return fail(ErrorCode::InvalidArgument, GRAFT_TEXT("The validation share must be between 0 and 1."));
    }

    FolderLayout layout = layOut(root.string(), listImages(root.string(), control));
    std::vector<Candidate>& candidates = layout.candidates;
    if (!inspectFiles(root.string(), candidates, options.threads, progress, control) ||
        (control != nullptr && control->isStopRequested())) {
        return fail(ErrorCode::Cancelled, GRAFT_TEXT("The scan was stopped."), folder);
    }

    DatasetIndex index;
    index.root = root.string();
    index.unused = std::move(layout.unused);
    index.splitByFolders = layout.splitByFolders;
    for (const Candidate& candidate : candidates) {
        if (!candidate.problem.empty()) {
            index.problems.push_back({candidate.path, ProblemCode::UnreadableImage, candidate.problem, true});
        }
    }
    removeUnusable(candidates);
    assignSplits(candidates, options.validationShare, options.seed);
    reportDuplicates(candidates, options.forTraining, index.problems);
    removeUnusable(candidates);
    const std::set<std::string> usable =
        usableClasses(layout.classNames, candidates, options.forTraining, index.problems);
    std::ranges::move(layout.problems, std::back_inserter(index.problems));
    reportSimilarNames(layout.classNames, index.problems);
    if (options.forTraining) reportBalance(usable, candidates, index.problems);
    reportNotes(candidates, index.problems);

    index.classes.assign(usable.begin(), usable.end());
    for (const Candidate& candidate : candidates) {
        const auto found = std::ranges::lower_bound(index.classes, candidate.className);
        if (found == index.classes.end() || *found != candidate.className) {
            leaveOutClass(candidate.path, index);
            continue;
        }
        index.samples.push_back({candidate.path, static_cast<int>(found - index.classes.begin()),
                                 *candidate.split, candidate.bytes, candidate.sha256});
    }
    for (const PassedOver& entry : index.unused)
        index.unusedFiles += entry.files;
    sayWhichAreEmpty(index);
    std::ranges::stable_sort(index.problems, isSaidBefore);
    if (requireTrainable) {
        if (const auto trainable = checkTrainable(index); !trainable) return fail(trainable.error());
    }
    return index;
}

Result<HashChanges> updateHashes(DatasetIndex& index, runtime::RunControl* control) {
    const ScanCache cache(index.root);
    std::vector<std::string> hashes(index.samples.size());
    const bool whole = forEachInThreads(hashes.size(), 0, control, [&](std::size_t i) {
        if (index.samples[i].split == Split::Test) return;
        const std::string path = index.absolutePath(index.samples[i]);
        const auto state = ScanCache::stateOf(path);
        const auto known = state ? cache.find(index.samples[i].path, *state) : std::nullopt;
        hashes[i] = known ? known->sha256 : base::sha256OfFile(path).value_or("");
    });
    if (!whole) return fail(ErrorCode::Cancelled, GRAFT_TEXT("The images' check was stopped."), index.root);
    HashChanges changes;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
        Sample& sample = index.samples[i];
        if (sample.split == Split::Test || hashes[i] == sample.sha256) continue;
        if (hashes[i].empty()) {
            base::Hasher nobodys;
            nobodys.add("no longer here: " + index.absolutePath(sample));
            hashes[i] = nobodys.hex();
            changes.unreadable.push_back({i, sample.sha256});
        } else {
            changes.changed.push_back({i, sample.sha256});
        }
        sample.sha256 = std::move(hashes[i]);
    }
    return changes;
}

Result<void> checkTrainable(const DatasetIndex& index) {
    if (index.classes.size() < 2) {
        Message message = whyTooFewClasses(index);
        if (const std::size_t leftOut = index.leftOutCount(); leftOut > 0) {
            message = Message(leftOut == 1 ? GRAFT_TEXT("{1} ({2} image cannot be used.)")
                                           : GRAFT_TEXT("{1} ({2} images cannot be used.)"),
                              message, leftOut);
        }
        return fail(ErrorCode::TooFewClasses, message, index.root);
    }
    if (index.countOf(Split::Validation) == 0) {
        return fail(ErrorCode::NoValidation, whyNoValidation(index), index.root);
    }
    return {};
}

}  // namespace graft::data
