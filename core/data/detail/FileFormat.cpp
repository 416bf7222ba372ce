// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/FileFormat.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>
#include <filesystem>

#include "core/data/detail/HeifDecoder.h"

namespace graft::data {

namespace {

using namespace std::string_view_literals;
using Bytes = std::span<const std::uint8_t>;

bool has(Bytes bytes, std::string_view mark, std::size_t offset = 0) {
    return bytes.size() >= offset + mark.size() &&
           std::memcmp(bytes.data() + offset, mark.data(), mark.size()) == 0;
}

bool isOneOf(std::string_view value, std::initializer_list<std::string_view> values) {
    return std::ranges::find(values, value) != values.end();
}

bool isAt(Bytes bytes, std::size_t offset, std::initializer_list<std::uint8_t> values) {
    return bytes.size() > offset && std::ranges::find(values, bytes[offset]) != values.end();
}

FileFormat unread(std::string_view name, FileKind kind = FileKind::Picture) {
    return {Decoder::None, kind, name};
}

FileFormat read(std::string_view name, bool can) {
    return can ? FileFormat{Decoder::Heif, FileKind::Picture, name} : unread(name);
}

struct Mark {
    std::string_view bytes;
    std::size_t offset;
    FileFormat format;
};

// The first that fits counts.
const Mark kMarks[] = {
    {"\xFF\xD8\xFF"sv, 0, {Decoder::Jpeg, FileKind::Picture, "JPEG"}},
    {"\n\xFF\xD8\xFF"sv, 0, {Decoder::Jpeg, FileKind::Picture, "JPEG"}},
    {"\r\n\xFF\xD8\xFF"sv, 0, {Decoder::Jpeg, FileKind::Picture, "JPEG"}},
    {"GIF87a"sv, 0, {Decoder::Gif, FileKind::Picture, "GIF"}},
    {"GIF89a"sv, 0, {Decoder::Gif, FileKind::Picture, "GIF"}},
    {"\x89PNG\r\n\x1A\n\0\0\0\x04\x43gBI"sv, 0, unread("PNG for iPhones")},
    {"\x89PNG\r\n\x1A\n"sv, 0, {Decoder::Png, FileKind::Picture, "PNG"}},
    {"\x8AMNG\r\n\x1A\n"sv, 0, unread("MNG")},
    {"\x8BJNG\r\n\x1A\n"sv, 0, unread("JNG")},
    {"\xFF\x0A"sv, 0, unread("JPEG XL")},
    {"\0\0\0\x0CJXL \r\n\x87\n"sv, 0, unread("JPEG XL")},
    {"\0\0\0\x0CjP  \r\n\x87\n"sv, 0, unread("JPEG 2000")},
    {"\xFF\x4F\xFF\x51"sv, 0, unread("JPEG 2000")},
    {"II\xBC"sv, 0, unread("JPEG XR")},
    {"8BPS"sv, 0, unread("Photoshop")},
    {"8BPB"sv, 0, unread("Photoshop")},
    {"gimp xcf "sv, 0, unread("GIMP")},
    {"v/1\x01"sv, 0, unread("OpenEXR")},
    {"\x76\x2f\x31\x01"sv, 0, unread("OpenEXR")},
    {"#?RADIANCE"sv, 0, unread("Radiance HDR")},
    {"#?RGBE"sv, 0, unread("Radiance HDR")},
    {"DDS \x7C\0\0\0"sv, 0, unread("DirectDraw texture")},
    {"DICM"sv, 128, unread("DICOM")},
    {"SIMPLE  ="sv, 0, unread("FITS")},
    {"\xD7\xCD\xC6\x9A"sv, 0, unread("WMF")},
    {"BPG\xFB"sv, 0, unread("BPG")},
    {"qoif"sv, 0, unread("QOI")},
    {"AT&TFORM"sv, 0, unread("DjVu")},
    {"icns"sv, 0, unread("Apple icon")},
    {"farbfeld"sv, 0, unread("farbfeld")},
    {"\x59\xA6\x6A\x95"sv, 0, unread("Sun raster")},
    {"\x01\xDA\0\x01"sv, 0, unread("SGI")},
    {"\x01\xDA\x01\x01"sv, 0, unread("SGI")},
    {"/* XPM */"sv, 0, unread("XPM")},
    {"II*\0\x10\0\0\0CR"sv, 0, unread("camera raw (CR2)")},
    {"IIRO\x08\0\0\0"sv, 0, unread("camera raw (ORF)")},
    {"IIRS\x08\0\0\0"sv, 0, unread("camera raw (ORF)")},
    {"MMOR\0\0\0\x08"sv, 0, unread("camera raw (ORF)")},
    {"IIU\0"sv, 0, unread("camera raw (RW2)")},
    {"FUJIFILMCCD-RAW"sv, 0, unread("camera raw (RAF)")},
    {"FOVb"sv, 0, unread("camera raw (X3F)")},
    {"\0MRM"sv, 0, unread("camera raw (MRW)")},
    {"II+\0"sv, 0, {Decoder::Tiff, FileKind::Picture, "BigTIFF"}},
    {"MM\0+"sv, 0, {Decoder::Tiff, FileKind::Picture, "BigTIFF"}},
    {"II*\0"sv, 0, {Decoder::Tiff, FileKind::Picture, "TIFF"}},
    {"MM\0*"sv, 0, {Decoder::Tiff, FileKind::Picture, "TIFF"}},
    {"%!PS"sv, 0, unread("PostScript", FileKind::Document)},
    {"%PDF"sv, 0, unread("PDF", FileKind::Document)},
    {"\x1A\x45\xDF\xA3"sv, 0, unread("Matroska or WebM", FileKind::Video)},
    {"FLV\x01"sv, 0, unread("Flash", FileKind::Video)},
    {"\0\0\x01\xBA"sv, 0, unread("MPEG", FileKind::Video)},
    {"\0\0\x01\xB3"sv, 0, unread("MPEG", FileKind::Video)},
    {"\x30\x26\xB2\x75\x8E\x66\xCF\x11"sv, 0, unread("Windows Media", FileKind::Video)},
    {"moov"sv, 4, unread("QuickTime", FileKind::Video)},
    {"mdat"sv, 4, unread("QuickTime", FileKind::Video)},
    {"PK\x03\x04"sv, 0, unread("ZIP", FileKind::Archive)},
    {"\x1F\x8B"sv, 0, unread("gzip", FileKind::Archive)},
    {"BZh"sv, 0, unread("bzip2", FileKind::Archive)},
    {"\xFD\x37zXZ\0"sv, 0, unread("xz", FileKind::Archive)},
    {"7z\xBC\xAF\x27\x1C"sv, 0, unread("7-Zip", FileKind::Archive)},
    {"Rar!\x1A\x07"sv, 0, unread("RAR", FileKind::Archive)},
    {"\x28\xB5\x2F\xFD"sv, 0, unread("Zstandard", FileKind::Archive)},
    {"ustar"sv, 257, unread("tar", FileKind::Archive)},
    {"\0\x05\x16\x07"sv, 0, unread("AppleDouble", FileKind::System)},
    {"\0\x05\x16\0"sv, 0, unread("AppleSingle", FileKind::System)},
};

// ISO base media: a picture or a film, as its brands say, the main one first. One brand that is read
// suffices, since the file is for readers of each of them; which of its items is decoded the file says
// elsewhere.
FileFormat isoMediaFormat(Bytes head, HeifCodings codings) {
    const std::size_t size = std::size_t{head[0]} << 24 | head[1] << 16 | head[2] << 8 | head[3];
    const std::size_t end = std::min(size, head.size());
    FileFormat other = unread("MP4 or QuickTime", FileKind::Video);
    FileFormat unreadPicture;
    for (std::size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {  // major brand, version, others
        const std::string_view brand(reinterpret_cast<const char*>(head.data()) + at, 4);
        FileFormat named;
        if (isOneOf(brand, {"avif", "avis"})) named = read("AVIF", codings.av1);
        if (isOneOf(brand, {"heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs"}))
            named = read("HEIC", codings.hevc);
        if (brand == "crx ") named = unread("camera raw (CR3)");
        if (isOneOf(brand, {"mif1", "msf1", "mif2", "miaf", "avci", "jpeg", "j2ki", "vvic", "evbi"}))
            other = read("HEIF", codings.hevc || codings.av1);
        if (named.isRead()) return named;
        if (unreadPicture.kind == FileKind::Other) unreadPicture = named;
    }
    return unreadPicture.kind == FileKind::Other ? other : unreadPicture;
}

FileFormat riffFormat(Bytes head) {
    if (has(head, "WEBP", 8)) return {Decoder::Webp, FileKind::Picture, "WebP"};
    if (has(head, "AVI ", 8)) return unread("AVI", FileKind::Video);
    return unread("RIFF", FileKind::Document);
}

bool isSpace(std::uint8_t byte) {
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

// "P1", white space and comments, and two numbers: many a text begins with the first of these.
bool isNetpbmHeader(Bytes head) {
    std::size_t at = 2;
    for (int number = 0; number < 2; ++number) {
        const std::size_t before = at;
        while (at < head.size() && (isSpace(head[at]) || head[at] == '#')) {
            if (head[at++] != '#') continue;
            while (at < head.size() && head[at] != '\n')
                ++at;
        }
        if (at == before) return at == head.size();
        const std::size_t digits = at;
        while (at < head.size() && head[at] >= '0' && head[at] <= '9')
            ++at;
        if (at == digits) return at == head.size();  // cut off in the header
    }
    return at == head.size() || isSpace(head[at]) || head[at] == '#';
}

FileFormat netpbmFormat(Bytes head) {
    if (head.size() < 4 || head[0] != 'P' || !(isSpace(head[2]) || head[2] == '#')) return {};
    if (head[1] != '7' && !isNetpbmHeader(head)) return {};
    if (head[1] >= '1' && head[1] <= '6') return {Decoder::Pnm, FileKind::Picture, "PPM"};
    if (head[1] == '7') return unread("PAM");
    if (head[1] == 'f' || head[1] == 'F') return unread("PFM");
    return {};
}

// "BM" begins many a text: what follows must be right too.
bool isBmp(Bytes head) {
    if (!has(head, "BM")) return false;
    if (head.size() < 26) return std::ranges::find(head, 0) != head.end();  // cut off in the header
    const std::size_t size = head[14] | head[15] << 8 | head[16] << 16 | std::size_t{head[17]} << 24;
    return size == 12 || (size >= 16 && size <= 124);
}

// Its root element, after declarations and comments: a page that shows one is none.
bool isSvg(Bytes head) {
    std::string_view text(reinterpret_cast<const char*>(head.data()), head.size());
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    for (;;) {
        text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        if (text.starts_with("]>")) {  // the end of the entities' declarations
            text.remove_prefix(2);
            continue;
        }
        if (!text.starts_with("<?") && !text.starts_with("<!")) break;
        const std::string_view end = text.starts_with("<!--") ? "-->" : ">";
        const std::size_t at = text.find(end);
        if (at == std::string_view::npos) return false;
        text.remove_prefix(at + end.size());
    }
    return text.starts_with("<svg") || text.starts_with("<svg:svg");
}

// Of four letters and a number, which no text has there.
FileFormat formatByLetters(Bytes head) {
    if (has(head, "FORM") && head.size() >= 12 && isAt(head, 4, {0, 1, 2, 3})) return unread("IFF");
    if (has(head, "FLIF") &&
        isAt(head, 4, {0x31, 0x33, 0x34, 0x41, 0x43, 0x44, 0x51, 0x53, 0x54, 0x61, 0x63, 0x64}) &&
        isAt(head, 5, {'0', '1', '2'}))
        return unread("FLIF");
    return {};
}

// Formats whose first bytes could be anything: both they and the name must fit.
FileFormat formatByName(Bytes head, const std::string& extension) {
    const bool plain = head.size() >= 18;
    if (plain && extension == ".pcx" && head[0] == 0x0A && head[1] <= 5 && head[2] <= 1) return unread("PCX");
    if (plain && extension == ".dcx" && has(head, "\xB1\x68\xDE\x3A"sv)) return unread("DCX");
    if (plain && isOneOf(extension, {".ico", ".cur"}) && has(head, "\0\0"sv) &&
        (head[2] == 1 || head[2] == 2))
        return unread("icon");
    if (plain && isOneOf(extension, {".tga", ".icb", ".vda", ".vst"}) && head[1] <= 1 &&
        isOneOf(std::string_view(reinterpret_cast<const char*>(&head[2]), 1),
                {"\1"sv, "\2"sv, "\3"sv, "\x09"sv, "\x0A"sv, "\x0B"sv}))
        return unread("TGA");
    if (isOneOf(extension, {".dcm", ".dicom"})) return unread("DICOM");
    if (isOneOf(extension, {".nii"})) return unread("NIfTI");
    if (isOneOf(extension, {".npy", ".npz", ".mat"})) return unread("array", FileKind::Document);
    if (isOneOf(extension, {".jxl"})) return unread("JPEG XL");
    if (isOneOf(extension, {".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc"})) return unread("JPEG 2000");
    if (isOneOf(extension, {".psd", ".psb"})) return unread("Photoshop");
    if (isOneOf(extension, {".raw"})) return unread("camera raw");
    if (isOneOf(extension, {".xbm"})) return unread("XBM");
    if (isOneOf(extension, {".svg"})) return unread("SVG");
    return {};
}

// Without the mark that all of them begin with.
FileFormat heifByName(const std::string& extension, const std::optional<HeifCodings>& codings) {
    const bool isHeic = isOneOf(extension, {".heic", ".heif"});
    if (!isHeic && extension != ".avif") return {};
    const HeifCodings known = codings ? *codings : readHeifCodings();
    return isHeic ? read("HEIC", known.hevc) : read("AVIF", known.av1);
}

// Camera raws that are TIFF files with a small picture in front.
bool isRawExtension(const std::string& extension) {
    return isOneOf(extension, {".dng", ".nef", ".nrw", ".arw", ".srf", ".sr2", ".pef", ".srw", ".3fr", ".kdc",
                               ".dcr", ".iiq", ".erf", ".mef", ".mos", ".cr2", ".fff", ".rwl"});
}

}  // namespace

std::string lowerExtension(const std::string& path) {
    std::string extension = std::filesystem::path(path).extension().string();
    std::ranges::transform(extension, extension.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return extension;
}

HeifCodings readHeifCodings() {
    return {canReadHeic(), canReadAvif()};
}

FileFormat formatOf(Bytes head, const std::string& name, std::optional<HeifCodings> codings) {
    const std::string extension = lowerExtension(name);
    if (head.empty()) return {};
    if (has(head, "ftyp", 4) && head.size() >= 12)
        return isoMediaFormat(head, codings ? *codings : readHeifCodings());
    if (has(head, "RIFF") && head.size() >= 12) return riffFormat(head);
    if (isBmp(head)) return {Decoder::Bmp, FileKind::Picture, "BMP"};
    if (const FileFormat netpbm = netpbmFormat(head); netpbm.kind != FileKind::Other) return netpbm;
    for (const Mark& mark : kMarks) {
        if (!has(head, mark.bytes, mark.offset)) continue;
        if (mark.format.decoder == Decoder::Tiff && isRawExtension(extension)) return unread("camera raw");
        return mark.format;
    }
    if (const FileFormat lettered = formatByLetters(head); lettered.kind != FileKind::Other) return lettered;
    if (isSvg(head)) return unread("SVG");
    if (isRawExtension(extension)) return unread("camera raw");
    if (const FileFormat heif = heifByName(extension, codings); heif.kind != FileKind::Other) return heif;
    return formatByName(head, extension);
}

Message formatSentence(const FileFormat& format) {
    const std::string_view name = format.name;
    switch (format.kind) {
        case FileKind::Picture:
            return {GRAFT_TEXT("This is a picture in the format {1}, which Graft does not read; save it as "
                               "JPEG or PNG."),
                    name};
        case FileKind::Video:
            return {GRAFT_TEXT("This is a video ({1}); save the frames that you want as pictures."), name};
        case FileKind::Document:
            return {GRAFT_TEXT("This is no picture ({1}); save what it shows as JPEG or PNG."), name};
        case FileKind::Archive:
            return {GRAFT_TEXT("This is an archive ({1}); unpack it."), name};
        case FileKind::System:
            return {GRAFT_TEXT("This is a file that macOS keeps beside a picture ({1}), not the picture."),
                    name};
        case FileKind::Other:
            break;
    }
    return GRAFT_TEXT("This is no picture, by its name and its first bytes.");
}

}  // namespace graft::data
