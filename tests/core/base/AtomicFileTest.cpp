// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/detail/AtomicFile.h"

#include <sys/resource.h>
#include <algorithm>

#include <csignal>
#include <thread>

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
            EXPECT_NE(written.error().message.find("No space left"), std::string::npos)
                << written.error().message;
        } else {
            EXPECT_EQ(readText(file).size(), 1U << 20) << at;
        }
        if (changes < at) break;
        ASSERT_LT(at, 100);
    }
}

}  // namespace

}  // namespace graft::test
