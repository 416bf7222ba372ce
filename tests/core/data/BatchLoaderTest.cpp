// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/detail/BatchLoader.h"

#include <gtest/gtest.h>

#include "core/base/detail/TorchErrors.h"
#include "tests/support/TestFiles.h"
#include "tests/support/TinyImages.h"

namespace graft::test {

namespace {

TEST(BatchLoaderTest, ABatchThatNoMemoryHoldsIsSaidInASentence) {
    const TemporaryFolder folder;
    writeText(folder.path("a.bmp"), tinyBmp(1, 32, 32));
    const std::vector<data::LoadJob> jobs(64, {folder.path("a.bmp"), 0, 0});
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
    EXPECT_NE(outcome.error().message.find("smaller batch size"), std::string::npos);
}

TEST(BatchLoaderTest, AFileThatIsGoneIsLeftOutAndNamed) {
    const TemporaryFolder folder;
    writeText(folder.path("a.bmp"), tinyBmp(1, 32, 32));
    data::LoaderOptions options;
    options.preprocess.resizeSize = options.preprocess.cropSize = 16;
    data::BatchLoader loader({{folder.path("a.bmp"), 3, 0}, {folder.path("gone.bmp"), 4, 0}}, options);
    const auto batch = loader.next();
    ASSERT_TRUE(batch);
    EXPECT_EQ(batch->jobs, std::vector<std::size_t>{0});
    EXPECT_EQ(batch->labels.item<std::int64_t>(), 3);
    EXPECT_EQ(batch->unreadable, std::vector<std::string>{folder.path("gone.bmp")});
    EXPECT_FALSE(loader.next());
}

}  // namespace

}  // namespace graft::test
