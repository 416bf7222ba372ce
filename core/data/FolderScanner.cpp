// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/FolderScanner.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "core/base/Seed.h"
#include "core/base/detail/Hash.h"
#include "core/data/ImageDecoder.h"
#include "core/data/detail/ScanCache.h"
#include "core/runtime/RunControl.h"
#include "core/runtime/ThreadBudget.h"

namespace graft::data {

namespace {

namespace fs = std::filesystem;

// One file as found on disk, before anyone has looked inside.
struct Candidate {
    std::string path;  // relative to the root
    std::string className;
    std::optional<Split> split;  // empty where Graft assigns it
    std::uint64_t bytes = 0;
    std::string sha256;
    std::string problem;  // why it cannot be used; empty if it can
};

struct Listing {
    std::vector<Candidate> candidates;
    std::set<std::string> classNames;
    std::size_t unusedFiles = 0;
};

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

bool isHidden(const fs::path& path) {
    return path.filename().string().starts_with('.');
}

std::optional<Split> splitOfFolder(const std::string& name) {
    const std::string key = lower(name);
    if (key == "train") return Split::Train;
    if (key == "val" || key == "valid" || key == "validation") return Split::Validation;
    if (key == "test") return Split::Test;
    return std::nullopt;
}

// Picture formats that Graft does not read: named, so that nobody wonders where the photos went.
bool isForeignPicture(const fs::path& path) {
    static constexpr std::array<std::string_view, 12> kExtensions{
        ".heic", ".heif", ".avif", ".jxl", ".jp2", ".psd", ".cr2", ".nef", ".arw", ".dng", ".raw", ".svg"};
    const std::string extension = lower(path.extension().string());
    return std::ranges::find(kExtensions, extension) != kExtensions.end();
}

std::vector<fs::path> visibleFolders(const fs::path& folder) {
    std::vector<fs::path> folders;
    std::error_code error;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->is_directory(ignored) && !isHidden(it->path())) folders.push_back(it->path());
    }
    std::ranges::sort(folders);
    return folders;
}

std::size_t countFiles(const fs::path& folder) {
    std::size_t count = 0;
    std::error_code error;
    for (fs::directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
         !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (it->is_regular_file(ignored)) ++count;
    }
    return count;
}

void listClass(const fs::path& root, const fs::path& classFolder, std::optional<Split> split,
               Listing& listing) {
    const std::string className = classFolder.filename().string();
    listing.classNames.insert(className);
    std::error_code error;
    for (fs::recursive_directory_iterator
             it(classFolder, fs::directory_options::skip_permission_denied, error),
         end;
         !error && it != end; it.increment(error)) {
        std::error_code ignored;
        if (isHidden(it->path())) {
            if (it->is_directory(ignored)) {
                it.disable_recursion_pending();
            } else {
                ++listing.unusedFiles;
            }
            continue;
        }
        if (!it->is_regular_file(ignored)) continue;
        Candidate candidate;
        candidate.path = it->path().lexically_relative(root).generic_string();
        candidate.className = className;
        candidate.split = split;
        candidate.bytes = it->file_size(ignored);
        if (isForeignPicture(it->path())) {
            candidate.problem = "Graft does not read this picture format; save it as JPEG or PNG.";
        } else if (!hasImageExtension(it->path().string())) {
            ++listing.unusedFiles;
            continue;
        }
        listing.candidates.push_back(std::move(candidate));
    }
}

// FOLDER/{train,val,test}/CLASS if there is a train folder with classes in it and nothing else beside it
// (or a val folder too, so that a class called "train" among others is not taken for a split).
bool hasSplitFolders(const std::vector<fs::path>& folders) {
    bool train = false;
    bool validation = false;
    bool others = false;
    for (const fs::path& folder : folders) {
        const auto split = splitOfFolder(folder.filename().string());
        if (!split) {
            others = true;
        } else if (*split == Split::Train) {
            train = !visibleFolders(folder).empty();
        } else if (*split == Split::Validation) {
            validation = true;
        }
    }
    return train && (validation || !others);
}

// Returns the listing and whether the folder brings its own validation set.
std::pair<Listing, bool> listFolder(const fs::path& root) {
    Listing listing;
    const std::vector<fs::path> folders = visibleFolders(root);
    listing.unusedFiles = countFiles(root);
    if (!hasSplitFolders(folders)) {
        for (const fs::path& folder : folders)
            listClass(root, folder, std::nullopt, listing);
        return {std::move(listing), false};
    }

    const bool hasValidation = std::ranges::any_of(folders, [](const fs::path& folder) {
        return splitOfFolder(folder.filename().string()) == Split::Validation &&
               !visibleFolders(folder).empty();
    });
    for (const fs::path& folder : folders) {
        std::optional<Split> split = splitOfFolder(folder.filename().string());
        if (!split) continue;
        listing.unusedFiles += countFiles(folder);
        if (split == Split::Train && !hasValidation) split.reset();  // Graft takes the validation set from it
        for (const fs::path& classFolder : visibleFolders(folder))
            listClass(root, classFolder, split, listing);
    }
    return {std::move(listing), hasValidation};
}

void read(const std::string& path, Candidate& candidate) {
    const auto bytes = readFileBytes(path);
    const Result<void> readable = bytes ? verifyImage(*bytes, path) : Result<void>(fail(bytes.error()));
    if (readable) {
        candidate.sha256 = base::sha256Hex(*bytes);
    } else {
        candidate.problem = readable.error().message;
    }
}

// Reads, hashes and decodes every candidate that has changed since the last scan. False if stopped.
bool inspect(const fs::path& root, std::vector<Candidate>& candidates, int threads,
             const ScanProgress& progress, runtime::RunControl* control) {
    ScanCache cache(root.string());
    std::vector<std::optional<ScanCache::State>> states(candidates.size());
    std::atomic<std::size_t> next = 0;
    std::atomic<bool> stopped = false;
    std::mutex progressMutex;
    std::size_t done = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < candidates.size() && !stopped; i = next++) {
            if (control != nullptr && !control->checkpoint()) stopped = true;
            Candidate& candidate = candidates[i];
            if (candidate.problem.empty()) {
                const std::string path = (root / candidate.path).string();
                states[i] = ScanCache::stateOf(path);
                const auto known = states[i] ? cache.find(candidate.path, *states[i]) : std::nullopt;
                if (known) {
                    candidate.sha256 = *known;
                } else {
                    try {
                        read(path, candidate);
                    } catch (const std::bad_alloc&) {
                        candidate.problem = "The memory does not suffice to read it; make it smaller.";
                    }
                }
            }
            const std::lock_guard lock(progressMutex);
            ++done;
            if (progress && !stopped) progress(done, candidates.size());
        }
    };
    const int count = threads > 0 ? threads : runtime::availableProcessors();
    std::vector<std::jthread> workers;
    for (int i = 1; i < count; ++i)
        workers.emplace_back(work);
    work();
    workers.clear();  // joins
    if (stopped) return false;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (states[i] && candidates[i].problem.empty())
            cache.remember(candidates[i].path, *states[i], candidates[i].sha256);
    }
    cache.save();
    return true;
}

// Copies of one picture stay together, so that validation never asks about a training image.
void assignSplit(std::vector<Candidate*>& ofClass, double validationShare, std::uint64_t seed) {
    std::map<std::string, std::vector<Candidate*>> groups;
    for (Candidate* candidate : ofClass)
        groups[candidate->sha256].push_back(candidate);
    std::vector<std::vector<Candidate*>*> order;
    for (auto& [hash, group] : groups)
        order.push_back(&group);
    std::ranges::sort(order, {}, [](const auto* group) { return group->front()->path; });

    base::RandomStream random(seed);
    for (std::size_t i = order.size(); i > 1; --i)
        std::swap(order[i - 1], order[random.below(i)]);

    const auto total = static_cast<double>(ofClass.size());
    auto wanted = static_cast<std::size_t>(std::lround(total * validationShare));
    wanted = order.size() < 2 ? 0 : std::clamp<std::size_t>(wanted, 1, ofClass.size() - 1);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        const bool lastGroup = i + 1 == order.size();  // one group at least is trained on
        const Split split = taken < wanted && !lastGroup ? Split::Validation : Split::Train;
        for (Candidate* candidate : *order[i])
            candidate->split = split;
        if (split == Split::Validation) taken += order[i]->size();
    }
}

void reportDuplicates(std::vector<Candidate>& candidates, std::vector<Problem>& problems) {
    std::map<std::string, std::vector<Candidate*>> copies;
    for (Candidate& candidate : candidates)
        copies[candidate.sha256].push_back(&candidate);
    for (auto& [hash, group] : copies) {
        if (group.size() < 2) continue;
        const Candidate& first = *group.front();
        for (const Candidate* other : group) {
            if (other->className != first.className) {
                problems.push_back(
                    {other->path, ProblemCode::DuplicateAcrossClasses,
                     "The same picture is also " + first.path + ", under another class; keep the right one.",
                     false});
            }
        }
        const auto heldOut =
            std::ranges::find_if(group, [](const Candidate* c) { return c->split != Split::Train; });
        if (heldOut == group.end()) continue;
        for (Candidate* copy : group) {
            if (copy->split != Split::Train) continue;
            copy->problem = "duplicate";
            problems.push_back({copy->path, ProblemCode::DuplicateAcrossSplits,
                                "The same picture is also in " + (*heldOut)->path +
                                    "; left out of training, so that validation stays honest.",
                                true});
        }
    }
}

void removeUnusable(std::vector<Candidate>& candidates) {
    std::erase_if(candidates, [](const Candidate& candidate) { return !candidate.problem.empty(); });
}

// Keeps the classes that have something to train on, and says what is odd about the others.
std::set<std::string> usableClasses(const Listing& listing, std::vector<Problem>& problems) {
    struct Counts {
        std::size_t train = 0;
        std::size_t validation = 0;
        std::size_t all = 0;
    };
    std::map<std::string, Counts> counts;
    for (const std::string& name : listing.classNames)
        counts[name] = {};
    for (const Candidate& candidate : listing.candidates) {
        Counts& count = counts[candidate.className];
        ++count.all;
        if (candidate.split == Split::Train) ++count.train;
        if (candidate.split == Split::Validation) ++count.validation;
    }
    std::set<std::string> usable;
    for (const auto& [name, count] : counts) {
        if (count.all == 0) {
            problems.push_back(
                {name, ProblemCode::EmptyClass, "The class has no usable image and is left out.", true});
            continue;
        }
        if (count.train == 0) {
            problems.push_back(
                {name, ProblemCode::ClassMissingInSplit,
                 "The class has no training image and is left out; add some to the training folder.", true});
            continue;
        }
        usable.insert(name);
        if (count.all == 1) {
            problems.push_back({name, ProblemCode::SingleImageClass,
                                "The class has one image, so nothing is left to validate it with; add more.",
                                false});
        } else if (count.validation == 0) {
            problems.push_back({name, ProblemCode::ClassMissingInSplit,
                                "The class has no validation image, so its accuracy stays unknown; add some.",
                                false});
        }
    }
    return usable;
}

}  // namespace

Result<DatasetIndex> scanFolder(const std::string& folder, const ScanOptions& options,
                                const ScanProgress& progress, runtime::RunControl* control,
                                bool requireTrainable) {
    std::error_code error;
    const fs::path root = fs::weakly_canonical(fs::absolute(folder, error), error);
    if (!fs::exists(root, error)) return fail(ErrorCode::NotFound, "There is no such folder.", folder);
    if (!fs::is_directory(root, error)) {
        return fail(ErrorCode::NotFound, "This is a file; give the folder that holds one folder per class.",
                    folder);
    }
    if (!(options.validationShare > 0.0 && options.validationShare < 1.0)) {
        return fail(ErrorCode::InvalidArgument, "The validation share must be between 0 and 1.");
    }

    auto [listing, splitByFolders] = listFolder(root);
    std::ranges::sort(listing.candidates, {}, &Candidate::path);
    if (!inspect(root, listing.candidates, options.threads, progress, control)) {
        return fail(ErrorCode::Cancelled, "The scan was stopped.", folder);
    }

    DatasetIndex index;
    index.root = root.string();
    index.unusedFiles = listing.unusedFiles;
    index.splitByFolders = splitByFolders;
    for (const Candidate& candidate : listing.candidates) {
        if (!candidate.problem.empty()) {
            index.problems.push_back({candidate.path, ProblemCode::UnreadableImage, candidate.problem, true});
        }
    }
    removeUnusable(listing.candidates);

    std::map<std::string, std::vector<Candidate*>> unassigned;
    for (Candidate& candidate : listing.candidates) {
        if (!candidate.split) unassigned[candidate.className].push_back(&candidate);
    }
    std::uint64_t classNumber = 0;
    for (auto& [name, members] : unassigned) {
        assignSplit(members, options.validationShare, base::deriveSeed(options.seed, ++classNumber));
    }

    reportDuplicates(listing.candidates, index.problems);
    removeUnusable(listing.candidates);
    const std::set<std::string> usable = usableClasses(listing, index.problems);

    index.classes.assign(usable.begin(), usable.end());
    for (const Candidate& candidate : listing.candidates) {
        const auto found = std::ranges::lower_bound(index.classes, candidate.className);
        if (found == index.classes.end() || *found != candidate.className) continue;
        index.samples.push_back({candidate.path, static_cast<int>(found - index.classes.begin()),
                                 *candidate.split, candidate.bytes, candidate.sha256});
    }
    if (requireTrainable) {
        if (const auto trainable = checkTrainable(index); !trainable) return fail(trainable.error());
    }
    return index;
}

std::vector<std::string> updateHashes(DatasetIndex& index) {
    const ScanCache cache(index.root);
    std::vector<std::string> changed;
    for (Sample& sample : index.samples) {
        const std::string path = index.absolutePath(sample);
        const auto state = ScanCache::stateOf(path);
        auto hash = state ? cache.find(sample.path, *state) : std::nullopt;
        if (!hash) {
            const auto bytes = readFileBytes(path);
            base::Hasher nobodys;
            nobodys.add("no longer here: " + path);
            hash = bytes ? base::sha256Hex(*bytes) : nobodys.hex();
        }
        if (*hash == sample.sha256) continue;
        sample.sha256 = *hash;
        changed.push_back(sample.path);
    }
    return changed;
}

Result<void> checkTrainable(const DatasetIndex& index) {
    if (index.classes.size() < 2) {
        const std::string found =
            index.classes.empty() ? "no class" : "only the class \"" + index.classes.front() + "\"";
        std::string message =
            "The folder has " + found +
            " with usable images; training needs at least two. Put the images of each class into a "
            "folder of its own, named like the class.";
        if (const std::size_t leftOut = index.leftOutCount(); leftOut > 0) {
            message += " (" + std::to_string(leftOut) + " images cannot be used.)";
        }
        return fail(ErrorCode::TooFewClasses, message, index.root);
    }
    if (index.countOf(Split::Validation) == 0) {
        return fail(ErrorCode::NoValidation,
                    "No image is left for validation; every class has a single image. Add images.",
                    index.root);
    }
    return {};
}

}  // namespace graft::data
