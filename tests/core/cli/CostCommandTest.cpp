// SPDX-License-Identifier: GPL-3.0-or-later
// graft-cli cost, and what train says before it begins.
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

using nlohmann::json;

class CostCommandTest : public testing::Test {
  protected:
    void SetUp() override {
        makeSampleFolder(path("images"));
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
    }
    std::string path(const std::string& name) const { return m_folder.path(name); }

    ProcessResult run(const std::string& command, const std::vector<std::string>& others,
                      const std::string& backbone = "squeezenet1_1") const {
        std::vector<std::string> all{GRAFT_CLI,  command,    path("images"), "--weights",  "none",
                                     "--resize", "32",       "--crop",       "32",         "--threads",
                                     "2",        "--device", "cpu",          "--backbone", backbone};
        all.insert(all.end(), others.begin(), others.end());
        return runProcess(all);
    }

    json costOf(const std::vector<std::string>& others, const std::string& backbone = "squeezenet1_1") const {
        std::vector<std::string> all{"--json"};
        all.insert(all.end(), others.begin(), others.end());
        const ProcessResult result = run("cost", all, backbone);
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.status == 0 ? json::parse(result.output) : json();
    }

  private:
    TemporaryFolder m_folder;
};

TEST_F(CostCommandTest, ItSaysWhatARunTakesAndTrainsNothing) {
    const json all = costOf({"--epochs", "5"});
    EXPECT_EQ(all.at("backbone"), "squeezenet1_1");
    EXPECT_EQ(all.at("rough"), false);
    EXPECT_EQ(all.at("train_images"), 36);
    EXPECT_EQ(all.at("val_images"), 18);
    // torchvision's squeezenet1_1 has 1,235,496 with 1000 classes, of which 513,000 are the classifier's.
    EXPECT_EQ(all.at("parameters"), 1'235'496 - 513'000 + 3 * 513);
    EXPECT_EQ(all.at("trainable_parameters"), all.at("parameters"));
    EXPECT_EQ(all.at("cache_bytes"), 0);
    EXPECT_GT(all.at("first_epoch_seconds").get<double>(), 0);
    EXPECT_GE(all.at("seconds").get<double>(),
              all.at("first_epoch_seconds").get<double>() + 4 * all.at("later_epoch_seconds").get<double>());
    EXPECT_GT(all.at("peak_memory_bytes").get<double>(), 100e6);
    ASSERT_EQ(all.at("phases").size(), 1U);
    EXPECT_EQ(all.at("phases")[0].at("epochs"), 5);

    const json head = costOf({"--freeze", "all", "--epochs", "5"});
    EXPECT_EQ(head.at("trainable_parameters"), 3 * 513);
    EXPECT_LT(head.at("later_epoch_seconds"), all.at("later_epoch_seconds"));
    EXPECT_LT(head.at("peak_memory_bytes"), all.at("peak_memory_bytes"));
    EXPECT_EQ(head.at("phases")[0].at("filling_epochs"), 4);
    // 512 channels on a map of 1 x 1, in half precision, of each variant.
    EXPECT_EQ(head.at("cache_bytes"), (36 * 4 + 18) * 512 * 2);
    EXPECT_FALSE(fs::exists(path("images/checkpoint")));
    EXPECT_TRUE(fs::is_empty(path("cache/graft/costs")) == false);
    EXPECT_FALSE(fs::exists(path("cache/graft/features"))) << "nothing was trained";
}

TEST_F(CostCommandTest, RoughMeasuresNothing) {
    const json rough = costOf({"--rough"});
    EXPECT_EQ(rough.at("rough"), true);
    EXPECT_GT(rough.at("first_epoch_seconds").get<double>(), 0);
    EXPECT_FALSE(fs::exists(path("cache/graft/costs")));
    const ProcessResult text = run("cost", {"--rough"});
    EXPECT_NE(text.output.find("rough"), std::string::npos) << text.output;
    EXPECT_EQ(run("cost", {}).output.find("rough"), std::string::npos);
}

// The features that the run then keeps are as many bytes, but for their keys.
TEST_F(CostCommandTest, TheCacheIsAsLargeAsItThenIs) {
    const json said = costOf({"--freeze", "all", "--epochs", "2"});
    ASSERT_EQ(run("train", {"--freeze", "all", "--epochs", "2", "--run", path("run")}).status, 0);
    const ProcessResult cache = runProcess({GRAFT_CLI, "cache", "--json"});
    const double bytes = json::parse(cache.output).at("bytes");
    EXPECT_GE(bytes, said.at("cache_bytes"));
    EXPECT_LT(bytes, 1.1 * said.at("cache_bytes").get<double>());
}

TEST_F(CostCommandTest, TrainAndCostSayWhatIsHardlyEverMeant) {
    const json said = costOf({"--batch-size", "4"}, "resnet18");
    std::vector<std::string> codes;
    for (const json& warning : said.at("warnings")) {
        codes.push_back(warning.at("code"));
        EXPECT_FALSE(warning.at("message").get<std::string>().empty());
        EXPECT_FALSE(warning.at("remedy").get<std::string>().empty());
    }
    EXPECT_EQ(codes, (std::vector<std::string>{"few_images", "small_batch_norm"}));

    const auto train = [&](const std::string& freeze, const std::string& to) {
        return run("train", {"--freeze", freeze, "--epochs", "1", "--run", path(to)});
    };
    const ProcessResult everything = train("none", "everything");
    ASSERT_EQ(everything.status, 0) << everything.errors;
    EXPECT_NE(everything.errors.find("Careful: 0.7 million parameters are trained on 36 images"),
              std::string::npos)
        << everything.errors;
    EXPECT_EQ(train("all", "head").errors.find("Careful"), std::string::npos);
    const ProcessResult below = train("features.0,features.4", "below");
    EXPECT_NE(below.errors.find("Careful: features.3 is trained below features.4"), std::string::npos)
        << below.errors;
}

TEST_F(CostCommandTest, WhatTrainRefusesItRefuses) {
    const ProcessResult unknown = run("cost", {"--json"}, "no_such");
    EXPECT_EQ(unknown.status, 1);
    EXPECT_EQ(json::parse(unknown.output).at("error").at("code"), "not_found");
    EXPECT_EQ(run("cost", {"--epochs", "0"}).status, run("train", {"--epochs", "0", "--run", "x"}).status);
    const ProcessResult phases =
        run("cost", {"--freeze", "all", "--phases", "head_first", "--epochs", "5", "--json"});
    EXPECT_EQ(phases.status, 2);
    EXPECT_NE(phases.errors.find("nothing to thaw"), std::string::npos) << phases.errors;
}

}  // namespace

}  // namespace graft::test
