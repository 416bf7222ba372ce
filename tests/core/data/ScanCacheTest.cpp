// SPDX-License-Identifier: GPL-3.0-or-later
// What a scan remembers is there whole or as it was before, whatever the disk does.
#include "core/data/detail/ScanCache.h"

#include <algorithm>
#include <optional>

#include "tests/support/FailingDevice.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using data::ScanCache;

constexpr ScanCache::State kState{1000, 2, 3, 4, 5};  // of long ago

class ScanCacheTest : public testing::Test {
  protected:
    ScanCacheTest() {
        if (const char* given = std::getenv("XDG_CACHE_HOME")) m_given = given;
        setenv("XDG_CACHE_HOME", m_folder.path().c_str(), 1);
    }
    ~ScanCacheTest() override {
        if (m_given) {
            setenv("XDG_CACHE_HOME", m_given->c_str(), 1);
        } else {
            unsetenv("XDG_CACHE_HOME");
        }
    }

    std::string scans() const { return m_folder.path("graft/scans"); }

    // Many images, so that a file takes more than one write.
    static void save(const std::string& sha256) {
        ScanCache cache("/images");
        for (int i = 0; i < 2000; ++i)
            cache.remember(std::to_string(i) + ".png", kState, {sha256, data::PictureNote::None});
        cache.save();
    }
    static std::string kept(int image) {
        const auto known = ScanCache("/images").find(std::to_string(image) + ".png", kState);
        return known ? known->sha256 : "nothing";
    }
    std::vector<std::string> names() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::directory_iterator(scans()))
            names.push_back(entry.path().filename().string());
        std::ranges::sort(names);
        return names;
    }

  private:
    TemporaryFolder m_folder;
    std::optional<std::string> m_given;
};

TEST_F(ScanCacheTest, AFailingOrFullDiskLeavesWhatWasKept) {
    save("old");
    ASSERT_EQ(kept(0), "old");
    const auto before = names();
    const std::string file = scans() + "/" + before.at(0);
    const std::string whole = readText(file);
    for (const DeviceDoes what : {DeviceDoes::Fail, DeviceDoes::Full}) {
        int failures = 0;
        for (long at = 1;; ++at) {
            SCOPED_TRACE(at);
            writeText(file, whole);
            setDevice(scans(), what, at);
            save("new");
            const long changes = deviceChanges();
            setDevice("", DeviceDoes::Nothing, 0);
            const std::string first = kept(0);
            EXPECT_TRUE(first == "old" || first == "new") << first;
            EXPECT_EQ(kept(1999), first);
            EXPECT_EQ(names(), before);
            if (first == "old") ++failures;
            if (changes < at) break;
            ASSERT_LT(at, 100);
        }
        EXPECT_GE(failures, 3) << "making, writing, syncing";
    }
}

TEST_F(ScanCacheTest, WhatAKilledScanLeftGoesWithTheNext) {
    save("old");
    const auto before = names();
    for (long at = 1;; ++at) {
        SCOPED_TRACE(at);
        save("old");
        const pid_t child = fork();
        if (child == 0) {
            setDevice(scans(), DeviceDoes::Kill, at);
            save("new");
            _exit(0);
        }
        int status = 0;
        waitpid(child, &status, 0);
        EXPECT_EQ(kept(1999), kept(0));
        save("newest");
        EXPECT_EQ(kept(0), "newest");
        EXPECT_EQ(names(), before);
        if (WIFEXITED(status)) break;
        ASSERT_LT(at, 100);
    }
}

}  // namespace

}  // namespace graft::test
