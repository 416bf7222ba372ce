// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/WeightStore.h"

#include <cstdlib>
#include <filesystem>
#include <new>

#include "core/backbones/Catalogue.h"
#include "core/backbones/detail/Network.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/ForeignNames.h"
#include "core/weights/detail/Quoted.h"

namespace graft::weights {

namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : "";
}

// XDG Base Directory Specification: relative values are ignored.
fs::path xdgFolder(const char* variable, const char* fallbackBelowHome) {
    const fs::path value = environment(variable);
    return value.is_absolute() ? value : fs::path(environment("HOME")) / fallbackBelowHome;
}

fs::path torchCheckpoints() {
    const std::string torchHome = environment("TORCH_HOME");
    const fs::path base =
        torchHome.empty() ? xdgFolder("XDG_CACHE_HOME", ".cache") / "torch" : fs::path(torchHome);
    return base / "hub" / "checkpoints";
}

std::string someOf(const std::vector<std::string>& names) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < 3; ++i)
        text += (i > 0 ? ", " : "") + printable(names[i]);
    if (names.size() > 3) text += " and " + std::to_string(names.size() - 3) + " more";
    return text;
}

}  // namespace

std::string weightsFolder() {
    return (xdgFolder("XDG_DATA_HOME", ".local/share") / "graft" / "weights").string();
}

std::optional<std::string> locateWeights(const backbones::CatalogueEntry& entry) {
    const fs::path own = weightsFolder();
    for (const fs::path& candidate :
         {own / (entry.name + "-" + entry.tag + ".safetensors"), own / (entry.name + ".safetensors"),
          own / entry.fileName, torchCheckpoints() / entry.fileName}) {
        std::error_code error;
        if (fs::is_regular_file(candidate, error)) return candidate.string();
    }
    return std::nullopt;
}

std::string WeightFit::sentence() const {
    if (fits()) return "The weights fit.";
    std::vector<std::string> found = unexpected;
    found.insert(found.end(), classifier.begin(), classifier.end());
    const auto library = libraryOfNames(found);
    const auto prefix = prefixBefore(missing, found);
    std::string text = "The weights are not for this backbone";
    if (library) {
        text += ": their names are those of " + std::string(*library) +
                ", and Graft's backbones bear torchvision's";
    }
    if (prefix) text += "; in the file, " + inQuotes(*prefix) + " stands before every name";
    if (!missing.empty()) text += "; missing: " + someOf(missing);
    if (!wrongShape.empty()) text += "; wrong shape: " + someOf(wrongShape);
    if (!unexpected.empty()) text += "; left over: " + someOf(unexpected);
    if (prefix) return text + ". Save the tensors again without it, or choose torchvision's file.";
    if (library) return text + ". Choose torchvision's file for this backbone.";
    return text + ". Choose the backbone they were made for.";
}

Result<WeightFit> checkWeights(const std::string& file, const std::string& backbone) try {
    const auto network = backbones::Network::create(backbone, 2, {});
    if (!network) return fail(network.error());
    const auto dict = readWeights(file);
    if (!dict) return fail(dict.error());
    return network->fit(*dict, false);
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "The weights do not fit into memory.", file);
}

}  // namespace graft::weights
