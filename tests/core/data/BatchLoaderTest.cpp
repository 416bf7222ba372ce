// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/torch/BatchLoader.h"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <pthread.h>

#include <atomic>
#include <cerrno>

#include "core/base/torch/TorchErrors.h"
#include "tests/support/TestFiles.h"
#include "tests/support/TinyImages.h"

namespace {
// How many threads may still be started; negative: as many as the system lets.
std::atomic<int> threadsLeft = -1;
}  // namespace

// Stands before the C library's: a system that starts no more threads, as with ulimit -u.
extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes, void* (*start)(void*),
                              void* argument) {
    using Create = int (*)(pthread_t*, const pthread_attr_t*, void* (*)(void*), void*);
    static const auto create = reinterpret_cast<Create>(dlsym(RTLD_NEXT, "pthread_create"));
    if (threadsLeft == 0) return EAGAIN;
    if (threadsLeft > 0) --threadsLeft;
    return create(thread, attributes, start, argument);
}

namespace graft::test {

namespace {

data::LoaderOptions fourThreads() {
    data::LoaderOptions options;
    options.preprocess.resizeSize = options.preprocess.cropSize = 16;
    options.batchSize = 2;
    options.threads = 4;
    return options;
}

// A loader that waited for a thread which never came would hang here.
TEST(BatchLoaderTest, FewerThreadsThanAskedForLoadTheSameBatches) {
    const TemporaryFolder folder;
    writeText(folder.path("a.bmp"), tinyBmp(1, 32, 32));
    const std::vector<data::LoadJob> jobs(8, {folder.path("a.bmp"), 0, 0, {}});
    for (const int threads : {1, 3}) {
        threadsLeft = threads;
        data::BatchLoader loader(jobs, fourThreads());
        threadsLeft = -1;
        int batches = 0;
        while (const auto batch = loader.next()) {
            EXPECT_EQ(batch->jobs.size(), 2U);
            ++batches;
        }
        EXPECT_EQ(batches, 4);
    }
}

TEST(BatchLoaderTest, NoThreadAtAllIsSaidInASentence) {
    threadsLeft = 0;
    const auto outcome = base::guardTorch([&]() -> Result<void> {
        const data::BatchLoader loader({{"a.bmp", 0, 0, {}}}, fourThreads());
        return {};
    });
    threadsLeft = -1;
    ASSERT_FALSE(outcome);
    EXPECT_NE(outcome.error().message.english().find("no more threads"), std::string::npos)
        << outcome.error().message.english();
}

TEST(BatchLoaderTest, ABatchThatNoMemoryHoldsIsSaidInASentence) {
    const TemporaryFolder folder;
    writeText(folder.path("a.bmp"), tinyBmp(1, 32, 32));
    const std::vector<data::LoadJob> jobs(64, {folder.path("a.bmp"), 0, 0, {}});
    data::LoaderOptions options;
    options.batchSize = jobs.size();
    options.preprocess.cropSize = 1 << 20;  // 64 pictures of 12 TB
    data::BatchLoader loader(jobs, options);
    const auto outcome = base::guardTorch([&]() -> Result<void> {
        (void)loader.next();
        return {};
    });
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::OutOfMemory) << outcome.error().sentence();
    EXPECT_NE(outcome.error().message.english().find("smaller batch size"), std::string::npos);
}

TEST(BatchLoaderTest, AFileThatIsGoneIsLeftOutAndNamed) {
    const TemporaryFolder folder;
    writeText(folder.path("a.bmp"), tinyBmp(1, 32, 32));
    data::LoaderOptions options;
    options.preprocess.resizeSize = options.preprocess.cropSize = 16;
    data::BatchLoader loader({{folder.path("a.bmp"), 3, 0, {}}, {folder.path("gone.bmp"), 4, 0, {}}},
                             options);
    const auto batch = loader.next();
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->jobs, std::vector<std::size_t>{0});
    EXPECT_EQ(batch->labels.item<std::int64_t>(), 3);
    ASSERT_EQ(batch->unreadable.size(), 1U);
    EXPECT_EQ(batch->unreadable[0].job, 1U);
    EXPECT_EQ(batch->unreadable[0].why.path, folder.path("gone.bmp"));
    EXPECT_FALSE(loader.next());
}

}  // namespace

}  // namespace graft::test
