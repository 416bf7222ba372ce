// SPDX-License-Identifier: GPL-3.0-or-later
// Where weights are looked for, and how they get there.
#include "core/backbones/WeightStore.h"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "core/backbones/Catalogue.h"
#include "tests/support/LoopbackServer.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

class WeightStoreTest : public testing::Test {
  protected:
    void SetUp() override {
        setenv("XDG_DATA_HOME", m_folder.path("data").c_str(), 1);
        setenv("TORCH_HOME", m_folder.path("torch").c_str(), 1);
        setenv("GRAFT_BACKBONES", m_folder.path("none").c_str(), 1);
        setenv("GRAFT_WEIGHTS_MIRROR", server.url("good", "").c_str(), 1);
        entry = *backbones::findWeights("resnet18");
        entry.sha256Prefix = runProcess({"sha256sum", m_folder.path("served")}).output.substr(0, 8);
    }
    void TearDown() override {
        unsetenv("GRAFT_WEIGHTS_MIRROR");
        unsetenv("GRAFT_BACKBONES");
    }
    std::string own(const std::string& name) const { return m_folder.path("data/graft/weights/" + name); }
    std::string torch(const std::string& name) const {
        return m_folder.path("torch/hub/checkpoints/" + name);
    }

  private:
    TemporaryFolder m_folder;
    const bool m_written = (writeText(m_folder.path("served"), "These serve as weights."), true);

  protected:
    LoopbackServer server{m_folder.path("served"), m_folder.path("log")};
    runtime::RunControl control;
    backbones::CatalogueEntry entry;
};

TEST(CatalogueTest, ANameThatBeginsLikeTheTypedOneIsMeant) {
    for (const auto& [typed, meant] : std::vector<std::pair<std::string, std::string>>{
             {"shufflenet", "shufflenet_v2_"},  // googlenet takes fewer changes
             {"v2_x1_5", "shufflenet_v2_x1_5?"},
             {"wide_resnet", "wide_resnet"},
             {"mnasnet", "mnasnet"},
             {"ResNet50", "resnet50?"},
             {"resnet81", "resnet"},
             {"squeznet1_1", "squeezenet1_1?"}}) {
        const auto found = backbones::findBackbone(typed);
        ASSERT_FALSE(found) << typed;
        EXPECT_NE(found.error().message.english().find("\"" + typed + "\"; did you mean " + meant),
                  std::string::npos)
            << found.error().message.english();
    }
    EXPECT_FALSE(backbones::findBackbone(""));
}

TEST_F(WeightStoreTest, WhatWasFetchedIsFound) {
    EXPECT_FALSE(backbones::locateWeights(entry));
    const auto fetched = backbones::fetchWeights(entry, control);
    ASSERT_TRUE(fetched) << fetched.error().sentence();
    EXPECT_EQ(*fetched, own(entry.fileName));
    EXPECT_EQ(backbones::locateWeights(entry), own(entry.fileName));
    EXPECT_EQ(readText(*fetched), "These serve as weights.");
    ASSERT_EQ(server.requests().size(), 1U);
    EXPECT_NE(server.requests()[0].find(entry.fileName), std::string::npos);

    const auto again = backbones::fetchWeights(entry, control);
    ASSERT_TRUE(again);
    EXPECT_EQ(server.requests().size(), 1U) << "it is here already";

    writeText(*again, "damaged");
    ASSERT_TRUE(backbones::fetchWeights(entry, control));
    EXPECT_EQ(readText(*fetched), "These serve as weights.");
}

TEST_F(WeightStoreTest, PyTorchsOwnFilesAreUsedWhereTheyLie) {
    writeText(torch(entry.fileName), "These serve as weights.");
    const auto fetched = backbones::fetchWeights(entry, control);
    ASSERT_TRUE(fetched);
    EXPECT_EQ(*fetched, torch(entry.fileName));
    EXPECT_TRUE(server.requests().empty());
    EXPECT_FALSE(fs::exists(own("")));

    writeText(torch(entry.fileName), "damaged");
    const auto instead = backbones::fetchWeights(entry, control);
    ASSERT_TRUE(instead);
    EXPECT_EQ(*instead, own(entry.fileName));
    EXPECT_EQ(readText(torch(entry.fileName)), "damaged") << "PyTorch's files are never touched";
    EXPECT_EQ(backbones::locateWeights(entry), own(entry.fileName));
}

TEST_F(WeightStoreTest, WhatCannotBeFetchedIsSaid) {
    setenv("GRAFT_WEIGHTS_MIRROR", "ftp://somewhere", 1);
    const auto odd = backbones::fetchWeights(entry, control);
    ASSERT_FALSE(odd);
    EXPECT_EQ(odd.error().code, ErrorCode::InvalidArgument);
    EXPECT_NE(odd.error().message.english().find("GRAFT_WEIGHTS_MIRROR"), std::string::npos);

    entry.url.clear();
    const auto nowhere = backbones::fetchWeights(entry, control);
    ASSERT_FALSE(nowhere);
    EXPECT_EQ(nowhere.error().code, ErrorCode::NotFound);
    EXPECT_NE(nowhere.error().message.english().find("weights add"), std::string::npos)
        << nowhere.error().message.english();
}

TEST(WeightFitTest, WhatDoesNotFitIsOneSentence) {
    backbones::WeightFit fit;
    EXPECT_EQ(fit.sentence().english(),
              "The weights are not for this backbone. Choose the backbone they were made for.");
    fit.missing = {"a.weight", "a.bias", "b.weight", "b.bias", "c.weight"};
    fit.wrongShape = {{"{1} is {2} instead of {3}", "d.weight", "2 x 3", "3 x 2"}};
    EXPECT_EQ(fit.sentence().english(),
              "The weights are not for this backbone; missing: a.weight, a.bias, b.weight and 2 more; wrong "
              "shape: d.weight is 2 x 3 instead of 3 x 2. Choose the backbone they were made for.");
    fit.unexpected = {"x\n.weight", "y.weight", "z.weight"};
    fit.wrongShape.clear();
    EXPECT_EQ(fit.sentence().english(),
              "The weights are not for this backbone; missing: a.weight, a.bias, b.weight and 2 more; left "
              "over: x?.weight, y.weight, z.weight. Choose the backbone they were made for.");
}

TEST_F(WeightStoreTest, AFileOfThePersonsOwnComesFirst) {
    for (const std::string& name :
         {entry.fileName, std::string("resnet18.pth"), std::string("resnet18.safetensors"),
          std::string("resnet18-IMAGENET1K_V1.pth"), std::string("resnet18-IMAGENET1K_V1.safetensors")}) {
        writeText(own(name), "x");
        EXPECT_EQ(backbones::locateWeights(entry), own(name));
    }
    EXPECT_EQ(backbones::listWeights().size(), 5U);
}

TEST_F(WeightStoreTest, PreprocessingFollowsTheTagInTheName) {
    const auto v2 = backbones::entryForWeights("resnet50", "/x/resnet50-IMAGENET1K_V2.pth");
    ASSERT_TRUE(v2);
    EXPECT_EQ(v2->tag, "IMAGENET1K_V2");
    EXPECT_EQ(backbones::entryForWeights("resnet50", "/x/resnet50.pth")->tag, "IMAGENET1K_V1");
}

}  // namespace

}  // namespace graft::test
