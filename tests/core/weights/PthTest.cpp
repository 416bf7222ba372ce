// SPDX-License-Identifier: GPL-3.0-or-later
// Files written by torch.save against the bytes that PyTorch holds, and files that must be refused
// (make_weights.py).
#include <algorithm>
#include <cstdint>
#include <memory>

#include "core/base/Seed.h"
#include "core/weights/WeightFile.h"
#include "tests/support/TestFiles.h"
#include "tests/support/Weights.h"

namespace graft::test {

namespace {

// Damages the file in many ways; reading it may fail, and in no other way than with an Error.
struct Tally {
    int read = 0;
    int refused = 0;
};

void expectSaneOrRefused(const std::string& path, Tally& tally) {
    const auto dict = weights::readWeights(path);
    if (!dict) {
        ++tally.refused;
        ASSERT_TRUE(dict.error().code == ErrorCode::BadFormat || dict.error().code == ErrorCode::UnsafeFile)
            << dict.error().sentence();
        ASSERT_FALSE(dict.error().message.english().empty());
        return;
    }
    ++tally.read;
    for (const auto& [name, tensor] : dict->tensors) {
        ASSERT_EQ(tensor.bytes->size(),
                  static_cast<std::size_t>(tensor.elementCount()) * weights::bytesPerElement(tensor.dtype));
    }
}

Tally mutate(const std::string& valid, const std::string& scratch, int times) {
    const std::string whole = readText(valid);
    EXPECT_GT(whole.size(), 100U);
    Tally tally;
    base::RandomStream random(7);
    for (int round = 0; round < times && !testing::Test::HasFatalFailure(); ++round) {
        std::string bytes = whole;
        const std::uint64_t changes = 1 + random.below(3);
        for (std::uint64_t i = 0; i < changes; ++i) {
            char& byte = bytes[random.below(bytes.size())];
            if (random.below(2) == 0) {
                byte = static_cast<char>(byte ^ (1 << random.below(8)));
            } else {
                byte = static_cast<char>(random.below(256));
            }
        }
        if (random.below(10) == 0) bytes.resize(random.below(bytes.size()));
        fs::remove(scratch);  // overwriting would wait for the disk on some file systems
        writeText(scratch, bytes);
        SCOPED_TRACE("mutation " + std::to_string(round));
        expectSaneOrRefused(scratch, tally);
    }
    return tally;
}

}  // namespace

class PthTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        s_folder = std::make_unique<TemporaryFolder>();
        runPython("make_weights.py", {"pth", s_folder->path()});
    }
    static void TearDownTestSuite() { s_folder.reset(); }
    static std::string path(const std::string& name) { return s_folder->path(name); }

    static inline std::unique_ptr<TemporaryFolder> s_folder;
};

TEST_F(PthTest, EveryStateDictIsReadBitForBit) {
    for (const std::string suffix : {".pth", "_legacy.pth"}) {
        for (const std::string name : {"ordered",
                                       "dict",
                                       "under_state_dict",
                                       "under_model",
                                       "under_model_ema",
                                       "module",
                                       "module_partly",
                                       "views",
                                       "parameters",
                                       "network",
                                       "small",
                                       "beside_tensors",
                                       "lightning",
                                       "compiled",
                                       "tied",
                                       "only_float64",
                                       "only_float32",
                                       "only_float16",
                                       "only_bfloat16",
                                       "only_int64",
                                       "only_int32",
                                       "only_int16",
                                       "only_int8",
                                       "only_uint8",
                                       "only_bool",
                                       "protocol1",
                                       "protocol2",
                                       "protocol3",
                                       "protocol4",
                                       "protocol5"}) {
            expectTensors(path(name + suffix), readExpected(path(name + suffix + ".expected")));
        }
    }

    // The same by its own function, and by a name that says nothing.
    EXPECT_TRUE(weights::readPth(path("ordered.pth")));
    fs::copy_file(path("ordered.pth"), path("ordered.txt"));
    EXPECT_TRUE(weights::readWeights(path("ordered.txt")));
}

// What Python's state_dict() of it gives.
TEST_F(PthTest, TheTensorsOfTorchScriptAreReadWithoutItsCode) {
    for (const std::string name : {"scripted.pt", "traced.pt"})
        expectTensors(path(name), readExpected(path(name + ".expected")));
}

TEST_F(PthTest, DamagedTorchScriptNeverCrashes) {
    const Tally tally = mutate(path("scripted.pt"), path("mutant.pt"), 1500);
    EXPECT_GT(tally.refused, 100);
}

TEST_F(PthTest, WholeModulesAndTensorsGetTheirOwnSentence) {
    for (const std::string suffix : {".pth", "_legacy.pth"}) {
        const auto module = weights::readWeights(path("whole_module" + suffix));
        ASSERT_FALSE(module);
        EXPECT_EQ(module.error().code, ErrorCode::UnsafeFile);
        EXPECT_NE(module.error().message.english().find("torch.nn.modules.linear.Linear"), std::string::npos)
            << module.error().message.english();
        EXPECT_NE(module.error().message.english().find("state_dict()"), std::string::npos)
            << module.error().message.english();

        const auto tensor = weights::readWeights(path("tensor_only" + suffix));
        ASSERT_FALSE(tensor);
        EXPECT_EQ(tensor.error().code, ErrorCode::BadFormat);
        EXPECT_NE(tensor.error().message.english().find("no tensors by name"), std::string::npos)
            << tensor.error().message.english();
    }
}

TEST_F(PthTest, WhatStandsBesideTheTensorsIsRefusedByName) {
    const auto expectRefused = [](const std::string& name, ErrorCode code, const std::string& first,
                                  const std::string& second) {
        for (const std::string suffix : {".pth", "_legacy.pth"}) {
            SCOPED_TRACE(name + suffix);
            const auto dict = weights::readWeights(path("beside_" + name + suffix));
            ASSERT_FALSE(dict);
            EXPECT_EQ(dict.error().code, code) << dict.error().message.english();
            EXPECT_NE(dict.error().message.english().find(first), std::string::npos)
                << dict.error().message.english();
            EXPECT_NE(dict.error().message.english().find(second), std::string::npos)
                << dict.error().message.english();
        }
    };
    expectRefused("namespace", ErrorCode::UnsafeFile, "argparse.Namespace", "save only the tensors");
    // numpy.core in numpy 1, numpy._core in numpy 2
    expectRefused("numpy_array", ErrorCode::UnsafeFile, "core.multiarray._reconstruct", "numpy's arrays");
    expectRefused("numpy_number", ErrorCode::UnsafeFile, "core.multiarray.scalar", "numpy's arrays");
    expectRefused("device", ErrorCode::UnsafeFile, "torch.device", "save only the tensors");
    expectRefused("function", ErrorCode::UnsafeFile, "torch.nn.functional.relu", "save only the tensors");
    expectRefused("sparse", ErrorCode::BadFormat, "_rebuild_sparse_tensor", "sparse tensors");
    expectRefused("complex", ErrorCode::BadFormat, "torch.ComplexFloatStorage", "complex numbers");
    expectRefused("quantised", ErrorCode::BadFormat, "torch._utils._rebuild_qtensor", "quantised");
    const auto module = weights::readWeights(path("whole_module.pth"));
    ASSERT_FALSE(module);
    EXPECT_NE(module.error().message.english().find("a whole Python model, not a state dict"),
              std::string::npos)
        << module.error().message.english();
}

TEST_F(PthTest, DamagedArchivesNeverCrash) {
    const Tally tally = mutate(path("small.pth"), path("mutated.pth"), 2000);
    EXPECT_GT(tally.refused, 500);
    EXPECT_GT(tally.read, 50);  // padding and names of nothing may change
}

TEST_F(PthTest, DamagedOldFilesNeverCrash) {
    const Tally tally = mutate(path("small_legacy.pth"), path("mutated.pth"), 2000);
    EXPECT_GT(tally.refused, 500);
    EXPECT_GT(tally.read, 50);  // a changed number is still a number
}

TEST(PthHostileTest, EveryFileIsRefusedInItsWords) {
    const TemporaryFolder folder;
    runPython("make_weights.py", {"hostile", folder.path()});
    std::istringstream manifest(readText(folder.path("manifest")));
    int files = 0;
    for (std::string line; std::getline(manifest, line); ++files) {
        std::istringstream fields(line);
        std::string name;
        std::string code;
        std::string words;
        std::getline(fields, name, '\t');
        std::getline(fields, code, '\t');
        std::getline(fields, words, '\t');
        SCOPED_TRACE(name);
        const auto dict = weights::readWeights(folder.path(name));
        if (code == "ok") {
            EXPECT_TRUE(dict) << dict.error().message.english();
            continue;
        }
        EXPECT_FALSE(dict);
        if (dict) continue;
        EXPECT_EQ(base::codeName(dict.error().code), code) << dict.error().message.english();
        EXPECT_NE(dict.error().message.english().find(words), std::string::npos)
            << dict.error().message.english();
        EXPECT_TRUE(dict.error().message.english().ends_with(".")) << dict.error().message.english();
        EXPECT_LT(dict.error().message.english().size(), 500U);
        EXPECT_EQ(dict.error().path, folder.path(name));
    }
    EXPECT_GT(files, 200);
    EXPECT_FALSE(fs::exists(folder.path("a call has run")));

    // Values, not only sizes, of the files that are good.
    const auto good = weights::readWeights(folder.path("good_legacy.pth"));
    ASSERT_TRUE(good);
    const std::vector<float> expected{1, 2, 3, 4};
    ASSERT_NE(good->find("w"), nullptr);
    EXPECT_EQ(floatsOf(*good->find("w")), expected);
    const auto strided = weights::readWeights(folder.path("any_stride.pth"));
    ASSERT_TRUE(strided);
    EXPECT_EQ(floatsOf(*strided->find("w")), (std::vector<float>{2, 4}));
}

TEST(PthHostileTest, MissingFilesAndFolders) {
    const TemporaryFolder folder;
    const auto missing = weights::readWeights(folder.path("missing.pth"));
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code, ErrorCode::NotFound);
    const auto directory = weights::readWeights(folder.path());
    ASSERT_FALSE(directory);
    EXPECT_EQ(directory.error().code, ErrorCode::Unreadable);
}

}  // namespace graft::test
