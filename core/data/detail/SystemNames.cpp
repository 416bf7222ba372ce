// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/SystemNames.h"

#include <algorithm>
#include <cctype>

namespace graft::data {

namespace {

struct Row {
    std::string_view name;  // lower case; * at the end or the beginning stands for anything, # for digits
    const char* owner;
};

constexpr const char* kWindowsBin = GRAFT_TEXT("the recycle bin of Windows");
constexpr const char* kLinuxBin = GRAFT_TEXT("a recycle bin");
constexpr const char* kMac = GRAFT_TEXT("what macOS keeps for itself");
constexpr const char* kStorageBin = GRAFT_TEXT("the recycle bin of a network storage");
constexpr const char* kStorage = GRAFT_TEXT("what a network storage keeps for itself");
constexpr const char* kThumbnails = GRAFT_TEXT("a folder of thumbnails");
constexpr const char* kSnapshots = GRAFT_TEXT("snapshots of older states");
constexpr const char* kVersions = GRAFT_TEXT("what a version control keeps for itself");
constexpr const char* kSync = GRAFT_TEXT("what a synchronising program keeps for itself");

constexpr Row kFolders[] = {
    {"@eadir", GRAFT_TEXT("a folder of thumbnails of a network storage")},
    {"@__thumb", GRAFT_TEXT("a folder of thumbnails of a network storage")},
    {".@__thumb", GRAFT_TEXT("a folder of thumbnails of a network storage")},
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
    {"$extend", GRAFT_TEXT("what Windows keeps for itself")},
    {"system volume information", GRAFT_TEXT("what Windows keeps for itself")},
    {"found.#", GRAFT_TEXT("what a check of the disk has found")},
    {"lost+found", GRAFT_TEXT("what a check of the disk has found")},
    {".trash", kLinuxBin},
    {".trash-*", kLinuxBin},
    {".trashes", kLinuxBin},
    {".trashed-*", kLinuxBin},
    {".local", GRAFT_TEXT("what a desktop keeps for itself")},
    {".thumbnails", kThumbnails},
    {".thumb", kThumbnails},
    {".thumbs", kThumbnails},
    {".xvpics", kThumbnails},
    {".pics", kThumbnails},
    {".comments", kThumbnails},
    {".dtrash", GRAFT_TEXT("the recycle bin of digiKam")},
    {".picasaoriginals", GRAFT_TEXT("older pictures that Picasa keeps")},
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
    {".ipynb_checkpoints", GRAFT_TEXT("older states that Jupyter keeps")},
    {"__pycache__", GRAFT_TEXT("what Python keeps for itself")},
};

constexpr Row kFiles[] = {
    {"thumbs.db", GRAFT_TEXT("a file of thumbnails of Windows")},
    {"thumbs.db:encryptable", GRAFT_TEXT("a file of thumbnails of Windows")},
    {"ehthumbs.db", GRAFT_TEXT("a file of thumbnails of Windows")},
    {"ehthumbs_vista.db", GRAFT_TEXT("a file of thumbnails of Windows")},
    {"desktop.ini", GRAFT_TEXT("what Windows keeps for itself")},
    {"*:zone.identifier", GRAFT_TEXT("what Windows keeps about a download")},
    {"._*", GRAFT_TEXT("what macOS keeps beside a file")},
    {".ds_store", kMac},
    {"icon\r", kMac},
    {".localized", kMac},
    {".apdisk", kMac},
    {".volumeicon.icns", kMac},
    {".com.apple.*", kMac},
    {".metadata_never_index", kMac},
    {".directory", GRAFT_TEXT("what a desktop keeps for itself")},
    {".nomedia", GRAFT_TEXT("what Android keeps for itself")},
    {".picasa.ini", GRAFT_TEXT("what Picasa keeps for itself")},
    {"picasa.ini", GRAFT_TEXT("what Picasa keeps for itself")},
    {"*@synoeastream", kStorage},
    {"*@synoresource", kStorage},
    {"synoindex_media_info", kStorage},
    {".nfs*", GRAFT_TEXT("a deleted file that is still open")},
    {".fuse_hidden*", GRAFT_TEXT("a deleted file that is still open")},
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
Message ownerIn(const Row (&table)[N], std::string name) {
    std::ranges::transform(name, name.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    const auto found = std::ranges::find_if(table, [&](const Row& row) { return fits(name, row.name); });
    return found == std::end(table) ? Message() : Message(found->owner);
}

}  // namespace

Message systemFolder(const std::string& name) {
    // A class may well be called "recycler"; the folder of Windows XP is always in capitals.
    return name == "RECYCLER" ? Message(kWindowsBin) : ownerIn(kFolders, name);
}

Message systemFile(const std::string& name) {
    return ownerIn(kFiles, name);
}

}  // namespace graft::data
