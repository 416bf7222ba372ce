// SPDX-License-Identifier: GPL-3.0-or-later
// Downloads from a server of the test's own that breaks off, lies and worse. Whatever it does: the file is
// there whole or not at all.
#include "core/weights/Downloader.h"

#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/LoopbackServer.h"
#include "tests/support/TestFiles.h"

namespace graft::test {

namespace {

using nlohmann::json;
using weights::download;
using weights::DownloadProgress;
using weights::DownloadRequest;

constexpr std::size_t kSize = 300'000;
constexpr std::int64_t kHalf = kSize / 2;

std::string someBytes() {
    std::string bytes(kSize, '\0');
    std::uint32_t state = 1;
    for (char& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24);
    }
    return bytes;
}

// An independent opinion.
std::string sha256Of(const std::string& path) {
    return runProcess({"sha256sum", path}).output.substr(0, 64);
}

class DownloaderTest : public testing::Test {
  protected:
    void SetUp() override {
        for (const char* name :
             {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"})
            unsetenv(name);
        request.target = m_folder.path("weights/file.bin");
        request.sha256Prefix = sha256Of(m_folder.path("served")).substr(0, 8);
        request.maxBytes = 2'000'000;
        request.allowHttp = true;
    }
    void TearDown() override { unsetenv("http_proxy"); }

    Result<void> fetch(const std::string& behaviour,
                       const std::function<void(const DownloadProgress&)>& onProgress = {}) {
        request.url = server.url(behaviour);
        return download(request, control, onProgress);
    }

    std::set<std::string> filesThere() const {
        std::set<std::string> names;
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(m_folder.path("weights"), error))
            names.insert(entry.path().filename().string());
        return names;
    }

    void expectWhole() const {
        EXPECT_TRUE(readText(request.target) == content) << "other bytes than were to be fetched";
        EXPECT_EQ(filesThere(), std::set<std::string>{"file.bin"});
    }

    std::string path(const std::string& name) const { return m_folder.path(name); }
    json requestLine(std::size_t n) const { return json::parse(server.requests().at(n)); }
    std::int64_t partSize() const {
        std::error_code error;
        const auto size = fs::file_size(request.target + ".part", error);
        return error ? -1 : static_cast<std::int64_t>(size);
    }

    // A child that downloads; its exit status is what report returns.
    pid_t downloadInChild(const std::function<int(const Result<void>&)>& report) {
        const pid_t child = fork();
        if (child != 0) return child;
        _exit(report(download(request, control)));
    }

  private:
    TemporaryFolder m_folder;

  protected:
    const std::string content = [this] {
        std::string bytes = someBytes();
        writeText(m_folder.path("served"), bytes);
        return bytes;
    }();
    LoopbackServer server{m_folder.path("served"), m_folder.path("log")};
    runtime::RunControl control;
    DownloadRequest request;
};

std::string statusOf(const Result<void>& result) {
    return result ? "done"
                  : std::string(base::codeName(result.error().code)) + ": " + result.error().sentence();
}

TEST_F(DownloaderTest, AFileArrivesWholeAndTellsHowFarItIs) {
    std::vector<DownloadProgress> seen;
    const auto fetched = fetch("good", [&](const DownloadProgress& p) { seen.push_back(p); });
    ASSERT_TRUE(fetched) << statusOf(fetched);
    expectWhole();
    ASSERT_FALSE(seen.empty());
    EXPECT_EQ(seen.back().received, static_cast<std::int64_t>(kSize));
    EXPECT_EQ(seen.back().total, static_cast<std::int64_t>(kSize));
    EXPECT_TRUE(std::ranges::is_sorted(seen, {}, &DownloadProgress::received));
    EXPECT_TRUE(requestLine(0).at("agent").get<std::string>().starts_with("graft/"));
    EXPECT_EQ(requestLine(0).at("range"), "");
}

// The bytes decide, not what the server says about them.
TEST_F(DownloaderTest, ARightFileIsTakenHoweverItIsSent) {
    for (const char* behaviour :
         {"redirect", "endless-redirect", "no-length", "chunked", "gzipped", "no-ranges", "too-long"}) {
        SCOPED_TRACE(behaviour);
        fs::remove_all(path("weights"));
        const auto fetched = fetch(behaviour);
        EXPECT_TRUE(fetched) << statusOf(fetched);
        expectWhole();
    }
}

TEST_F(DownloaderTest, ABrokenLineIsGoneOnWith) {
    for (const char* broken : {"breaks", "no-length-cut", "chunked-cut", "half-gzipped", "stalls"}) {
        SCOPED_TRACE(broken);
        fs::remove_all(path("weights"));
        request.stallSeconds = 1;
        const auto first = fetch(broken);
        ASSERT_FALSE(first);
        if (std::string(broken) == "no-length-cut") {  // nobody can tell that this is not all
            EXPECT_EQ(first.error().code, ErrorCode::BadFormat) << statusOf(first);
            EXPECT_EQ(filesThere(), std::set<std::string>{});
            continue;
        }
        EXPECT_EQ(first.error().code, ErrorCode::Unreachable) << statusOf(first);
        EXPECT_FALSE(fs::exists(request.target));
        const auto kept = partSize();
        ASSERT_GT(kept, 0);
        EXPECT_TRUE(readText(request.target + ".part") == content.substr(0, static_cast<std::size_t>(kept)));
        const std::size_t asked = server.requests().size();
        std::int64_t least = kSize;
        const auto second =
            fetch("good", [&](const DownloadProgress& p) { least = std::min(least, p.received); });
        ASSERT_TRUE(second) << statusOf(second);
        expectWhole();
        EXPECT_EQ(requestLine(asked).at("range"), "bytes=" + std::to_string(kept) + "-");
        EXPECT_GE(least, kept) << "progress counts what was here already";
        EXPECT_EQ(server.requests().size(), asked + 1) << "one request for the rest is enough";
    }
}

TEST_F(DownloaderTest, TheRestIsAskedForOfTheSameVersion) {
    ASSERT_FALSE(fetch("breaks"));
    EXPECT_EQ(partSize(), kHalf);
    ASSERT_TRUE(fetch("good"));
    EXPECT_EQ(requestLine(1).at("if_range"), "\"one\"");
    expectWhole();

    fs::remove_all(path("weights"));
    ASSERT_FALSE(fetch("date-only"));
    const auto fetched = fetch("date-only");
    ASSERT_TRUE(fetched) << statusOf(fetched);
    EXPECT_EQ(requestLine(3).at("if_range"), "Tue, 01 Sep 2020 00:00:00 GMT");
    expectWhole();
}

TEST_F(DownloaderTest, WhatCannotBeGoneOnWithStartsOver) {
    for (const char* behaviour : {"no-ranges", "refuses-ranges", "wrong-range", "nameless-range", "cut-range",
                                  "changing", "changing-silently", "gzipped", "no-length"}) {
        SCOPED_TRACE(behaviour);
        request.maxBytes = kSize;  // what does not belong behind the half is never put there
        fs::remove_all(path("weights"));
        // The half that is here comes from the same address where that matters.
        const std::string half = std::string(behaviour).starts_with("changing") ? behaviour : "breaks";
        ASSERT_FALSE(fetch(half));
        ASSERT_EQ(partSize(), kHalf);
        auto fetched = fetch(behaviour);
        // These three break off again when they are asked for all of it.
        if (!fetched && std::string(behaviour).ends_with("-range")) {
            EXPECT_EQ(fetched.error().code, ErrorCode::Unreachable) << statusOf(fetched);
            EXPECT_FALSE(fs::exists(request.target));
            fetched = fetch("good");
        }
        EXPECT_TRUE(fetched) << statusOf(fetched);
        expectWhole();
    }
}

TEST_F(DownloaderTest, APartOfSomethingElseStartsOver) {
    for (const std::string& part :
         {std::string("rubbish"), std::string(kSize, 'x'), std::string(kSize * 3, 'x'), content + "more",
          content.substr(0, 1000) + "x"}) {
        SCOPED_TRACE(part.size());
        fs::remove_all(path("weights"));
        writeText(request.target + ".part", part);
        const auto fetched = fetch("good");
        EXPECT_TRUE(fetched) << statusOf(fetched);
        expectWhole();
    }
}

TEST_F(DownloaderTest, AWholePartNeedsNoServer) {
    writeText(request.target + ".part", content);
    ASSERT_TRUE(fetch("status-500"));
    expectWhole();
    EXPECT_TRUE(server.requests().empty());
    ASSERT_TRUE(fetch("status-500")) << "what is there already is not fetched";
}

TEST_F(DownloaderTest, WrongBytesNeverTakeTheFilesPlace) {
    struct Case {
        const char* behaviour;
        ErrorCode code;
        const char* words;
    };
    const Case cases[] = {
        {"wrong", ErrorCode::BadFormat, "other bytes"},
        {"too-short", ErrorCode::BadFormat, "other bytes"},
        {"endless", ErrorCode::BadFormat, "more than 2.0 MB"},
        {"announces-too-much", ErrorCode::BadFormat, "more than 2.0 MB"},
        {"gzip-bomb", ErrorCode::BadFormat, "more than 2.0 MB"},
        {"status-404", ErrorCode::NotFound, "no such file"},
        {"status-410", ErrorCode::NotFound, "no such file"},
        {"status-400", ErrorCode::Unreachable, "status 400"},
        {"status-403", ErrorCode::Unreachable, "refuses"},
        {"status-429", ErrorCode::Unreachable, "too often"},
        {"status-500", ErrorCode::Unreachable, "status 500"},
        {"status-503", ErrorCode::Unreachable, "later"},
        {"login-page", ErrorCode::Unreachable, "web page"},
        {"loop", ErrorCode::Unreachable, "without end"},
        {"redirect-to-file", ErrorCode::Unreachable, "does not follow"},
        {"redirect-to-ftp", ErrorCode::Unreachable, "does not follow"},
        {"redirect-nowhere", ErrorCode::Unreachable, "without saying where"},
        {"unasked-range", ErrorCode::Unreachable, "status 206"},
        {"endless-headers", ErrorCode::Unreachable, "do not end"},
        {"endless-interim", ErrorCode::Unreachable, "127.0.0.1"},
        {"long-header", ErrorCode::Unreachable, "127.0.0.1"},
        {"garbage", ErrorCode::Unreachable, "no proper answer"},
        {"odd-status", ErrorCode::Unreachable, "127.0.0.1"},
        {"hangs-up", ErrorCode::Unreachable, "broke off"},
        {"empty", ErrorCode::Unreachable, "sent nothing"},
        {"chunked-nonsense", ErrorCode::Unreachable, "broke off"},
    };
    for (const bool before : {false, true}) {
        for (const Case& c : cases) {
            SCOPED_TRACE(std::string(c.behaviour) + (before ? ", over an older file" : ""));
            fs::remove_all(path("weights"));
            if (before) writeText(request.target, "older");
            const auto fetched = fetch(c.behaviour);
            ASSERT_FALSE(fetched);
            EXPECT_EQ(fetched.error().code, c.code) << statusOf(fetched);
            EXPECT_NE(fetched.error().message.english().find(c.words), std::string::npos)
                << statusOf(fetched);
            EXPECT_TRUE(fetched.error().message.english().ends_with('.') ||
                        fetched.error().message.english().ends_with('?'));
            EXPECT_EQ(filesThere(), before ? std::set<std::string>{"file.bin"} : std::set<std::string>{});
            if (before) {
                EXPECT_EQ(readText(request.target), "older");
            }
        }
    }
}

TEST_F(DownloaderTest, OddLengthsEndOneWayOrTheOther) {
    for (const char* behaviour : {"two-lengths", "negative-length", "resets"}) {
        SCOPED_TRACE(behaviour);
        fs::remove_all(path("weights"));
        if (fetch(behaviour)) {
            expectWhole();
        } else {
            EXPECT_FALSE(fs::exists(request.target));
        }
    }
}

TEST_F(DownloaderTest, ASilentServerIsGivenUp) {
    request.stallSeconds = 1;
    for (const char* behaviour : {"mute", "stalls", "trickles"}) {
        SCOPED_TRACE(behaviour);
        const auto fetched = fetch(behaviour);
        ASSERT_FALSE(fetched);
        EXPECT_EQ(fetched.error().code, ErrorCode::Unreachable);
        EXPECT_NE(fetched.error().message.english().find("stalled"), std::string::npos) << statusOf(fetched);
    }
}

TEST_F(DownloaderTest, ItStopsWhenToldToAndKeepsWhatCame) {
    const auto stopsAt = [this](std::int64_t bytes) {
        return [this, bytes](const DownloadProgress& p) {
            if (p.received >= bytes) control.stop();
        };
    };
    const auto fetched = fetch("stalls", stopsAt(kHalf));
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(partSize(), kHalf);

    fs::remove_all(path("weights"));
    const auto stoppedBefore = fetch("good");
    ASSERT_FALSE(stoppedBefore);
    EXPECT_EQ(stoppedBefore.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(filesThere(), std::set<std::string>{});
}

TEST_F(DownloaderTest, ItStopsWhileNobodyAnswers) {
    const auto fetched = fetch("mute", [this](const DownloadProgress&) { control.stop(); });
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::Cancelled);
    EXPECT_EQ(filesThere(), std::set<std::string>{});
}

TEST_F(DownloaderTest, ARefusedConnectionIsSaid) {
    server.stop();
    const auto fetched = fetch("good");
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().code, ErrorCode::Unreachable);
    EXPECT_NE(fetched.error().message.english().find("does not answer"), std::string::npos)
        << statusOf(fetched);
    EXPECT_EQ(filesThere(), std::set<std::string>{});
}

TEST_F(DownloaderTest, OnlySecureAddressesUnlessSaidOtherwise) {
    request.allowHttp = false;
    ASSERT_FALSE(fetch("good"));
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloaderTest, AFileOfUnknownBytesIsNotFetched) {
    request.sha256Prefix = "";
    ASSERT_FALSE(fetch("good"));
    EXPECT_TRUE(server.requests().empty());
}

// Whether the content is right is asked of whoever knows; what cannot be told yet is kept.
TEST_F(DownloaderTest, WithoutAHashTheContentIsAskedAbout) {
    request.sha256Prefix = "";
    std::vector<std::string> asked;
    Result<void> answer;
    request.check = [&](const std::string& file) {
        asked.push_back(file);
        return answer;
    };
    answer = fail(ErrorCode::OutOfMemory, Message::words("no room to look"));
    const auto unknown = fetch("good");
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::OutOfMemory);
    EXPECT_EQ(partSize(), static_cast<std::int64_t>(kSize));
    answer = {};
    ASSERT_TRUE(fetch("status-500")) << "all of it is here";
    expectWhole();
    EXPECT_EQ(server.requests().size(), 1U);
    EXPECT_EQ(asked, (std::vector<std::string>(2, request.target + ".part")));

    answer = fail(ErrorCode::BadFormat, Message::words("not this"));
    const auto wrong = fetch("good");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().message.english(), "not this");
    EXPECT_EQ(filesThere(), std::set<std::string>{"file.bin"})
        << "what was there stays until there is better";
}

TEST_F(DownloaderTest, ProxiesAreUsed) {
    setenv("http_proxy", server.root().c_str(), 1);
    request.url = "http://weights.invalid/good/file.bin";
    const auto fetched = download(request, control);
    ASSERT_TRUE(fetched) << statusOf(fetched);
    expectWhole();
    EXPECT_EQ(requestLine(0).at("host"), "weights.invalid");

    fs::remove_all(path("weights"));
    setenv("no_proxy", "weights.invalid", 1);
    const auto past = download(request, control);
    ASSERT_FALSE(past);
    EXPECT_NE(past.error().message.english().find("weights.invalid was not found"), std::string::npos)
        << statusOf(past);
}

TEST_F(DownloaderTest, PasswordsInAnAddressAreNotShown) {
    request.url = "http://anna:secret@127.0.0.1:" + server.port() + "/status-404/x";
    const auto fetched = download(request, control);
    ASSERT_FALSE(fetched);
    EXPECT_EQ(fetched.error().sentence().find("secret"), std::string::npos) << fetched.error().sentence();
}

TEST_F(DownloaderTest, AFileThatGrowsTooLargeLeavesNothing) {
    request.url = server.url("chunked");  // the length comes as a surprise
    const pid_t child = fork();
    if (child == 0) {
        const rlimit limit{100'000, 100'000};
        setrlimit(RLIMIT_FSIZE, &limit);
        const auto fetched = download(request, control);
        const bool said = !fetched && fetched.error().code == ErrorCode::Unwritable &&
                          fetched.error().message.english().find("larger than") != std::string::npos;
        _exit(said ? 0 : 1);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 0);
    EXPECT_EQ(filesThere(), std::set<std::string>{});
}

TEST_F(DownloaderTest, AFullDiskIsSaidAndLeavesNothing) {
    fs::create_directories(path("weights"));
    if (mount("tmpfs", path("weights").c_str(), "tmpfs", 0, "size=200k") != 0)
        GTEST_SKIP() << "a small file system of the test's own needs root";
    for (const char* behaviour : {"good", "chunked"}) {  // known beforehand, and not
        SCOPED_TRACE(behaviour);
        const auto fetched = fetch(behaviour);
        EXPECT_FALSE(fetched);
        if (!fetched) {
            EXPECT_EQ(fetched.error().code, ErrorCode::Unwritable);
            EXPECT_NE(fetched.error().message.english().find("The disk is full"), std::string::npos)
                << statusOf(fetched);
            EXPECT_NE(fetched.error().message.english().find(" free"), std::string::npos)
                << statusOf(fetched);
        }
        EXPECT_EQ(filesThere(), std::set<std::string>{});
    }
    umount(path("weights").c_str());
}

TEST_F(DownloaderTest, WhatIsInTheWayIsSaid) {
    fs::create_directories(request.target);
    const auto folder = fetch("good");
    ASSERT_FALSE(folder);
    EXPECT_EQ(folder.error().code, ErrorCode::Unwritable) << statusOf(folder);

    writeText(path("file"), "no folder");
    request.target = path("file/below.bin");
    const auto below = fetch("good");
    ASSERT_FALSE(below);
    EXPECT_EQ(below.error().code, ErrorCode::Unwritable) << statusOf(below);
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloaderTest, SeveralAtOnceFetchItOnce) {
    request.url = server.url("chunked");
    std::vector<pid_t> children;
    for (int i = 0; i < 6; ++i)
        children.push_back(downloadInChild([](const Result<void>& result) { return result ? 0 : 1; }));
    for (const pid_t child : children) {
        int status = -1;
        waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    expectWhole();
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(DownloaderTest, KilledInTheMiddleItGoesOn) {
    request.url = server.url("stalls");
    const pid_t child = downloadInChild([](const Result<void>&) { return 0; });
    while (partSize() < kHalf)
        usleep(2000);
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_FALSE(fs::exists(request.target));
    const auto fetched = fetch("good");
    ASSERT_TRUE(fetched) << statusOf(fetched);
    expectWhole();
    EXPECT_EQ(requestLine(1).at("range"), "bytes=" + std::to_string(kHalf) + "-");
}

}  // namespace

}  // namespace graft::test
