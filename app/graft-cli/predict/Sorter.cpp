// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/predict/Sorter.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <system_error>

#include "app/graft-cli/predict/NewFile.h"

namespace graft::cli {

namespace {

namespace fs = std::filesystem;

// NAME-2.jpg; a long name gives way, as a file's may have 255 bytes.
std::string numbered(const fs::path& name, int number) {
    const std::string end = "-" + std::to_string(number) + name.extension().string();
    std::string stem = name.stem().string();
    const std::size_t room = 255 - std::min<std::size_t>(end.size(), 255);
    if (stem.size() > room) {
        std::size_t cut = room;
        while (cut > 0 &&
               (static_cast<unsigned char>(stem[cut]) & 0xC0) == 0x80)  // within a character of UTF-8
            --cut;
        stem.resize(cut);
    }
    return stem + end;
}

bool sameContent(const fs::path& a, const fs::path& b) {
    std::error_code error;
    if (fs::file_size(a, error) != fs::file_size(b, error) || error) return false;
    std::ifstream one(a, std::ios::binary);
    std::ifstream other(b, std::ios::binary);
    using Bytes = std::istreambuf_iterator<char>;
    return std::equal(Bytes(one), Bytes(), Bytes(other), Bytes());
}

// A number of the system that is closed.
class Descriptor {
  public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor() {
        if (m_number >= 0) close(m_number);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return m_number; }

  private:
    int m_number;
};

std::error_code copyBytes(int from, int to) {
    struct stat status {};
    if (fstat(from, &status) != 0) return lastError();
    std::array<char, 65536> part{};
    for (;;) {
        const ssize_t count = read(from, part.data(), part.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return lastError();
        if (count == 0) break;
        for (ssize_t written = 0; written < count;) {
            const ssize_t more = write(to, part.data() + written, static_cast<std::size_t>(count - written));
            if (more < 0 && errno != EINTR) return lastError();
            if (more > 0) written += more;
        }
    }
    // A memory card's files, and many a network's, have no rights of their own: the copy is whole without.
    static_cast<void>(fchmod(to, status.st_mode & 0777));
    return {};
}

// Errors: EEXIST where something has the target's name already.
std::error_code copyWhole(const fs::path& source, const fs::path& target) {
    const Descriptor from(open(source.c_str(), O_RDONLY | O_CLOEXEC));
    if (from.get() < 0) return lastError();
    NewFile copy(target.string());
    if (copy.error()) return copy.error();
    if (const auto error = copyBytes(from.get(), copy.descriptor()); error) return error;
    return copy.commit();
}

}  // namespace

std::string Sorter::folderName(std::string className) {
    std::ranges::replace(className, '/', '_');
    std::ranges::replace(className, '\0', '_');
    return className.empty() || className == "." || className == ".." ? "_" + className : className;
}

std::optional<Sorter::Clash> Sorter::findClash(const std::vector<std::string>& classes) {
    std::map<std::string, std::string> known;
    for (const std::string& name : classes) {
        const auto [at, isNew] = known.try_emplace(folderName(name), name);
        if (!isNew && at->second != name) return Clash{at->second, name, at->first};
    }
    return std::nullopt;
}

Result<void> Sorter::put(const std::string& picture, const std::string& className) {
    const fs::path folder = fs::path(m_folder) / folderName(className);
    const auto failed = [&](const std::error_code& why) {
        return fail(
            ErrorCode::Unwritable,
            {GRAFT_TEXT("The picture cannot be sorted into {1}: {2}."), folder.string(), why.message()},
            picture);
    };
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) return failed(error);
    const fs::path source = fs::absolute(picture, error);
    const fs::path name = source.filename();
    for (int number = 1; !error; ++number) {
        const fs::path target = folder / (number > 1 ? fs::path(numbered(name, number)) : name);
        if (fs::exists(fs::symlink_status(target, error))) {
            // its own copy, or another picture of the same name
            const bool isItself =
                target.filename() == name && fs::equivalent(folder, source.parent_path(), error);
            const bool there = isItself || (fs::is_symlink(target) ? fs::read_symlink(target, error) == source
                                                                   : !m_link && sameContent(source, target));
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
            error = copyWhole(source, target);
        }
        if (!error) return {};
        if (error == std::errc::file_exists) error.clear();  // another process was quicker
    }
    return failed(error);
}

}  // namespace graft::cli
