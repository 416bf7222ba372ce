// SPDX-License-Identifier: GPL-3.0-or-later
// FILE.unfinished, beside answers that are not all there yet: what they are made with, as JSON, and behind it
// a line of CSV for each picture that has an answer: its size in bytes, its time of modification in
// nanoseconds since 1970, its path. So a later call knows which of them have changed. Whoever writes holds
// the lock of FILE.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>
#include <system_error>
#include <unordered_map>
#include <utility>

namespace graft::cli {

class Unfinished {
  public:
    explicit Unfinished(std::string path) : m_path(std::move(path)) {}
    ~Unfinished();
    Unfinished(const Unfinished&) = delete;
    Unfinished& operator=(const Unfinished&) = delete;

    const std::string& path() const { return m_path; }
    bool isThere() const;
    // What is there now. False: it is none that Graft has written, of which a kill may have left nothing.
    bool read();
    const std::string& madeWith() const { return m_madeWith; }  // as read

    // Goes on behind the last whole line of what was read, or begins anew where that is made with something
    // else.
    std::error_code open(const std::string& madeWith);
    // That a picture, as it is now, is about to have an answer: to be called before the answer is written.
    // Its state is asked for by name, which a network's file system still knows from the reading.
    std::error_code add(const std::string& picture);
    // Whether a picture that an earlier call has answered is of another size or time now. False, too, where
    // nothing is known of it.
    bool hasChanged(const std::string& picture) const;
    void remove();

  private:
    struct State {
        std::int64_t bytes = 0;
        std::int64_t modified = 0;
        bool operator==(const State&) const = default;
    };
    static bool stateOf(const std::string& picture, State& state);
    void readStates(const std::string& lines);
    std::error_code write(const std::string& text);

    std::string m_path;
    std::string m_madeWith;
    std::unordered_map<std::string, State> m_states;  // by path; the last line of a picture counts
    std::size_t m_whole = 0;                          // bytes up to the end of the last whole line
    std::FILE* m_out = nullptr;
};

}  // namespace graft::cli
