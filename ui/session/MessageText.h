// SPDX-License-Identifier: GPL-3.0-or-later
// Core's sentences in the window's language: their text ids are looked up in the installed translators; what
// no one has translated stays English. Where core's remedy is the command line's, it is the window's
// sentence (see WindowWords.h).
#pragma once

#include <QString>
#include <string>

#include "core/base/Message.h"

namespace graft::ui {

QString text(const Message& message);

// Of a table's label or sentence, whose English is its id (GRAFT_TEXT).
QString textOf(const std::string& id);

}  // namespace graft::ui
