// SPDX-License-Identifier: GPL-3.0-or-later
// An export whose disk fails, fills up, or that is killed, at every single change of its folder: never a
// model beside another's .json that passes for its own.
#include <csignal>

#include "core/exporting/Exporter.h"
#include "core/inference/detail/Sidecar.h"
#include "tests/support/FailingDevice.h"
#include "tests/support/InChild.h"
#include "tests/support/TrainingFixture.h"

namespace graft::test {

namespace {

using exporting::Format;

enum ChildStatus { kDone = 0, kFailed = 1, kOtherFailure = 2, kUndisturbed = 3 };

// What lies at the export's place before it.
enum class Before { Nothing, AnothersExport, AnOlderVersionsExport };

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

    int exportRun(const std::string& run, Format format) const {
        runtime::RunControl control;
        const auto report = exporting::exportRun(path(run), format, file(), false, {}, control);
        if (report) return kDone;
        const Error& error = report.error();
        const bool isSentence =
            error.code == ErrorCode::Unwritable && error.message.ends_with("No space left on device.") &&
            error.path.starts_with(file()) && error.path.find(".partial") == std::string::npos;
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

    Contents exported(const std::string& run, Format format) const {
        put({});
        EXPECT_EQ(inChild([&] { return exportRun(run, format); }), kDone);
        return contents();
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
        EXPECT_TRUE(!before.contains("model") || now.at("model") != before.at("model"));
        EXPECT_TRUE(!whole.contains("model.py") || now.at("model.py") == whole.at("model.py"));
    }

    // The run "two" is exported where that of "one" may lie.
    void disturb(Format format, Before what, DeviceDoes does) {
        const Contents whole = exported("two", format);
        ASSERT_EQ(whole.size(), format == Format::TorchScript ? 3U : 2U);
        Contents before;
        if (what != Before::Nothing) before = exported("one", format);
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
                const auto sidecar = inference::sidecarThatFits(file());
                if (!sidecar) {
                    EXPECT_TRUE(sidecar.error().message.ends_with("."));
                } else if (now != before) {
                    expectTheNewOne(now, before, whole);
                }
                EXPECT_EQ(inChild([&] { return exportRun("two", format); }), kDone);
                expectTheNewOne(contents(), before, whole);
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
    disturb(Format::TorchScript, Before::Nothing, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, AFailureAtAnyChangeOfAFirstSafetensorsLeavesNothing) {
    disturb(Format::Safetensors, Before::Nothing, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, AFailureAtAnyChangeLeavesTheTorchScriptThatWasThere) {
    disturb(Format::TorchScript, Before::AnothersExport, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, AFailureAtAnyChangeLeavesTheSafetensorsThatWereThere) {
    disturb(Format::Safetensors, Before::AnOlderVersionsExport, DeviceDoes::Fail);
}

TEST_F(ExportFilesTest, ADiskThatFillsUpAtAnyChangeLeavesWhatWasThere) {
    disturb(Format::TorchScript, Before::AnothersExport, DeviceDoes::Full);
    disturb(Format::TorchScript, Before::Nothing, DeviceDoes::Full);
}

TEST_F(ExportFilesTest, AKillAtAnyChangeNeverLeavesAModelBesideAnothersJson) {
    disturb(Format::TorchScript, Before::Nothing, DeviceDoes::Kill);
    disturb(Format::TorchScript, Before::AnOlderVersionsExport, DeviceDoes::Kill);
}

}  // namespace

}  // namespace graft::test
