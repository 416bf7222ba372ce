// SPDX-License-Identifier: GPL-3.0-or-later
// The formats of models: every one of the list does what a format must, and so does one that is in no list.
#include <torch/script.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <set>
#include <sstream>

#include "core/backbones/torch/Trace.h"
#include "core/base/detail/AtomicFile.h"
#include "core/data/ImageDecoder.h"
#include "core/exporting/Exporter.h"
#include "core/inference/ModelFormat.h"
#include "core/inference/Predictor.h"
#include "core/inference/detail/ModelClasses.h"
#include "core/inference/torch/FormatIo.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using Names = std::vector<std::string>;

// Those of the list alone, whatever a test has added.
const Names kListed{
#define GRAFT_FORMAT(name) #name,
#include "core/inference/formats/Formats.inc"
#undef GRAFT_FORMAT
};

// With one space wherever lines were broken.
std::string inOneLine(const std::string& text) {
    std::istringstream words(text);
    std::string line;
    for (std::string word; words >> word;)
        line += (line.empty() ? "" : " ") + word;
    return line;
}

TEST(FormatListTest, TheTwoAreWhatTheyHaveAlwaysBeen) {
    const auto* script = inference::findFormat("torchscript");
    const auto* tensors = inference::findFormat("safetensors");
    ASSERT_TRUE(script != nullptr && tensors != nullptr);
    EXPECT_EQ(script->extension, ".pt");
    EXPECT_TRUE(script->hasPythonHelper);
    EXPECT_EQ(tensors->extension, ".safetensors");
    EXPECT_FALSE(tensors->hasPythonHelper);
    EXPECT_EQ(inference::modelFormats().front().name, "torchscript") << "the one that is ticked at first";
}

TEST(FormatListTest, EachIsCalledAndEndsDifferently) {
    std::set<std::string> names;
    std::set<std::string> extensions;
    for (const inference::ModelFormat& format : inference::modelFormats()) {
        SCOPED_TRACE(format.name);
        EXPECT_TRUE(names.insert(format.name).second);
        EXPECT_TRUE(extensions.insert(format.extension).second);
        EXPECT_TRUE(format.extension.starts_with('.'));
        EXPECT_FALSE(format.label.empty());
        EXPECT_FALSE(format.help.empty() || format.help.ends_with('.'));
    }
}

TEST(FormatListTest, EachIsInTheHelpAndInTheDocumentation) {
    const auto help = runCli({"export", "--help"});
    EXPECT_EQ(help.status, 0);
    const std::string page = readText(GRAFT_SOURCE_DIR "/docs/cli.md");
    for (const std::string& name : kListed) {
        const std::string what = " (" + inference::findFormat(name)->help + ")";
        EXPECT_NE(inOneLine(help.output).find(name + what), std::string::npos) << help.output;
        EXPECT_NE(inOneLine(page).find("`" + name + "`" + what), std::string::npos) << name;
    }
}

class FormatsTest : public TrainingFixture {
  protected:
    void SetUp() override {
        TrainingFixture::SetUp();
        auto c = config("run");
        c.epochs = 1;
        trainOrFail(c);
        fs::create_directories(path("out"));
    }

    Result<exporting::ExportReport> exported(const std::string& format, bool verify = false) {
        runtime::RunControl control;
        return exporting::exportRun(path("run"), format, file(), verify, {}, control);
    }
    std::string file() const { return path("out/model"); }

    Names names() const {
        Names found;
        for (const auto& entry : fs::directory_iterator(path("out")))
            found.push_back(entry.path().filename().string());
        std::ranges::sort(found);
        return found;
    }

    // Of the validation images.
    std::vector<float> logits(const std::string& model) const {
        std::vector<base::Image> images;
        for (const auto& entry : fs::recursive_directory_iterator(path("images/val"))) {
            if (entry.is_regular_file()) images.push_back(data::decodeImage(entry.path().string()).value());
        }
        auto predictor = inference::Predictor::open(model, "cpu");
        EXPECT_TRUE(predictor) << predictor.error().sentence();
        if (!predictor) return {};
        std::vector<float> all;
        const auto logits = predictor->logits(images).value();
        for (const auto& row : logits)
            all.insert(all.end(), row.begin(), row.end());
        return all;
    }

    void expectTheRunsAnswers() const {
        const auto expected = logits(path("run"));
        const auto given = logits(file());
        ASSERT_EQ(given.size(), 18U * 3U);
        ASSERT_EQ(given.size(), expected.size());
        for (std::size_t i = 0; i < given.size(); ++i)
            ASSERT_NEAR(given[i], expected[i], 1e-4) << i;
        const auto told =
            inference::Predictor::open(file(), "cpu").value().predict(path("images/val/0/000000.png"));
        ASSERT_TRUE(told) << told.error().sentence();
        EXPECT_EQ(told->size(), 3U);
    }

    void swapTwoClasses() const {
        std::string text = readText(file() + ".json");
        const std::size_t first = text.find("\"0\"", text.find("\"classes\""));
        const std::size_t second = text.find("\"1\"", first);
        ASSERT_NE(second, std::string::npos);
        std::swap(text[first + 1], text[second + 1]);
        writeText(file() + ".json", text);
    }

    void expectTheOrderIsHeld() const {
        ASSERT_TRUE(inference::sidecarThatFits(file()));
        swapTwoClasses();
        const auto refused = inference::sidecarThatFits(file());
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code, ErrorCode::BadFormat);
        EXPECT_NE(refused.error().sentence().find("another order than in the model"), std::string::npos)
            << refused.error().sentence();
    }
};

TEST_F(FormatsTest, EachIsOpenedAgainWithTheRunsAnswers) {
    for (const std::string& name : kListed) {
        SCOPED_TRACE(name);
        fs::remove_all(path("out"));
        fs::create_directories(path("out"));
        const auto report = exported(name);
        ASSERT_TRUE(report) << report.error().sentence();
        EXPECT_EQ(report->format, name);
        Names files{"model", "model.json"};
        if (inference::findFormat(name)->hasPythonHelper) files.push_back("model.py");
        EXPECT_EQ(names(), files);
        EXPECT_EQ(report->helper.empty(), files.size() == 2);
        EXPECT_EQ(inference::readSidecar(file()).value().format, name);
        expectTheRunsAnswers();
        if (inference::findFormat(name)->classesWithin != nullptr) expectTheOrderIsHeld();
    }
}

TEST_F(FormatsTest, AnotherOneIsRefused) {
    const auto refused = exported("nonsense");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
    EXPECT_TRUE(names().empty());
    const auto told = runCli({"export", path("run"), "--format", "nonsense", "--output", file()});
    EXPECT_NE(told.status, 0);
    EXPECT_NE(told.errors.find(R"(Unknown format "nonsense": it is torchscript)"), std::string::npos)
        << told.errors;
    for (const std::string& name : kListed)
        EXPECT_NE(told.errors.find(name), std::string::npos) << told.errors;

    ASSERT_TRUE(exported("safetensors"));
    std::string text = readText(file() + ".json");
    const std::string_view known = R"("format": "safetensors")";
    ASSERT_NE(text.find(known), std::string::npos);
    text.replace(text.find(known), known.size(), R"("format": "nonsense")");
    writeText(file() + ".json", text);
    const auto opened = inference::Predictor::open(file(), "cpu");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::BadFormat);
    EXPECT_NE(opened.error().sentence().find("the format \"nonsense\" is unknown"), std::string::npos)
        << opened.error().sentence();
}

// Of this test alone: the list of classes in a line, and behind it a TorchScript archive from its end to its
// beginning, which nothing else opens.
std::optional<std::string> firstLine(const std::string& file) {
    const std::string text = readText(file);
    const std::size_t end = text.find('\n');
    return end == std::string::npos ? std::nullopt : std::optional(text.substr(0, end));
}

Result<void> writeBackwards(const inference::LoadedModel& model, const std::string& file) {
    const std::string script = file + ".script";
    if (const auto written = inference::formatIo("torchscript").value().write(model, script); !written)
        return fail(written.error());
    std::string bytes = readText(script);
    fs::remove(script);
    std::ranges::reverse(bytes);
    return base::writeFileAtomically(file, inference::classesText(model.sidecar.classes) + "\n" + bytes);
}

Result<void> openBackwards(inference::LoadedModel& model) {
    std::string bytes = readText(model.file);
    bytes.erase(0, bytes.find('\n') + 1);
    std::ranges::reverse(bytes);
    std::istringstream stream(bytes);
    const auto module = std::make_shared<torch::jit::Module>(torch::jit::load(stream, model.device));
    module->eval();
    model.forward = [module](const at::Tensor& images) {
        return backbones::runAsItIs(*module, images).toTensor();
    };
    return {};
}

class OwnFormatTest : public FormatsTest {
  protected:
    void SetUp() override {
        FormatsTest::SetUp();
        if (inference::findFormat("test-backwards") != nullptr) return;
        inference::addFormat({.name = "test-backwards",
                              .label = "Test backwards",
                              .help = "Of this test alone",
                              .extension = ".backwards",
                              .classesWithin = firstLine});
        inference::addFormatIo("test-backwards", {writeBackwards, openBackwards});
    }
};

TEST_F(OwnFormatTest, IsNamedWhereFormatsAreNamed) {
    const auto other = inference::formatOf("nonsense");
    ASSERT_FALSE(other);
    EXPECT_TRUE(
        other.error().sentence().starts_with(R"(Unknown format "nonsense": it is torchscript, safetensors)"))
        << other.error().sentence();
    EXPECT_TRUE(other.error().sentence().ends_with(" or test-backwards.")) << other.error().sentence();
    EXPECT_TRUE(inference::formatsHelp().ends_with(" or test-backwards (Of this test alone)"))
        << inference::formatsHelp();
}

TEST_F(OwnFormatTest, IsExportedProvenAndOpenedWithTheRunsAnswers) {
    const auto report = exported("test-backwards", true);
    ASSERT_TRUE(report) << report.error().sentence();
    EXPECT_TRUE(report->verified && report->verified->passed());
    EXPECT_EQ(report->verified->images, 18U);
    EXPECT_EQ(names(), (Names{"model", "model.json"}));
    EXPECT_EQ(inference::readSidecar(file()).value().format, "test-backwards");
    expectTheRunsAnswers();

    // It takes its own place again, and that of another format's.
    EXPECT_TRUE(exported("test-backwards"));
    EXPECT_TRUE(exported("torchscript"));
    EXPECT_TRUE(exported("test-backwards"));
    expectTheRunsAnswers();
}

TEST_F(OwnFormatTest, ItsOwnListOfClassesIsHeldAgainstTheJson) {
    ASSERT_TRUE(exported("test-backwards"));
    expectTheOrderIsHeld();
}

}  // namespace

}  // namespace graft::test
