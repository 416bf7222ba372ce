// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says in the place of core's sentences whose remedy is the command line's: an option, a
// command, a folder to give. In the window the remedy is a control of its own.
#pragma once

#include <string>

namespace graft::ui {

// The id (see core/base/Message.h) of the window's sentence, with the same gaps; the id itself where core's
// sentence holds in the window too.
const std::string& windowWords(const std::string& id);

// The same within an English text that a file has kept, such as why a run failed.
std::string withWindowWords(std::string text);

}  // namespace graft::ui
