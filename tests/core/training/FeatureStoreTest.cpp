// SPDX-License-Identifier: GPL-3.0-or-later
// A feature cache that is begun anew on a disk that fails: what was there stays, and nothing lies beside it.
// (What happens to its rows is in FeatureCacheTest.)
#include "core/training/detail/FeatureStore.h"

#include <algorithm>

#include "tests/support/FailingDevice.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using training::FeatureStore;

constexpr std::size_t kRow = 100;
const std::string kStrange(1000, 'x');  // no cache, or one of other rows

std::vector<std::string> namesIn(const TemporaryFolder& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path()))
        names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

const std::vector<std::string> kAlone{"a.features"};

TEST(FeatureStoreFilesTest, AFailingOrFullDiskLeavesWhatWasThere) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    for (const DeviceDoes what : {DeviceDoes::Fail, DeviceDoes::Full}) {
        int failures = 0;
        for (long at = 1;; ++at) {
            SCOPED_TRACE(at);
            writeText(file, kStrange);
            setDevice(folder.path(), what, at);
            const auto store = FeatureStore::open(file, kRow);
            const long changes = deviceChanges();
            setDevice("", DeviceDoes::Nothing, 0);
            EXPECT_EQ(namesIn(folder), kAlone);
            if (store) {
                EXPECT_LT(fs::file_size(file), kStrange.size());
                EXPECT_TRUE(FeatureStore::open(file, kRow));
            } else {
                ++failures;
                EXPECT_EQ(readText(file), kStrange);
                EXPECT_EQ(store.error().code, ErrorCode::Unwritable);
                EXPECT_NE(store.error().message.english().find("No space left on device."), std::string::npos)
                    << store.error().message.english();
                EXPECT_EQ(store.error().path, file);
            }
            if (changes < at) break;
            ASSERT_LT(at, 100);
        }
        EXPECT_GE(failures, 3) << "making, writing, syncing";
    }
}

TEST(FeatureStoreFilesTest, WhatAKilledProcessLeftGoesWithTheNext) {
    const TemporaryFolder folder;
    const std::string file = folder.path("a.features");
    for (long at = 1;; ++at) {
        SCOPED_TRACE(at);
        writeText(file, kStrange);
        const pid_t child = fork();
        if (child == 0) {
            setDevice(folder.path(), DeviceDoes::Kill, at);
            _exit(FeatureStore::open(file, kRow) ? 0 : 1);
        }
        int status = 0;
        waitpid(child, &status, 0);
        ASSERT_TRUE(FeatureStore::open(file, kRow));
        if (readText(file) != kStrange) writeText(file, kStrange);  // so that it is begun anew once more
        ASSERT_TRUE(FeatureStore::open(file, kRow));
        EXPECT_EQ(namesIn(folder), kAlone);
        if (WIFEXITED(status)) break;
        ASSERT_LT(at, 100);
    }
}

}  // namespace

}  // namespace graft::test
