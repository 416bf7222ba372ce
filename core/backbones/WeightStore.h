// SPDX-License-Identifier: GPL-3.0-or-later
// Where pretrained weights lie on this machine: Graft's own folder ($XDG_DATA_HOME/graft/weights), PyTorch's
// download folder ($TORCH_HOME/hub/checkpoints), used where they lie and never changed, and the folder of
// what comes with the program.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/backbones/Catalogue.h"
#include "core/base/Result.h"
#include "core/runtime/RunControl.h"
#include "core/weights/Downloader.h"

namespace graft::backbones {

// The first file found for this entry: Graft's folder (NAME-TAG and NAME, each .safetensors or .pth, the
// official file's name), then PyTorch's (the official file's name), then what comes with the program. A file
// that bears NAME alone is no built-in entry's.
std::optional<std::string> locateWeights(const CatalogueEntry& entry);

// The file that this architecture gets unless told otherwise: its default weights', else the first of its
// others that are here; the built-in ones last.
std::optional<std::string> locateAnyWeights(const std::string& name);

// As locateWeights, without NAME.safetensors, which does not say whose of a backbone's weights it has.
std::optional<std::string> locatePublished(const CatalogueEntry& entry);

// The entry of this name and tag; without a tag the default weights. Errors: NotFound, naming what there is.
Result<CatalogueEntry> findWeights(const std::string& name, const std::string& tag = {});

// What to begin with on this machine: MobileNetV2 if its weights are here, else the first of the catalogue
// that are, else what comes with the program. Without even that both texts are empty.
struct FirstChoice {
    std::string name;
    std::string file;
};
FirstChoice firstChoice();

// Graft's folder for weights; it may not exist yet.
std::string weightsFolder();

// Where PyTorch keeps what it has downloaded: $TORCH_HOME/hub/checkpoints. It may not exist.
std::string pytorchFolder();

// Where the built-in backbones lie: ../share/graft/backbones of the running program's folder, installed or in
// the build tree; $GRAFT_BACKBONES instead, if set.
std::string builtInFolder();

// How a weight file fits a backbone, name by name.
struct WeightFit {
    std::size_t matched = 0;
    std::vector<std::string> missing;     // the backbone has it, the file does not
    std::vector<std::string> unexpected;  // the file has it, the backbone does not (classifier aside)
    std::vector<Message> wrongShape;  // "layer1.0.conv1.weight is 64 x 64 x 3 x 3 instead of 64 x 64 x 1 x 1"
    std::vector<std::string> classifier;  // the old classifier's, expected to be left out
    std::vector<std::string> ownNames;    // the backbone's, of a file that does not fit
    std::vector<Message> notes;           // sentences on what was chosen in the file, see StateDict
    bool fits() const { return missing.empty() && wrongShape.empty() && unexpected.empty() && matched > 0; }
    Message sentence() const;  // what does not fit, with the first few names
};

// Errors: as readWeights; NotFound for an unknown backbone; BadFormat for weights that fit but hold nan,
// infinity or negative variances, with the tensor's name.
Result<WeightFit> checkWeights(const std::string& file, const std::string& backbone);

// Downloads the entry's official file into Graft's folder, unless it is there or in PyTorch's, with the right
// SHA-256; returns where it is. Where no SHA-256 is published the file must be whole, have every tensor of
// the backbone with its shape and nothing else, and numbers as checkWeights wants them; its own SHA-256 is
// kept beside it, and a file that has changed since is fetched anew. What comes with the program is where it
// is. GRAFT_WEIGHTS_MIRROR=http://host/folder/ replaces the address up to the file's name. Errors: as
// download; NotFound for weights that are published nowhere; InvalidArgument for a bad mirror.
Result<std::string> fetchWeights(
    const CatalogueEntry& entry, runtime::RunControl& control,
    const std::function<void(const weights::DownloadProgress&)>& onProgress = {});

// The SHA-256 that a fetched file had when it came, kept in FILE.sha256 as sha256sum writes it; empty: none
// was kept, since one is published or the file was not fetched.
std::string keptSha256(const std::string& file);
inline constexpr const char* kKeptHash = ".sha256";

struct AddedWeights {
    std::string file;
    std::vector<Message> notes;  // as WeightFit's
};

// Copies a file (or a run's best model) that fits the backbone into Graft's folder and says where it is:
// under its official name if it is an official file (by its SHA-256), else as NAME-TAG or NAME (without a
// tag). What was added before under that name is replaced. Errors: as checkWeights; WeightsMismatch, saying
// what does not fit; Unwritable.
Result<AddedWeights> addWeights(const std::string& name, const std::string& file,
                                const std::string& tag = {});

struct StoredWeights {
    std::string name;
    std::string tag;  // empty: added without one
    std::string file;
    std::uint64_t bytes = 0;
    bool inGraftsFolder = false;
    bool builtIn = false;  // comes with the program; neither: in PyTorch's folder
};

// All of the catalogue's weights on this machine, in its order; first what locateWeights prefers.
std::vector<StoredWeights> listWeights();

// Removes from Graft's folder all weights of this backbone, or those with this tag, and what is left of
// unfinished downloads; returns the files. PyTorch's are never touched. Errors: NotFound, Unwritable.
Result<std::vector<std::string>> removeWeights(const std::string& name, const std::string& tag = {});

}  // namespace graft::backbones
