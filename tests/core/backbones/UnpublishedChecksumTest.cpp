// SPDX-License-Identifier: GPL-3.0-or-later
// Weights whose publisher gives no SHA-256: the content decides, and nothing that is wrong stays.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/backbones/Catalogue.h"
#include "core/backbones/WeightStore.h"
#include "core/weights/WeightFile.h"
#include "tests/support/LoopbackServer.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using nlohmann::json;

class UnpublishedChecksumTest : public testing::Test {
  protected:
    void SetUp() override {
        setenv("XDG_DATA_HOME", m_folder.path("data").c_str(), 1);
        setenv("TORCH_HOME", m_folder.path("torch").c_str(), 1);
        setenv("GRAFT_BACKBONES", m_folder.path("none").c_str(), 1);
        entry = *backbones::findWeights("squeezenet1_1");
        entry.sha256Prefix.clear();
    }
    void TearDown() override {
        unsetenv("GRAFT_WEIGHTS_MIRROR");
        unsetenv("GRAFT_BACKBONES");
    }

    // What a server may have: state dicts of PyTorch's, one of them right.
    static std::string made(const std::string& name) {
        static const TemporaryFolder folder;
        static const ProcessResult done = runProcess({GRAFT_PYTHON, "-c", R"(
import sys, torch, torchvision
def save(name, model, **changes):
    torch.save(dict(getattr(torchvision.models, model)(weights=None).state_dict(), **changes), sys.argv[1] + "/" + name)
torch.manual_seed(1)
save("right.pth", "squeezenet1_1")
save("next.pth", "squeezenet1_1")
save("other.pth", "squeezenet1_0")
save("nan.pth", "squeezenet1_1", **{"features.3.squeeze.bias": torch.full((16,), float("nan"))})
)",
                                                      folder.path()});
        EXPECT_EQ(done.status, 0) << done.errors;
        return folder.path(name);
    }

    Result<std::string> fetchFrom(const LoopbackServer& server, const std::string& behaviour) {
        setenv("GRAFT_WEIGHTS_MIRROR", server.url(behaviour, "").c_str(), 1);
        return backbones::fetchWeights(entry, control);
    }

    std::string path(const std::string& name) const { return m_folder.path(name); }
    std::string own(const std::string& name = "") const {
        return path("data/graft/weights" + (name.empty() ? name : "/" + name));
    }
    std::string target() const { return own(entry.fileName); }

    std::vector<std::string> filesThere() const {
        std::vector<std::string> names;
        std::error_code error;
        for (const auto& one : fs::directory_iterator(own(), error))
            names.push_back(one.path().filename().string());
        std::ranges::sort(names);
        return names;
    }

  private:
    TemporaryFolder m_folder;

  protected:
    runtime::RunControl control;
    backbones::CatalogueEntry entry;
};

TEST_F(UnpublishedChecksumTest, ARightFileIsTakenAndItsOwnChecksumKept) {
    const LoopbackServer server(made("right.pth"), path("log"));
    const auto fetched = fetchFrom(server, "good");
    ASSERT_TRUE(fetched) << fetched.error().sentence();
    EXPECT_EQ(*fetched, target());
    EXPECT_EQ(readText(target()), readText(made("right.pth")));
    EXPECT_EQ(filesThere(), (std::vector<std::string>{entry.fileName, entry.fileName + ".sha256"}));
    const auto sum = runProcess({"sh", "-c", "cd \"$0\" && sha256sum -c *.sha256", own()});
    EXPECT_EQ(sum.status, 0) << sum.output << sum.errors;

    ASSERT_TRUE(fetchFrom(server, "good"));
    EXPECT_EQ(server.requests().size(), 1U) << "it is here already";

    ASSERT_TRUE(backbones::removeWeights(entry.name));
    EXPECT_TRUE(filesThere().empty());
}

TEST_F(UnpublishedChecksumTest, AFileThatHasChangedSinceIsFetchedAnew) {
    const LoopbackServer server(made("right.pth"), path("log"));
    ASSERT_TRUE(fetchFrom(server, "good"));
    fs::copy_file(made("next.pth"), target(), fs::copy_options::overwrite_existing);  // fits as well
    ASSERT_TRUE(fetchFrom(server, "good"));
    EXPECT_EQ(server.requests().size(), 2U);
    EXPECT_EQ(readText(target()), readText(made("right.pth")));

    // One that was put there by hand is taken if it is right, and known from then on.
    ASSERT_TRUE(backbones::removeWeights(entry.name));
    writeText(target(), readText(made("next.pth")));
    ASSERT_TRUE(fetchFrom(server, "good"));
    EXPECT_EQ(server.requests().size(), 2U);
    EXPECT_EQ(backbones::keptSha256(target()), runProcess({"sha256sum", target()}).output.substr(0, 64));
}

TEST_F(UnpublishedChecksumTest, WhatIsNotTheWeightsIsRefusedAndLeavesNothing) {
    const std::string right = readText(made("right.pth"));
    writeText(path("cut.pth"), right.substr(0, right.size() / 2));
    writeText(path("page.pth"), "<!DOCTYPE html><html><body>Access denied</body></html>");
    const auto dict = weights::readWeights(made("right.pth"));
    ASSERT_TRUE(dict);
    ASSERT_TRUE(weights::writeSafetensors(path("whole.safetensors"), *dict));
    const std::string tensors = readText(path("whole.safetensors"));
    writeText(path("cut.safetensors"), tensors.substr(0, tensors.size() - 4));
    writeText(path("long.safetensors"), tensors + "more");
    struct Case {
        std::string file;
        const char* words;
    };
    for (const Case& c :
         {Case{path("cut.pth"), "zip archive"}, Case{path("page.pth"), "web page"},
          Case{path("cut.safetensors"), "tensor"}, Case{path("long.safetensors"), "belong to no tensor"},
          Case{made("other.pth"), "wrong shape"}, Case{made("nan.pth"), "features.3.squeeze.bias"}}) {
        SCOPED_TRACE(c.file);
        const LoopbackServer server(c.file, path("log"));
        const auto fetched = fetchFrom(server, "good");
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code, ErrorCode::BadFormat);
        const std::string said = fetched.error().message.english();
        EXPECT_TRUE(said.starts_with("What the server sent are not the weights of squeezenet1_1")) << said;
        EXPECT_NE(said.find(c.words), std::string::npos) << said;
        EXPECT_TRUE(filesThere().empty()) << filesThere().front();
    }
}

// Where the line breaks nobody can tell by a checksum whether the rest is the same version's.
TEST_F(UnpublishedChecksumTest, ARestIsAskedForOnlyWhereTheServerNamesItsVersion) {
    const LoopbackServer server(made("right.pth"), path("log"));
    const auto broken = fetchFrom(server, "breaks");
    ASSERT_FALSE(broken);
    EXPECT_EQ(broken.error().code, ErrorCode::Unreachable) << broken.error().sentence();
    ASSERT_TRUE(fetchFrom(server, "good"));
    EXPECT_NE(json::parse(server.requests().at(1)).at("range"), "");
    EXPECT_EQ(readText(target()), readText(made("right.pth")));

    ASSERT_TRUE(backbones::removeWeights(entry.name));
    const auto before = weights::readWeights(made("next.pth"));
    const auto now = weights::readWeights(made("right.pth"));
    ASSERT_TRUE(before && now);
    ASSERT_TRUE(weights::writeSafetensors(path("before.safetensors"), *before));
    ASSERT_TRUE(weights::writeSafetensors(path("now.safetensors"), *now));
    const std::string older = readText(path("before.safetensors"));
    const std::string newer = readText(path("now.safetensors"));
    ASSERT_EQ(older.size(), newer.size());
    // Both halves together would fit, and be nobody's weights.
    writeText(target() + ".part", older.substr(0, older.size() / 2));
    const LoopbackServer later(path("now.safetensors"), path("later"));
    const auto fetched = fetchFrom(later, "good");
    ASSERT_TRUE(fetched) << fetched.error().sentence();
    EXPECT_EQ(json::parse(later.requests().at(0)).at("range"), "");
    EXPECT_EQ(readText(target()), newer);
}

}  // namespace

}  // namespace graft::test
