// SPDX-License-Identifier: GPL-3.0-or-later
// The one place where LibTorch's exceptions become Errors; used at core's public entry points.
#pragma once

#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>
#include <system_error>

#include "core/base/Result.h"

namespace graft::base {

inline tl::unexpected<Error> outOfMemory() {
    return fail(ErrorCode::OutOfMemory,
                GRAFT_TEXT("The memory does not suffice; choose a smaller batch size or input size."));
}

// CUDA's words, and those of the CPU's allocator on two systems.
inline bool isOutOfMemory(const c10::Error& error) {
    const std::string what = error.what_without_backtrace();
    for (const char* words : {"out of memory", "not enough memory", "can't allocate memory"}) {
        if (what.find(words) != std::string::npos) return true;
    }
    return false;
}

// Runs work() -> Result<T>.
template <class Work>
auto guardTorch(const Work& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return outOfMemory();
    } catch (const c10::Error& error) {
        if (isOutOfMemory(error)) return outOfMemory();
        const std::string what = error.what_without_backtrace();
        return fail(ErrorCode::Internal,
                    {GRAFT_TEXT("LibTorch failed: {1}"), what.substr(0, what.find('\n'))});
    } catch (const std::system_error& error) {
        if (error.code() != std::errc::resource_unavailable_try_again)
            return fail(ErrorCode::Internal, {GRAFT_TEXT("Unexpected failure: {1}"), error.what()});
        return fail(ErrorCode::OutOfMemory, GRAFT_TEXT("The system starts no more threads for Graft; close "
                                                       "other programs or raise the limit of processes."));
    } catch (const std::exception& error) {
        return fail(ErrorCode::Internal, {GRAFT_TEXT("Unexpected failure: {1}"), error.what()});
    } catch (...) {
        return fail(ErrorCode::Internal, GRAFT_TEXT("Unexpected failure."));
    }
}

}  // namespace graft::base
