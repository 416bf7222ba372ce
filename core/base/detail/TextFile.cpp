// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/TextFile.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <ios>
#include <system_error>

namespace graft::base {

namespace {

// The largest text of Graft's is a run's dataset.json, some 150 bytes a picture: ten million pictures.
constexpr std::size_t kMostBytes = std::size_t{1} << 31;

}  // namespace

Result<std::string> readText(const std::string& path) {
    std::error_code error;
    const std::filesystem::file_status status = std::filesystem::status(path, error);
    const bool isDevice = std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) &&
                          !std::filesystem::is_directory(status);
    if (isDevice) {  // it may never end, and a pipe not even open
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("This is a device or pipe and no file; put the file back in its place."),
                    path);
    }
    const auto tooLarge = [&] {
        return fail(ErrorCode::Unreadable,
                    GRAFT_TEXT("The file is too large to be one of Graft's; put its own back."), path);
    };
    const auto bytes = std::filesystem::file_size(path, error);
    if (!error && bytes > kMostBytes) return tooLarge();
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    std::string text;
    try {
        std::array<char, 65536> part{};
        while (text.size() <= kMostBytes && (file.read(part.data(), part.size()) || file.gcount() > 0))
            text.append(part.data(), static_cast<std::size_t>(file.gcount()));
    } catch (const std::ios_base::failure&) {  // a folder opens, and a bad disk fails in the middle
        file.setstate(std::ios_base::badbit);
    }
    if (!file.is_open() || file.bad() || (text.empty() && errno != 0)) {
        return fail(ErrorCode::Unreadable,
                    {GRAFT_TEXT("The file cannot be read: {1}."), std::strerror(errno)}, path);
    }
    if (text.size() > kMostBytes) return tooLarge();  // /proc does not say how large its files are
    return text;
}

}  // namespace graft::base
