// SPDX-License-Identifier: GPL-3.0-or-later
// Marks a sentence that a person reads where it stands in a table: the tools that collect what is to be
// translated find it by this name. It is the sentence itself.
#pragma once

#define GRAFT_TEXT(english) english
