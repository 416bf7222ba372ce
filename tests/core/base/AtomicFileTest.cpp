// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/AtomicFile.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <algorithm>

#include <csignal>
#include <thread>

#include "core/base/detail/TextFile.h"
#include "tests/support/FailingDevice.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

std::vector<std::string> namesIn(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

TEST(AtomicFileTest, TwoWritersOfOneFileNeverMix) {
    const TemporaryFolder folder;
    const std::string file = folder.path("file");
    const auto writeMany = [&](char letter) {
        for (int i = 0; i < 50; ++i)
            ASSERT_TRUE(base::writeFileAtomically(file, std::string(100000, letter)));
    };
    std::thread other(writeMany, 'a');
    writeMany('b');
    other.join();
    const std::string content = readText(file);
    EXPECT_TRUE(content == std::string(100000, 'a') || content == std::string(100000, 'b'));
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"file"});
}

TEST(AtomicFileTest, WhatAKilledProcessLeftIsRemovedByTheNextWriter) {
    const TemporaryFolder folder;
    const std::string file = folder.path("file");
    writeText(folder.path("file.part"), "somebody else's");
    writeText(folder.path("file.notes.partial"), "somebody else's");
    const pid_t child = fork();
    if (child == 0) {
        auto aside = base::AsideFile::create(file);
        raise(SIGKILL);
    }
    waitpid(child, nullptr, 0);
    EXPECT_EQ(namesIn(folder.path()).size(), 3U);
    // That of one who is alive stays.
    auto alive = base::AsideFile::create(file);
    ASSERT_TRUE(alive);
    ASSERT_TRUE(base::writeFileAtomically(file, "new"));
    EXPECT_TRUE(fs::exists(alive->name()));
    writeText(alive->name(), "newer");
    ASSERT_TRUE(alive->commit());
    EXPECT_EQ(readText(file), "newer");
    EXPECT_EQ(namesIn(folder.path()), (std::vector<std::string>{"file", "file.notes.partial", "file.part"}));
}

TEST(AtomicFileTest, SoIsWhatAFolderOfFilesThatBelongTogetherLeft) {
    const TemporaryFolder folder;
    const std::string file = folder.path("model");
    const pid_t child = fork();
    if (child == 0) {
        auto aside = base::AsideFolder::create(file);
        [[maybe_unused]] const auto written = base::writeFileAtomically(aside->pathOf("model"), "half");
        auto within = base::AsideFile::create(aside->pathOf("model.json"));
        raise(SIGKILL);
    }
    waitpid(child, nullptr, 0);
    EXPECT_EQ(namesIn(folder.path()).size(), 1U);
    {
        auto aside = base::AsideFolder::create(file);
        ASSERT_TRUE(aside);
        ASSERT_TRUE(base::writeFileAtomically(aside->pathOf("model"), "whole"));
        ASSERT_TRUE(base::writeFileAtomically(aside->pathOf("left"), "not wanted in the end"));
        ASSERT_TRUE(base::AsideFile::create(file)) << "whoever comes meanwhile leaves the living alone";
        ASSERT_TRUE(base::commitFile(aside->pathOf("model"), file));
    }
    EXPECT_EQ(readText(file), "whole");
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"model"});
}

TEST(AtomicFileTest, AFailureAtAnyStepLeavesTheOldFile) {
    const TemporaryFolder folder;
    const std::string file = folder.path("file");
    for (long at = 1;; ++at) {
        writeText(file, "old");
        setDevice(folder.path(), DeviceDoes::Fail, at);
        const auto written = base::writeFileAtomically(file, std::string(1 << 20, 'x'));
        const long changes = deviceChanges();
        setDevice("", DeviceDoes::Nothing, 0);
        EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"file"}) << at;
        if (!written) {
            EXPECT_EQ(readText(file), "old") << at;
            EXPECT_NE(written.error().message.english().find("No space left"), std::string::npos)
                << written.error().message.english();
        } else {
            EXPECT_EQ(readText(file).size(), 1U << 20) << at;
        }
        if (changes < at) break;
        ASSERT_LT(at, 100);
    }
}

// A link may lead anywhere: what has no end is not begun.
TEST(TextFileTest, WhatIsNoFileOrFarTooLargeIsNotRead) {
    const TemporaryFolder folder;
    fs::create_symlink("/dev/null", folder.path("device"));
    ASSERT_EQ(mkfifo(folder.path("pipe").c_str(), 0600), 0);
    for (const std::string name : {"device", "pipe"}) {
        const auto text = base::readText(folder.path(name));
        ASSERT_FALSE(text) << name;
        EXPECT_EQ(text.error().code, ErrorCode::Unreadable);
        EXPECT_EQ(text.error().path, folder.path(name));
        EXPECT_NE(text.error().message.english().find("device or pipe"), std::string::npos)
            << text.error().message.english();
    }
    writeText(folder.path("large"), "{}");
    fs::resize_file(folder.path("large"), (std::uintmax_t{1} << 31) + 1);  // no room on the disk
    const auto large = base::readText(folder.path("large"));
    ASSERT_FALSE(large);
    EXPECT_NE(large.error().message.english().find("too large"), std::string::npos)
        << large.error().message.english();

    const std::string content = std::string(200000, 'x') + "\n" + std::string(1, '\0') + "end";
    writeText(folder.path("whole"), content);
    fs::create_symlink(folder.path("whole"), folder.path("link"));
    for (const std::string name : {"whole", "link"})
        EXPECT_EQ(base::readText(folder.path(name)).value_or("nothing"), content) << name;
    writeText(folder.path("empty"), "");
    EXPECT_EQ(base::readText(folder.path("empty")).value_or("nothing"), "");
    EXPECT_FALSE(base::readText(folder.path()));
    EXPECT_FALSE(base::readText(folder.path("missing")));
}

}  // namespace

}  // namespace graft::test
