// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/predict/Sorter.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

// A class's name may be anything; a folder's may not.
std::string folderName(std::string className) {
    std::ranges::replace(className, '/', '_');
    return className.empty() || className == "." || className == ".." ? "_" + className : className;
}

bool sameContent(const fs::path& a, const fs::path& b) {
    std::error_code error;
    if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
    std::ifstream one(a, std::ios::binary);
    std::ifstream other(b, std::ios::binary);
    using Bytes = std::istreambuf_iterator<char>;
    return std::equal(Bytes(one), Bytes(), Bytes(other), Bytes());
}

}  // namespace

Result<void> Sorter::put(const std::string& picture, const std::string& className) {
    const fs::path folder = fs::path(m_folder) / folderName(className);
    const auto failed = [&](const std::error_code& why) {
        return fail(ErrorCode::Unwritable, "The picture cannot be sorted: " + why.message() + ".",
                    folder.string());
    };
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return failed(error);
    const fs::path source = fs::absolute(picture, error);
    const fs::path name = source.filename();
    for (int number = 1; !error; ++number) {
        fs::path target = folder / name;
        if (number > 1)
            target =
                folder / (name.stem().string() + "-" + std::to_string(number) + name.extension().string());
        if (fs::exists(fs::symlink_status(target, error))) {
            // its own copy, or another picture of the same name
            const bool there = fs::is_symlink(target) ? fs::read_symlink(target, error) == source
                                                      : !m_link && sameContent(source, target);
            if (there) {
                ++m_alreadyThere;
                return {};
            }
            error.clear();
            continue;
        }
        error.clear();
        if (m_link) {
            fs::create_symlink(source, target, error);
        } else {
            // aside first: a kill leaves no half picture under a picture's name
            const fs::path aside = folder / ("." + name.string() + ".partial");
            fs::copy_file(source, aside, fs::copy_options::overwrite_existing, error);
            if (!error) fs::rename(aside, target, error);
            std::error_code ignored;
            if (error) fs::remove(aside, ignored);
        }
        if (!error) return {};
    }
    return failed(error);
}

}  // namespace graft::cli
