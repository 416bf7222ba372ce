// SPDX-License-Identifier: GPL-3.0-or-later
// graft-cli predict as a person uses it on folders from cameras, phones and network storage.
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/support/InChild.h"
#include "tests/support/SampleFolder.h"

namespace graft::test {

namespace {

using nlohmann::json;

std::vector<std::string> linesOf(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

// graft-cli with nobody who reads what it says: it stands still where that is more than a pipe holds.
class Unheard {
  public:
    explicit Unheard(std::vector<std::string> arguments) {
        arguments.insert(arguments.begin(), GRAFT_CLI);
        std::vector<char*> raw;
        for (std::string& argument : arguments)
            raw.push_back(argument.data());
        raw.push_back(nullptr);
        EXPECT_EQ(pipe2(m_ends, O_CLOEXEC), 0);
        fcntl(m_ends[1], F_SETPIPE_SZ, 4096);  // soon full, whatever the size of a page
        m_process = fork();
        if (m_process == 0) {
            dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
            dup2(m_ends[1], STDERR_FILENO);
            execv(GRAFT_CLI, raw.data());
            _exit(127);
        }
        close(m_ends[1]);
    }
    ~Unheard() {
        if (m_process > 0) end(SIGKILL);
    }
    Unheard(const Unheard&) = delete;
    Unheard& operator=(const Unheard&) = delete;

    void waitForItsFirstWord() const {
        char letter = 0;
        EXPECT_EQ(read(m_ends[0], &letter, 1), 1);
    }
    bool isRunning() {
        if (m_process > 0 && waitpid(m_process, nullptr, WNOHANG) != 0) m_process = 0;
        return m_process > 0;
    }
    // Without a signal it goes on to its end, as a full pipe without a reader stops nobody. Its status, or
    // 128
    // + the signal.
    int end(int signal = 0) {
        if (signal != 0) kill(m_process, signal);
        close(m_ends[0]);
        int status = 0;
        waitpid(std::exchange(m_process, 0), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

  private:
    int m_ends[2] = {-1, -1};
    pid_t m_process = 0;
};

class PredictTest : public testing::Test {
  protected:
    static void SetUpTestSuite() {
        s_shared = new TemporaryFolder;
        makeSampleFolder(s_shared->path("images"));
        const auto trained = runCli({"train", s_shared->path("images"), "--backbone", "squeezenet1_1",
                                     "--weights", "none", "--resize", "32", "--crop", "32", "--epochs", "1",
                                     "--batch-size", "8", "--run", s_shared->path("run")});
        ASSERT_EQ(trained.status, 0) << trained.errors;
        const auto exported = runCli(
            {"export", s_shared->path("run"), "--format", "torchscript", "--output", s_shared->path("m.pt")});
        ASSERT_EQ(exported.status, 0) << exported.errors;
    }
    static void TearDownTestSuite() { delete s_shared; }

    static std::string model() { return s_shared->path("m.pt"); }
    static std::string images() { return s_shared->path("images/val"); }
    static std::vector<std::string> files() {
        std::vector<std::string> paths;
        for (const auto& entry : fs::recursive_directory_iterator(images())) {
            if (entry.is_regular_file()) paths.push_back(entry.path().string());
        }
        std::ranges::sort(paths);
        return paths;
    }
    std::string path(const std::string& name) const { return m_folder.path(name); }
    // More of them than sentences about them fit into a pipe.
    std::string manyBrokenPictures() const {
        for (int i = 0; i < 1000; ++i)
            writeText(path("broken/" + std::string(100, 'x') + std::to_string(i) + ".jpg"), "no picture");
        return path("broken");
    }

    static inline TemporaryFolder* s_shared = nullptr;

  private:
    TemporaryFolder m_folder;
};

TEST_F(PredictTest, TheFormatsHoldTheSameAnswersInTheSameOrder) {
    const auto csv = runCli({"predict", model(), images()});
    ASSERT_EQ(csv.status, 0) << csv.errors;
    const auto document = runCli({"predict", model(), images(), "--json"});
    const auto jsonLines = linesOf(runCli({"predict", model(), images(), "--format", "jsonl"}).output);
    const auto csvLines = linesOf(csv.output);
    const json all = json::parse(document.output);
    const auto expected = files();
    ASSERT_EQ(all.size(), expected.size());
    ASSERT_EQ(jsonLines.size(), expected.size());
    ASSERT_EQ(csvLines.size(), expected.size() + 1);
    for (std::size_t i = 0; i < expected.size(); ++i) {
        EXPECT_EQ(all[i].at("path"), expected[i]);
        EXPECT_EQ(json::parse(jsonLines[i]), all[i]);
        const json& best = all[i].at("predictions").at(0);
        EXPECT_TRUE(
            csvLines[i + 1].starts_with(expected[i] + "," + best.at("class").get<std::string>() + ","));
        EXPECT_NEAR(std::stod(csvLines[i + 1].substr(csvLines[i + 1].rfind(',') + 1)),
                    best.at("probability").get<double>(), 1e-6);
        EXPECT_EQ(all[i].at("predictions").size(), 3U);
    }
}

TEST_F(PredictTest, TakesPatternsAndAListOnStandardInput) {
    const auto pattern = runCli({"predict", model(), images() + "/1/*.png"});
    EXPECT_EQ(linesOf(pattern.output).size(), 7U) << pattern.errors;
    EXPECT_EQ(pattern.status, 0);
    std::string list;
    for (const std::string& file : files())
        list += file + "\r\n";
    writeText(path("list.txt"), list + "\n");
    const auto listed = runProcess(
        {"sh", "-c", "exec \"$0\" predict \"$1\" - <\"$2\"", GRAFT_CLI, model(), path("list.txt")});
    EXPECT_EQ(listed.status, 0) << listed.errors;
    EXPECT_EQ(listed.output, runCli({"predict", model(), images()}).output);
    const auto nothing = runCli({"predict", model(), images() + "/*.tiff", images() + "/0"});
    EXPECT_EQ(nothing.status, 1);
    EXPECT_NE(nothing.errors.find("/*.tiff: Nothing matches"), std::string::npos) << nothing.errors;
    EXPECT_EQ(linesOf(nothing.output).size(), 7U);
}

TEST_F(PredictTest, SaysWhatItPassesOverAndWhy) {
    const std::string heic = std::string("\0\0\0\x18", 4) + "ftypheic" + std::string(4, '\0') + "mif1heic";
    fs::create_directories(path("phone/@eaDir/a.png"));
    fs::copy(files().front(), path("phone/a.png"));
    fs::copy(files().front(), path("phone/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg"));
    writeText(path("phone/Thumbs.db"), "x");
    auto result = runCli({"predict", model(), path("phone")});
    EXPECT_EQ(result.status, 0) << result.errors;  // all pictures are answered
    EXPECT_EQ(linesOf(result.output).size(), 2U);
    EXPECT_NE(result.errors.find("@eaDir"), std::string::npos) << result.errors;
    EXPECT_NE(result.errors.find("Thumbs.db"), std::string::npos) << result.errors;

    writeText(path("phone/scan.jxl"), "\xFF\x0A");
    writeText(path("phone/broken.jpg"), readText(files().front()).substr(0, 100));
    result = runCli({"predict", model(), path("phone"), "--json"});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.errors.find("scan.jxl"), std::string::npos) << result.errors;
    EXPECT_NE(result.errors.find("broken.jpg"), std::string::npos) << result.errors;
    std::set<std::string> unanswered;
    for (const json& one : json::parse(result.output)) {
        if (one.contains("error")) unanswered.insert(fs::path(one.at("path").get<std::string>()).filename());
    }
    EXPECT_EQ(unanswered, (std::set<std::string>{"broken.jpg", "scan.jxl"}));

    fs::create_directories(path("empty"));
    result = runCli({"predict", model(), path("empty")});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.errors.find(path("empty") + ": There is no picture"), std::string::npos)
        << result.errors;
}

TEST_F(PredictTest, AFileThatEndsAnywhereIsContinuedToTheSameFile) {
    ASSERT_EQ(runCli({"predict", model(), images(), "--output", path("whole.csv")}).status, 0);
    const std::string whole = readText(path("whole.csv"));
    EXPECT_EQ(whole, runCli({"predict", model(), images()}).output);
    for (std::size_t length = 0; length < whole.size(); length += whole.size() / 7 + 1) {
        writeText(path("cut.csv"), whole.substr(0, length));
        const auto result = runCli({"predict", model(), images(), "--output", path("cut.csv"), "--continue"});
        EXPECT_EQ(result.status, 0) << result.errors;
        EXPECT_EQ(readText(path("cut.csv")), whole) << length;
        EXPECT_FALSE(fs::exists(path("cut.csv.unfinished")));
        // without its .unfinished nobody knows what the answers in it are of
        const bool holdsAnswers =
            whole.substr(0, length).find('\n', whole.find('\n') + 1) != std::string::npos;
        EXPECT_EQ(result.errors.find("Which model gave the answers") != std::string::npos, holdsAnswers)
            << result.errors;
    }
    // what is there is never written over
    const auto again = runCli({"predict", model(), images(), "--output", path("whole.csv")});
    EXPECT_EQ(again.status, 2);
    EXPECT_NE(again.errors.find("--continue"), std::string::npos) << again.errors;
    EXPECT_EQ(readText(path("whole.csv")), whole);
}

TEST_F(PredictTest, AFullDiskEndsItWithASentenceAndItGoesOnLater) {
    const std::string limited =
        "trap '' XFSZ; ulimit -f 1; exec \"$0\" predict \"$1\" \"$2\" --format jsonl --output \"$3\"";
    const std::string file = path("answers.jsonl");
    const auto result = runProcess({"bash", "-c", limited, GRAFT_CLI, model(), images(), file});
    EXPECT_EQ(result.status, 1);
    EXPECT_NE(result.errors.find("cannot be written"), std::string::npos) << result.errors;
    ASSERT_TRUE(fs::exists(file + ".unfinished"));
    const auto other = runCli({"predict", model(), images(), "--format", "jsonl", "--output", file,
                               "--continue", "--threshold", "0.9"});
    EXPECT_EQ(other.status, 2);
    EXPECT_NE(other.errors.find("other settings"), std::string::npos) << other.errors;
    // Not the name says which model it is.
    const auto another = runCli(
        {"predict", s_shared->path("run"), images(), "--format", "jsonl", "--output", file, "--continue"});
    EXPECT_EQ(another.status, 2);
    EXPECT_NE(another.errors.find("another model"), std::string::npos) << another.errors;
    for (const std::string ending : {"", ".json"})
        fs::copy_file(model() + ending, path("moved.pt") + ending);
    const auto moved =
        runCli({"predict", path("moved.pt"), images(), "--format", "jsonl", "--output", file, "--continue"});
    EXPECT_EQ(moved.status, 0) << moved.errors;
    EXPECT_EQ(readText(file), runCli({"predict", model(), images(), "--format", "jsonl"}).output);
}

TEST_F(PredictTest, AFileThatHoldsNoAnswersIsNeverWrittenOver) {
    for (const std::string text : {"my notes, without an end of line", "{\"a\": 1}", "path,klass"}) {
        for (const std::string format : {"csv", "jsonl"}) {
            writeText(path("notes.txt"), text);
            const auto result = runCli({"predict", model(), images(), "--format", format, "--output",
                                        path("notes.txt"), "--continue"});
            EXPECT_NE(result.status, 0);
            EXPECT_EQ(readText(path("notes.txt")), text) << format;
        }
    }
}

TEST_F(PredictTest, ANameListMayBePartedByZeros) {
    const std::string first = files().front();
    const std::string last = files().back();
    const auto result =
        runProcess({"bash", "-c", "printf '%s\\0%s\\0' \"$1\" \"$2\" | \"$0\" predict \"$3\" -", GRAFT_CLI,
                    first, last, model()});
    const auto lines = linesOf(result.output);
    ASSERT_EQ(lines.size(), 3U) << result.errors;
    EXPECT_TRUE(lines[1].starts_with(first + ","));
    EXPECT_TRUE(lines[2].starts_with(last + ","));
}

TEST_F(PredictTest, OutputThatCannotBeWrittenIsAFailure) {
    for (const std::string command : {"backbones --json", "backbones", "weights list --json"}) {
        const auto result = runProcess({"bash", "-c", "\"$0\" " + command + " > /dev/full", GRAFT_CLI});
        EXPECT_EQ(result.status, 1) << command;
        EXPECT_NE(result.errors.find("cannot be written"), std::string::npos) << command << result.errors;
    }
    const auto deaf = runProcess(
        {"bash", "-c", "exec \"$0\" predict \"$1\" \"$2\" 2> /dev/full", GRAFT_CLI, model(), images()});
    EXPECT_EQ(deaf.status, 0);
}

TEST_F(PredictTest, AFailureOnTheWayIsADocumentToo) {
    writeText(path("in the way/uncertain"), "a file where a folder is to be");
    const auto result = runCli(
        {"predict", model(), images(), "--json", "--threshold", "1", "--sort-into", path("in the way")});
    EXPECT_EQ(result.status, 1);
    const json document = json::parse(result.output, nullptr, false);
    ASSERT_TRUE(document.is_object()) << result.output;
    EXPECT_TRUE(document.contains("error")) << result.output;
}

TEST_F(PredictTest, NumbersAreDecimalAndInTheirRange) {
    for (const std::string number : {"010", "0x10", "-1", "99999999999999999999", "1e3", "1.5", ""}) {
        const auto result = runCli({"predict", model(), images(), "--top", number});
        EXPECT_EQ(result.status, 2) << number;
    }
    EXPECT_EQ(runCli({"predict", model(), images(), "--top", "0", "--json"}).status, 0);
}

TEST_F(PredictTest, AThresholdCallsTheRestUncertain) {
    const json certain = json::parse(runCli({"predict", model(), images(), "--json"}).output);
    double middle = 0;
    for (const json& one : certain)
        middle += one["predictions"][0]["probability"].get<double>() / static_cast<double>(certain.size());
    const auto lines =
        linesOf(runCli({"predict", model(), images(), "--threshold", std::to_string(middle)}).output);
    std::size_t uncertain = 0;
    for (std::size_t i = 0; i < certain.size(); ++i) {
        const json& best = certain[i]["predictions"][0];
        const bool below = best["probability"].get<double>() < std::stod(std::to_string(middle));
        const std::string name = below ? "uncertain" : best["class"].get<std::string>();
        EXPECT_TRUE(lines[i + 1].starts_with(certain[i]["path"].get<std::string>() + "," + name + ","));
        uncertain += below ? 1 : 0;
    }
    EXPECT_GT(uncertain, 0U);
    EXPECT_LT(uncertain, certain.size());
}

TEST_F(PredictTest, SortsCopiesByClassAndLeavesTheOriginals) {
    for (const bool link : {false, true}) {
        const std::string target = path(link ? "links" : "copies");
        std::vector<std::string> command{"predict", model(), images(), "--sort-into", target};
        if (link) command.push_back("--link");
        for (int time = 0; time < 2; ++time) {  // the second time everything lies there already
            const auto result = runCli(command);
            ASSERT_EQ(result.status, 0) << result.errors;
            std::map<std::string, std::size_t> expected;
            for (std::size_t i = 1; i < linesOf(result.output).size(); ++i) {
                const std::string line = linesOf(result.output)[i];
                const std::size_t last = line.rfind(',');
                ++expected[line.substr(line.rfind(',', last - 1) + 1, last - line.rfind(',', last - 1) - 1)];
            }
            std::map<std::string, std::size_t> found;
            std::multiset<std::string> contents;
            for (const auto& entry : fs::recursive_directory_iterator(target)) {
                if (!entry.is_regular_file()) continue;
                EXPECT_EQ(entry.is_symlink(), link);
                ++found[entry.path().parent_path().filename()];
                contents.insert(readText(entry.path()));
            }
            EXPECT_EQ(found, expected);
            std::multiset<std::string> originals;
            for (const std::string& file : files())
                originals.insert(readText(file));
            EXPECT_EQ(contents, originals);  // of several pictures of one name, all
        }
    }
    const auto inside = runCli({"predict", model(), images(), "--sort-into", images() + "/sorted"});
    EXPECT_EQ(inside.status, 2);
    EXPECT_NE(inside.errors.find("choose one outside"), std::string::npos) << inside.errors;
}

// Export, then edit the .json by hand: names deleted, added, twice; another crop; another model's file.
TEST_F(PredictTest, ASidecarThatDoesNotFitTheModelIsRefusedByEveryCommand) {
    for (const std::string format : {"torchscript", "safetensors"}) {
        const std::string file = path("m." + format);
        ASSERT_EQ(runCli({"export", s_shared->path("run"), "--format", format, "--output", file}).status, 0);
        const json good = json::parse(readText(file + ".json"));
        // The .json is at fault by itself, or only held against the model's answers.
        enum class Fault { Itself, Answers };
        const auto refused = [&](const std::string& what, const json& edited, Fault fault) {
            writeText(file + ".json", edited.dump());
            std::vector<std::vector<std::string>> commands{{"predict", file, files().front()},
                                                           {"evaluate", file, images()}};
            // Weights need no classes: those that are not the folder's are said, and the classifier begins
            // anew.
            if (fault == Fault::Itself) {
                commands.push_back({"train", s_shared->path("images"), "--backbone", "squeezenet1_1",
                                    "--weights", file, "--epochs", "1", "--run", path("another")});
            }
            for (const auto& command : commands) {
                const auto result = runCli(command);
                EXPECT_EQ(result.status, 1) << what << result.output;
                EXPECT_NE(result.errors.find(file), std::string::npos) << what << result.errors;
                EXPECT_NE(result.errors.find("xport"), std::string::npos) << what << result.errors;
                EXPECT_EQ(result.output, "") << what;
                EXPECT_FALSE(fs::exists(path("another"))) << what;
            }
        };
        json edited = good;
        edited["classes"].erase(2);
        refused("one deleted: ", edited, Fault::Itself);
        edited["output"]["shape"][1] = 2;
        refused("one deleted everywhere: ", edited, Fault::Answers);
        edited = good;
        edited["classes"].push_back("peony");
        edited.erase("output");
        refused("one more: ", edited, Fault::Answers);
        edited = good;
        edited["classes"][1] = edited["classes"][0];
        refused("twice: ", edited, Fault::Itself);
        edited = good;
        edited["classes"][1] = "";
        refused("no name: ", edited, Fault::Itself);
        edited = good;
        edited["preprocess"]["crop"] = 16;
        refused("another crop: ", edited, Fault::Itself);
        edited = good;
        edited["preprocess"]["crop"] = 1e30;
        refused("no crop: ", edited, Fault::Itself);
        edited = good;
        edited["head"]["hidden_units"] = 1e30;
        refused("no head: ", edited, Fault::Itself);
        edited = good;
        edited["sha256"] = std::string(64, '0');
        refused("another model: ", edited, Fault::Itself);
        edited = good;
        edited["classes"][1] = "Rose, red";  // a name is the person's own
        writeText(file + ".json", edited.dump());
        EXPECT_EQ(runCli({"predict", file, images()}).status, 0);
    }
}

TEST_F(PredictTest, AModelOfAnotherProgramIsUsedOrRefusedWithTheReason) {
    runPython("foreign_models.py", {model(), path("")});
    const auto errors = [&](const std::string& name) {
        const auto result = runCli({"predict", path(name), images()});
        EXPECT_EQ(result.status, 1) << name;
        return result.errors;
    };
    EXPECT_NE(errors("tuple.pt").find("one tensor of logits"), std::string::npos);
    EXPECT_NE(errors("images.pt").find("one row of numbers"), std::string::npos);
    EXPECT_NE(errors("softmax.pt").find("gives probabilities"), std::string::npos);
    EXPECT_NE(errors("fails.pt").find("32 x 32 pixels"), std::string::npos);
    EXPECT_NE(errors("nan.pt").find("nan or infinite"), std::string::npos);
    const auto mean = runCli({"predict", path("mean.pt"), images()});
    EXPECT_EQ(mean.status, 0) << mean.errors;
    EXPECT_EQ(linesOf(mean.output).size(), files().size() + 1);
}

// The program beside an export, on what cameras and scanners give, and on pictures much larger than the crop.
TEST_F(PredictTest, TheHelperBesideAnExportGivesThePredictionsInPython) {
    runPython("make_large_images.py", {path("pictures")});
    const auto helper = runProcess(
        {"sh", "-c", "exec \"$0\" \"$1\" \"$2\"/*", GRAFT_PYTHON, model() + ".py", path("pictures")});
    ASSERT_EQ(helper.status, 0) << helper.errors;
    const auto theirs = linesOf(helper.output);
    const auto ours = linesOf(runCli({"predict", model(), path("pictures")}).output);
    ASSERT_EQ(theirs.size(), ours.size());
    ASSERT_GT(ours.size(), 15U);
    for (std::size_t i = 1; i < ours.size(); ++i) {
        const auto split = [](const std::string& line) { return line.rfind(','); };
        EXPECT_EQ(theirs[i].substr(0, split(theirs[i])), ours[i].substr(0, split(ours[i])));
        EXPECT_NEAR(std::stod(theirs[i].substr(split(theirs[i]) + 1)),
                    std::stod(ours[i].substr(split(ours[i]) + 1)), 2e-4)
            << ours[i];
    }
}

// Pictures of unusual kinds: the same answer, or a sentence that Pillow reads them otherwise. Never another
// answer.
TEST_F(PredictTest, TheHelperNeverGivesAnotherAnswerInPython) {
    runPython("make_odd_images.py", {path("odd"), "61", "43"});
    const std::string folder = path("odd/good");
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().extension() == ".rgb") fs::remove(entry.path());
    }
    const auto answersOf = [](const std::string& csv) {
        std::map<std::string, std::pair<std::string, double>> answers;
        const auto lines = linesOf(csv);
        for (std::size_t i = 1; i < lines.size(); ++i) {
            const std::size_t second = lines[i].rfind(',');
            const std::size_t first = lines[i].rfind(',', second - 1);
            answers[lines[i].substr(0, first)] = {lines[i].substr(first + 1, second - first - 1),
                                                  std::stod(lines[i].substr(second + 1))};
        }
        return answers;
    };
    const auto helper =
        runProcess({"sh", "-c", "exec \"$0\" \"$1\" \"$2\"/*", GRAFT_PYTHON, model() + ".py", folder});
    const auto theirs = answersOf(helper.output);
    const auto ours = answersOf(runCli({"predict", model(), folder}).output);
    ASSERT_GT(ours.size(), 30U);
    std::size_t answered = 0;
    for (const auto& [file, mine] : ours) {
        const auto found = theirs.find(file);
        if (found == theirs.end()) {
            EXPECT_NE(helper.errors.find(file + ": "), std::string::npos) << file;
            continue;
        }
        ++answered;
        EXPECT_EQ(found->second.first, mine.first) << file;
        EXPECT_NEAR(found->second.second, mine.second, 5e-3) << file;
    }
    EXPECT_GE(answered * 2, ours.size()) << helper.errors;
}

TEST_F(PredictTest, AListMayComeFromWindowsAndMustHoldSomething) {
    const auto predict = [&](const std::string& list) {
        writeText(path("list"), list);
        return runProcess(
            {"bash", "-c", "exec \"$0\" predict \"$1\" - < \"$2\"", GRAFT_CLI, model(), path("list")});
    };
    const std::string file = files().front();
    const auto marked = predict("\xEF\xBB\xBF" + file + "\r\n");
    EXPECT_EQ(marked.status, 0) << marked.errors;
    EXPECT_EQ(linesOf(marked.output).size(), 2U);
    EXPECT_NE(predict(std::string("\xFF\xFE/\0a\0\n\0", 8)).errors.find("UTF-16"), std::string::npos);
    for (const std::string nothing : {"", "\n\n"}) {
        const auto result = predict(nothing);
        EXPECT_EQ(result.status, 1);
        EXPECT_NE(result.errors.find("empty"), std::string::npos) << result.errors;
    }
    const auto closed = runProcess({"bash", "-c", "exec \"$0\" predict \"$1\" - <&-", GRAFT_CLI, model()});
    EXPECT_EQ(closed.status, 1);
}

TEST_F(PredictTest, OneFileIsAnsweredOnceHoweverItIsSpelt) {
    const std::string file = files().front();
    const std::string folder = fs::path(file).parent_path().string();
    const auto result = runCli({"predict", model(), file,
                                folder + "/../" + fs::path(folder).filename().string() + "/./" +
                                    fs::path(file).filename().string()});
    EXPECT_EQ(linesOf(result.output).size(), 2U) << result.output;
}

TEST_F(PredictTest, NamesThatAreNoUtf8AreContinuedToo) {
    for (const std::string name : {"caf\xe9.png", "caf\xe8.png", "cafe.png"})
        fs::copy_file(files().front(), (fs::create_directories(path("names")), path("names/" + name)));
    const std::string out = path("out.jsonl");
    ASSERT_EQ(runCli({"predict", model(), path("names"), "--format", "jsonl", "--output", out}).status, 0);
    const std::string whole = readText(out);
    const auto lines = linesOf(whole);
    ASSERT_EQ(lines.size(), 3U);
    // What cannot stand in JSON stands there by its bytes, so that the file can be found.
    std::set<std::string> bytes;
    for (const std::string& line : lines) {
        const json entry = json::parse(line);
        const bool isUtf8 = entry.at("path") == path("names/cafe.png");
        ASSERT_EQ(entry.contains("path_bytes"), !isUtf8) << line;
        if (isUtf8) continue;
        const auto hex = entry.at("path_bytes").get<std::string>();
        EXPECT_EQ(hex.size(), 2 * path("names/caf\xe9.png").size());
        bytes.insert(hex.substr(hex.size() - 16));
    }
    EXPECT_EQ(bytes, (std::set<std::string>{"636166e92e706e67", "636166e82e706e67"}));
    for (std::size_t kept = 1; kept < 3; ++kept) {
        std::string part;
        for (std::size_t i = 0; i < kept; ++i)
            part += lines[i] + "\n";
        writeText(out, part);
        ASSERT_EQ(
            runCli({"predict", model(), path("names"), "--format", "jsonl", "--output", out, "--continue"})
                .status,
            0);
        EXPECT_EQ(linesOf(readText(out)), lines) << kept;
    }
    // Of the two that look alike, the one that is missing is answered.
    const std::size_t first = lines[0].find("path_bytes") == std::string::npos ? 1 : 0;
    for (const std::size_t gone : {first, first + 1}) {
        std::string part;
        for (std::size_t i = 0; i < lines.size(); ++i)
            part += i == gone ? "" : lines[i] + "\n";
        writeText(out, part);
        runCli({"predict", model(), path("names"), "--format", "jsonl", "--output", out, "--continue"});
        EXPECT_EQ(readText(out), part + lines[gone] + "\n");
    }
    writeText(out, R"({"path":"a","path_bytes":"6x","predictions":[]})"
                   "\n");
    const auto foreign =
        runCli({"predict", model(), path("names"), "--format", "jsonl", "--output", out, "--continue"});
    EXPECT_NE(foreign.errors.find("cannot be continued"), std::string::npos) << foreign.errors;
    // A picture without an answer can be found as well.
    writeText(path("names/br\xf6ken.jpg"), "no picture");
    const json document = json::parse(runCli({"predict", model(), path("names"), "--json"}).output);
    const auto broken = std::ranges::find_if(document, [](const json& one) { return one.contains("error"); });
    ASSERT_NE(broken, document.end());
    EXPECT_TRUE(broken->at("path_bytes").get<std::string>().ends_with("6272f66b656e2e6a7067"));
}

TEST_F(PredictTest, WhatIsEmptyOrNoNumberIsRefused) {
    for (const std::string option : {"--output", "--sort-into", "--format", "--device"})
        EXPECT_EQ(runCli({"predict", model(), images(), option, ""}).status, 2) << option;
    EXPECT_EQ(runCli({"predict", model(), images(), "--threshold", "nan"}).status, 2);
    for (const std::string ending : {".json", ".py"}) {
        const auto result = runCli({"predict", model() + ending, images()});
        EXPECT_EQ(result.status, 2);
        EXPECT_NE(result.errors.find("give the model itself: " + model()), std::string::npos)
            << result.errors;
    }
}

TEST_F(PredictTest, CopiesThatLieThereAreCountedAndAFolderThatIsShutIsNamedAsThat) {
    fs::create_directories(path("a"));
    fs::create_directories(path("b"));
    for (const std::string folder : {"a", "b"})
        fs::copy_file(files().front(), path(folder + "/same.png"));
    const auto result = runCli({"predict", model(), path("a"), path("b"), "--sort-into", path("sorted")});
    EXPECT_EQ(result.status, 0);
    EXPECT_NE(result.errors.find("1 of them lay in"), std::string::npos) << result.errors;
    const auto shut = runCli({"predict", model(), path("a"), "--sort-into", "/proc/nothing"});
    EXPECT_EQ(shut.status, 1);
    EXPECT_NE(shut.errors.find("cannot be sorted"), std::string::npos) << shut.errors;
}

// A name in a list is a name; a pattern is for the command line.
TEST_F(PredictTest, ANameInAListIsNoPattern) {
    fs::create_directories(path("a"));
    fs::copy_file(files().front(), path("a/photo1.png"));
    writeText(path("list"), path("a/photo[1].png") + "\n");
    const auto listed =
        runProcess({"bash", "-c", "exec \"$0\" predict \"$1\" - < \"$2\"", GRAFT_CLI, model(), path("list")});
    EXPECT_EQ(listed.status, 1);
    EXPECT_NE(listed.errors.find("photo[1].png: There is no such file"), std::string::npos) << listed.errors;
    EXPECT_EQ(linesOf(runCli({"predict", model(), path("a/photo[1].png")}).output).size(), 2U);
}

TEST_F(PredictTest, WaitingForAListCanBeStopped) {
    // More than a pipe holds: head ends when the list is being read. Its end never comes, as both ends stay
    // open.
    const auto stopped = runProcess({"bash", "-c",
                                     "mkfifo \"$2\"; exec 3<>\"$2\"; \"$0\" predict \"$1\" - <&3 & child=$!; "
                                     "head -c 200000 /dev/zero >&3; kill -INT $child; wait $child",
                                     GRAFT_CLI, model(), path("pipe")});
    EXPECT_EQ(stopped.status, 1);
    EXPECT_NE(stopped.errors.find("Stopped before the first picture"), std::string::npos) << stopped.errors;
    const auto folder =
        runProcess({"bash", "-c", "exec \"$0\" predict \"$1\" - < \"$2\"", GRAFT_CLI, model(), images()});
    EXPECT_EQ(folder.status, 1);
    EXPECT_NE(folder.errors.find("list cannot be read"), std::string::npos) << folder.errors;
}

TEST_F(PredictTest, ContinuedLinesHoldEachFailureOnce) {
    fs::create_directories(path("a"));
    writeText(path("a/broken.jpg"), "no picture");
    writeText(path("a/scan.jxl"), "\xFF\x0A");
    for (std::size_t i = 0; i < 4; ++i)
        fs::copy_file(files()[i], path("a/p" + std::to_string(i) + ".png"));
    const std::vector<std::string> command{"predict", model(),    path("a"),        "--format",
                                           "jsonl",   "--output", path("out.jsonl")};
    EXPECT_EQ(runCli(command).status, 1);
    const auto whole = linesOf(readText(path("out.jsonl")));
    EXPECT_EQ(whole.size(), 6U);
    for (std::size_t kept = 1; kept <= whole.size(); ++kept) {
        std::string text;
        for (std::size_t i = 0; i < kept; ++i)
            text += whole[i] + "\n";
        writeText(path("out.jsonl"), text);
        std::vector<std::string> again = command;
        again.push_back("--continue");
        runCli(again);
        auto lines = linesOf(readText(path("out.jsonl")));
        auto expected = whole;
        std::ranges::sort(lines);
        std::ranges::sort(expected);
        EXPECT_EQ(lines, expected) << kept;
    }
}

TEST_F(PredictTest, LongNamesAreSortedTooAndNothingIsLeftAside) {
    fs::create_directories(path("a"));
    fs::create_directories(path("b"));
    const std::string name = std::string(251, 'x') + ".png";
    fs::copy_file(files().front(), path("a/" + name));
    fs::copy_file(files().back(), path("b/" + name));
    const auto result = runCli({"predict", model(), path("a"), path("b"), "--sort-into", path("sorted")});
    EXPECT_EQ(result.status, 0) << result.errors;
    std::multiset<std::string> sorted;
    for (const auto& entry : fs::recursive_directory_iterator(path("sorted"))) {
        if (entry.is_regular_file()) sorted.insert(readText(entry.path()));
    }
    EXPECT_EQ(sorted, (std::multiset<std::string>{readText(files().front()), readText(files().back())}));
}

TEST_F(PredictTest, LinksDoNotMultiplyWhereTheSortedPicturesAreLookedAtAgain) {
    const std::vector<std::string> command{"predict", model(), images(), "--sort-into", path("s"), "--link"};
    ASSERT_EQ(runCli(command).status, 0);
    const auto count = [&] {
        return std::ranges::distance(fs::recursive_directory_iterator(path("s")),
                                     fs::recursive_directory_iterator());
    };
    const auto before = count();
    for (const auto& folder : fs::directory_iterator(path("s")))
        EXPECT_EQ(runCli({"predict", model(), folder.path(), "--sort-into", path("s/../s"), "--link"}).status,
                  0);
    EXPECT_EQ(count(), before);
}

TEST_F(PredictTest, NothingThatLiesBesideTheOutputIsLost) {
    writeText(path("w.csv.unfinished"), "mine");
    const auto mine = runCli({"predict", model(), images(), "--output", path("w.csv")});
    EXPECT_EQ(mine.status, 2) << mine.errors;
    EXPECT_NE(mine.errors.find("w.csv.unfinished"), std::string::npos) << mine.errors;
    EXPECT_EQ(readText(path("w.csv.unfinished")), "mine");
    fs::create_directories(path("folder"));
    for (const bool goOn : {false, true}) {
        std::vector<std::string> command{"predict", model(), images(), "--output", path("folder")};
        if (goOn) command.emplace_back("--continue");
        const auto folder = runCli(command);
        EXPECT_NE(folder.errors.find("folder: This is a folder"), std::string::npos) << folder.errors;
        EXPECT_FALSE(fs::exists(path("folder.unfinished")));
    }
    writeText(path("o.json"), "[]");
    const auto there = runCli({"predict", model(), images(), "--format", "json", "--output", path("o.json")});
    EXPECT_EQ(there.errors.find("--continue"), std::string::npos) << there.errors;
}

// A pipe has no end, and what is written into a device is not there to be continued.
TEST_F(PredictTest, TheOutputIsAFileAndNoDeviceOrPipe) {
    ASSERT_EQ(mkfifo(path("pipe").c_str(), 0600), 0);
    fs::create_symlink("/dev/null", path("link"));
    for (const std::string& out : {path("pipe"), path("link"), std::string("/dev/null"),
                                   std::string("/dev/stdout"), std::string("/dev/fd/1")}) {
        for (const std::string format : {"csv", "jsonl", "json"}) {
            for (const bool goOn : {false, true}) {
                if (goOn && format == "json") continue;
                std::vector<std::string> command{"predict",  model(), files().front(), "--format", format,
                                                 "--output", out};
                if (goOn) command.emplace_back("--continue");
                const auto result = runCli(command);
                EXPECT_EQ(result.status, 2) << out;
                EXPECT_NE(result.errors.find(out + ": This is a device or pipe"), std::string::npos)
                    << result.errors;
                EXPECT_FALSE(fs::exists(out + ".unfinished"));
            }
        }
    }
    ASSERT_EQ(mkfifo(path("out.csv.unfinished").c_str(), 0600), 0);
    const auto beside = runCli({"predict", model(), files().front(), "--output", path("out.csv")});
    EXPECT_EQ(beside.status, 2);
    EXPECT_NE(beside.errors.find("out.csv.unfinished"), std::string::npos) << beside.errors;
    EXPECT_FALSE(fs::exists(path("out.csv")));
}

TEST_F(PredictTest, PipesAndLinksThatAreCalledPicturesHaveEntriesToo) {
    fs::create_directories(path("a"));
    fs::copy_file(files().front(), path("a/good.png"));
    ASSERT_EQ(mkfifo(path("a/control").c_str(), 0600), 0);  // nobody takes it for a picture
    EXPECT_EQ(runCli({"predict", model(), path("a")}).status, 0);
    ASSERT_EQ(mkfifo(path("a/pipe.png").c_str(), 0600), 0);
    const auto pipe = runCli({"predict", model(), path("a")});
    EXPECT_EQ(pipe.status, 1);
    fs::create_symlink(path("nowhere"), path("a/dangling.png"));
    fs::create_symlink("circle.png", path("a/circle.png"));
    for (const std::string format : {"json", "jsonl"}) {
        const auto result = runCli({"predict", model(), path("a"), "--format", format});
        EXPECT_EQ(result.status, 1);
        std::set<std::string> unanswered;
        const auto look = [&](const json& one) {
            if (one.contains("error"))
                unanswered.insert(fs::path(one.at("path").get<std::string>()).filename());
        };
        if (format == "json") {
            for (const json& one : json::parse(result.output))
                look(one);
        } else {
            for (const std::string& line : linesOf(result.output))
                look(json::parse(line));
        }
        EXPECT_EQ(unanswered, (std::set<std::string>{"circle.png", "dangling.png", "pipe.png"})) << format;
    }
}

TEST_F(PredictTest, TwoClassesAreNeverSortedIntoOneFolder) {
    fs::copy_file(model(), path("m.pt"));
    json sidecar = json::parse(readText(model() + ".json"));
    using Names = std::pair<std::string, std::string>;
    for (const auto& [one, other] : {Names{"a_b", "a/b"}, Names{"..", "_.."}}) {
        sidecar["classes"][0] = one;
        sidecar["classes"][1] = other;
        writeText(path("m.pt.json"), sidecar.dump());
        const auto result = runCli({"predict", path("m.pt"), images(), "--sort-into", path("sorted")});
        EXPECT_EQ(result.status, 2) << one;
        for (const std::string& name : {one, other})
            EXPECT_NE(result.errors.find("\"" + name + "\""), std::string::npos) << result.errors;
        EXPECT_EQ(result.output, "");
        EXPECT_FALSE(fs::exists(path("sorted")));
        EXPECT_EQ(runCli({"predict", path("m.pt"), images()}).status, 0);
    }
}

TEST_F(PredictTest, AClassCalledUncertainIsNotMixedUpWithTheThreshold) {
    fs::copy_file(model(), path("m.pt"));
    json sidecar = json::parse(readText(model() + ".json"));
    sidecar["classes"][0] = "uncertain";
    writeText(path("m.pt.json"), sidecar.dump());
    const auto predict = [&](std::vector<std::string> options) {
        options.insert(options.begin(), {"predict", path("m.pt"), images()});
        return runCli(options);
    };
    EXPECT_EQ(predict({}).status, 0);
    EXPECT_EQ(predict({"--threshold", "0.9", "--format", "jsonl"}).status, 0);
    EXPECT_EQ(predict({"--threshold", "0.9"}).status, 2);
    EXPECT_EQ(predict({"--threshold", "0.9", "--format", "jsonl", "--sort-into", path("s")}).status, 2);
}

TEST_F(PredictTest, OneFileIsWrittenByOneCallAtATime) {
    const std::string out = path("out.csv");
    const std::vector<std::string> command{
        "predict", model(), files().front(), manyBrokenPictures(), images(), "--output", out, "--continue"};
    Unheard first(command);
    // It goes no further than the broken pictures behind the first answer.
    while (linesOf(readText(out)).size() < 2) {
        ASSERT_TRUE(first.isRunning());
        usleep(2000);
    }
    const std::string before = readText(out);
    const std::string madeWith = readText(out + ".unfinished");
    const auto second = runCli(command);
    EXPECT_EQ(second.status, 1);
    EXPECT_NE(second.errors.find(out + ": Another Graft is writing into this file"), std::string::npos)
        << second.errors.substr(0, 1000);
    EXPECT_EQ(readText(out), before);
    EXPECT_EQ(readText(out + ".unfinished"), madeWith);
    EXPECT_EQ(first.end(), 1);  // the broken pictures have no answer
    EXPECT_EQ(linesOf(readText(out)).size(), 1 + files().size());
    EXPECT_FALSE(fs::exists(out + ".unfinished"));
    const auto afterwards = runCli({"predict", model(), images(), "--output", out, "--continue"});
    EXPECT_EQ(afterwards.status, 0) << afterwards.errors;
}

// An answer is of what the picture was.
TEST_F(PredictTest, PicturesThatHaveChangedSinceTheyWereAnsweredAreNamed) {
    fs::copy(images(), path("mine"), fs::copy_options::recursive);
    const std::string larger = path("mine/0/000000.png");
    const std::string touched = path("mine/0, \"b\".png");  // the first of them
    const std::string same = path("mine/0/000001.png");
    fs::copy_file(larger, touched);
    const auto touch = [&] {
        fs::last_write_time(touched, fs::last_write_time(touched) + std::chrono::seconds(1));
    };
    for (const std::string format : {"csv", "jsonl"}) {
        SCOPED_TRACE(format);
        const std::string out = path("out." + format);
        const std::vector<std::string> command{"predict",  model(), path("mine"), manyBrokenPictures(),
                                               "--format", format,  "--output",   out};
        // It is killed where it stands still, at the broken pictures behind all the others.
        const auto beginAndKill = [&] {
            fs::remove(out);
            Unheard call(command);
            const std::size_t end = files().size() + 1 + (format == "csv" ? 1 : 0);
            while (!fs::exists(out) || linesOf(readText(out)).size() < end) {
                ASSERT_TRUE(call.isRunning());
                usleep(2000);
            }
            call.end(SIGKILL);
        };
        const auto goOn = [&] {
            std::vector<std::string> again = command;
            again.emplace_back("--continue");
            const auto result = runCli(again);
            EXPECT_EQ(result.status, 1);  // the broken pictures have no answer
            EXPECT_NE(result.errors.find("Going on: "), std::string::npos);
            EXPECT_FALSE(fs::exists(out + ".unfinished"));
            return result.errors;
        };
        const auto isNamed = [](const std::string& errors, const std::string& picture) {
            return errors.find(picture + ": The picture has another size or time") != std::string::npos;
        };
        ASSERT_NO_FATAL_FAILURE(beginAndKill());
        EXPECT_EQ(goOn().find("has another size"), std::string::npos);

        ASSERT_NO_FATAL_FAILURE(beginAndKill());
        // The last line about them cut off, as a kill may leave it.
        fs::resize_file(out + ".unfinished", fs::file_size(out + ".unfinished") - 3);
        writeText(larger, readText(larger) + "x");
        touch();
        const std::string before = readText(out);
        const std::string errors = goOn();
        EXPECT_TRUE(isNamed(errors, larger)) << errors.substr(0, 1000);
        EXPECT_TRUE(isNamed(errors, touched)) << errors.substr(0, 1000);
        EXPECT_FALSE(isNamed(errors, same)) << errors.substr(0, 1000);
        EXPECT_NE(errors.find(out + ": 2 of its answers are of pictures that have changed"),
                  std::string::npos)
            << errors.substr(0, 1000);
        EXPECT_TRUE(readText(out).starts_with(before));

        // With its line taken out a picture is answered anew.
        std::string lines = readText(out);
        const std::size_t begin = lines.rfind('\n', lines.find(larger)) + 1;
        lines.erase(begin, lines.find('\n', begin) + 1 - begin);
        EXPECT_EQ(lines.find(larger), std::string::npos);
        writeText(out, lines);
        goOn();
        EXPECT_NE(readText(out).find(larger), std::string::npos);
    }
}

TEST_F(PredictTest, AJsonDocumentIsThereWholeOrNotAtAll) {
    fs::create_directories(path("out"));
    const std::string file = path("out/answers.json");
    const std::string limited =
        "trap '' XFSZ; ulimit -f 1; exec \"$0\" predict \"$1\" \"$2\" --format json --output \"$3\"";
    const auto full = runProcess({"bash", "-c", limited, GRAFT_CLI, model(), images(), file});
    EXPECT_EQ(full.status, 1);
    EXPECT_NE(full.errors.find("cannot be written"), std::string::npos) << full.errors;
    EXPECT_EQ(full.errors.find("--continue"), std::string::npos) << full.errors;
    EXPECT_TRUE(fs::is_empty(path("out")));
    Unheard killed(
        {"predict", model(), files().front(), manyBrokenPictures(), "--format", "json", "--output", file});
    killed.waitForItsFirstWord();
    EXPECT_EQ(killed.end(SIGKILL), 128 + SIGKILL);
    EXPECT_FALSE(fs::exists(file));
    const std::vector<std::string> command{"predict", model(),    images(), "--format",
                                           "json",    "--output", file};
    const auto again = runCli(command);
    EXPECT_EQ(again.status, 0) << again.errors;
    EXPECT_EQ(readText(file), runCli({"predict", model(), images(), "--format", "json"}).output);
    EXPECT_FALSE(fs::exists(file + ".unfinished"));
    EXPECT_EQ(runCli(command).status, 2);

    // Another call was quicker with the name: the answers get another one.
    const std::string taken = path("out/taken.json");
    Unheard slow(
        {"predict", model(), files().front(), manyBrokenPictures(), "--format", "json", "--output", taken});
    slow.waitForItsFirstWord();
    writeText(taken, "mine");
    EXPECT_EQ(slow.end(), 1);  // the broken pictures have no answer
    EXPECT_EQ(readText(taken), "mine");
    EXPECT_GT(json::parse(readText(path("out/taken-2.json"))).size(), 1U);
}

TEST_F(PredictTest, CopiesOfAnEarlierCallAreNotSortedAgain) {
    fs::copy(images(), path("photos"), fs::copy_options::recursive);
    fs::create_directories(path("links"));
    fs::create_symlink(path("photos/sorted"), path("links/there"));
    const auto copies = [&] {
        return std::ranges::count_if(
            fs::recursive_directory_iterator(path("photos/sorted")),
            [](const fs::directory_entry& entry) { return entry.is_regular_file(); });
    };
    const std::vector<std::string> command{"predict", model(), path("photos/*"), "--sort-into",
                                           path("photos/sorted")};
    ASSERT_EQ(runCli(command).status, 0);
    ASSERT_EQ(copies(), static_cast<std::ptrdiff_t>(files().size()));
    std::string list;
    for (const auto& entry : fs::recursive_directory_iterator(path("photos"))) {
        if (entry.is_regular_file()) list += entry.path().string() + "\n";
    }
    writeText(path("list"), list);
    const auto listed = runProcess({"bash", "-c", "exec \"$0\" predict \"$1\" - --sort-into \"$2\" < \"$3\"",
                                    GRAFT_CLI, model(), path("photos/sorted"), path("list")});
    for (const auto& result :
         {runCli(command), listed,
          runCli({"predict", model(), path("links"), "--sort-into", path("photos/sorted")})}) {
        EXPECT_EQ(result.status, 2);
        EXPECT_NE(result.errors.find("lies in the folder to sort into"), std::string::npos) << result.errors;
        EXPECT_EQ(result.output, "");
    }
    EXPECT_EQ(copies(), static_cast<std::ptrdiff_t>(files().size()));

    // Copies lie in its folders: pictures beside these are none.
    fs::create_directories(path("flat"));
    fs::copy_file(files().front(), path("flat/a.png"));
    for (int time = 0; time < 2; ++time)
        EXPECT_EQ(runCli({"predict", model(), path("flat/*.png"), "--sort-into", path("flat")}).status, 0);
    // Nor are pictures in other folders there.
    fs::create_directories(path("flat/new"));
    fs::copy_file(files().back(), path("flat/new/b.png"));
    const auto above = runCli({"predict", model(), path("flat/new/*.png"), "--sort-into", path("flat")});
    EXPECT_EQ(above.status, 0) << above.errors;
}

// As on memory cards and some network storage. The system refuses it here too, in this test's processes.
TEST_F(PredictTest, SortsWhereAFileHasNoRightsOfItsOwn) {
    constexpr int kNoFilter = 77;
    const int status = inChild([&] {
        sock_filter refuseChmod[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_fchmod, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        const sock_fprog program{std::size(refuseChmod), refuseChmod};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
            return kNoFilter;
        const auto result = runCli({"predict", model(), images(), "--sort-into", path("sorted")});
        std::fputs(result.errors.c_str(), stderr);
        return result.status;
    });
    if (status == kNoFilter) GTEST_SKIP() << "this system lets no process refuse itself a system call";
    EXPECT_EQ(status, 0);
    std::multiset<std::string> copies;
    for (const auto& entry : fs::recursive_directory_iterator(path("sorted"))) {
        if (entry.is_regular_file()) copies.insert(readText(entry.path()));
    }
    std::multiset<std::string> originals;
    for (const std::string& file : files())
        originals.insert(readText(file));
    EXPECT_EQ(copies, originals);
}

}  // namespace

}  // namespace graft::test
