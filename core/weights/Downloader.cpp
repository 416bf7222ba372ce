// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/Downloader.h"

#include <pthread.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <filesystem>

#include "core/base/detail/Hash.h"
#include "core/weights/detail/HttpTransfer.h"
#include "core/weights/detail/PartFile.h"

namespace graft::weights {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kFewestDigits = 8;
constexpr std::chrono::milliseconds kProgressEvery(100);

// A closed connection and a limit on file sizes are errors to be told, not signals to die of. Both signals go
// to the thread that writes.
class QuietSignals {
  public:
    QuietSignals() {
        sigemptyset(&m_quiet);
        sigaddset(&m_quiet, SIGPIPE);
        sigaddset(&m_quiet, SIGXFSZ);
        pthread_sigmask(SIG_BLOCK, &m_quiet, &m_before);
    }
    ~QuietSignals() {
        const timespec now = {};
        while (sigtimedwait(&m_quiet, nullptr, &now) > 0) {
        }
        pthread_sigmask(SIG_SETMASK, &m_before, nullptr);
    }
    QuietSignals(const QuietSignals&) = delete;
    QuietSignals& operator=(const QuietSignals&) = delete;

  private:
    sigset_t m_quiet = {};
    sigset_t m_before = {};
};

class PartSink : public HttpSink {
  public:
    PartSink(PartFile& part, const DownloadRequest& request, runtime::RunControl& control,
             const std::function<void(const DownloadProgress&)>& onProgress)
        : m_part(part), m_request(request), m_control(control), m_onProgress(onProgress) {}

    Result<void> begin(std::int64_t offset, std::int64_t total, const std::string& validator) override {
        if (total > m_request.maxBytes) return tooLarge();
        if (offset == 0) {  // all of it, asked for or not
            if (const int number = m_part.clear(); number != 0) return fail(unwritable(number));
            m_part.setValidator(validator);
            m_startedOver = true;
        }
        m_total = total;
        if (total >= 0) {
            std::error_code error;
            const fs::space_info space = fs::space(fs::path(m_part.path()).parent_path(), error);
            if (!error && static_cast<std::int64_t>(space.available) < total - offset) {
                return fail(unwritable(ENOSPC));
            }
        }
        return {};
    }

    Result<void> take(const char* bytes, std::size_t count) override {
        if (m_part.size() + static_cast<std::int64_t>(count) > m_request.maxBytes) return tooLarge();
        if (const int number = m_part.append(bytes, count); number != 0) return fail(unwritable(number));
        return {};
    }

    Result<void> tick() override {
        if (!m_control.checkpoint()) {
            return fail(ErrorCode::Cancelled,
                        m_part.size() > 0
                            ? GRAFT_TEXT("Stopped. What has come is kept; fetch it again to go on.")
                            : GRAFT_TEXT("Stopped."),
                        shownUrl(m_request.url));
        }
        const auto now = Clock::now();
        if (m_onProgress && (now - m_told >= kProgressEvery || m_part.size() == m_total)) tell(now);
        return {};
    }

    bool startedOver() const { return m_startedOver; }

  private:
    void tell(Clock::time_point now) {
        const double seconds = std::chrono::duration<double>(now - m_told).count();
        if (m_toldBytes >= 0 && m_part.size() >= m_toldBytes && seconds > 0) {
            const double speed = static_cast<double>(m_part.size() - m_toldBytes) / seconds;
            m_speed = m_speed > 0 ? 0.9 * m_speed + 0.1 * speed : speed;  // over about a second
        }
        m_told = now;
        m_toldBytes = m_part.size();
        m_onProgress({m_part.size(), m_total, m_speed});
    }

    Error unwritable(int number) const {
        return writeError(number, m_part.path(), m_total >= 0 ? m_total - m_part.size() : -1);
    }

    tl::unexpected<Error> tooLarge() const {
        return fail(ErrorCode::BadFormat,
                    {GRAFT_TEXT("The server sends more than {1}; this cannot be the file."),
                     megabytesText(m_request.maxBytes)},
                    shownUrl(m_request.url));
    }

    PartFile& m_part;
    const DownloadRequest& m_request;
    runtime::RunControl& m_control;
    const std::function<void(const DownloadProgress&)>& m_onProgress;
    std::int64_t m_total = -1;
    Clock::time_point m_told{};
    std::int64_t m_toldBytes = -1;
    double m_speed = 0;
    bool m_startedOver = false;
};

// Whether what lies there is the file that was asked for.
Result<void> judge(const DownloadRequest& request, const std::string& path) {
    if (request.sha256Prefix.empty()) return request.check(path);
    const auto hash = base::sha256OfFile(path);
    if (hash && hash->starts_with(request.sha256Prefix)) return {};
    std::error_code error;
    const auto bytes = fs::file_size(path, error);
    return fail(
        ErrorCode::BadFormat,
        {GRAFT_TEXT("The server sent other bytes than the published ones ({1}, SHA-256 {2}.., not {3}..); "
                    "nothing of them is kept. Try again, or from another network."),
         megabytesText(error ? 0 : static_cast<std::int64_t>(bytes)),
         hash ? Message::words(hash->substr(0, kFewestDigits)) : GRAFT_TEXT("unknown"), request.sha256Prefix},
        shownUrl(request.url));
}

bool isThere(const DownloadRequest& request) {
    std::error_code error;
    return fs::is_regular_file(request.target, error) && judge(request, request.target);
}

// One try with what is in part. Committed: true; false: the part was no beginning of this file and is empty
// now.
Result<bool> fetchInto(PartFile& part, const DownloadRequest& request, runtime::RunControl& control,
                       const std::function<void(const DownloadProgress&)>& onProgress) {
    const auto committed = [&part] { return part.commit().map([] { return true; }); };
    if (part.size() > 0) {
        // Complete, but its program died before it could be renamed.
        const auto right = judge(request, part.path());
        if (right) return committed();
        if (right.error().code != ErrorCode::BadFormat) return fail(right.error());
        // Without a SHA-256 nothing would tell that the rest is another version's.
        if (request.sha256Prefix.empty() && part.validator().empty()) {
            if (const int number = part.clear(); number != 0)
                return fail(writeError(number, part.path(), -1));
        }
    }
    const std::int64_t had = part.size();
    PartSink sink(part, request, control, onProgress);
    const auto outcome =
        httpGet({request.url, request.allowHttp, had, part.validator(), request.stallSeconds}, sink);
    if (!outcome) {
        const Error& error = outcome.error();
        if (error.code == ErrorCode::Unwritable || error.code == ErrorCode::BadFormat) part.discard();
        // A server that lies about the length may have sent all of it.
        if (error.code != ErrorCode::Unreachable || part.size() == had || !judge(request, part.path()))
            return fail(error);
        return committed();
    }
    Result<void> right =
        fail(ErrorCode::Unreachable, GRAFT_TEXT("The server gave no file."), shownUrl(request.url));
    if (*outcome == HttpOutcome::Complete) {
        right = judge(request, part.path());
        if (right) return committed();
        if (right.error().code != ErrorCode::BadFormat) return fail(right.error());
    }
    if (had == 0 || sink.startedOver()) {
        part.discard();
        return fail(right.error());
    }
    if (const int number = part.clear(); number != 0) return fail(writeError(number, part.path(), -1));
    return false;
}

}  // namespace

Result<void> download(const DownloadRequest& request, runtime::RunControl& control,
                      const std::function<void(const DownloadProgress&)>& onProgress) {
    if (request.sha256Prefix.empty() ? !request.check : request.sha256Prefix.size() < kFewestDigits) {
        return fail(ErrorCode::InvalidArgument, GRAFT_TEXT("A file without a known SHA-256 is not fetched."),
                    shownUrl(request.url));
    }
    const QuietSignals quiet;
    if (isThere(request)) return {};
    auto part = PartFile::open(request.target, control);
    if (!part) return fail(part.error());
    if (isThere(request)) {  // by whoever held the lock
        part->discard();
        return {};
    }
    auto fetched = fetchInto(*part, request, control, onProgress);
    if (fetched && !*fetched) fetched = fetchInto(*part, request, control, onProgress);  // from the start
    if (!fetched) return fail(fetched.error());
    return {};
}

}  // namespace graft::weights
