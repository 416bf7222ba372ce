// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/training/detail/RunBegin.h"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>

#include "core/training/detail/RunLog.h"

namespace graft::training {

namespace {

namespace fs = std::filesystem;

// By the first line of the log.
std::optional<std::int64_t> beginInLog(const std::string& file) {
    std::error_code error;
    if (!fs::is_regular_file(file, error)) return std::nullopt;
    std::ifstream log(file, std::ios::binary);
    std::string stamp(32, '\0');
    log.read(stamp.data(), static_cast<std::streamsize>(stamp.size()));
    stamp.resize(static_cast<std::size_t>(log.gcount()));
    return timeInLog(stamp);
}

}  // namespace

std::optional<std::int64_t> beginOf(const RunPaths& paths) {
    if (const auto logged = beginInLog(paths.log)) return logged;
    std::error_code error;
    const auto written = fs::last_write_time(paths.config, error);
    if (error) return std::nullopt;
    const auto age = fs::file_time_type::clock::now() - written;
    const auto then = std::chrono::system_clock::now() -
                      std::chrono::duration_cast<std::chrono::system_clock::duration>(age);
    return static_cast<std::int64_t>(std::chrono::system_clock::to_time_t(then));
}

}  // namespace graft::training
