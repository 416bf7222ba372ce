// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/comparing/Entrants.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "core/backbones/Catalogue.h"
#include "core/backbones/WeightStore.h"
#include "core/weights/WeightFile.h"

namespace graft::comparing {

namespace {

using backbones::CatalogueEntry;

constexpr std::int64_t kMostTimesTheCost = 4;

// The weights' own entry; of a file without a tag the backbone's first.
const CatalogueEntry* entryOf(const Entrant& entrant) {
    const CatalogueEntry* first = nullptr;
    for (const CatalogueEntry& entry : backbones::catalogue()) {
        if (entry.name != entrant.backbone) continue;
        if (first == nullptr) first = &entry;
        if (entry.tag == entrant.tag) return &entry;
    }
    return first;
}

std::int64_t costOf(const Entrant& entrant) {
    const CatalogueEntry* entry = entryOf(entrant);
    return entry != nullptr ? entry->multiplyAdds : 0;
}

// Where none was published for these weights, the architecture's best: what is told of as better shall be.
double publishedTop1(const CatalogueEntry& own) {
    double best = own.top1;
    for (const CatalogueEntry& entry : backbones::catalogue()) {
        if (own.top1 <= 0 && entry.name == own.name) best = std::max(best, entry.top1);
    }
    return best;
}

Result<Entrant> withFile(const std::string& backbone, const std::string& file) {
    const auto entry = backbones::entryForWeights(backbone, file);
    if (!entry) return fail(entry.error());
    const std::string path = weights::weightFileAt(file);
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error)) {
        return fail(
            ErrorCode::NotFound,
            {GRAFT_TEXT("There is no such weight file; --backbones takes NAME or NAME=FILE ({1}=...)."),
             backbone},
            path);
    }
    const bool isOfficial = std::filesystem::path(path).filename() == entry->fileName;
    return Entrant{backbone, isOfficial ? entry->tag : "", path};
}

std::vector<Entrant> allHere() {
    std::vector<Entrant> here;
    std::set<std::pair<std::string, std::string>> seen;
    for (const backbones::StoredWeights& weights : backbones::listWeights()) {
        // One weights file of several that stand for the same: the first is what training takes.
        if (seen.emplace(weights.name, weights.tag).second)
            here.push_back({weights.name, weights.tag, weights.file});
    }
    return here;
}

Result<void> enter(const std::string& asked, const std::vector<Entrant>& here, Entered& entered) {
    const std::size_t equals = asked.find('=');
    if (equals != std::string::npos) {
        auto entrant = withFile(asked.substr(0, equals), asked.substr(equals + 1));
        if (!entrant) return fail(entrant.error());
        entered.entrants.push_back(std::move(*entrant));
        return {};
    }
    if (const auto known = backbones::findBackbone(asked); !known) return fail(known.error());
    bool found = false;
    for (const Entrant& entrant : here) {
        if (entrant.backbone != asked) continue;
        entered.entrants.push_back(entrant);
        found = true;
    }
    if (!found) {
        entered.leftOut.push_back(
            {{asked, "", ""},
             {GRAFT_TEXT("its weights are not on this machine; get them with graft-cli weights fetch {1}."),
              asked}});
    }
    return {};
}

}  // namespace

Result<Entered> entrantsHere(const std::vector<std::string>& asked) {
    Entered entered;
    const std::vector<Entrant> here = allHere();
    if (asked.empty()) entered.entrants = here;
    for (const std::string& one : asked) {
        if (const auto done = enter(one, here, entered); !done) return fail(done.error());
    }
    if (entered.entrants.empty()) {
        const std::string name = asked.empty() ? "resnet18" : entered.leftOut.front().entrant.backbone;
        return fail(
            ErrorCode::NotFound,
            {GRAFT_TEXT("There are no weights to compare on this machine; get some with graft-cli weights "
                        "fetch {1}, for example."),
             name});
    }
    std::vector<Entrant> once;
    for (Entrant& entrant : entered.entrants) {
        if (std::ranges::find(once, entrant) == once.end()) once.push_back(std::move(entrant));
    }
    std::ranges::stable_sort(once, {}, costOf);
    entered.entrants = std::move(once);
    return entered;
}

std::vector<Absent> absentAndBetter(const std::vector<Entrant>& here, std::size_t most) {
    double best = 0;
    std::int64_t largest = 0;
    std::set<std::pair<std::string, std::string>> present;
    for (const Entrant& entrant : here) {
        const CatalogueEntry* entry = entryOf(entrant);
        if (entry == nullptr) continue;
        best = std::max(best, publishedTop1(*entry));
        largest = std::max(largest, entry->multiplyAdds);
        present.emplace(entry->name, entry->tag);
    }
    std::vector<const CatalogueEntry*> better;
    for (const CatalogueEntry& entry : backbones::catalogue()) {
        const bool isHere = present.contains({entry.name, entry.tag}) || backbones::locateWeights(entry);
        if (isHere || entry.url.empty() || entry.top1 <= best) continue;
        if (entry.multiplyAdds <= kMostTimesTheCost * largest) better.push_back(&entry);
    }
    std::ranges::stable_sort(better, {}, [](const CatalogueEntry* entry) { return entry->megabytes; });
    std::vector<Absent> absent;
    for (const CatalogueEntry* entry : better) {
        // A larger download has to promise more.
        if (entry->top1 <= best) continue;
        best = entry->top1;
        absent.push_back(
            {entry->name, entry->tag, entry->top1, entry->megabytes, entry->parameters, entry->multiplyAdds});
    }
    if (absent.size() > most) absent.erase(absent.begin(), absent.end() - static_cast<std::ptrdiff_t>(most));
    return absent;
}

}  // namespace graft::comparing
