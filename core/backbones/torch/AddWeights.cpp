// SPDX-License-Identifier: GPL-3.0-or-later
// The part of WeightStore.h that looks at the backbones themselves.
#include <array>
#include <filesystem>
#include <fstream>
#include <new>
#include <vector>

#include "core/backbones/Catalogue.h"
#include "core/backbones/WeightStore.h"
#include "core/backbones/torch/Network.h"
#include "core/base/detail/Hash.h"
#include "core/weights/WeightFile.h"
#include "core/weights/detail/PartFile.h"

namespace graft::backbones {

namespace {

namespace fs = std::filesystem;

// Errors: Unreadable, Unwritable.
Result<void> copyInto(weights::PartFile& part, const std::string& file) {
    std::error_code error;
    const auto size = static_cast<std::int64_t>(fs::file_size(file, error));
    int number = part.clear();
    std::ifstream in(file, std::ios::binary);
    std::vector<char> piece(1U << 20);
    while (number == 0 && in) {
        in.read(piece.data(), static_cast<std::streamsize>(piece.size()));
        number = part.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    }
    if (number != 0) return fail(weights::writeError(number, part.path(), size - part.size()));
    if (!in.eof() || error || part.size() != size)
        return fail(ErrorCode::Unreadable, GRAFT_TEXT("The weight file cannot be read to its end."), file);
    return {};
}

}  // namespace

Result<WeightFit> checkWeights(const std::string& file, const std::string& backbone) try {
    const auto network = Network::create(backbone, 2, {}, Network::BackboneWeights::Unset);
    if (!network) return fail(network.error());
    const auto dict = weights::readWeights(file);
    if (!dict) return fail(dict.error());
    const auto fit = network->fit(*dict, false);
    // What does not fit is the caller's to tell; what cannot be used at all is an error of its own.
    if (const auto usable = fit.fits() ? network->check(*dict, false, file) : Result<void>(); !usable)
        return fail(usable.error());
    return fit;
} catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, GRAFT_TEXT("The weights do not fit into memory."), file);
}

Result<AddedWeights> addWeights(const std::string& name, const std::string& given, const std::string& tag) {
    const std::string file = weights::weightFileAt(given);
    const auto entry = findWeights(name, tag);
    if (!entry) return fail(entry.error());
    const auto fit = checkWeights(file, name);
    if (!fit) return fail(fit.error());
    if (!fit->fits()) return fail(ErrorCode::WeightsMismatch, fit->sentence(), file);

    const auto hash = base::sha256OfFile(file);
    if (!hash) return fail(hash.error());
    std::string fileName;
    for (const CatalogueEntry& official : catalogue()) {
        if (official.name == name && !official.sha256Prefix.empty() &&
            hash->starts_with(official.sha256Prefix))
            fileName = official.fileName;
    }
    const bool isOfficial = !fileName.empty();
    const std::string stem = tag.empty() ? name : name + "-" + tag;
    std::array<char, 9> start{};
    std::ifstream(file, std::ios::binary).read(start.data(), start.size());
    const bool safetensors = start[8] == '{';
    const std::string extension = safetensors ? ".safetensors" : ".pth";
    if (!isOfficial) fileName = stem + extension;

    const fs::path target = fs::path(weightsFolder()) / fileName;
    std::error_code error;
    if (!fs::equivalent(file, target, error)) {
        runtime::RunControl control;
        auto part = weights::PartFile::open(target.string(), control);
        if (!part) return fail(part.error());
        auto stored = copyInto(*part, file);
        if (stored) {
            stored = part->commit();
        } else {
            part->discard();
        }
        if (!stored) return fail(stored.error());
        fs::remove(target.string() + kKeptHash, error);  // it was of the file before
    }
    // The same name in the other format would be found first, or linger.
    if (!isOfficial) {
        const std::string other = safetensors ? ".pth" : ".safetensors";
        fs::remove(fs::path(weightsFolder()) / (stem + other), error);
    }
    return AddedWeights{target.string(), fit->notes};
}

}  // namespace graft::backbones
