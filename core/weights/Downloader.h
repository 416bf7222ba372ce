// SPDX-License-Identifier: GPL-3.0-or-later
// Fetches a file from a server that is not trusted, over a line that may break. Example:
//     auto fetched = download({url, folder + "/resnet18-f37072fd.pth", "f37072fd", 110'000'000}, control,
//                             [](const DownloadProgress& p) { show(p.received, p.total); });
// The file takes its name only when it is whole, on the disk and has the SHA-256 that was asked for, or where
// none is known, when its content was looked at and is right. Until then it is TARGET.part, which stays when
// the line breaks, the person stops or the program dies; the next download() goes on from there. Proxies as
// curl knows them: http_proxy, HTTPS_PROXY, ALL_PROXY, NO_PROXY.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/base/Result.h"
#include "core/runtime/RunControl.h"

namespace graft::weights {

struct DownloadRequest {
    std::string url;
    std::string target;
    std::string sha256Prefix;  // lower-case hex, at least 8 digits; or none, and check
    // Where no SHA-256 is known: whether what lies at this path, be it all or a part of the file that is
    // there or has come, is what was asked for. Error BadFormat: it is not; another one: that cannot be told.
    std::function<Result<void>(const std::string& path)> check = {};
    std::int64_t maxBytes = 0;  // more than that is refused, announced or not
    bool allowHttp = false;     // else https alone, in redirects too
    int stallSeconds = 30;      // a line that carries nothing for so long is given up
};

struct DownloadProgress {
    std::int64_t received = 0;  // of the file, with what was here from an earlier try
    std::int64_t total = -1;    // -1: the server does not say
    double bytesPerSecond = 0;
};

// Blocks. Returns at once where the target is there already and right; waits where another process is
// fetching it. Progress is told in the calling thread, ten times a second. Errors: Unreachable, NotFound (the
// server has no such file), BadFormat (other bytes than asked for), Unwritable (rights, full disk),
// Cancelled; those of check, after which what came is kept.
Result<void> download(const DownloadRequest& request, runtime::RunControl& control,
                      const std::function<void(const DownloadProgress&)>& onProgress = {});

}  // namespace graft::weights
