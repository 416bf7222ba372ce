// SPDX-License-Identifier: GPL-3.0-or-later
// No exception leaves the engine: with too little memory every command ends with a sentence, never with a
// signal.
#include <nlohmann/json.hpp>

#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

// vit_h_14 alone takes 2.5 GB; the program and its libraries some 1.5.
ProcessResult withLittleMemory(const std::string& arguments) {
    return runProcess(
        {"/bin/sh", "-c",
         "ulimit -v 2500000 && OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 exec \"$0\" " + arguments,
         GRAFT_CLI});
}

void expectOutOfMemory(const std::string& arguments) {
    SCOPED_TRACE(arguments);
    const ProcessResult result = withLittleMemory(arguments);
    EXPECT_EQ(result.status, 1) << result.errors;
    EXPECT_NE(result.errors.find("memory does not suffice"), std::string::npos) << result.errors;
    EXPECT_EQ(result.errors.find("too small"), std::string::npos) << result.errors;
    EXPECT_EQ(result.errors.find("terminate"), std::string::npos) << result.errors;
}

}  // namespace

TEST(EngineBorderTest, TooLittleMemoryIsASentenceInEveryCommand) {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << "AddressSanitizer reserves the whole address space";
#endif
    const TemporaryFolder folder;
    // That this much is enough for what is small.
    ASSERT_EQ(withLittleMemory("blocks squeezenet1_1").status, 0)
        << withLittleMemory("blocks squeezenet1_1").errors;
    expectOutOfMemory("blocks vit_h_14");  // summarize
    writeText(folder.path("images/a/1.txt"), "");
    expectOutOfMemory("train '" + folder.path("images") + "' --backbone vit_h_14 --weights '" +
                      folder.path("w.safetensors") + "' --run '" + folder.path("run") + "'");  // listUnits
    writeText(folder.path("w.safetensors"), std::string("\x02\0\0\0\0\0\0\0{}", 10));
    expectOutOfMemory("weights add vit_h_14 '" + folder.path("w.safetensors") + "'");  // checkWeights
}

}  // namespace graft::test
