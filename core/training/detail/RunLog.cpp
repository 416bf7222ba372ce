// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunLog.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <sstream>

namespace graft::training {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTime = 19;    // "2026-01-02 03:04:05"
constexpr std::size_t kOffset = 5;   // "+0000"
constexpr std::size_t kBetween = 2;  // spaces

// Seconds that the zone is ahead of UTC.
std::optional<std::int64_t> offsetIn(std::string_view line) {
    if (line.size() < kTime + kOffset) return std::nullopt;
    const std::string_view text = line.substr(kTime, kOffset);
    if (text[0] != '+' && text[0] != '-') return std::nullopt;
    const std::string_view digits = text.substr(1);
    if (digits.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    const auto two = [&](std::size_t at) { return (digits[at] - '0') * 10 + digits[at + 1] - '0'; };
    const std::int64_t seconds = std::int64_t{two(0)} * 3600 + std::int64_t{two(2)} * 60;
    return text[0] == '-' ? -seconds : seconds;
}

}  // namespace

std::string logStamp(std::time_t time) {
    std::tm local{};
    localtime_r(&time, &local);
    char stamp[40];
    return {stamp, std::strftime(stamp, sizeof(stamp), "%Y-%m-%d %H:%M:%S%z", &local)};
}

std::optional<std::int64_t> timeInLog(std::string_view line) {
    if (line.size() < kTime) return std::nullopt;
    std::tm when{};
    std::istringstream text{std::string(line.substr(0, kTime))};
    text >> std::get_time(&when, "%Y-%m-%d %H:%M:%S");
    if (text.fail()) return std::nullopt;
    if (const auto offset = offsetIn(line)) return static_cast<std::int64_t>(timegm(&when)) - *offset;
    when.tm_isdst = -1;
    const std::time_t time = std::mktime(&when);
    if (time == std::time_t{-1}) return std::nullopt;
    return static_cast<std::int64_t>(time);
}

std::string_view saidInLog(std::string_view line) {
    const std::size_t stamp = kTime + (offsetIn(line) ? kOffset : 0) + kBetween;
    return line.size() <= stamp ? std::string_view() : line.substr(stamp);
}

std::vector<std::string> endOfLog(const std::string& file) {
    constexpr std::uintmax_t kMost = 65536;
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return {};
    const std::uintmax_t size = fs::file_size(file, error);
    if (error) return {};
    const std::uintmax_t read = std::min(size, kMost);
    std::ifstream stream(file, std::ios::binary);
    stream.seekg(static_cast<std::streamoff>(size - read));
    std::string text(static_cast<std::size_t>(read), '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    std::vector<std::string> said;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const std::string_view words = saidInLog(line);
        if (!words.empty()) said.emplace_back(words);
    }
    return said;
}

bool completedInLog(const std::string& file) {
    bool isCompleted = false;
    for (const std::string& said : endOfLog(file)) {
        if (said.starts_with("completed.")) isCompleted = true;
        for (const char* other : {"started: ", "resumed ", "stopped; ", "failed: "})
            if (said.starts_with(other)) isCompleted = false;
    }
    return isCompleted;
}

}  // namespace graft::training
