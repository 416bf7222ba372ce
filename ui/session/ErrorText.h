// SPDX-License-Identifier: GPL-3.0-or-later
// Says an error of core in the window's language: what happened, and what a person can do about it.
#pragma once

#include <QCoreApplication>
#include <QString>

#include "core/base/Result.h"

namespace graft::ui {

class ErrorText {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::ErrorText)

  public:
    // "leaves.pt: the file ends early. Choose another file ..."
    static QString describe(const Error& error);

    // "/home/me/leaves.pt: the file ends early." with the whole path, and without more than core says.
    static QString sentence(const Error& error);

    // The remedy alone; empty where core's own sentence says it already.
    static QString remedy(ErrorCode code);
};

}  // namespace graft::ui
