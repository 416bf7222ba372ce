// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/WeightStore.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string_view>

#include "core/backbones/Catalogue.h"
#include "core/base/detail/Quoted.h"
#include "core/base/detail/XdgFolders.h"
#include "core/weights/detail/ForeignNames.h"
#include "core/weights/detail/PartFile.h"

namespace graft::backbones {

namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

// Small, quick and accurate.
constexpr const char* kFavourite = "mobilenet_v2";

const std::array<std::string, 2> kExtensions = {".safetensors", ".pth"};

// NAME-TAG says whose weights a file has, NAME alone does not.
std::vector<std::string> publishedStem(const CatalogueEntry& entry) {
    return {entry.name + "-" + entry.tag};
}
std::vector<std::string> anyStem(const CatalogueEntry& entry) {
    if (entry.builtIn) return publishedStem(entry);
    return {entry.name + "-" + entry.tag, entry.name};
}

// What Graft's folder may hold for this entry, in the order of preference.
std::vector<fs::path> ownCandidates(const CatalogueEntry& entry, const std::vector<std::string>& stems) {
    const fs::path own = weightsFolder();
    std::vector<fs::path> paths;
    for (const std::string& stem : stems) {
        for (const std::string& extension : kExtensions)
            paths.push_back(own / (stem + extension));
    }
    if (!entry.fileName.empty()) paths.push_back(own / entry.fileName);
    return paths;
}

bool isFile(const fs::path& path) {
    std::error_code error;
    return fs::is_regular_file(path, error);
}

fs::path builtInFile(const CatalogueEntry& entry) {
    return fs::path(builtInFolder()) / (publishedStem(entry).front() + kExtensions[0]);
}

// In Graft's folder, in PyTorch's, or with the program.
std::optional<std::string> firstFile(const CatalogueEntry& entry, const std::vector<std::string>& stems) {
    std::vector<fs::path> paths = ownCandidates(entry, stems);
    if (!entry.fileName.empty()) paths.push_back(fs::path(pytorchFolder()) / entry.fileName);
    if (entry.builtIn) paths.push_back(builtInFile(entry));
    const auto found = std::ranges::find_if(paths, isFile);
    return found == paths.end() ? std::nullopt : std::optional(found->string());
}

Message entryOf(const std::string& name) {
    return Message::words(base::printable(name));
}
Message entryOf(const Message& message) {
    return message;
}

template <class Entry>
Message someOf(const std::vector<Entry>& entries) {
    Message some;
    for (std::size_t i = 0; i < entries.size() && i < 3; ++i) {
        const Message entry = entryOf(entries[i]);
        some = i == 0 ? entry : Message(GRAFT_TEXT("{1}, {2}"), some, entry);
    }
    if (entries.size() > 3) return {GRAFT_TEXT("{1} and {2} more"), some, entries.size() - 3};
    return some;
}

// Nothing for none.
template <class Entry>
Message clauseOf(const char* id, const std::vector<Entry>& entries) {
    return entries.empty() ? Message() : Message(id, someOf(entries));
}

// Of weights that stand in the file more than once.
Message sentenceOfCopies(const std::vector<std::string>& prefixes,
                         const std::optional<std::string_view>& library) {
    std::string quoted;
    for (std::size_t i = 0; i < prefixes.size() && i < 4; ++i)
        quoted += (i > 0 ? ", " : "") + base::inQuotes(prefixes[i]);
    if (library) {
        return {
            GRAFT_TEXT(
                "The weights are not for this backbone: their names are those of {1}, and Graft's backbones "
                "bear torchvision's; in the file they stand under {2}, and only one can be meant. Save the "
                "tensors of the one that you want, without that."),
            *library, quoted};
    }
    return {
        GRAFT_TEXT(
            "The weights are not for this backbone; in the file they stand under {1}, and only one can be "
            "meant. Save the tensors of the one that you want, without that."),
        quoted};
}

}  // namespace

std::string weightsFolder() {
    return (base::xdgFolder("XDG_DATA_HOME", ".local/share") / "graft" / "weights").string();
}

std::string pytorchFolder() {
    const std::string torchHome = environment("TORCH_HOME");
    const fs::path base =
        torchHome.empty() ? base::xdgFolder("XDG_CACHE_HOME", ".cache") / "torch" : fs::path(torchHome);
    return (base / "hub" / "checkpoints").string();
}

std::string builtInFolder() {
    const std::string chosen = environment("GRAFT_BACKBONES");
    if (!chosen.empty()) return chosen;
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return (program.parent_path().parent_path() / "share" / "graft" / "backbones").string();
}

std::optional<std::string> locateWeights(const CatalogueEntry& entry) {
    return firstFile(entry, anyStem(entry));
}

std::optional<std::string> locatePublished(const CatalogueEntry& entry) {
    return firstFile(entry, publishedStem(entry));
}

std::string keptSha256(const std::string& file) {
    std::ifstream kept(file + kKeptHash);
    std::string hash;
    kept >> hash;
    return hash;
}

std::optional<std::string> locateAnyWeights(const std::string& name) {
    for (const CatalogueEntry& entry : catalogue()) {
        if (entry.name != name) continue;
        if (auto file = locateWeights(entry)) return file;
    }
    return std::nullopt;
}

FirstChoice firstChoice() {
    if (const auto file = locateAnyWeights(kFavourite)) return {kFavourite, *file};
    FirstChoice builtIn;
    for (const CatalogueEntry& entry : catalogue()) {
        const auto file = locateWeights(entry);
        if (!file) continue;
        if (!entry.builtIn) return {entry.name, *file};
        builtIn = {entry.name, *file};
    }
    return builtIn;
}

Result<CatalogueEntry> findWeights(const std::string& name, const std::string& tag) {
    auto found = findBackbone(name);
    if (!found || tag.empty() || found->tag == tag) return found;
    std::string tags;
    for (const CatalogueEntry& entry : catalogue()) {
        if (entry.name != name) continue;
        if (entry.tag == tag) return entry;
        tags += (tags.empty() ? "" : ", ") + entry.tag;
    }
    return fail(ErrorCode::NotFound, {GRAFT_TEXT("There are no weights \"{1}\" for {2}; there are: {3}."),
                                      tag.substr(0, 64), name, tags});
}

Message WeightFit::sentence() const {
    if (fits()) return GRAFT_TEXT("The weights fit.");
    std::vector<std::string> found = unexpected;
    found.insert(found.end(), classifier.begin(), classifier.end());
    // Families from elsewhere than torchvision bear their authors' names or timm's: these say nothing then.
    const auto own = weights::libraryOfNames(ownNames);
    auto library = weights::libraryOfNames(found);
    if (library == own) library.reset();
    const auto prefixes = weights::prefixesBefore(missing, found);
    // A single one is taken off as the file is used.
    if (prefixes.size() > 1) return sentenceOfCopies(prefixes, library);
    const Message lacks = clauseOf(GRAFT_TEXT("; missing: {1}"), missing);
    const Message differs = clauseOf(GRAFT_TEXT("; wrong shape: {1}"), wrongShape);
    const Message isLeft = clauseOf(GRAFT_TEXT("; left over: {1}"), unexpected);
    if (library && own) {
        return {GRAFT_TEXT(
                    "The weights are not for this backbone: their names are those of {1}, and this one bears "
                    "its authors'{2}{3}{4}. Choose its authors' file."),
                *library, lacks, differs, isLeft};
    }
    if (library) {
        return {
            GRAFT_TEXT(
                "The weights are not for this backbone: their names are those of {1}, and Graft's backbones "
                "bear torchvision's{2}{3}{4}. Choose torchvision's file for this backbone."),
            *library, lacks, differs, isLeft};
    }
    return {
        GRAFT_TEXT("The weights are not for this backbone{1}{2}{3}. Choose the backbone they were made for."),
        lacks, differs, isLeft};
}

std::vector<StoredWeights> listWeights() {
    std::vector<StoredWeights> list;
    std::set<fs::path> seen;  // NAME.safetensors serves every tag
    enum class Place { Own, Torch, Program };
    const auto addFile = [&](const CatalogueEntry& entry, const fs::path& path, Place place) {
        if (!isFile(path) || !seen.insert(path).second) return;
        std::error_code error;
        const auto bytes = fs::file_size(path, error);
        const bool tagged = path.stem() != entry.name;
        list.push_back({entry.name, tagged ? entry.tag : "", path.string(), error ? 0 : bytes,
                        place == Place::Own, place == Place::Program});
    };
    for (const CatalogueEntry& entry : catalogue()) {
        for (const fs::path& path : ownCandidates(entry, anyStem(entry)))
            addFile(entry, path, Place::Own);
        if (!entry.fileName.empty()) addFile(entry, fs::path(pytorchFolder()) / entry.fileName, Place::Torch);
        if (entry.builtIn) addFile(entry, builtInFile(entry), Place::Program);
    }
    return list;
}

Result<std::vector<std::string>> removeWeights(const std::string& name, const std::string& tag) {
    const auto known = findWeights(name, tag);
    if (!known) return fail(known.error());
    std::set<fs::path> paths;
    std::string torchFile, builtIn;
    for (const CatalogueEntry& entry : catalogue()) {
        if (entry.name != name || (!tag.empty() && entry.tag != tag)) continue;
        for (const fs::path& path : ownCandidates(entry, anyStem(entry))) {
            if (tag.empty() || path.stem() != name) paths.insert(path);
        }
        const fs::path torch = fs::path(pytorchFolder()) / entry.fileName;
        if (!entry.fileName.empty() && isFile(torch)) torchFile = torch.string();
        if (entry.builtIn && isFile(builtInFile(entry))) builtIn = builtInFile(entry).string();
    }
    std::vector<std::string> removed;
    for (const fs::path& path : paths) {
        for (const char* suffix : {"", kKeptHash, ".part", ".part.etag"}) {
            const fs::path file = path.string() + suffix;
            std::error_code error;
            if (fs::remove(file, error)) removed.push_back(file.string());
            if (error) return fail(weights::writeError(error.value(), file.string(), -1));
        }
    }
    if (removed.empty()) {
        const std::string which = name + (tag.empty() ? "" : " (" + tag + ")");
        if (!builtIn.empty()) {
            return fail(ErrorCode::NotFound,
                        {GRAFT_TEXT("The weights of {1} come with Graft and stay."), which}, builtIn);
        }
        if (!torchFile.empty()) {
            return fail(
                ErrorCode::NotFound,
                {GRAFT_TEXT("The weights of {1} lie in PyTorch's folder, which Graft does not touch; remove "
                            "the file yourself."),
                 which},
                torchFile);
        }
        return fail(ErrorCode::NotFound,
                    {GRAFT_TEXT("There are no weights of {1} in Graft's folder."), which}, weightsFolder());
    }
    return removed;
}

}  // namespace graft::backbones
