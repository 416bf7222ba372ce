// SPDX-License-Identifier: GPL-3.0-or-later
// An error as a sentence that stands among others.
#pragma once

#include "core/base/Error.h"

namespace graft::training {

// "PATH: MESSAGE", or the message alone: Error::sentence() before it is put into a language.
inline Message withPath(const Error& error) {
    if (error.path.empty()) return error.message;
    return {GRAFT_TEXT("{1}: {2}"), error.path, error.message};
}

}  // namespace graft::training
