// SPDX-License-Identifier: GPL-3.0-or-later
// The backbone that comes with the program: it is found, it is what it says, and it is worth having.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/backbones/WeightStore.h"
#include "core/backbones/torch/Network.h"
#include "core/data/IdxImport.h"
#include "core/training/DefaultConfig.h"
#include "core/training/Trainer.h"
#include "core/weights/WeightFile.h"
#include "tests/support/RawTensors.h"
#include "tests/support/SampleFolder.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

class BuiltInTest : public testing::Test {
  protected:
    void SetUp() override {
        setenv("XDG_DATA_HOME", m_folder.path("data").c_str(), 1);
        setenv("TORCH_HOME", m_folder.path("torch").c_str(), 1);
        setenv("XDG_CACHE_HOME", m_folder.path("cache").c_str(), 1);
        unsetenv("GRAFT_BACKBONES");
        const auto& all = backbones::catalogue();
        const auto found = std::ranges::find(all, true, &backbones::CatalogueEntry::builtIn);
        ASSERT_NE(found, all.end());
        entry = *found;
        const auto located = backbones::locateWeights(entry);
        ASSERT_TRUE(located) << "not in " << backbones::builtInFolder();
        file = *located;
    }
    void TearDown() override { unsetenv("GRAFT_BACKBONES"); }
    std::string path(const std::string& name) const { return m_folder.path(name); }

    backbones::CatalogueEntry entry;
    std::string file;

  private:
    TemporaryFolder m_folder;
};

TEST_F(BuiltInTest, IsChosenWhereNothingElseIsHere) {
    EXPECT_EQ(backbones::firstChoice().name, entry.name);
    EXPECT_EQ(backbones::firstChoice().file, file);
    EXPECT_EQ(backbones::locateAnyWeights(entry.name), file);
    const auto stored = backbones::listWeights();
    ASSERT_EQ(stored.size(), 1U);
    EXPECT_TRUE(stored[0].builtIn);
    EXPECT_EQ(stored[0].tag, entry.tag);

    // Anything else comes first, the architecture's published weights too.
    const std::string published =
        backbones::weightsFolder() + "/" + entry.name + "-IMAGENET1K_V1.safetensors";
    writeText(published, "x");
    EXPECT_EQ(backbones::firstChoice().file, published);
    EXPECT_EQ(backbones::locateAnyWeights(entry.name), published);
    EXPECT_EQ(backbones::locateWeights(entry), file) << "its own row still has it";
    writeText(backbones::weightsFolder() + "/mobilenet_v2.pth", "x");
    EXPECT_EQ(backbones::firstChoice().name, "mobilenet_v2");

    setenv("GRAFT_BACKBONES", path("nothing").c_str(), 1);
    EXPECT_FALSE(backbones::locateWeights(entry));
}

TEST_F(BuiltInTest, TheCommandLineTrainsWithIt) {
    makeSampleFolder(path("images"));
    const auto trained = runCli(
        {"train", path("images"), "--epochs", "1", "--resize", "64", "--crop", "64", "--run", path("run")});
    ASSERT_EQ(trained.status, 0) << trained.errors;
    const auto config = nlohmann::json::parse(readText(path("run/config.json")));
    EXPECT_EQ(config.at("backbone"), entry.name);
    EXPECT_EQ(fs::path(std::string(config.at("weights_file"))).filename(), fs::path(file).filename());

    int builtIn = 0;
    for (const auto& one : nlohmann::json::parse(runCli({"backbones", "--json"}).output))
        builtIn += one.at("weights") == "built-in" ? 1 : 0;
    EXPECT_EQ(builtIn, 1);
    const auto listed = nlohmann::json::parse(runCli({"weights", "list", "--json"}).output);
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].at("place"), "built-in");

    // Without it there is nothing to begin with, and the sentence says what to do.
    setenv("GRAFT_BACKBONES", path("nothing").c_str(), 1);
    const auto without = runCli({"train", path("images"), "--run", path("other")});
    EXPECT_EQ(without.status, 1);
    EXPECT_NE(without.errors.find("--backbone"), std::string::npos) << without.errors;
}

TEST_F(BuiltInTest, IsNeitherFetchedNorRemoved) {
    runtime::RunControl control;
    EXPECT_EQ(backbones::fetchWeights(entry, control).value_or(""), file);
    const auto removed = backbones::removeWeights(entry.name, entry.tag);
    ASSERT_FALSE(removed);
    EXPECT_EQ(removed.error().path, file);
    EXPECT_TRUE(fs::exists(file));
}

TEST_F(BuiltInTest, IsTheArchitectureInHalfPrecision) {
    EXPECT_LE(fs::file_size(file), 8'000'000U);
    EXPECT_NEAR(static_cast<double>(fs::file_size(file)) / 1e6, entry.megabytes, 0.06);
    const auto fit = backbones::checkWeights(file, entry.name);
    ASSERT_TRUE(fit) << fit.error().sentence();
    EXPECT_TRUE(fit->fits()) << fit->sentence().english();
    const auto dict = weights::readWeights(file);
    ASSERT_TRUE(dict);
    for (const auto& [name, tensor] : dict->tensors) {
        const bool counts = name.ends_with("num_batches_tracked");
        EXPECT_EQ(tensor.dtype, counts ? weights::DType::Int64 : weights::DType::Float16) << name;
    }
}

TEST_F(BuiltInTest, GivesTorchvisionsLogits) {
    runPython("torchvision_reference.py", {"real", path(""), file, entry.name});
    auto network = backbones::Network::create(entry.name, 1000, {}).value();
    const auto dict = weights::readWeights(file);
    ASSERT_TRUE(dict);
    ASSERT_TRUE(network.load(*dict, true, file));
    network.train(false);
    const torch::NoGradGuard noGradients;
    const at::Tensor input = readTensor(path("real-" + entry.name + ".in"), {2, 3, 96, 96});
    const at::Tensor expected = readTensor(path("real-" + entry.name + ".out"), {2, 1000});
    EXPECT_LT(relativeDifference(network.forward(input), expected), 1e-4);
}

// Clothing, which it never saw: its features against those of the same network with random weights.
TEST_F(BuiltInTest, ItsFeaturesTellClothesApart) {
    const std::string idx = "/usr/share/datasets/fashion-mnist/";
    if (!fs::exists(idx + "t10k-images-idx3-ubyte.gz"))
        GTEST_SKIP() << "the package dataset-fashion-mnist is not installed";
    data::IdxImportOptions options;
    options.perClass = 40;
    ASSERT_TRUE(data::importIdx(idx + "t10k-images-idx3-ubyte.gz", idx + "t10k-labels-idx1-ubyte.gz",
                                path("clothes"), options));
    const auto accuracy = [&](const std::string& weightsFile, const std::string& run) {
        settings::TrainConfig config = training::defaultConfig(entry.name, file).value();
        config.weightsFile = weightsFile;
        config.datasetFolder = path("clothes");
        config.runFolder = path(run);
        config.preprocess.resizeSize = config.preprocess.cropSize = 96;
        config.augment = {.randomResizedCrop = false, .horizontalFlip = false};
        config.epochs = 20;
        runtime::RunControl control;
        const auto report = training::train(
            config, [](const auto&) {}, control);
        EXPECT_TRUE(report) << report.error().sentence();
        return report ? report->epochs.back().valAccuracy : 0;
    };
    const double builtIn = accuracy(file, "built-in");
    EXPECT_GT(builtIn, 0.6);
    EXPECT_GT(builtIn, accuracy("", "random") + 0.1);
}

}  // namespace

}  // namespace graft::test
