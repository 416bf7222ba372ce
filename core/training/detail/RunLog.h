// SPDX-License-Identifier: GPL-3.0-or-later
// The lines of RUN/log.txt: the time, two spaces, what is said.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace graft::training {

// "2026-11-30 17:00:47+0000": the machine's time with what it is ahead of UTC, so that it means the same on
// another machine.
std::string logStamp(std::time_t time);

// Seconds since 1970 of the time that the line begins with. Older versions wrote it without the offset: that
// is taken for this machine's zone. None where there is no time.
std::optional<std::int64_t> timeInLog(std::string_view line);

// Without the time.
std::string_view saidInLog(std::string_view line);

// What the last lines say, oldest first: of the last 64 kB, since a log may name a hundred thousand files.
// None where there is no such file.
std::vector<std::string> endOfLog(const std::string& file);

// Whether the last thing that the log says of a training is that it came to its end.
bool completedInLog(const std::string& file);

}  // namespace graft::training
