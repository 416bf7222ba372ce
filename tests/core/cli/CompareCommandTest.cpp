// SPDX-License-Identifier: GPL-3.0-or-later
// graft-cli compare as a process.
#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/support/ComparingFixture.h"
#include "tests/support/StartCli.h"

namespace graft::test {

namespace {

using nlohmann::json;

using CompareCommandTest = ComparingFixture;

TEST_F(CompareCommandTest, ItsCommandTrainsWhatCameFirst) {
    const auto result = runCli({"compare", path("images"), "--json", "--depths", "1", "--threads", "2"});
    ASSERT_EQ(result.status, 0) << result.errors;
    const json document = json::parse(result.output);
    EXPECT_EQ(document.at("status"), "completed");
    EXPECT_EQ(document.at("images"), 36);
    EXPECT_EQ(document.at("confidence"), 0.95);
    ASSERT_GE(document.at("ranking").size(), 3U);
    const json& best = document["ranking"][0];
    // The promise of docs/cli.md.
    const std::string page = readText(GRAFT_SOURCE_DIR "/docs/cli.md");
    const std::string row = page.substr(page.find("| `compare FOLDER"), 2000);
    for (const auto& [key, value] : document.items())
        EXPECT_NE(row.find(key), std::string::npos) << key;
    for (const auto& [key, value] : best.items())
        EXPECT_NE(row.find(key), std::string::npos) << key;
    EXPECT_EQ(best.at("group"), 1);
    EXPECT_LE(best.at("low"), best.at("accuracy"));
    EXPECT_GE(best.at("high"), best.at("accuracy"));
    EXPECT_FALSE(document.at("absent").empty());

    std::string command = document.at("command");
    EXPECT_EQ(command.rfind("graft-cli train ", 0), 0U) << command;
    command.replace(0, std::string("graft-cli").size(), GRAFT_CLI);
    command.replace(command.find("DIR"), 3, path("run") + " --resize 64 --crop 64");
    if (command.find("--epochs") == std::string::npos && command.find("lbfgs") == std::string::npos)
        command += " --epochs 1";
    const auto trained = runProcess({"sh", "-c", command});
    EXPECT_EQ(trained.status, 0) << command << "\n" << trained.errors;
    EXPECT_TRUE(fs::exists(path("run/model.safetensors")));
}

TEST_F(CompareCommandTest, TheTableSaysWhatTheDocumentSays) {
    const auto result = runCli({"compare", path("images"), "--depths", "0", "--linear-only", "--backbones",
                                "shufflenet_v2_x1_0,resnet18", "--threads", "2"});
    ASSERT_EQ(result.status, 0) << result.errors;
    EXPECT_NE(result.output.find("ShuffleNetV2 1.0x"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("ResNet-18 was left out"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find("Go on with: graft-cli train"), std::string::npos) << result.output;
    EXPECT_NE(result.output.find(" MB, top-1 "), std::string::npos) << result.output;
    EXPECT_NE(result.errors.find("ResNet-18 is left out"), std::string::npos) << result.errors;
}

TEST_F(CompareCommandTest, RefusesWhatCannotBeInASentence) {
    for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--budget", "0"},
                                                  {"--folds", "1"},
                                                  {"--images", "5"},
                                                  {"--depths", "-1"}}) {
        std::vector<std::string> arguments{"compare", path("images")};
        arguments.insert(arguments.end(), wrong.begin(), wrong.end());
        const auto result = runCli(arguments);
        EXPECT_EQ(result.status, 2) << wrong[0] << result.errors;
        EXPECT_EQ(std::count(result.errors.begin(), result.errors.end(), '\n'), 1) << result.errors;
    }
    EXPECT_EQ(runCli({"compare", path("nowhere")}).status, 1);
    const auto unknown = runCli({"compare", path("images"), "--backbones", "resnet81"});
    EXPECT_EQ(unknown.status, 1);
    EXPECT_NE(unknown.errors.find("resnet18"), std::string::npos) << unknown.errors;
}

}  // namespace

}  // namespace graft::test
