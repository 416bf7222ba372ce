// SPDX-License-Identifier: GPL-3.0-or-later
// app -> ui -> core, never back; core's public headers show no library but the standard one.
#include <algorithm>
#include <regex>
#include <set>

#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

struct Include {
    std::string file;  // relative to the project
    std::string target;
};

std::vector<Include> includesBelow(const std::string& folder) {
    static const std::regex kInclude(R"(^\s*#\s*include\s*[<"]([^>"]+)[>"])");
    std::vector<Include> includes;
    const fs::path root = GRAFT_SOURCE_DIR;
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
        const std::string extension = entry.path().extension().string();
        if (extension != ".h" && extension != ".cpp") continue;
        std::ifstream file(entry.path());
        for (std::string line; std::getline(file, line);) {
            std::smatch match;
            if (std::regex_search(line, match, kInclude)) {
                includes.push_back({entry.path().lexically_relative(root).generic_string(), match[1]});
            }
        }
    }
    EXPECT_GT(includes.size(), 20U) << folder;
    return includes;
}

bool matches(const std::string& text, const std::string& pattern) {
    return std::regex_search(text, std::regex(pattern));
}

// Folders of core that are its own business.
constexpr const char* kInside = "^core/[a-z]+/(detail|torch|families|rows|hooks|augment)/";

std::string roomOf(const std::string& file) {
    const std::size_t begin = std::string("core/").size();
    return file.substr(begin, file.find('/', begin) - begin);
}

TEST(LayersTest, CoreKnowsNothingAboveIt) {
    for (const Include& include : includesBelow("core")) {
        EXPECT_FALSE(matches(include.target, "^(ui|app)/|^Q[A-Z]|^qcustomplot"))
            << include.file << ": " << include.target;
    }
}

TEST(LayersTest, PublicHeadersOfCoreShowNoLibrary) {
    for (const Include& include : includesBelow("core")) {
        if (!include.file.ends_with(".h") || matches(include.file, kInside)) continue;
        EXPECT_FALSE(matches(include.target, "^(torch|ATen|c10|opencv2|curl|google|onnx|nlohmann|fmt)/"))
            << include.file << ": " << include.target;
        EXPECT_FALSE(matches(include.target, kInside)) << include.file << ": " << include.target;
    }
}

// A room of core knows those before it, and those on its own line.
TEST(LayersTest, TheArrowsBetweenCoresRoomsPointOneWay) {
    const std::vector<std::set<std::string>> rooms{{"base"},
                                                   {"runtime"},
                                                   {"data"},
                                                   {"weights"},
                                                   {"backbones"},
                                                   {"settings"},
                                                   {"training", "evaluation", "inference"},
                                                   {"exporting", "comparing"},
                                                   {"engine"}};
    const auto levelOf = [&](const std::string& room) {
        return std::ranges::find_if(rooms, [&](const auto& level) { return level.contains(room); }) -
               rooms.begin();
    };
    for (const Include& include : includesBelow("core")) {
        const auto own = levelOf(roomOf(include.file));
        ASSERT_LT(own, std::ssize(rooms)) << include.file << " is in a room that this test does not know";
        if (!include.target.starts_with("core/")) continue;
        EXPECT_LE(levelOf(roomOf(include.target)), own) << include.file << ": " << include.target;
    }
}

// What needs LibTorch lies where it says so; everything else is linked into the programs, which do without.
TEST(LayersTest, LibTorchIsUsedInItsFoldersOnly) {
    for (const Include& include : includesBelow("core")) {
        const bool isThere = matches(include.file, "^core/([a-z]+/torch|backbones/families|engine)/");
        if (isThere) continue;
        EXPECT_FALSE(matches(include.target, "^(torch|ATen|c10)/|^core/[a-z]+/torch/"))
            << include.file << ": " << include.target;
    }
}

TEST(LayersTest, UiAndAppUseCoresPublicHeadersOnly) {
    for (const char* folder : {"ui", "app"}) {
        for (const Include& include : includesBelow(folder)) {
            EXPECT_FALSE(matches(include.target, kInside) ||
                         matches(include.target, "^(torch|ATen|c10|opencv2)/"))
                << include.file << ": " << include.target;
            const bool upwards = std::string(folder) == "ui" && matches(include.target, "^app/");
            EXPECT_FALSE(upwards) << include.file << ": " << include.target;
        }
    }
}

TEST(LayersTest, TheSessionNeedsNoWidgets) {
    for (const Include& include : includesBelow("ui/session")) {
        EXPECT_FALSE(matches(include.target,
                             "^Q(Widget|Application|Dialog|Label|PushButton|Painter|Pixmap|Image|Icon)"))
            << include.file << ": " << include.target;
    }
}

TEST(LayersTest, EverySourceFileNamesItsLicence) {
    for (const char* folder : {"app", "core", "ui", "tests", "bench"}) {
        for (const auto& entry : fs::recursive_directory_iterator(fs::path(GRAFT_SOURCE_DIR) / folder)) {
            const std::string extension = entry.path().extension().string();
            if (extension != ".h" && extension != ".cpp" && extension != ".py") continue;
            EXPECT_NE(readText(entry.path().string()).find("SPDX-License-Identifier: GPL-3.0-or-later"),
                      std::string::npos)
                << entry.path();
        }
    }
}

}  // namespace

}  // namespace graft::test
