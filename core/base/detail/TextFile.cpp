// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/TextFile.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace graft::base {

Result<std::string> readText(const std::string& path) {
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text;
    try {
        text.assign(std::istreambuf_iterator<char>(file), {});
    } catch (const std::ios_base::failure&) {  // a folder opens, and a bad disk fails in the middle
        file.setstate(std::ios_base::badbit);
    }
    if (!file.is_open() || file.bad() || (text.empty() && errno != 0)) {
        return fail(ErrorCode::Unreadable,
                    std::string("The file cannot be read: ") + std::strerror(errno) + ".", path);
    }
    return text;
}

}  // namespace graft::base
