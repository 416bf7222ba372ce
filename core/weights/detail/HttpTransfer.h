// SPDX-License-Identifier: GPL-3.0-or-later
// One HTTP request for a file or for the rest of one. A server is not believed: what it says about ranges,
// lengths and encodings is checked before a byte is handed on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "core/base/Result.h"

namespace graft::weights {

struct HttpRequest {
    std::string url;
    bool allowHttp = false;   // else https alone
    std::int64_t offset = 0;  // bytes that are here already
    std::string validator;    // of those bytes: an ETag or a date; may be empty
    int stallSeconds = 30;    // without a stream worth the name
};

// Called in the requesting thread.
class HttpSink {
  public:
    virtual ~HttpSink() = default;
    // Before the first byte. offset: the request's, or 0 where the server sends all. total: of the whole
    // file, or -1. Errors end the transfer and become its result, here and below.
    virtual Result<void> begin(std::int64_t offset, std::int64_t total, const std::string& validator) = 0;
    virtual Result<void> take(const char* bytes, std::size_t count) = 0;
    // At least ten times a second.
    virtual Result<void> tick() = 0;
};

enum class HttpOutcome {
    Complete,      // every byte that the server announced
    CannotResume,  // no rest of this file to be had: ask for all of it
};

// Errors: Unreachable, NotFound (the server has no such file), those of the sink.
Result<HttpOutcome> httpGet(const HttpRequest& request, HttpSink& sink);

// The address without a name and password in it.
std::string shownUrl(const std::string& url);

}  // namespace graft::weights
