// SPDX-License-Identifier: GPL-3.0-or-later
// A folder as people have them: pictures under odd names and among everything that systems, storages, cameras
// and people leave beside them.
#pragma once

#include <sys/stat.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/support/TinyImages.h"

namespace graft::test {

using Relative = std::string;

// Puts pictures with odd names into the folder; gives their paths relative to it.
inline std::vector<Relative> addPictures(const std::string& folder, std::uint64_t seed) {
    std::vector<Relative> names{"plain.bmp",      "UPPER.BMP",     "noending",    "photo.jpg_large",
                                "photo.jpg.1",    "trailing.JPG ", "backup.bmp~", "x.pjpeg",
                                "deep/er/in.bmp", "lies.png",      "data.bin",    "äöü/naïve.bmp",
                                "two\nlines.bmp"};
    for (const Relative& name : names)
        writeBmp(folder + "/" + name, ++seed);
    writeText(folder + "/sign.ppm",
              "P6\n# a comment\n2 1\n255\n" + std::string("\1\2\3\4\5\6", 6) + char(seed));
    names.push_back("sign.ppm");
    return names;
}

// Files that are passed over, one by one, with a word of the sentence that says why.
inline std::vector<std::pair<Relative, std::string>> addForeignFiles(const std::string& folder) {
    using namespace std::string_literals;
    const auto ftyp = [](const std::string& brand) {
        return "\0\0\0\x18"s + "ftyp" + brand + "\0\0\0\0"s + brand + "iso2" + std::string(100, '\0');
    };
    const std::vector<std::tuple<Relative, std::string, std::string>> files{
        {"IMG_1.xyz", "\xFF\x0A" + std::string(40, 'x'), "JPEG XL"},
        {"x.jp2", "\0\0\0\x0CjP  \r\n\x87\n"s, "JPEG 2000"},
        {"x.j2k", "\xFF\x4F\xFF\x51" + std::string(40, '\0'), "JPEG 2000"},
        {"layers.psd", "8BPS" + std::string(40, '\0'), "Photoshop"},
        {"raw.CR3", ftyp("crx "), "camera raw"},
        {"raw.nef", "II*\0\x08\0\0\0"s + std::string(40, '\0'), "camera raw"},
        {"drawing.svg", "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG"},
        {"drawn",
         "<?xml version=\"1.0\"?><!-- by hand --><!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" "
         "\"svg11.dtd\" "
         "[\n<!ENTITY ns \"http://x\">\n]>\n<svg/>",
         "SVG"},
        {"x.iff", "FORM\0\1\2\3ILBM"s + std::string(40, '\0'), "IFF"},
        {"x.flif", "FLIF\x31\x31" + std::string(40, 'x'), "FLIF"},
        {"x.dds", "DDS \x7C\0\0\0"s + std::string(40, '\0'), "DirectDraw"},
        {"scan", std::string(128, '\0') + "DICM" + std::string(40, '\0'), "DICOM"},
        {"x.pcx", "\x0A\x05\x01\x08"s + std::string(40, '\0'), "PCX"},
        {"x.tga", "\0\0\x02"s + std::string(40, '\0'), "TGA"},
        {"x.ico", "\0\0\1\0\1\0"s + std::string(40, '\0'), "icon"},
        {"movie.mp4", ftyp("isom"), "video"},
        {"clip.mkv", "\x1A\x45\xDF\xA3" + std::string(40, 'x'), "video"},
        {"paper.pdf", "%PDF-1.7\n", "PDF"},
        {"all.zip", "PK\3\4" + std::string(40, 'x'), "archive"},
        {"notes.txt", "BM is how this text begins, and it is no bitmap for all that", "no picture"},
        {"labels.csv", "a,b\n", "no picture"},
        {"page.html", "<!DOCTYPE html>\n<html><body><svg width=\"1\"/></body></html>", "no picture"},
        {"form.txt", "FORM FOR PATIENTS AND THEIR DOCTORS", "no picture"},
        {"ages.txt", "P1 23 years old, P2 31 years old", "no picture"},
        {"list.txt", "P2 12 pictures were taken on Monday", "no picture"},
        {"bmi.txt", "BMI of patients", "no picture"},
        {"dds.txt", "DDS files are not read", "no picture"},
        {"flif.txt", "FLIF is a format", "no picture"},
        {"mmor.txt", "MMOR may mean many things, none of them here", "no picture"},
        {"nothing", "", "empty"},
        {"Thumbs.db", "x", "Windows"},
        {"desktop.ini", "x", "Windows"},
        {"x.jpg:Zone.Identifier", "[ZoneTransfer]", "Windows"},
        {".DS_Store", "x", "macOS"},
        {"._plain.bmp", "\0\5\x16\7\0\2\0\0"s + std::string(40, '\0'), "macOS"},
        {".hidden.bmp", tinyBmp(77), "hidden"},
        {".directory", "[Desktop Entry]", "desktop"},
    };
    std::vector<std::pair<Relative, std::string>> expected;
    for (const auto& [name, content, word] : files) {
        writeText(folder + "/" + name, content);
        expected.emplace_back(name, word);
    }
    fs::create_symlink("nowhere/at/all.bmp", folder + "/gone.bmp");
    expected.emplace_back("gone.bmp", "leads nowhere");
    fs::create_symlink("itself.bmp", folder + "/itself.bmp");
    expected.emplace_back("itself.bmp", "leads to itself");
    fs::create_symlink("..", folder + "/up");
    expected.emplace_back("up", "lies in");
    mkfifo((folder + "/pipe.bmp").c_str(), 0600);
    expected.emplace_back("pipe.bmp", "pipe");
    return expected;
}

// Folders that are passed over whole, with how many files lie in each.
inline std::vector<std::pair<Relative, std::size_t>> addForeignFolders(const std::string& folder) {
    const std::vector<std::pair<Relative, std::size_t>> folders{{"@eaDir", 2},
                                                                {".thumbnails", 2},
                                                                {".Trash-1000", 2},
                                                                {"$RECYCLE.BIN", 1},
                                                                {"System Volume Information", 1},
                                                                {"lost+found", 0},
                                                                {"__MACOSX", 2},
                                                                {"#recycle", 1},
                                                                {"@Recycle", 1},
                                                                {".Spotlight-V100", 1},
                                                                {".AppleDouble", 1},
                                                                {".snapshot", 3},
                                                                {".ipynb_checkpoints", 1},
                                                                {".private", 2},
                                                                {"FOUND.000", 1}};
    for (const auto& [name, files] : folders) {
        fs::create_directories(folder + "/" + name + "/files");
        for (std::size_t i = 0; i < files; ++i)
            writeBmp(folder + "/" + name + (i % 2 == 0 ? "/" : "/files/") + std::to_string(i) + ".bmp",
                     500 + i);
    }
    return folders;
}

// How many files lie below the folder, whatever they are; links count as one and are not followed.
inline std::size_t countEverything(const std::string& folder) {
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!fs::is_directory(entry.symlink_status())) ++count;
    }
    return count;
}

}  // namespace graft::test
