// SPDX-License-Identifier: GPL-3.0-or-later
// An export whose disk fails, fills up, or that is killed, at every single change of its folder: never a
// model beside another's .json, and never none where there was one.
#include <chrono>
#include <csignal>
#include <thread>

#include "core/exporting/Exporter.h"
#include "core/inference/detail/ModelHash.h"
#include "core/inference/detail/Sidecar.h"
#include "tests/support/FailingDevice.h"
#include "tests/support/InChild.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

constexpr const char* kTorchScript = "torchscript";
constexpr const char* kSafetensors = "safetensors";

enum ChildStatus { kDone = 0, kFailed = 1, kOtherFailure = 2, kUndisturbed = 3 };

// What lies at the export's place before it.
enum class Before { Nothing, AnothersExport, AnOlderVersionsExport };

using Names = std::vector<std::string>;
const Names kClasses{"0", "1", "2"};
const Names kClassesBefore{"amber", "blue", "cyan"};

class ExportFilesTest : public TrainingFixture {
  protected:
    using Contents = std::map<std::string, std::string>;  // of each file by its name

    void SetUp() override {
        TrainingFixture::SetUp();
        setenv("XDG_CACHE_HOME", path("cache").c_str(), 1);
        for (const std::string run : {"one", "two"}) {
            auto c = config(run);
            c.epochs = 1;
            c.threads = 1;
            c.seed = run == "one" ? 1 : 2;
            ASSERT_EQ(inChild([&] {
                          runtime::RunControl control;
                          return training::train(
                                     c, [](const auto&) {}, control)
                                     ? kDone
                                     : kFailed;
                      }),
                      kDone);
        }
    }

    std::string file() const { return path("out/model"); }

    int exportRun(const std::string& run, const std::string& format) const {
        runtime::RunControl control;
        const auto report = exporting::exportRun(path(run), format, file(), false, {}, control);
        if (report) return kDone;
        const Error& error = report.error();
        const bool isSentence = error.code == ErrorCode::Unwritable &&
                                error.message.english().ends_with("No space left on device.") &&
                                error.path.starts_with(file()) &&
                                error.path.find(".partial") == std::string::npos;
        return isSentence ? kFailed : kOtherFailure;
    }

    Contents contents() const {
        Contents found;
        for (const auto& entry : fs::recursive_directory_iterator(path("out"))) {
            found[entry.path().lexically_relative(path("out")).string()] =
                entry.is_regular_file() ? readText(entry.path().string()) : "a folder";
        }
        return found;
    }
    void put(const Contents& contents) const {
        fs::remove_all(path("out"));
        fs::create_directories(path("out"));
        for (const auto& [name, content] : contents)
            writeText(path("out/" + name), content);
    }
    // The folder aside, which the next export removes.
    static void removeAside(Contents& contents) {
        std::erase_if(contents,
                      [](const auto& entry) { return entry.first.find(".partial") != std::string::npos; });
    }
    static std::vector<std::string> namesOf(const Contents& contents) {
        std::vector<std::string> names;
        for (const auto& [name, content] : contents)
            names.push_back(name);
        return names;
    }

    Contents exported(const std::string& run, const std::string& format) const {
        put({});
        EXPECT_EQ(inChild([&] { return exportRun(run, format); }), kDone);
        return contents();
    }

    // The export with other names for its classes, as a person may write them, so that a .json shows whose it
    // is.
    Contents renamed(Contents contents) const {
        std::string& sidecar = contents.at("model.json");
        for (std::size_t i = 0; i < kClasses.size(); ++i) {
            const std::string name = "\n    \"" + kClasses[i] + "\"";
            const std::size_t at = sidecar.find(name);
            EXPECT_NE(at, std::string::npos);
            sidecar.replace(at, name.size(), "\n    \"" + kClassesBefore[i] + "\"");
        }
        put(contents);
        const auto read = inference::sidecarThatFits(file());
        EXPECT_TRUE(read && read->classes == kClassesBefore);
        return contents;
    }

    // As it was written before the .json had a hash.
    Contents withoutHash(Contents contents) const {
        std::string& sidecar = contents.at("model.json");
        sidecar = sidecar.substr(0, sidecar.find(",\n  \"sha256\"")) + "\n}\n";
        put(contents);
        const auto read = inference::sidecarThatFits(file());
        EXPECT_TRUE(read && read->sha256.empty());
        return contents;
    }

    void expectTheNewOne(const Contents& now, const Contents& before, const Contents& whole) const {
        ASSERT_EQ(namesOf(now), namesOf(whole));
        const auto sidecar = inference::sidecarThatFits(file());
        ASSERT_TRUE(sidecar) << sidecar.error().sentence();
        EXPECT_FALSE(sidecar->sha256.empty());
        EXPECT_EQ(sidecar->classes, kClasses);
        EXPECT_TRUE(!before.contains("model") || now.at("model") != before.at("model"));
        EXPECT_TRUE(!whole.contains("model.py") || now.at("model.py") == whole.at("model.py"));
    }

    // A first export may have left its beginnings; one that was there, or the new one, is whole.
    void expectAPair(const Contents& now, const Contents& before, const Contents& whole) const {
        const auto sidecar = inference::sidecarThatFits(file());
        if (before.empty()) {
            if (!sidecar) {
                EXPECT_TRUE(sidecar.error().message.english().ends_with("."));
            } else {
                expectTheNewOne(now, before, whole);
            }
            return;
        }
        ASSERT_TRUE(sidecar) << sidecar.error().sentence();
        EXPECT_EQ(sidecar->classes, now.at("model") == before.at("model") ? kClassesBefore : kClasses);
    }

    // The run "two" is exported where that of "one" may lie.
    void disturb(const std::string& format, Before what, DeviceDoes does) {
        const Contents whole = exported("two", format);
        ASSERT_EQ(whole.size(), format == kTorchScript ? 3U : 2U);
        Contents before;
        if (what != Before::Nothing) before = renamed(exported("one", format));
        if (what == Before::AnOlderVersionsExport) before = withoutHash(before);
        int failures = 0;
        for (long at = 1;; ++at) {
            SCOPED_TRACE("change " + std::to_string(at));
            put(before);
            const int status = inChild([&] {
                setDevice(path("out"), does, at);
                const int ended = exportRun("two", format);
                return ended == kDone && deviceChanges() < at ? kUndisturbed : ended;
            });
            Contents now = contents();
            if (status == kFailed) {
                ++failures;
                EXPECT_TRUE(now == before) << testing::PrintToString(namesOf(now));
            } else if (status == 128 + SIGKILL) {
                ++failures;
                removeAside(now);
                expectAPair(now, before, whole);
                EXPECT_EQ(inChild([&] { return exportRun("two", format); }), kDone);
                expectTheNewOne(contents(), before, whole);
                EXPECT_EQ(contents().at("model.json").find("replaces"), std::string::npos);
            } else {
                ASSERT_TRUE(status == kDone || status == kUndisturbed) << status;
                removeAside(now);  // what failed may have been its removal
                expectTheNewOne(now, before, whole);
            }
            if (status == kUndisturbed) break;
            ASSERT_LT(at, 1000);
        }
        EXPECT_GT(failures, 12) << "folder, model, .json and their places";
    }
};

TEST_F(ExportFilesTest, AFailureAtAnyChangeOfAFirstTorchScriptLeavesNothing) {
    disturb(kTorchScript, Before::Nothing, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, AFailureAtAnyChangeOfAFirstSafetensorsLeavesNothing) {
    disturb(kSafetensors, Before::Nothing, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, AFailureAtAnyChangeLeavesTheTorchScriptThatWasThere) {
    disturb(kTorchScript, Before::AnothersExport, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, AFailureAtAnyChangeLeavesTheSafetensorsThatWereThere) {
    disturb(kSafetensors, Before::AnOlderVersionsExport, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, ADiskThatFillsUpAtAnyChangeLeavesWhatWasThere) {
    disturb(kTorchScript, Before::AnothersExport, DeviceDoes::Full);
    disturb(kTorchScript, Before::Nothing, DeviceDoes::Full);
}

TEST_F(ExportFilesTest, AKillAtAnyChangeOfAFirstExportNeverLeavesAModelBesideAnothersJson) {
    disturb(kTorchScript, Before::Nothing, DeviceDoes::Kill);
}

TEST_F(ExportFilesTest, AKillAtAnyChangeLeavesTheExportThatWasThereOrTheNewOne) {
    disturb(kTorchScript, Before::AnothersExport, DeviceDoes::Kill);
    disturb(kSafetensors, Before::AnOlderVersionsExport, DeviceDoes::Kill);
}

// The first two names of a list in JSON, each for the other's class.
std::string withTwoSwapped(std::string text) {
    const std::size_t first = text.find("\"0\"", text.find("\"classes\""));
    const std::size_t second = text.find("\"1\"", first);
    EXPECT_NE(second, std::string::npos);
    std::swap(text[first + 1], text[second + 1]);
    return text;
}

constexpr const char* kOtherOrder = "are in another order than";

TEST_F(ExportFilesTest, TheModelItselfNamesItsClassesInTheirOrder) {
    const std::string list = R"(["0","1","2"])";
    const std::string inHeader = R"("graft_classes":"[\"0\",\"1\",\"2\"]")";
    EXPECT_NE(readText(path("one/model.safetensors")).find(inHeader), std::string::npos);
    put(exported("one", kSafetensors));
    EXPECT_NE(readText(file()).find(inHeader), std::string::npos);
    put(exported("one", kTorchScript));
    const auto archive = runProcess({GRAFT_PYTHON, "-c",
                                     "import sys, zipfile\n"
                                     "z = zipfile.ZipFile(sys.argv[1])\n"
                                     "n, = [n for n in z.namelist() if n.endswith('/graft_classes.json')]\n"
                                     "sys.stdout.write(z.read(n).decode())",
                                     file()});
    EXPECT_EQ(archive.output, list) << archive.errors;
}

TEST_F(ExportFilesTest, ClassesInAnotherOrderThanTheModelsAreRefused) {
    const std::string picture = path("images/val/0/000000.png");
    for (const std::string format : {kTorchScript, kSafetensors}) {
        SCOPED_TRACE(format);
        const Contents good = exported("one", format);
        Contents swapped = good;
        swapped.at("model.json") = withTwoSwapped(good.at("model.json"));
        Contents oldSwapped = swapped;  // with no hash in the .json
        std::string& text = oldSwapped.at("model.json");
        text = text.substr(0, text.find(",\n  \"sha256\"")) + "\n}\n";
        for (const Contents& edited : {swapped, oldSwapped}) {
            put(edited);
            const auto sidecar = inference::sidecarThatFits(file());
            ASSERT_FALSE(sidecar);
            EXPECT_EQ(sidecar.error().code, ErrorCode::BadFormat);
            EXPECT_EQ(sidecar.error().path, file() + ".json");
            std::vector<ProcessResult> refused{runCli({"predict", file(), picture}),
                                               runCli({"evaluate", file(), path("images/val")})};
            if (format == kTorchScript)
                refused.push_back(runProcess({GRAFT_PYTHON, file() + ".py", picture}));
            for (const ProcessResult& result : refused) {
                EXPECT_EQ(result.status, 1) << result.output;
                EXPECT_EQ(result.output, "");
                EXPECT_NE(result.errors.find(kOtherOrder), std::string::npos) << result.errors;
                EXPECT_NE(result.errors.find("Export it again"), std::string::npos) << result.errors;
            }
        }
        // Another name for a class is a person's own choice, for one or for all.
        put(renamed(good));
        Contents one = good;
        std::string& names = one.at("model.json");
        names.replace(names.find("\"1\"", names.find("\"classes\"")), 3, "\"tulip\"");
        put(one);
        EXPECT_EQ(inference::sidecarThatFits(file()).value().classes, (Names{"0", "tulip", "2"}));
        EXPECT_EQ(runCli({"predict", file(), picture}).status, 0);
        if (format == kTorchScript) {
            EXPECT_EQ(runProcess({GRAFT_PYTHON, file() + ".py", picture}).status, 0);
        }
    }
}

TEST_F(ExportFilesTest, ARunWhoseClassesAreInAnotherOrderIsNotExported) {
    for (const std::string name : {"one/model.safetensors.json", "one/dataset.json"}) {
        const std::string good = readText(path(name));
        writeText(path(name), withTwoSwapped(good));
        put({});
        const auto refused = runCli({"export", path("one"), "--format", "safetensors", "--output", file()});
        EXPECT_EQ(refused.status, 1) << name;
        EXPECT_NE(refused.errors.find(path(name)), std::string::npos) << refused.errors;
        EXPECT_NE(refused.errors.find(kOtherOrder), std::string::npos) << refused.errors;
        EXPECT_TRUE(contents().empty());
        writeText(path(name), good);
    }
    EXPECT_EQ(exported("one", kSafetensors).size(), 2U);
}

// Nothing is known of their order.
TEST_F(ExportFilesTest, AModelThatNamesNoClassesIsReadAsBefore) {
    Contents files = exported("one", kSafetensors);
    auto dict = weights::readSafetensors(file()).value();
    dict.metadata = {{"format", "pt"}, {"trained_by", "Graft"}};
    ASSERT_TRUE(weights::writeSafetensors(file(), dict));
    std::string sidecar = withTwoSwapped(files.at("model.json"));
    sidecar = sidecar.substr(0, sidecar.find(",\n  \"sha256\"")) + "\n}\n";
    writeText(file() + ".json", sidecar);
    EXPECT_EQ(inference::sidecarThatFits(file()).value().classes, (Names{"1", "0", "2"}));
    EXPECT_EQ(runCli({"predict", file(), path("images/val/0/000000.png")}).status, 0);
}

// A training asks several times what the model is that it begins from.
TEST_F(ExportFilesTest, AModelThatHasNotChangedIsReadOnceForItsHash) {
    put(exported("one", kSafetensors));
    const auto bytesRead = [] {  // by this process, as the system counts them
        std::ifstream counts("/proc/self/io");
        std::string name;
        std::uintmax_t bytes = 0;
        counts >> name >> bytes;
        return name == "rchar:" ? bytes : 0;
    };
    if (bytesRead() == 0) GTEST_SKIP() << "this system does not count what is read";
    const auto size = fs::file_size(file());
    std::this_thread::sleep_for(std::chrono::milliseconds(2100));  // what is younger may change unnoticed
    const std::string expected = runProcess({"sha256sum", file()}).output.substr(0, 64);
    for (const bool isFirst : {true, false}) {
        const auto before = bytesRead();
        const auto sidecar = inference::sidecarThatFits(file());
        ASSERT_TRUE(sidecar) << sidecar.error().sentence();
        EXPECT_EQ(sidecar->sha256, expected);
        EXPECT_EQ(inference::sha256OfModel(file()).value(), expected);
        const auto read = bytesRead() - before;
        EXPECT_EQ(read >= size, isFirst) << read << " of " << size;
        EXPECT_LT(read, 2 * size);
    }
    // Of the same size and age, but not the same.
    const auto age = fs::last_write_time(file());
    std::string other = readText(file());
    other.back() = static_cast<char>(other.back() ^ 1);
    writeText(file(), other);
    fs::last_write_time(file(), age);
    EXPECT_FALSE(inference::sidecarThatFits(file()));
    EXPECT_EQ(inference::sha256OfModel(file()).value(),
              runProcess({"sha256sum", file()}).output.substr(0, 64));
}

}  // namespace

}  // namespace graft::test
