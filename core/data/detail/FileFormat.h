// SPDX-License-Identifier: GPL-3.0-or-later
// What a file is by its first bytes, and for the few formats that have no mark of their own by its name.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/base/Message.h"

namespace graft::data {

// Which decoder reads it; None: Graft does not.
enum class Decoder { None, Jpeg, Gif, Png, Bmp, Webp, Tiff, Pnm, Heif };

enum class FileKind {
    Picture,
    Video,
    Document,
    Archive,
    System,  // what a system keeps beside a picture
    Other,   // nothing known
};

struct FileFormat {
    Decoder decoder = Decoder::None;
    FileKind kind = FileKind::Other;
    std::string_view name;  // "HEIC", "JPEG XL"; empty for Other

    bool isRead() const { return decoder != Decoder::None; }
};

// So many bytes of a file are enough.
constexpr std::size_t kHeadBytes = 1024;

// Which codings of HEIF files are read: HEIC's and AVIF's.
struct HeifCodings {
    bool hevc = false;
    bool av1 = false;
};

// What libheif has decoders for here; loads its plug-ins.
HeifCodings readHeifCodings();

// head: the file's first bytes, kHeadBytes or more where it has so many. name: the file's name. codings:
// where not given, readHeifCodings(), which is asked only about a HEIF file.
FileFormat formatOf(std::span<const std::uint8_t> head, const std::string& name,
                    std::optional<HeifCodings> codings = {});

// One sentence: what the file is instead of a picture that is read, and the remedy.
Message formatSentence(const FileFormat& format);

// Lower-case ending with its dot; empty if there is none.
std::string lowerExtension(const std::string& path);

}  // namespace graft::data
