// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/backbones/Catalogue.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <utility>

extern const char kTorchvisionCatalogue[];
extern const char kOwnCatalogue[];

namespace graft::backbones {

namespace {

CatalogueEntry readEntry(const nlohmann::json& json) {
    CatalogueEntry entry;
    entry.name = json.at("name");
    entry.title = json.at("title");
    entry.family = json.at("family");
    entry.tag = json.at("tag");
    entry.parameters = json.at("parameters");
    entry.multiplyAdds = json.value("multiply_adds", std::int64_t{0});
    entry.top1 = json.value("top1", 0.0);
    entry.top5 = json.value("top5", 0.0);
    entry.preprocess.cropSize = json.at("input_size");
    entry.preprocess.resizeSize = json.at("resize_size");
    entry.preprocess.interpolation =
        json.at("interpolation") == "bicubic" ? data::Interpolation::Bicubic : data::Interpolation::Bilinear;
    entry.preprocess.mean = json.at("mean");
    entry.preprocess.deviation = json.at("std");
    entry.url = json.value("url", "");
    entry.fileName = entry.url.substr(entry.url.rfind('/') + 1);
    // As every model's file is called on Hugging Face.
    if (entry.fileName == "model.safetensors") entry.fileName = entry.name + "-" + entry.tag + ".safetensors";
    entry.sha256Prefix = json.value("sha256_prefix", "");
    entry.megabytes = json.value("megabytes", 0.0);
    entry.licence = json.at("licence");
    entry.builtIn = json.value("built_in", false);
    return entry;
}

// Behind the other weights of its architecture, else behind its family, else at the end.
void insertBesideItsKin(std::vector<CatalogueEntry>& entries, CatalogueEntry entry) {
    auto last = std::find_if(entries.rbegin(), entries.rend(),
                             [&](const CatalogueEntry& other) { return other.name == entry.name; });
    if (last == entries.rend())
        last = std::find_if(entries.rbegin(), entries.rend(),
                            [&](const CatalogueEntry& other) { return other.family == entry.family; });
    entries.insert(last == entries.rend() ? entries.end() : last.base(), std::move(entry));
}

// Levenshtein's distance, for "did you mean".
std::size_t editDistance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0U);
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.back();
}

// The smallest is the likeliest to be meant. A name that begins with what was typed, or has it inside, goes
// before one that takes fewer changes.
std::pair<int, std::size_t> unlikeness(const std::string& name, const std::string& typed) {
    const std::size_t at = typed.empty() ? name.npos : name.find(typed);
    return {at == 0 ? 0 : at != name.npos ? 1 : 2, editDistance(name, typed)};
}

}  // namespace

const std::vector<CatalogueEntry>& catalogue() {
    static const std::vector<CatalogueEntry> entries = [] {
        std::vector<CatalogueEntry> all;
        for (const auto& json : nlohmann::json::parse(kTorchvisionCatalogue)) {
            all.push_back(readEntry(json));
        }
        for (const auto& json : nlohmann::json::parse(kOwnCatalogue)) {
            insertBesideItsKin(all, readEntry(json));
        }
        return all;
    }();
    return entries;
}

std::string titleOf(const std::string& name) {
    const auto entry = std::ranges::find(catalogue(), name, &CatalogueEntry::name);
    return entry == catalogue().end() ? name : entry->title;
}

Result<CatalogueEntry> findBackbone(const std::string& name) {
    const auto& entries = catalogue();
    if (const auto found = std::ranges::find(entries, name, &CatalogueEntry::name); found != entries.end())
        return *found;
    std::string typed = name.substr(0, 64);
    for (char& letter : typed)
        letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
    const auto nearest = std::ranges::min_element(
        entries, {}, [&](const CatalogueEntry& entry) { return unlikeness(entry.name, typed); });
    return fail(ErrorCode::NotFound,
                {GRAFT_TEXT("There is no backbone \"{1}\"; did you mean {2}? graft-cli backbones lists all."),
                 name.substr(0, 64), nearest->name});
}

Result<CatalogueEntry> entryForWeights(const std::string& name, const std::string& weightsFile) {
    auto chosen = findBackbone(name);
    if (!chosen) return chosen;
    const std::string file = weightsFile.substr(weightsFile.rfind('/') + 1);
    for (const CatalogueEntry& entry : catalogue()) {
        if (entry.name != name) continue;
        const std::string stem = entry.name + "-" + entry.tag;
        if (file == entry.fileName || file == stem + ".safetensors" || file == stem + ".pth") return entry;
        if (entry.tag == "IMAGENET1K_V1") chosen = entry;
    }
    return chosen;
}

}  // namespace graft::backbones
