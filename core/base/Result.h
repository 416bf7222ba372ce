// SPDX-License-Identifier: GPL-3.0-or-later
// Result<T>: a value or an Error. Example:
//     Result<Image> image = decodeImage(path);
//     if (!image) return fail(image.error());
//     return fail(ErrorCode::BadFormat, {GRAFT_TEXT("It has {1} classes, and needs 2."), count}, path);
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "core/base/Error.h"

namespace graft::base {

template <class T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, Message message, std::string path = {}) {
    return tl::unexpected<Error>(Error{code, std::move(message), std::move(path)});
}

}  // namespace graft::base

namespace graft {
using base::Error;
using base::ErrorCode;
using base::fail;
using base::Result;
}  // namespace graft
