// SPDX-License-Identifier: GPL-3.0-or-later
// A model that is taken away gives the same answers elsewhere: torch.jit.load and torchvision in Python.
#include <cstring>
#include <nlohmann/json.hpp>
#include <regex>

#include "core/data/ImageDecoder.h"
#include "core/inference/Predictor.h"
#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

using nlohmann::json;

class ExportTest : public testing::TestWithParam<std::string> {
  protected:
    void SetUp() override { makeSampleFolder(path("images")); }
    std::string path(const std::string& name) const { return m_folder.path(name); }

    void train(const std::string& backbone, const std::vector<std::string>& more = {}) {
        std::vector<std::string> arguments{
            "train", path("images"), "--backbone", backbone,   "--weights", "none",         "--resize",
            "32",    "--crop",       "32",         "--epochs", "1",         "--batch-size", "8",
            "--run", path("run")};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const auto result = runCli(arguments);
        ASSERT_EQ(result.status, 0) << result.errors;
    }

    json exportAs(const std::string& format, const std::string& file) {
        const auto result =
            runCli({"export", path("run"), "--format", format, "--output", path(file), "--verify", "--json"});
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.status == 0 ? json::parse(result.output) : json();
    }

    // The exported model's logits for every validation image, by Graft, and the images as Python reads them.
    std::vector<std::vector<float>> ourLogits(const std::string& model) {
        std::vector<base::Image> images;
        std::ofstream raw(path("in"), std::ios::binary);
        auto predictor = inference::Predictor::open(path(model), "cpu");
        EXPECT_TRUE(predictor) << predictor.error().sentence();
        if (!predictor) return {};
        for (const auto& entry : fs::recursive_directory_iterator(path("images/val"))) {
            if (!entry.is_regular_file()) continue;
            images.push_back(data::decodeImage(entry.path().string()).value());
            const auto values = data::preprocess(images.back(), predictor->preprocessOptions());
            raw.write(reinterpret_cast<const char*>(values.data()),
                      static_cast<std::streamsize>(values.size() * sizeof(float)));
        }
        return predictor->logits(images).value();
    }

    void expectSameLogits(const std::vector<std::vector<float>>& ours, const std::string& pythonFile) {
        const std::string bytes = readText(pythonFile);
        ASSERT_EQ(bytes.size(), ours.size() * ours.at(0).size() * sizeof(float));
        const char* next = bytes.data();
        for (const auto& row : ours) {
            for (const float value : row) {
                float theirs = 0;
                std::memcpy(&theirs, next, sizeof(theirs));
                next += sizeof(theirs);
                EXPECT_NEAR(value, theirs, 1e-4);
            }
        }
    }

  private:
    TemporaryFolder m_folder;
};

TEST_P(ExportTest, PythonGivesTheSameLogits) {
    ASSERT_NO_FATAL_FAILURE(train(GetParam()));
    const json script = exportAs("torchscript", "m.pt");
    EXPECT_EQ(script.at("verified").at("images"), 18);
    EXPECT_EQ(script.at("verified").at("same_class"), 18);
    EXPECT_EQ(script.at("bytes"), fs::file_size(path("m.pt")));
    const auto ours = ourLogits("m.pt");
    runPython("torchvision_reference.py", {"jit", path("m.pt"), path("in"), path("out"), "32"});
    expectSameLogits(ours, path("out"));

    exportAs("safetensors", "m.safetensors");
    expectSameLogits(ourLogits("m.safetensors"), path("out"));
    runPython("torchvision_reference.py",
              {"load", GetParam(), path("m.safetensors"), "3", path("in"), path("out2"), "32"});
    expectSameLogits(ours, path("out2"));

    const json sidecar = json::parse(readText(path("m.pt.json")));
    EXPECT_EQ(sidecar.at("classes"), (json{"0", "1", "2"}));
    EXPECT_EQ(sidecar.at("preprocess").at("crop"), 32);
}

INSTANTIATE_TEST_SUITE_P(Families, ExportTest, testing::Values("resnet18", "mobilenet_v2", "squeezenet1_1"),
                         [](const auto& instance) { return instance.param; });

TEST_F(ExportTest, AnMlpHeadTravelsToo) {
    ASSERT_NO_FATAL_FAILURE(train("squeezenet1_1", {"--head", "mlp", "--hidden-units", "8"}));
    exportAs("torchscript", "m.pt");
    exportAs("safetensors", "m.safetensors");
    const auto ours = ourLogits("m.safetensors");
    runPython("torchvision_reference.py", {"jit", path("m.pt"), path("in"), path("out"), "32"});
    expectSameLogits(ours, path("out"));
}

TEST_F(ExportTest, WhatIsMissingOrDamagedIsNamed) {
    ASSERT_NO_FATAL_FAILURE(train("squeezenet1_1"));
    exportAs("torchscript", "m.pt");
    const std::string image = path("images/val/0/000000.png");
    ASSERT_EQ(runCli({"predict", path("m.pt"), image}).status, 0);

    fs::rename(path("m.pt.json"), path("elsewhere.json"));
    auto result = runCli({"predict", path("m.pt"), image});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.errors.find("m.pt.json"), std::string::npos) << result.errors;

    fs::rename(path("elsewhere.json"), path("m.pt.json"));
    fs::resize_file(path("m.pt"), fs::file_size(path("m.pt")) / 2);
    result = runCli({"predict", path("m.pt"), image});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.errors.find("damaged"), std::string::npos) << result.errors;

    result = runCli({"export", path("run"), "--format", "torchscript", "--output", path("no/such/m.pt")});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.errors.find("no such folder"), std::string::npos) << result.errors;
    const std::string model = readText(path("run/model.safetensors"));
    for (const std::string name : {"model.safetensors", "evaluation", "config.json", "checkpoint/x.pt"}) {
        result = runCli({"export", path("run"), "--format", "torchscript", "--output", path("run/" + name)});
        EXPECT_EQ(result.status, 2) << name;
        EXPECT_NE(result.errors.find("run's own files"), std::string::npos) << result.errors;
    }
    EXPECT_EQ(readText(path("run/model.safetensors")), model);
    // Nor another run's.
    fs::create_directories(path("other"));
    for (const std::string name : {"config.json", "dataset.json", "model.safetensors"})
        writeText(path("other/" + name), "another run's");
    result = runCli(
        {"export", path("run"), "--format", "safetensors", "--output", path("other/model.safetensors")});
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(readText(path("other/model.safetensors")), "another run's");
    // What is written beside an export takes no stranger's place.
    for (const std::string ending : {".json", ".py"}) {
        writeText(path("new.pt" + ending), "mine");
        result = runCli({"export", path("run"), "--format", "torchscript", "--output", path("new.pt")});
        EXPECT_EQ(result.status, 1);
        EXPECT_NE(result.errors.find("new.pt" + ending), std::string::npos) << result.errors;
        EXPECT_EQ(readText(path("new.pt" + ending)), "mine");
        EXPECT_FALSE(fs::exists(path("new.pt")));
        fs::remove(path("new.pt" + ending));
    }
    result = runCli({"export", path("run"), "--format", "coreml", "--output", path("m.x")});
    EXPECT_EQ(result.status, 2);
}

TEST_F(ExportTest, TakesThePlaceOfAnEarlierExportAndOfNothingElse) {
    ASSERT_NO_FATAL_FAILURE(train("squeezenet1_1"));
    exportAs("torchscript", "m.pt");
    exportAs("torchscript", "m.pt");
    exportAs("safetensors", "m.safetensors");
    fs::remove(path("m.safetensors.json"));
    exportAs("safetensors", "m.safetensors");  // known by its own mark

    const auto refused = [&](const std::string& format, const std::string& output, const std::string& mine) {
        writeText(path(mine), "mine");
        const auto result = runCli({"export", path("run"), "--format", format, "--output", path(output)});
        EXPECT_EQ(result.status, 1) << mine;
        EXPECT_NE(result.errors.find(path(mine) + ": "), std::string::npos) << result.errors;
        EXPECT_NE(result.errors.find("another name"), std::string::npos) << result.errors;
        EXPECT_EQ(readText(path(mine)), "mine");
    };
    const std::string model = readText(path("m.pt"));
    refused("torchscript", "m.pt", "m.pt.py");  // though the .json is an export's
    EXPECT_EQ(readText(path("m.pt")), model);
    for (const std::string format : {"torchscript", "safetensors"})
        refused(format, "notes.txt", "notes.txt");
    EXPECT_FALSE(fs::exists(path("notes.txt.json")));
}

// Names that need quotes, and one that is no UTF-8.
TEST_F(ExportTest, TheHelpersCsvIsThatOfPredict) {
    for (const std::string split : {"train/", "val/"}) {
        for (const auto& [label, name] : {std::pair<std::string, std::string>{"0", "Rose, red"},
                                          {"1", "Rose, \"white\""},
                                          {"2", "Rose, blue"}})
            fs::rename(path("images/" + split + label), path("images/" + split + name));
    }
    ASSERT_NO_FATAL_FAILURE(train("squeezenet1_1"));
    exportAs("torchscript", "m.pt");
    fs::create_directories(path("odd"));
    std::vector<std::string> pictures;
    for (const std::string name :
         {"a, b.png", "caf\xe9.png", "carriage\rreturn.png", "say \"a\".png", "two\nlines.png"}) {
        pictures.push_back(path("odd/" + name));
        fs::copy_file(path("images/val/Rose, red/000000.png"), pictures.back());
    }
    const auto answers = [&](std::vector<std::string> command) {
        command.insert(command.end(), pictures.begin(), pictures.end());
        const auto result = runProcess(command);
        EXPECT_EQ(result.status, 0) << result.errors;
        // The numbers differ in their last digits.
        return std::regex_replace(result.output, std::regex(",[01]\\.[0-9]{6}\n"), ",P\n");
    };
    const std::string ours = answers({GRAFT_CLI, "predict", path("m.pt")});
    EXPECT_NE(ours.find("/say \"\"a\"\".png\",\"Rose, "), std::string::npos) << ours;
    // Whatever the language's settings: Python otherwise ends at the name that is no UTF-8.
    EXPECT_EQ(answers({"env", "PYTHONIOENCODING=utf-8:strict", GRAFT_PYTHON, path("m.pt.py")}), ours);
}

// As a kill leaves it: the .json of a model that never came, and of the one that is there.
TEST_F(ExportTest, AnInterruptedExportIsTheEarlierOneInPythonToo) {
    ASSERT_NO_FATAL_FAILURE(train("squeezenet1_1"));
    exportAs("torchscript", "m.pt");
    const std::string picture = path("images/val/0/000000.png");
    const auto python = [&] { return runProcess({GRAFT_PYTHON, path("m.pt.py"), picture}); };
    const auto graft = [&] { return runCli({"predict", path("m.pt"), picture}); };
    // Without the probability, whose last digit may differ.
    const auto classOf = [](const ProcessResult& result) {
        EXPECT_EQ(result.status, 0) << result.errors;
        return result.output.substr(0, result.output.rfind(','));
    };
    const std::string expected = classOf(graft());
    ASSERT_EQ(classOf(python()), expected);

    const json own = json::parse(readText(path("m.pt.json")));
    json next = own;
    next["classes"] = {"x", "y", "z"};
    next["sha256"] = std::string(64, '0');
    writeText(path("m.pt.json"), next.dump());
    const auto refused = python();
    EXPECT_EQ(refused.status, 1);
    EXPECT_EQ(refused.output, "");
    EXPECT_NE(refused.errors.find("m.pt: The model is not the file"), std::string::npos) << refused.errors;
    EXPECT_EQ(graft().status, 1);

    next["replaces"] = own;
    writeText(path("m.pt.json"), next.dump());
    EXPECT_EQ(classOf(python()), expected);
    EXPECT_EQ(classOf(graft()), expected);
}

TEST_F(ExportTest, TakesThePlaceOfNoDeviceAndNoPipe) {
    train("shufflenet_v2_x1_0");
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
    const auto result = runCli({"export", path("run"), "--format", "safetensors", "--output", path("pipe")});
    EXPECT_EQ(result.status, 2) << result.errors;
    EXPECT_NE(result.errors.find("device or a pipe"), std::string::npos) << result.errors;
    EXPECT_TRUE(fs::is_fifo(path("pipe")));
}

// As a cluster's or a shell's limit has it: a sentence, and nothing half done.
TEST_F(ExportTest, ALimitOnTheSizeOfFilesIsASentenceOfEveryCommand) {
    train("shufflenet_v2_x1_0");
    const auto limited = [&](const std::string& blocks, std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(),
                         {"bash", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "bash", GRAFT_CLI});
        return runProcess(arguments);
    };
    for (const std::string format : {"torchscript", "safetensors"}) {
        const auto result =
            limited("100", {"export", path("run"), "--format", format, "--output", path("m." + format)});
        EXPECT_EQ(result.status, 1) << result.errors;
        EXPECT_NE(result.errors.find("File too large"), std::string::npos) << result.errors;
    }
    const auto predicted =
        limited("1", {"predict", path("run"), path("images"), "--output", path("answers.csv")});
    EXPECT_EQ(predicted.status, 1) << predicted.errors;
    EXPECT_NE(predicted.errors.find("File too large"), std::string::npos) << predicted.errors;
    for (const auto& entry : fs::directory_iterator(path(""))) {
        EXPECT_EQ(entry.path().string().find(".partial"), std::string::npos) << entry.path();
        EXPECT_FALSE(entry.path().filename().string().starts_with("m.")) << entry.path();
    }
}

}  // namespace

}  // namespace graft::test
