// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/Error.h"

namespace graft::base {

std::string_view codeName(ErrorCode code) {
    switch (code) {
        case ErrorCode::InvalidArgument:
            return "invalid_argument";
        case ErrorCode::NotFound:
            return "not_found";
        case ErrorCode::Unreadable:
            return "unreadable";
        case ErrorCode::Unwritable:
            return "unwritable";
        case ErrorCode::BadFormat:
            return "bad_format";
        case ErrorCode::UnsafeFile:
            return "unsafe_file";
        case ErrorCode::WeightsMismatch:
            return "weights_mismatch";
        case ErrorCode::TooFewClasses:
            return "too_few_classes";
        case ErrorCode::NoValidation:
            return "no_validation";
        case ErrorCode::Diverged:
            return "diverged";
        case ErrorCode::DeviceUnavailable:
            return "device_unavailable";
        case ErrorCode::OutOfMemory:
            return "out_of_memory";
        case ErrorCode::Cancelled:
            return "cancelled";
        case ErrorCode::Unreachable:
            return "unreachable";
        case ErrorCode::Internal:
            break;
    }
    return "internal";
}

Message Error::text() const {
    return path.empty() ? message : Message(GRAFT_TEXT("{1}: {2}"), path, message);
}

std::string Error::sentence() const {
    return text().english();
}

}  // namespace graft::base
