// SPDX-License-Identifier: GPL-3.0-or-later
// Every committed input through its reader: a crash or an unsound answer ends the process.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/fuzz/Targets.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

TEST(FuzzCorpusTest, EveryInputHasASoundAnswer) {
    const std::string corpus = std::string(GRAFT_SOURCE_DIR) + "/tests/fuzz/corpus";
    for (const fuzz::Target& target : fuzz::kTargets) {
        int inputs = 0;
        for (const auto& file : fs::directory_iterator(corpus + "/" + target.name)) {
            SCOPED_TRACE(file.path().string());
            const std::string bytes = readText(file.path().string());
            target.run({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
            ++inputs;
        }
        EXPECT_GE(inputs, 3) << target.name;
    }
}

}  // namespace graft::test
