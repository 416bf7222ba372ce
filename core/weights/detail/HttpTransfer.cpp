// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/weights/detail/HttpTransfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <memory>
#include <optional>
#include <string_view>

namespace graft::weights {

namespace {

constexpr int kPollMs = 100;
constexpr int kMostRedirects = 5;
constexpr long kConnectSeconds = 30;
constexpr long kSlowestBytesPerSecond = 100;
constexpr std::size_t kMostHeaderBytes = 256 * 1024;
constexpr std::size_t kLongestShown = 200;

std::string hostOf(const std::string& url) {
    const std::string shown = shownUrl(url);
    const auto start = shown.find("://");
    if (start == std::string::npos) return shown;
    return shown.substr(start + 3, shown.find('/', start + 3) - start - 3);
}

std::string lowerCase(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

std::string schemeOf(const std::string& url) {
    return lowerCase(std::string_view(url).substr(0, url.find("://")));
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

// A redirect's address may be relative. What is no address stays as it is, to be refused.
std::string resolved(const std::string& location, const std::string& base) {
    const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), &curl_url_cleanup);
    char* text = nullptr;
    if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
        curl_url_set(url.get(), CURLUPART_URL, location.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
        return location;
    }
    const std::unique_ptr<char, void (*)(void*)> owner(text, &curl_free);
    return text;
}

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
    return value;
}

struct Range {
    std::int64_t first = 0;
    std::int64_t total = -1;  // -1: "*"
};

// "bytes FIRST-LAST/TOTAL", whole to the file's end.
std::optional<Range> parseContentRange(std::string_view text) {
    if (!text.starts_with("bytes ")) return std::nullopt;
    text = trimmed(text.substr(6));
    const auto dash = text.find('-');
    const auto slash = text.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash)
        return std::nullopt;
    const auto first = number(text.substr(0, dash));
    const auto last = number(text.substr(dash + 1, slash - dash - 1));
    if (!first || !last || *last < *first) return std::nullopt;
    Range range{*first, -1};
    if (text.substr(slash + 1) != "*") {
        const auto total = number(text.substr(slash + 1));
        if (!total || *total != *last + 1) return std::nullopt;
        range.total = *total;
    }
    return range;
}

// With gaps for the host and the status.
const char* sentenceAbout(long status) {
    if (status == 401 || status == 403) return GRAFT_TEXT("{1} refuses to give this file (status {2}).");
    if (status == 407)
        return GRAFT_TEXT("{1} cannot be reached: the proxy asks for a name and password (status {2}).");
    if (status == 408 || status == 429)
        return GRAFT_TEXT("{1} is asked too often; wait a while and try again (status {2}).");
    if (status >= 500) return GRAFT_TEXT("{1} is out of order; try again later (status {2}).");
    if (status >= 300 && status < 400)
        return GRAFT_TEXT("{1} sends elsewhere without saying where (status {2}).");
    return GRAFT_TEXT("{1} gave no file (status {2}).");
}

constexpr const char* kEndlessHeaders = GRAFT_TEXT("{1} gave no proper answer (its headers do not end).");

Error brokenOff(CURLcode code, const std::string& detail, const std::string& url) {
    const char* sentence = nullptr;
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            sentence = GRAFT_TEXT("{1} was not found; check the internet connection and the proxy settings.");
            break;
        case CURLE_COULDNT_RESOLVE_PROXY:
            sentence = GRAFT_TEXT("The proxy was not found; check the proxy settings.");
            break;
        case CURLE_COULDNT_CONNECT:
            sentence =
                GRAFT_TEXT("{1} does not answer; check the internet connection and the proxy settings.");
            break;
        case CURLE_OPERATION_TIMEDOUT:
            sentence = GRAFT_TEXT("The connection to {1} stalled; try again.");
            break;
        case CURLE_UNSUPPORTED_PROTOCOL:
        case CURLE_URL_MALFORMAT:
        case CURLE_WEIRD_SERVER_REPLY:
        case CURLE_BAD_CONTENT_ENCODING:
        case CURLE_OUT_OF_MEMORY:  // so curl calls a header that does not end
            sentence = GRAFT_TEXT("{1} gave no proper answer ({2}).");
            break;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CACERT_BADFILE:
            sentence = GRAFT_TEXT(
                "No secure connection to {1} ({2}); check the computer's date and the proxy settings.");
            break;
        default:
            sentence = GRAFT_TEXT("The connection to {1} broke off ({2}); try again.");
            break;
    }
    return {ErrorCode::Unreachable, {sentence, hostOf(url), detail}, shownUrl(url)};
}

// Checks what arrives and hands it on.
class Transfer {
  public:
    Transfer(CURL* handle, const HttpRequest& request, HttpSink& sink)
        : m_handle(handle), m_request(request), m_sink(sink) {
        const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(m_handle, option, value); };
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, request.allowHttp ? "http,https" : "https");
        set(CURLOPT_USERAGENT, "graft/" GRAFT_VERSION);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_QUICK_EXIT, 1L);  // a cancelled look-up of a name is not waited for
        set(CURLOPT_CONNECTTIMEOUT, std::min(kConnectSeconds, static_cast<long>(request.stallSeconds)));
        set(CURLOPT_LOW_SPEED_LIMIT, kSlowestBytesPerSecond);
        set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request.stallSeconds));
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        // The file as it lies there; should a server compress it all the same, curl undoes that.
        set(CURLOPT_ACCEPT_ENCODING, "identity");
        set(CURLOPT_ERRORBUFFER, m_detail.data());
        set(CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_WRITEFUNCTION, &Transfer::onBody);
        set(CURLOPT_WRITEDATA, this);
        if (request.offset > 0) {
            set(CURLOPT_RANGE, fmt::format("{}-", request.offset).c_str());
            if (!request.validator.empty()) {
                m_headers.reset(curl_slist_append(nullptr, ("If-Range: " + request.validator).c_str()));
                set(CURLOPT_HTTPHEADER, m_headers.get());
            }
        }
    }

    ~Transfer() { curl_easy_setopt(m_handle, CURLOPT_ERRORBUFFER, nullptr); }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    // The address that the answer sends to; empty for other answers.
    const std::string& redirect() const { return m_redirect; }

    Result<HttpOutcome> finish(CURLcode code) {
        // An answer without a body has not been looked at yet.
        if (code == CURLE_OK && !m_begun && !m_error && !m_cannotResume && m_redirect.empty() &&
            checkAnswer()) {
            fails(GRAFT_TEXT("{1} sent nothing; try again later."));
        }
        if (m_error) return fail(*m_error);
        if (m_cannotResume) return HttpOutcome::CannotResume;
        if (!m_redirect.empty()) return HttpOutcome::Complete;
        if (code == CURLE_OK) return HttpOutcome::Complete;
#if LIBCURL_VERSION_NUM >= 0x080600
        if (code == CURLE_TOO_LARGE) {  // this curl ends endless headers itself
            fails(kEndlessHeaders);
            return fail(*m_error);
        }
#endif
        const std::string detail = m_detail[0] != '\0' ? m_detail.data() : curl_easy_strerror(code);
        return fail(brokenOff(code, detail, m_request.url));
    }

  private:
    static std::size_t onHeader(char* bytes, std::size_t, std::size_t count, void* self) {
        return static_cast<Transfer*>(self)->takeHeader({bytes, count}) ? count : 0;
    }

    static std::size_t onBody(char* bytes, std::size_t, std::size_t count, void* self) {
        auto* transfer = static_cast<Transfer*>(self);
        if (!transfer->m_begun && !transfer->begin()) return 0;
        const auto taken = transfer->m_sink.take(bytes, count);
        if (!taken) transfer->m_error = taken.error();
        return taken ? count : 0;
    }

    bool takeHeader(std::string_view line) {
        m_headerBytes += line.size();
        if (m_headerBytes > kMostHeaderBytes) {
            fails(kEndlessHeaders);
            return false;
        }
        if (line.starts_with("HTTP/")) {  // after an interim answer
            m_contentRange.clear();
            m_contentType.clear();
            m_encoding.clear();
            m_location.clear();
            m_etag.clear();
            m_modified.clear();
            return true;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return true;
        const std::string name = lowerCase(line.substr(0, colon));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (name == "content-range") m_contentRange = value;
        if (name == "content-type") m_contentType = lowerCase(value);
        if (name == "content-encoding") m_encoding = lowerCase(value);
        if (name == "location") m_location = value;
        if (name == "etag") m_etag = value;
        if (name == "last-modified") m_modified = value;
        return true;
    }

    // Whether the answer is the file, or the rest of it that was asked for.
    bool checkAnswer() {
        long status = 0;
        curl_easy_getinfo(m_handle, CURLINFO_RESPONSE_CODE, &status);
        const bool encoded = !m_encoding.empty() && m_encoding != "identity";
        m_start = 0;
        m_total = -1;
        if (status == 200) {
            if (m_contentType.starts_with("text/html")) {
                fails(GRAFT_TEXT(
                    "{1} sent a web page, not the file; is this network waiting for you to log in?"));
                return false;
            }
            curl_off_t length = -1;
            curl_easy_getinfo(m_handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
            if (!encoded) m_total = length;
            return true;
        }
        if (status == 206 && m_request.offset > 0) {
            const auto range = parseContentRange(m_contentRange);
            m_cannotResume = !range || encoded || range->first != m_request.offset;
            if (m_cannotResume) return false;
            m_start = range->first;
            m_total = range->total;
            return true;
        }
        if (status >= 300 && status < 400 && !m_location.empty()) {
            m_redirect = resolved(m_location, m_request.url);
        } else if (status == 416 && m_request.offset > 0) {
            m_cannotResume = true;
        } else if (status == 404 || status == 410) {
            m_error = Error{ErrorCode::NotFound,
                            {GRAFT_TEXT("{1} has no such file (status {2})."), hostOf(m_request.url), status},
                            shownUrl(m_request.url)};
        } else {
            fails(sentenceAbout(status), status);
        }
        return false;
    }

    bool begin() {
        if (!checkAnswer()) return false;
        // A weak ETag names no bytes; a date is better than nothing.
        const auto& validator = m_etag.starts_with('"') ? m_etag : m_modified;
        const auto begun = m_sink.begin(m_start, m_total, validator);
        if (!begun) m_error = begun.error();
        m_begun = begun.has_value();
        return m_begun;
    }

    // sentence: its first gap is the host.
    template <class... Arguments>
    void fails(const char* sentence, const Arguments&... arguments) {
        m_error = Error{
            ErrorCode::Unreachable, {sentence, hostOf(m_request.url), arguments...}, shownUrl(m_request.url)};
    }

    struct FreeList {
        void operator()(curl_slist* list) const { curl_slist_free_all(list); }
    };

    CURL* m_handle;
    const HttpRequest& m_request;
    HttpSink& m_sink;
    std::unique_ptr<curl_slist, FreeList> m_headers;
    std::array<char, CURL_ERROR_SIZE> m_detail{};
    std::size_t m_headerBytes = 0;
    std::string m_contentRange;
    std::string m_contentType;
    std::string m_encoding;
    std::string m_location;
    std::string m_etag;
    std::string m_modified;
    std::string m_redirect;
    std::int64_t m_start = 0;
    std::int64_t m_total = -1;
    bool m_begun = false;
    bool m_cannotResume = false;
    std::optional<Error> m_error;
};

// Runs until the transfer ends or the sink has had enough.
Result<CURLcode> perform(CURLM* multi, CURL* handle, HttpSink& sink) {
    curl_multi_add_handle(multi, handle);
    int running = 1;
    CURLcode code = CURLE_OK;
    std::optional<Error> error;
    while (running > 0) {
        const CURLMcode state = curl_multi_perform(multi, &running);
        if (state != CURLM_OK) {
            error = Error{ErrorCode::Internal, Message::words(curl_multi_strerror(state)), ""};
            break;
        }
        if (const auto goesOn = sink.tick(); !goesOn) {
            error = goesOn.error();
            break;
        }
        if (running > 0) curl_multi_poll(multi, nullptr, 0, kPollMs, nullptr);
    }
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
        if (message->msg == CURLMSG_DONE) code = message->data.result;
    }
    curl_multi_remove_handle(multi, handle);
    if (error) return fail(*error);
    return code;
}

}  // namespace

std::string shownUrl(const std::string& url) {
    const auto start = url.find("://");
    if (start == std::string::npos) return url;
    const auto end = url.find_first_of("/?#", start + 3);
    const auto at = url.rfind('@', end);
    if (at == std::string::npos || at < start + 3) return url;
    return url.substr(0, start + 3) + url.substr(at + 1);
}

Result<HttpOutcome> httpGet(const HttpRequest& request, HttpSink& sink) {
    static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
    const std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi(curl_multi_init(), &curl_multi_cleanup);
    const std::unique_ptr<CURL, void (*)(CURL*)> handle(curl_easy_init(), &curl_easy_cleanup);
    if (initialised != CURLE_OK || !multi || !handle) {
        return fail(ErrorCode::Internal, GRAFT_TEXT("The network library cannot be started."));
    }
    // Redirects are followed by hand: their bodies are not worth reading, and they may not end.
    HttpRequest current = request;
    for (int redirects = 0; redirects <= kMostRedirects; ++redirects) {
        curl_easy_reset(handle.get());
        Transfer transfer(handle.get(), current, sink);
        const auto code = perform(multi.get(), handle.get(), sink);
        if (!code) return fail(code.error());
        const auto outcome = transfer.finish(*code);
        if (transfer.redirect().empty()) return outcome;
        const bool secure = schemeOf(transfer.redirect()) == "https";
        if (!secure && (schemeOf(current.url) == "https" || schemeOf(transfer.redirect()) != "http")) {
            return fail(ErrorCode::Unreachable,
                        {GRAFT_TEXT("{1} sends to an address that Graft does not follow ({2})."),
                         hostOf(current.url), shownUrl(transfer.redirect()).substr(0, kLongestShown)},
                        shownUrl(request.url));
        }
        current.url = transfer.redirect();
    }
    return fail(ErrorCode::Unreachable,
                {GRAFT_TEXT("{1} sends from one address to the next without end."), hostOf(request.url)},
                shownUrl(request.url));
}

}  // namespace graft::weights
