// SPDX-License-Identifier: GPL-3.0-or-later
// graft-cli weights as a process.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/support/LoopbackServer.h"
#include "tests/support/SampleFolder.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using nlohmann::json;

class WeightsCommandTest : public testing::Test {
  protected:
    void SetUp() override {
        setenv("XDG_DATA_HOME", path("data").c_str(), 1);
        setenv("TORCH_HOME", path("torch").c_str(), 1);
        setenv("GRAFT_BACKBONES", path("none").c_str(), 1);
        unsetenv("GRAFT_WEIGHTS_MIRROR");
    }
    void TearDown() override {
        unsetenv("GRAFT_WEIGHTS_MIRROR");
        unsetenv("GRAFT_BACKBONES");
    }
    std::string path(const std::string& name) const { return m_folder.path(name); }
    std::string own(const std::string& name) const { return path("data/graft/weights/" + name); }

    // State dicts as a person has them; fits.pth is squeezenet1_1's, the others are spoilt.
    static std::string made(const std::string& name) {
        static const TemporaryFolder folder;
        static const ProcessResult done = runProcess({GRAFT_PYTHON, "-c", R"(
import sys, torch, torchvision
def save(name, **changes):
    d = dict(torchvision.models.squeezenet1_1(weights=None).state_dict(), **changes)
    torch.save({k: v for k, v in d.items() if v is not None}, sys.argv[1] + "/" + name)
save("fits.pth")
save("missing.pth", **{"features.0.weight": None})
save("shape.pth", **{"features.0.bias": torch.zeros(63)})
save("extra.pth", **{"features.99.weight": torch.zeros(3)})
)",
                                                      folder.path()});
        EXPECT_EQ(done.status, 0) << done.errors;
        return folder.path(name);
    }

    static void expectRefusal(const ProcessResult& result, int status, const std::string& word) {
        EXPECT_EQ(result.status, status) << result.errors;
        EXPECT_NE(result.errors.find(word), std::string::npos) << result.errors;
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    }

  private:
    TemporaryFolder m_folder;
};

TEST_F(WeightsCommandTest, AddsListsUsesAndRemovesAFile) {
    const std::string file = made("fits.pth");
    const auto added = runCli({"weights", "add", "squeezenet1_1", file, "--json"});
    ASSERT_EQ(added.status, 0) << added.errors;
    const json document = json::parse(added.output);
    EXPECT_EQ(document.at("name"), "squeezenet1_1");
    EXPECT_TRUE(document.at("tag").is_null());
    EXPECT_EQ(document.at("file"), own("squeezenet1_1.pth"));
    EXPECT_EQ(document.at("bytes"), fs::file_size(file));
    EXPECT_EQ(readText(own("squeezenet1_1.pth")), readText(file));

    const auto listed = json::parse(runCli({"weights", "list", "--json"}).output);
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].at("place"), "graft");
    for (const char* key : {"name", "tag", "file", "bytes", "place"}) {
        EXPECT_TRUE(listed[0].contains(key)) << key;
    }
    bool here = false;
    for (const auto& one : json::parse(runCli({"backbones", "--json"}).output)) {
        if (one.at("name") == "squeezenet1_1") here = one.at("weights") == "here";
    }
    EXPECT_TRUE(here) << "what was added is what train uses";

    const auto tagged = runCli({"weights", "add", "squeezenet1_1", file, "--tag", "IMAGENET1K_V1", "--json"});
    ASSERT_EQ(tagged.status, 0) << tagged.errors;
    EXPECT_EQ(json::parse(tagged.output).at("tag"), "IMAGENET1K_V1");
    EXPECT_TRUE(fs::exists(own("squeezenet1_1-IMAGENET1K_V1.pth")));

    const auto one = runCli({"weights", "remove", "squeezenet1_1", "--tag", "IMAGENET1K_V1", "--json"});
    ASSERT_EQ(one.status, 0) << one.errors;
    EXPECT_EQ(json::parse(one.output).at("removed"), json::array({own("squeezenet1_1-IMAGENET1K_V1.pth")}));
    ASSERT_EQ(runCli({"weights", "remove", "squeezenet1_1"}).status, 0);
    EXPECT_EQ(json::parse(runCli({"weights", "list", "--json"}).output), json::array());
    EXPECT_TRUE(fs::is_empty(own("")));
    EXPECT_TRUE(fs::exists(file)) << "the person's own file stays";
    expectRefusal(runCli({"weights", "remove", "squeezenet1_1"}), 1, "no weights");
}

// Neither in silence nor for the weights of everybody who says no --weights.
TEST_F(WeightsCommandTest, TheJsonBesideAModelIsNamedAndStaysBehind) {
    fs::create_directories(path("model"));
    const std::string file = path("model/flowers.pth");
    fs::copy_file(made("fits.pth"), file);
    const auto alone = runCli({"weights", "add", "squeezenet1_1", file});
    ASSERT_EQ(alone.status, 0) << alone.errors;
    EXPECT_EQ(alone.errors.find(".json"), std::string::npos) << alone.errors;

    writeText(file + ".json", "{}");
    for (const bool asJson : {false, true}) {
        std::vector<std::string> command{"weights", "add", "squeezenet1_1", file};
        if (asJson) command.emplace_back("--json");
        const auto added = runCli(command);
        ASSERT_EQ(added.status, 0) << added.errors;
        EXPECT_NE(added.errors.find(file + ".json is not taken along"), std::string::npos) << added.errors;
        EXPECT_NE(added.errors.find("--backbone squeezenet1_1 --weights " + file), std::string::npos)
            << added.errors;
    }
    EXPECT_TRUE(fs::exists(own("squeezenet1_1.pth")));
    EXPECT_FALSE(fs::exists(own("squeezenet1_1.pth.json")));

    // A run's folder stands for its model.
    writeText(path("run/config.json"), "{}");
    fs::copy_file(file, path("run/model.safetensors"));
    writeText(path("run/model.safetensors.json"), "{}");
    const auto run = runCli({"weights", "add", "squeezenet1_1", path("run")});
    ASSERT_EQ(run.status, 0) << run.errors;
    EXPECT_NE(run.errors.find(path("run/model.safetensors.json is not taken along")), std::string::npos)
        << run.errors;
}

TEST_F(WeightsCommandTest, TheLastFileAddedReplacesTheOneBefore) {
    const std::string file = made("fits.pth");
    writeText(own("squeezenet1_1.safetensors"), "added before");
    ASSERT_EQ(runCli({"weights", "add", "squeezenet1_1", file}).status, 0);
    EXPECT_FALSE(fs::exists(own("squeezenet1_1.safetensors")));
    EXPECT_TRUE(fs::exists(own("squeezenet1_1.pth")));
    // Its own file once more changes nothing.
    ASSERT_EQ(runCli({"weights", "add", "squeezenet1_1", own("squeezenet1_1.pth")}).status, 0);
    EXPECT_EQ(readText(own("squeezenet1_1.pth")), readText(file));
}

TEST_F(WeightsCommandTest, WhatDoesNotFitIsNamedAndNotTaken) {
    const std::string missing = made("missing.pth");
    expectRefusal(runCli({"weights", "add", "squeezenet1_1", missing}), 1, "missing: features.0.weight");
    const std::string shape = made("shape.pth");
    expectRefusal(runCli({"weights", "add", "squeezenet1_1", shape}), 1, "wrong shape: features.0.bias");
    const std::string extra = made("extra.pth");
    expectRefusal(runCli({"weights", "add", "squeezenet1_1", extra}), 1, "left over: features.99.weight");
    expectRefusal(runCli({"weights", "add", "resnet18", extra}), 1, "not for this backbone");
    writeText(path("text.pth"), "these are no weights");
    expectRefusal(runCli({"weights", "add", "resnet18", path("text.pth")}), 1, "no weight file");
    expectRefusal(runCli({"weights", "add", "resnet18", path("nowhere.pth")}), 1, "no such weight file");
    EXPECT_FALSE(fs::exists(path("data"))) << "a refused file leaves nothing";
}

TEST_F(WeightsCommandTest, PyTorchsFilesAreListedAndLeftAlone) {
    const std::string file = path("torch/hub/checkpoints/resnet18-f37072fd.pth");
    writeText(file, "x");
    const auto listed = json::parse(runCli({"weights", "list", "--json"}).output);
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0].at("place"), "pytorch");
    EXPECT_EQ(listed[0].at("tag"), "IMAGENET1K_V1");
    EXPECT_EQ(listed[0].at("file"), file);
    expectRefusal(runCli({"weights", "remove", "resnet18"}), 1, "PyTorch's folder");
    EXPECT_TRUE(fs::exists(file));
}

TEST_F(WeightsCommandTest, AFetchOfOtherBytesIsRefusedAndLeavesNothing) {
    writeText(path("served"), std::string(100'000, 'w'));
    LoopbackServer server(path("served"), path("log"));
    struct Case {
        const char* behaviour;
        const char* code;
    };
    for (const Case& c : {Case{"good", "bad_format"}, Case{"endless", "bad_format"},
                          Case{"status-404", "not_found"}, Case{"garbage", "unreachable"}}) {
        SCOPED_TRACE(c.behaviour);
        setenv("GRAFT_WEIGHTS_MIRROR", server.url(c.behaviour, "").c_str(), 1);
        const auto result = runCli({"weights", "fetch", "squeezenet1_1", "--json"});
        EXPECT_EQ(result.status, 1);
        const json error = json::parse(result.output).at("error");
        EXPECT_EQ(error.at("code"), c.code) << result.errors;
        EXPECT_NE(result.errors.find("graft-cli: "), std::string::npos);
        EXPECT_TRUE(fs::is_empty(own("")));
    }
    EXPECT_NE(server.requests().at(0).find("/good/squeezenet1_1-b8a52dc0.pth"), std::string::npos);
    setenv("GRAFT_WEIGHTS_MIRROR", server.url("breaks", "").c_str(), 1);
    const auto broken = runCli({"weights", "fetch", "squeezenet1_1"});
    EXPECT_EQ(broken.status, 1);
    EXPECT_NE(broken.errors.find("broke off"), std::string::npos) << broken.errors;
    EXPECT_TRUE(fs::exists(own("squeezenet1_1-b8a52dc0.pth.part"))) << "the next fetch goes on from there";
    EXPECT_FALSE(fs::exists(own("squeezenet1_1-b8a52dc0.pth")));
    EXPECT_EQ(json::parse(runCli({"weights", "list", "--json"}).output), json::array());
    ASSERT_EQ(runCli({"weights", "remove", "squeezenet1_1"}).status, 0);
    EXPECT_TRUE(fs::is_empty(own("")));
}

// ConvNeXt V2's authors publish none, and do not allow commercial use.
TEST_F(WeightsCommandTest, WhatWasCheckedWithoutAPublishedChecksumIsSaid) {
    runPython("backbone_reference.py", {"models", path(""), "1", "convnextv2_atto:32"});
    const auto wrapped = runProcess(
        {GRAFT_PYTHON, "-c", "import sys, torch; torch.save({'model': torch.load(sys.argv[1])}, sys.argv[2])",
         path("convnextv2_atto.pth"), path("served")});
    ASSERT_EQ(wrapped.status, 0) << wrapped.errors;
    LoopbackServer server(path("served"), path("log"));
    setenv("GRAFT_WEIGHTS_MIRROR", server.url("good", "").c_str(), 1);

    const auto fetched = runCli({"weights", "fetch", "convnextv2_atto"});
    ASSERT_EQ(fetched.status, 0) << fetched.errors;
    EXPECT_NE(fetched.errors.find("No checksum is published"), std::string::npos) << fetched.errors;
    EXPECT_NE(fetched.errors.find("CC-BY-NC-4.0, not for commercial use"), std::string::npos)
        << fetched.errors;
    const std::string file = own("convnextv2_atto_1k_224_ema.pt");
    const json document = json::parse(runCli({"weights", "fetch", "convnextv2_atto", "--json"}).output);
    EXPECT_EQ(document.at("file"), file);
    EXPECT_EQ(document.at("checked_by"), "content");
    EXPECT_EQ(document.at("kept_sha256"), runProcess({"sha256sum", file}).output.substr(0, 64));
    EXPECT_EQ(document.at("licence"), "CC-BY-NC-4.0");
    EXPECT_EQ(server.requests().size(), 1U);
    for (const auto& one : json::parse(runCli({"backbones", "--json"}).output)) {
        const json& name = one.at("name");
        if (name == "convnextv2_atto") {
            EXPECT_EQ(one.at("checksum"), "none");
            EXPECT_EQ(one.at("weights"), "here");
        }
        if (name == "resnet18") {
            EXPECT_EQ(one.at("checksum"), "published");
        }
    }

    // Whoever trains with a file that has become another one is told.
    makeSampleFolder(path("images"), 4, 2);
    const auto train = [&](const std::string& run) {
        return runCli({"train", path("images"), "--backbone", "convnextv2_atto", "--crop", "32", "--epochs",
                       "1", "--run", path(run)});
    };
    const auto unchanged = train("before");
    ASSERT_EQ(unchanged.status, 0) << unchanged.errors;
    EXPECT_EQ(unchanged.errors.find("has changed since"), std::string::npos) << unchanged.errors;
    fs::copy_file(path("convnextv2_atto.pth"), file, fs::copy_options::overwrite_existing);
    const auto changed = train("after");
    ASSERT_EQ(changed.status, 0) << changed.errors;
    EXPECT_NE(changed.errors.find("The weight file has changed since it was fetched"), std::string::npos)
        << changed.errors;
}

// On Hugging Face every model's file has one name.
TEST_F(WeightsCommandTest, AFileWithoutANameOfItsOwnGetsItsBackbones) {
    runPython("backbone_reference.py", {"models", path(""), "1", "mobilenetv4_conv_small:64"});
    LoopbackServer server(path("mobilenetv4_conv_small.pth"), path("log"));
    setenv("GRAFT_WEIGHTS_MIRROR", server.url("good", "").c_str(), 1);
    const std::string name = "mobilenetv4_conv_small-e2400_r224_in1k.safetensors";
    const auto fetched = runCli({"weights", "fetch", "mobilenetv4_conv_small", "--json"});
    ASSERT_EQ(fetched.status, 0) << fetched.errors;
    EXPECT_EQ(json::parse(fetched.output).at("file"), own(name));
    EXPECT_NE(server.requests().at(0).find("/good/" + name), std::string::npos);
    int here = 0;
    for (const auto& one : json::parse(runCli({"weights", "list", "--json"}).output)) {
        here += one.at("name") == "mobilenetv4_conv_small" ? 1 : 0;
        EXPECT_EQ(one.at("tag"), "e2400_r224_in1k");
    }
    EXPECT_EQ(here, 1);
}

TEST_F(WeightsCommandTest, InterruptedItStopsAndKeepsWhatCame) {
    writeText(path("served"), std::string(100'000, 'w'));
    LoopbackServer server(path("served"), path("log"));
    setenv("GRAFT_WEIGHTS_MIRROR", server.url("stalls", "").c_str(), 1);
    const pid_t child = fork();
    if (child == 0) {
        const int errors = open(path("errors").c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        dup2(errors, STDERR_FILENO);
        execl(GRAFT_CLI, GRAFT_CLI, "weights", "fetch", "squeezenet1_1", static_cast<char*>(nullptr));
        _exit(127);
    }
    const std::string part = own("squeezenet1_1-b8a52dc0.pth.part");
    std::error_code error;
    while (!fs::exists(part) || fs::file_size(part, error) < 50'000)
        usleep(2000);
    kill(child, SIGINT);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 1);
    EXPECT_NE(readText(path("errors")).find("What has come is kept"), std::string::npos)
        << readText(path("errors"));
    EXPECT_EQ(fs::file_size(part), 50'000U);
}

TEST_F(WeightsCommandTest, AWrongCommandLineIsSaid) {
    expectRefusal(runCli({"weights"}), 2, "subcommand");
    expectRefusal(runCli({"weights", "fetch"}), 2, "name");
    expectRefusal(runCli({"weights", "add", "resnet18"}), 2, "file");
    expectRefusal(runCli({"weights", "fetch", "resnet81"}), 1, "did you mean");
    expectRefusal(runCli({"weights", "fetch", "resnet50", "--tag", "V3"}), 1, "IMAGENET1K_V2, IMAGENET1K_V1");
    setenv("GRAFT_WEIGHTS_MIRROR", "here", 1);
    expectRefusal(runCli({"weights", "fetch", "resnet50"}), 2, "GRAFT_WEIGHTS_MIRROR");
}

}  // namespace

}  // namespace graft::test
