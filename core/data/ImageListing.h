// SPDX-License-Identifier: GPL-3.0-or-later
// Which pictures lie in a folder, and what lies there besides and why it is passed over. Whoever looks at a
// folder of pictures uses this, so that scan, train, evaluate and predict see the same ones.
//     const ImageListing listing = listImages("photos");
//     for (const PassedOverGroup& group : groupPassedOver(listing.passedOver)) ...
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/Message.h"

namespace graft::runtime {
class RunControl;
}

namespace graft::data {

enum class PassedOverReason {
    SystemFolder,      // what a system or a network storage keeps for itself: @eaDir, .Trash-1000
    SystemFile,        // Thumbs.db, .DS_Store, ._IMG_1.jpg
    HiddenFolder,      // the name begins with a dot
    HiddenFile,        // the name begins with a dot
    OtherFormat,       // a picture in a format that is not read: HEIC, JPEG XL
    NoPicture,         // no picture by its name and its first bytes
    BrokenLink,        // a link that leads nowhere
    LinkLoop,          // a link to a folder that it lies in
    UnreadableFolder,  // no right to look into it
    UnreadableFile,    // no right to read it
    NoFile,            // a device, pipe or socket
    NoClass,           // scan: a picture that lies in no class folder
    NoSplit,           // scan: pictures in a folder beside the split folders
    ClassLeftOut,      // scan: pictures of a class that is left out
};
std::string_view passedOverReasonName(PassedOverReason reason);  // "system_folder", ...

struct PassedOver {
    std::string path;
    PassedOverReason reason = PassedOverReason::NoPicture;
    Message message;        // one sentence; the same for all of one kind
    std::size_t files = 1;  // how many files this is, links counted as one; a folder may hold none
};

struct ImageListing {
    std::vector<std::string>
        images;  // to be decoded: by their ending or, where that says nothing, first bytes
    std::vector<PassedOver> passedOver;
    std::vector<std::string> folders;  // every folder that was looked into, without the one given
};

// Everything below the folder, sorted by path; each path is folder + "/" + relative path. Links to folders
// are followed, but never in a circle. A file whose name ends like a picture's is not opened here, so that it
// may still turn out damaged. What is not a folder or cannot be read gives an empty listing or an
// UnreadableFolder. Ends early, with what was found, once control is stopped.
ImageListing listImages(const std::string& folder, runtime::RunControl* control = nullptr);

enum class FileContent {
    Image,        // a picture in a format that is read; it may still be damaged
    OtherFormat,  // a picture in another format
    NoPicture,
};

struct FileLook {
    FileContent content = FileContent::NoPicture;
    std::string format;  // "JPEG", "HEIC", "PDF"; empty if unknown
    Message message;     // why it is not read, one sentence; empty for an image
};

// What one file is by its first bytes, whatever its name says. A file that is not there or cannot be read is
// no picture, and the message says so.
FileLook lookAtFile(const std::string& path);

// What was passed over for the same reason, in few words: "231 files: ...".
struct PassedOverGroup {
    PassedOverReason reason = PassedOverReason::NoPicture;
    Message message;
    std::string firstPath;
    std::size_t entries = 0;
    std::size_t files = 0;
};
// In the order of their first entries.
std::vector<PassedOverGroup> groupPassedOver(const std::vector<PassedOver>& passedOver);

}  // namespace graft::data
