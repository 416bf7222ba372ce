// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/ImageListing.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <utility>

#include "core/data/ImageDecoder.h"
#include "core/data/detail/FileFormat.h"
#include "core/data/detail/SystemNames.h"
#include "core/runtime/RunControl.h"

namespace graft::data {

namespace {

namespace fs = std::filesystem;
using FolderId = std::pair<dev_t, ino_t>;

constexpr int kMostVisits = 8;  // of one folder, by links

std::optional<FolderId> idOf(const fs::path& folder) {
    struct stat status {};
    if (stat(folder.c_str(), &status) != 0) return std::nullopt;
    return FolderId{status.st_dev, status.st_ino};
}

// What is no folder, at any depth; links are not followed.
std::size_t countFiles(const fs::path& folder, runtime::RunControl* control) {
    std::size_t count = 0;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error),
         end;
         !error && it != end; it.increment(error)) {
        if (control != nullptr && !control->checkpoint()) break;
        std::error_code ignored;
        if (!fs::is_directory(it->symlink_status(ignored))) ++count;
    }
    return count;
}

Message sentenceAbout(const Message& owner) {
    return {GRAFT_TEXT("This is {1}."), owner};
}

class Walk {
  public:
    Walk(ImageListing& listing, runtime::RunControl* control) : m_listing(listing), m_control(control) {}

    void start(const std::string& folder) {
        // A link to a folder that holds the given one would lead into a circle just as well.
        std::error_code error;
        const fs::path given = fs::canonical(folder, error);
        for (fs::path above = given.parent_path(); !error && !above.empty() && above != given;
             above = above.parent_path()) {
            if (const auto id = idOf(above)) m_path.push_back(*id);
            if (above == above.parent_path()) break;
        }
        enter(folder);
    }

  private:
    void passOver(const fs::path& path, PassedOverReason reason, Message message, std::size_t files = 1) {
        m_listing.passedOver.push_back({path.string(), reason, std::move(message), files});
    }

    void enter(const fs::path& folder) {
        const auto id = idOf(folder);
        std::error_code error;
        fs::directory_iterator it(folder, error);
        if (error || !id) {
            const Message known(
                GRAFT_TEXT("The folder cannot be looked into ({1}); check its access rights."),
                error.message());
            const Message unknown = GRAFT_TEXT("The folder cannot be looked into; check its access rights.");
            return passOver(folder, PassedOverReason::UnreadableFolder, error ? known : unknown, 0);
        }
        if (std::ranges::find(m_path, *id) != m_path.end()) {
            return passOver(folder, PassedOverReason::LinkLoop,
                            GRAFT_TEXT("This is a link to a folder that it lies in; remove it."));
        }
        // Links between folders can make more ways through them than there are atoms.
        if (++m_visits[*id] > kMostVisits) {
            return passOver(
                folder, PassedOverReason::LinkLoop,
                {GRAFT_TEXT("Links lead to this folder again and again; its pictures are used {1} times."),
                 kMostVisits},
                0);
        }
        m_path.push_back(*id);
        for (const fs::directory_iterator end; !error && it != end; it.increment(error)) {
            if (m_control != nullptr && !m_control->checkpoint()) break;
            look(*it);
        }
        if (error) {
            passOver(folder, PassedOverReason::UnreadableFolder,
                     {GRAFT_TEXT("The folder cannot be read to its end ({1})."), error.message()}, 0);
        }
        m_path.pop_back();
    }

    void look(const fs::directory_entry& entry) {
        const fs::path& path = entry.path();
        std::error_code error;
        const fs::file_status status = entry.status(error);
        if (fs::is_directory(status)) return lookAtFolder(entry);
        const std::string name = path.filename().string();
        if (const auto owner = systemFile(name); !owner.empty())
            return passOver(path, PassedOverReason::SystemFile, sentenceAbout(owner));
        if (name.starts_with('.')) {
            return passOver(path, PassedOverReason::HiddenFile,
                            GRAFT_TEXT("The file is hidden: its name begins with a dot."));
        }
        std::error_code ignored;
        if (!fs::exists(status) || error) {
            if (!fs::is_symlink(entry.symlink_status(ignored))) {
                return passOver(path, PassedOverReason::UnreadableFile,
                                GRAFT_TEXT("The file cannot be read; check its access rights."));
            }
            if (error == std::errc::permission_denied) {
                return passOver(
                    path, PassedOverReason::UnreadableFile,
                    GRAFT_TEXT(
                        "This is a link into a folder that cannot be looked into; check its access rights."));
            }
            const bool loops = error == std::errc::too_many_symbolic_link_levels;
            return passOver(
                path, loops ? PassedOverReason::LinkLoop : PassedOverReason::BrokenLink,
                loops ? GRAFT_TEXT("This is a link that leads to itself; remove it.")
                      : GRAFT_TEXT(
                            "This is a link that leads nowhere; remove it, or bring back what it leads to."));
        }
        if (!fs::is_regular_file(status))
            return passOver(path, PassedOverReason::NoFile,
                            GRAFT_TEXT("This is a device, pipe or socket, not a file."));
        lookAtContent(path);
    }

    void lookAtFolder(const fs::directory_entry& entry) {
        const fs::path& path = entry.path();
        const std::string name = path.filename().string();
        std::error_code ignored;
        const bool isLink = entry.is_symlink(ignored);
        const auto owner = systemFolder(name);
        if (!owner.empty() || name.starts_with('.')) {
            return passOver(path,
                            owner.empty() ? PassedOverReason::HiddenFolder : PassedOverReason::SystemFolder,
                            owner.empty() ? GRAFT_TEXT("The folder is hidden: its name begins with a dot.")
                                          : sentenceAbout(owner),
                            isLink ? 1 : countFiles(path, m_control));
        }
        const std::size_t before = m_listing.passedOver.size();
        m_listing.folders.push_back(path.string());
        enter(path);
        const bool circle = m_listing.passedOver.size() == before + 1 &&
                            m_listing.passedOver.back().reason == PassedOverReason::LinkLoop &&
                            m_listing.passedOver.back().path == path.string();
        if (circle) std::erase(m_listing.folders, path.string());
    }

    void lookAtContent(const fs::path& path) {
        if (hasImageExtension(path.string())) {
            m_listing.images.push_back(path.string());
            return;
        }
        FileLook seen = lookAtFile(path.string());
        switch (seen.content) {
            case FileContent::Image:
                m_listing.images.push_back(path.string());
                break;
            case FileContent::OtherFormat:
                passOver(path, PassedOverReason::OtherFormat, std::move(seen.message));
                break;
            case FileContent::NoPicture: {
                const bool unreadable = access(path.c_str(), R_OK) != 0;
                passOver(path, unreadable ? PassedOverReason::UnreadableFile : PassedOverReason::NoPicture,
                         std::move(seen.message));
                break;
            }
        }
    }

    ImageListing& m_listing;
    runtime::RunControl* m_control;
    std::map<FolderId, int> m_visits;
    std::vector<FolderId> m_path;  // the folders that the walk is in, and those above the first
};

}  // namespace

std::string_view passedOverReasonName(PassedOverReason reason) {
    switch (reason) {
        case PassedOverReason::SystemFolder:
            return "system_folder";
        case PassedOverReason::SystemFile:
            return "system_file";
        case PassedOverReason::HiddenFolder:
            return "hidden_folder";
        case PassedOverReason::HiddenFile:
            return "hidden_file";
        case PassedOverReason::OtherFormat:
            return "other_format";
        case PassedOverReason::NoPicture:
            return "no_picture";
        case PassedOverReason::BrokenLink:
            return "broken_link";
        case PassedOverReason::LinkLoop:
            return "link_loop";
        case PassedOverReason::UnreadableFolder:
            return "unreadable_folder";
        case PassedOverReason::UnreadableFile:
            return "unreadable_file";
        case PassedOverReason::NoFile:
            return "no_file";
        case PassedOverReason::NoClass:
            return "no_class";
        case PassedOverReason::NoSplit:
            return "no_split";
        case PassedOverReason::ClassLeftOut:
            break;
    }
    return "class_left_out";
}

ImageListing listImages(const std::string& folder, runtime::RunControl* control) {
    ImageListing listing;
    std::string root = folder;
    while (root.size() > 1 && root.ends_with('/'))
        root.pop_back();
    std::error_code error;
    if (!fs::is_directory(root, error)) return listing;
    Walk(listing, control).start(root);
    std::ranges::sort(listing.images);
    std::ranges::sort(listing.folders);
    std::ranges::sort(listing.passedOver, {}, &PassedOver::path);
    return listing;
}

FileLook lookAtFile(const std::string& path) {
    std::error_code error;
    if (!fs::exists(path, error)) return {FileContent::NoPicture, {}, GRAFT_TEXT("There is no such file.")};
    if (!fs::is_regular_file(path, error))
        return {FileContent::NoPicture, {}, GRAFT_TEXT("This is no file.")};
    std::ifstream file(path, std::ios::binary);
    if (!file)
        return {FileContent::NoPicture, {}, GRAFT_TEXT("The file cannot be read; check its access rights.")};
    std::array<char, kHeadBytes> head{};
    file.read(head.data(), head.size());
    const auto count = static_cast<std::size_t>(file.gcount());
    if (count == 0) return {FileContent::NoPicture, {}, GRAFT_TEXT("The file is empty.")};
    const FileFormat format =
        formatOf({reinterpret_cast<const std::uint8_t*>(head.data()), count}, fs::path(path).filename());
    if (format.isRead()) return {FileContent::Image, std::string(format.name), {}};
    return {format.kind == FileKind::Picture ? FileContent::OtherFormat : FileContent::NoPicture,
            std::string(format.name), formatSentence(format)};
}

std::vector<PassedOverGroup> groupPassedOver(const std::vector<PassedOver>& passedOver) {
    std::vector<PassedOverGroup> groups;
    std::map<std::pair<PassedOverReason, std::string>, std::size_t> known;
    for (const PassedOver& entry : passedOver) {
        const auto [at, isNew] = known.try_emplace({entry.reason, entry.message.english()}, groups.size());
        if (isNew) groups.push_back({entry.reason, entry.message, entry.path, 0, 0});
        ++groups[at->second].entries;
        groups[at->second].files += entry.files;
    }
    return groups;
}

}  // namespace graft::data
