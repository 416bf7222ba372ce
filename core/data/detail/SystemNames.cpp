// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/SystemNames.h"

#include <algorithm>
#include <cctype>

namespace graft::data {

namespace {

struct Row {
    std::string_view name;  // lower case; * at the end or the beginning stands for anything, # for digits
    std::string_view owner;
};

constexpr std::string_view kWindowsBin = "the recycle bin of Windows";
constexpr std::string_view kLinuxBin = "a recycle bin";
constexpr std::string_view kMac = "what macOS keeps for itself";
constexpr std::string_view kStorageBin = "the recycle bin of a network storage";
constexpr std::string_view kStorage = "what a network storage keeps for itself";
constexpr std::string_view kThumbnails = "a folder of thumbnails";
constexpr std::string_view kSnapshots = "snapshots of older states";
constexpr std::string_view kVersions = "what a version control keeps for itself";
constexpr std::string_view kSync = "what a synchronising program keeps for itself";

constexpr Row kFolders[] = {
    {"@eadir", "a folder of thumbnails of a network storage"},
    {"@__thumb", "a folder of thumbnails of a network storage"},
    {".@__thumb", "a folder of thumbnails of a network storage"},
    {".@upload_cache", kStorage},
    {"@tmp", kStorage},
    {"@synotmp", kStorage},
    {"@database", kStorage},
    {"@sharebin", kStorageBin},
    {"@recycle", kStorageBin},
    {"#recycle", kStorageBin},
    {".recycle", kStorageBin},
    {"@recently-snapshot", kSnapshots},
    {"#snapshot", kSnapshots},
    {"~snapshot", kSnapshots},
    {".snapshot", kSnapshots},
    {".snapshots", kSnapshots},
    {".zfs", kSnapshots},
    {".snap", kSnapshots},
    {".ckpt", kSnapshots},
    {"$recycle.bin", kWindowsBin},
    {"$extend", "what Windows keeps for itself"},
    {"system volume information", "what Windows keeps for itself"},
    {"found.#", "what a check of the disk has found"},
    {"lost+found", "what a check of the disk has found"},
    {".trash", kLinuxBin},
    {".trash-*", kLinuxBin},
    {".trashes", kLinuxBin},
    {".trashed-*", kLinuxBin},
    {".local", "what a desktop keeps for itself"},
    {".thumbnails", kThumbnails},
    {".thumb", kThumbnails},
    {".thumbs", kThumbnails},
    {".xvpics", kThumbnails},
    {".pics", kThumbnails},
    {".comments", kThumbnails},
    {".dtrash", "the recycle bin of digiKam"},
    {".picasaoriginals", "older pictures that Picasa keeps"},
    {"__macosx", kMac},
    {".spotlight-v*", kMac},
    {".fseventsd", kMac},
    {".temporaryitems", kMac},
    {"temporary items", kMac},
    {"network trash folder", kMac},
    {".documentrevisions-v*", kMac},
    {".mobilebackups", kMac},
    {".appledouble", kMac},
    {".appledb", kMac},
    {".appledesktop", kMac},
    {".hsresource", kMac},
    {".stfolder", kSync},
    {".stversions", kSync},
    {".sync", kSync},
    {".dropbox.cache", kSync},
    {".tmp.drivedownload", kSync},
    {".tmp.driveupload", kSync},
    {"_gsdata_", kSync},
    {".git", kVersions},
    {".svn", kVersions},
    {".hg", kVersions},
    {".dvc", kVersions},
    {".ipynb_checkpoints", "older states that Jupyter keeps"},
    {"__pycache__", "what Python keeps for itself"},
};

constexpr Row kFiles[] = {
    {"thumbs.db", "a file of thumbnails of Windows"},
    {"thumbs.db:encryptable", "a file of thumbnails of Windows"},
    {"ehthumbs.db", "a file of thumbnails of Windows"},
    {"ehthumbs_vista.db", "a file of thumbnails of Windows"},
    {"desktop.ini", "what Windows keeps for itself"},
    {"*:zone.identifier", "what Windows keeps about a download"},
    {"._*", "what macOS keeps beside a file"},
    {".ds_store", kMac},
    {"icon\r", kMac},
    {".localized", kMac},
    {".apdisk", kMac},
    {".volumeicon.icns", kMac},
    {".com.apple.*", kMac},
    {".metadata_never_index", kMac},
    {".directory", "what a desktop keeps for itself"},
    {".nomedia", "what Android keeps for itself"},
    {".picasa.ini", "what Picasa keeps for itself"},
    {"picasa.ini", "what Picasa keeps for itself"},
    {"*@synoeastream", kStorage},
    {"*@synoresource", kStorage},
    {"synoindex_media_info", kStorage},
    {".nfs*", "a deleted file that is still open"},
    {".fuse_hidden*", "a deleted file that is still open"},
    {".trashed-*", kLinuxBin},
    {".gitignore", kVersions},
    {".gitattributes", kVersions},
    {".gitkeep", kVersions},
    {".dropbox", kSync},
    {".dropbox.attr", kSync},
    {".syncthing.*", kSync},
};

bool fits(std::string_view name, std::string_view pattern) {
    const auto isDigit = [](unsigned char c) { return std::isdigit(c) != 0; };
    if (pattern.starts_with('*')) return name.ends_with(pattern.substr(1));
    const std::string_view start = pattern.substr(0, pattern.size() - 1);
    if (pattern.ends_with('*')) return name.starts_with(start);
    if (pattern.ends_with('#') && pattern.size() > 1)
        return name.starts_with(start) && name.size() > start.size() &&
               std::ranges::all_of(name.substr(start.size()), isDigit);
    return name == pattern;
}

template <std::size_t N>
std::string_view ownerIn(const Row (&table)[N], std::string name) {
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find_if(table, [&](const Row& row) { return fits(name, row.name); });
    return found == std::end(table) ? std::string_view() : found->owner;
}

}  // namespace

std::string_view systemFolder(const std::string& name) {
    // A class may well be called "recycler"; the folder of Windows XP is always in capitals.
    return name == "RECYCLER" ? kWindowsBin : ownerIn(kFolders, name);
}

std::string_view systemFile(const std::string& name) {
    return ownerIn(kFiles, name);
}

}  // namespace graft::data
