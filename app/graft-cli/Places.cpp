// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/Places.h"

#include <string_view>
#include <system_error>

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

// /dev/stdout, /dev/fd/1: whatever is open there, which may be a file without a name of its own.
bool isOpenAlready(const std::string& file) {
    const std::string folder = placeOf(fs::path(file).parent_path());
    return folder == "/dev/" || folder.starts_with("/proc/");
}

}  // namespace

std::string placeOf(const fs::path& path) {
    std::error_code error;
    const fs::path absolute = path.empty() ? fs::current_path(error) : fs::absolute(path, error);
    const fs::path found = fs::weakly_canonical(absolute, error);
    const std::string place = (error ? absolute : found).string();
    return place.ends_with('/') ? place : place + "/";
}

bool isWithin(const std::string& path, const std::string& folder) {
    return placeOf(path).starts_with(placeOf(folder));
}

Result<void> checkNamesFile(const std::string& file) {
    std::error_code error;
    const fs::file_status status = fs::status(file, error);  // of what a link leads to
    if (fs::is_directory(status))
        return fail(ErrorCode::InvalidArgument, GRAFT_TEXT("This is a folder; name a file in it."), file);
    if (!fs::exists(status) || (fs::is_regular_file(status) && !isOpenAlready(file))) return {};
    return fail(
        ErrorCode::InvalidArgument,
        GRAFT_TEXT("This is a device or pipe and no file; leave --output out to write to standard output, or "
                   "name a file."),
        file);
}

}  // namespace graft::cli
