// SPDX-License-Identifier: GPL-3.0-or-later
// What a person says of a run: RUN/note.json, {note, star}. Nothing that trains knows of it, so that it may
// be written at any time, while the run is being trained too.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "core/base/Result.h"

namespace graft::training {

struct RunNote {
    std::string text;  // UTF-8, lines parted by '\n'; may be empty
    bool star = false;
};

inline constexpr std::size_t kMostNoteBytes = 4000;

// No note where there is no file. Errors: Unreadable, BadFormat.
Result<RunNote> readNote(const std::string& runFolder);

// The file is written whole, or is what it was before; without text and star it is removed. Errors: NotFound
// (no run there), InvalidArgument (too long, no UTF-8, control characters), Unwritable.
Result<void> writeNote(const std::string& runFolder, const RunNote& note);

// Reads the note, has it changed, and writes it; change: false where it is to stay as it is. Whoever changes
// it this way at the same time, in this process or another, waits: the one's star and the other's text both
// stay. Gives what is there then, its text tidy. Errors: readNote()'s and writeNote()'s.
Result<RunNote> changeNote(const std::string& runFolder, const std::function<bool(RunNote&)>& change);

// What is written of the text: of other ends of lines '\n', and no white space at its end.
std::string tidyNote(const std::string& text);

}  // namespace graft::training
