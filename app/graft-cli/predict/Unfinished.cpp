// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/graft-cli/predict/Unfinished.h"

#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <vector>

#include "app/graft-cli/Output.h"
#include "app/graft-cli/predict/NewFile.h"
#include "app/graft-cli/predict/WholeLines.h"
#include "core/base/Csv.h"

namespace graft::cli {

namespace {

constexpr std::string_view kEndOfJson = "\n}\n";  // of the document: what is in it is indented

bool readNumber(const std::string& text, std::int64_t& number) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    return error == std::errc() && stop == end;
}

}  // namespace

Unfinished::~Unfinished() {
    if (m_out != nullptr) std::fclose(m_out);
}

bool Unfinished::isThere() const {
    std::error_code error;
    return std::filesystem::exists(m_path, error);
}

bool Unfinished::read() {
    std::error_code error;
    if (isThere() && !std::filesystem::is_regular_file(m_path, error)) return false;  // it might never end
    std::ifstream in(m_path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    const std::string content = std::move(text).str();
    const std::size_t end = content.find(kEndOfJson);
    const std::size_t head = end == std::string::npos ? content.size() : end + kEndOfJson.size();
    m_madeWith = content.substr(0, head);
    const std::string lines = content.substr(head);
    const std::size_t whole = wholeLines(lines, true);
    m_whole = head + whole;
    m_states.clear();
    readStates(lines.substr(0, whole));
    const Json json = Json::parse(m_madeWith, nullptr, false);
    return content.empty() || (json.is_object() && json.contains("model_sha256"));
}

void Unfinished::readStates(const std::string& lines) {
    std::istringstream records(lines);
    std::vector<std::string> fields;
    while (base::readCsvLine(records, fields)) {
        State state;
        if (fields.size() == 3 && readNumber(fields[0], state.bytes) && readNumber(fields[1], state.modified))
            m_states[fields[2]] = state;
    }
}

std::error_code Unfinished::open(const std::string& madeWith) {
    const bool goesOn = isThere() && m_madeWith == madeWith;
    m_out = std::fopen(m_path.c_str(), goesOn ? "r+be" : "wbe");
    if (m_out == nullptr) return lastError();
    if (goesOn) {
        // A line that a kill cut off goes.
        const bool isReady =
            ftruncate(fileno(m_out), static_cast<off_t>(m_whole)) == 0 && std::fseek(m_out, 0, SEEK_END) == 0;
        return isReady ? std::error_code() : lastError();
    }
    m_states.clear();
    return write(madeWith);
}

std::error_code Unfinished::add(const std::string& picture) {
    State state;
    if (!stateOf(picture, state)) return {};  // it is gone, and will not be asked about again
    return write(base::csvLine({std::to_string(state.bytes), std::to_string(state.modified), picture}));
}

bool Unfinished::hasChanged(const std::string& picture) const {
    const auto before = m_states.find(picture);
    State now;
    return before != m_states.end() && stateOf(picture, now) && now != before->second;
}

void Unfinished::remove() {
    if (m_out != nullptr) std::fclose(std::exchange(m_out, nullptr));
    std::error_code error;
    std::filesystem::remove(m_path, error);
}

bool Unfinished::stateOf(const std::string& picture, State& state) {
    struct stat status {};
    if (stat(picture.c_str(), &status) != 0) return false;
    constexpr std::int64_t kSecond = 1'000'000'000;
    state = {status.st_size, status.st_mtim.tv_sec * kSecond + status.st_mtim.tv_nsec};
    return true;
}

std::error_code Unfinished::write(const std::string& text) {
    const bool isWritten =
        std::fwrite(text.data(), 1, text.size(), m_out) == text.size() && std::fflush(m_out) == 0;
    return isWritten ? std::error_code() : lastError();
}

}  // namespace graft::cli
