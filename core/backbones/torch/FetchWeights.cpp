// SPDX-License-Identifier: GPL-3.0-or-later
// The part of WeightStore.h that downloads: what has no published checksum is held against the backbone.
#include <cstdlib>
#include <filesystem>

#include "core/backbones/Catalogue.h"
#include "core/backbones/WeightStore.h"
#include "core/base/detail/AtomicFile.h"
#include "core/base/detail/Hash.h"
#include "core/weights/detail/HttpTransfer.h"

namespace graft::backbones {

namespace {

namespace fs = std::filesystem;

bool hasHash(const fs::path& path, const std::string& prefix) {
    std::error_code error;
    if (prefix.empty() || !fs::is_regular_file(path, error)) return false;
    const auto hash = base::sha256OfFile(path.string());
    return hash && hash->starts_with(prefix);
}

// The address of a file of this name: the mirror's, where there is one.
Result<std::string> addressOf(const CatalogueEntry& entry) {
    const char* set = std::getenv("GRAFT_WEIGHTS_MIRROR");
    std::string mirror = set != nullptr ? set : "";
    if (mirror.empty()) return entry.url;
    if (!mirror.starts_with("http://") && !mirror.starts_with("https://")) {
        return fail(
            ErrorCode::InvalidArgument,
            {GRAFT_TEXT("GRAFT_WEIGHTS_MIRROR must be an address that starts with http:// or https://, "
                        "not {1}."),
             mirror.substr(0, 200)});
    }
    if (!mirror.ends_with('/')) mirror += '/';
    return mirror + entry.fileName;
}

// Whether the file is whole and this backbone's. Errors: BadFormat, saying what it is instead; those that say
// nothing about it, as they are.
Result<void> checkContent(const CatalogueEntry& entry, const std::string& path, const std::string& address) {
    const auto fit = checkWeights(path, entry.name);
    if (fit && fit->fits()) return {};
    if (!fit) {
        const ErrorCode code = fit.error().code;
        if (code != ErrorCode::BadFormat && code != ErrorCode::UnsafeFile) return fail(fit.error());
    }
    return fail(
        ErrorCode::BadFormat,
        {GRAFT_TEXT("What the server sent are not the weights of {1} ({2}), and nothing of it is kept. {3}"),
         entry.name, entry.tag, fit ? fit->sentence() : fit.error().message},
        weights::shownUrl(address));
}

// The SHA-256 of a file without a published one, on its way to target or there already, if it is right. What
// was fetched once is known by the SHA-256 that it had then.
Result<std::string> checkUnpublished(const CatalogueEntry& entry, const std::string& path,
                                     const std::string& target, const std::string& address) {
    const std::string kept = path == target ? keptSha256(target) : "";
    if (kept.empty()) {
        if (const auto right = checkContent(entry, path, address); !right) return fail(right.error());
    }
    auto hash = base::sha256OfFile(path);
    if (!hash || kept.empty() || *hash == kept) return hash;
    return fail(ErrorCode::BadFormat, GRAFT_TEXT("The file has changed since it was fetched."), path);
}

}  // namespace

Result<std::string> fetchWeights(const CatalogueEntry& entry, runtime::RunControl& control,
                                 const std::function<void(const weights::DownloadProgress&)>& onProgress) {
    if (entry.builtIn) {
        if (const auto file = locateWeights(entry)) return *file;
    }
    if (entry.url.empty()) {
        return fail(
            ErrorCode::NotFound,
            {GRAFT_TEXT(
                 "The weights of {1} ({2}) are published nowhere that Graft knows; if you have a file, "
                 "add it with: graft-cli weights add {1} FILE"),
             entry.name, entry.tag});
    }
    const fs::path target = fs::path(weightsFolder()) / entry.fileName;
    // PyTorch's own copy serves as well, unless it is damaged or Graft has one already.
    const fs::path torch = fs::path(pytorchFolder()) / entry.fileName;
    std::error_code error;
    if (!fs::is_regular_file(target, error) && hasHash(torch, entry.sha256Prefix)) return torch.string();
    const auto address = addressOf(entry);
    if (!address) return fail(address.error());
    weights::DownloadRequest request;
    request.url = *address;
    request.target = target.string();
    request.sha256Prefix = entry.sha256Prefix;
    std::string hash;
    request.check = [&](const std::string& path) {
        return checkUnpublished(entry, path, request.target, *address).map([&](const std::string& right) {
            hash = right;
        });
    };
    request.maxBytes = static_cast<std::int64_t>((2 * entry.megabytes + 16) * 1e6);
    request.allowHttp = *address != entry.url;
    const auto fetched = weights::download(request, control, onProgress);
    if (!fetched) return fail(fetched.error());
    if (!hash.empty() && hash != keptSha256(request.target)) {
        const auto kept = base::writeFileAtomically(request.target + kKeptHash,
                                                    hash + "  " + target.filename().string() + "\n");
        if (!kept) return fail(kept.error());
    }
    return target.string();
}

}  // namespace graft::backbones
