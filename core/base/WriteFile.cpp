// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/WriteFile.h"

#include "core/base/detail/AtomicFile.h"

namespace graft::base {

Result<void> writeFile(const std::string& path, const std::string& content) {
    return writeFileAtomically(path, content);
}

}  // namespace graft::base
