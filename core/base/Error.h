// SPDX-License-Identifier: GPL-3.0-or-later
// What went wrong, in the words a person reads. Every fallible function of core returns a
// Result<T> (see Result.h) whose error is one of these.
#pragma once

#include <string>
#include <string_view>

#include "core/base/Message.h"

namespace graft::base {

enum class ErrorCode {
    InvalidArgument,    // a setting that makes no sense: zero epochs, an unknown optimizer
    NotFound,           // a file, folder or name that is not there
    Unreadable,         // it is there but cannot be read
    Unwritable,         // the result cannot be written (rights, full disk)
    BadFormat,          // the bytes are not what the file claims to be
    UnsafeFile,         // the file asks for code to be run; refused
    WeightsMismatch,    // the weights do not belong to this backbone
    TooFewClasses,      // fewer than two classes with usable images
    NoValidation,       // nothing to validate on
    Diverged,           // the loss became infinite or NaN
    DeviceUnavailable,  // the device that was asked for is not here
    OutOfMemory,
    Cancelled,    // the person stopped it; never shown as a failure
    Internal,     // a fault of Graft's own
    Unreachable,  // the network or a server does not give what was asked for
};

// The code as it stands in JSON: "not_found", "bad_format", ...
std::string_view codeName(ErrorCode code);

struct Error {
    ErrorCode code = ErrorCode::Internal;
    Message message;           // one sentence with the remedy, without the path
    std::string path;          // the file or folder it is about; empty if none
    std::string setting = {};  // the key of the setting it is about (see settings::find)

    // "PATH: MESSAGE", or the message alone.
    Message text() const;
    std::string sentence() const;  // the same in English
};

}  // namespace graft::base
