// SPDX-License-Identifier: GPL-3.0-or-later
// Tells by its first bytes what a file is.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "core/base/Message.h"

namespace graft::weights {

constexpr std::size_t kHeadBytes = 512;  // what the functions below want to see, if the file has it

// The length of the magic number's pickle at the start of a .pth from before PyTorch 1.6, 0 for other files.
std::size_t legacyMagicBytes(std::string_view head);

// A pickle by itself, as pickle.dump writes it: no weight file, but it may ask for something to be run.
bool looksLikePickle(std::string_view head);

// What else it is, with the remedy: a failed download, another library's file, an archive.
std::optional<Message> otherFileSentence(std::string_view head);

}  // namespace graft::weights
