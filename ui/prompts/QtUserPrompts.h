// SPDX-License-Identifier: GPL-3.0-or-later
// Asks with Qt's own dialogs, window-modal and never nested.
#pragma once

#include "ui/prompts/UserPrompts.h"

namespace graft::ui {

class QtUserPrompts : public UserPrompts {
  public:
    void chooseFolder(QWidget* parent, const QString& title, const QString& start,
                      PathAnswer answer) override;
    void chooseFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                    PathAnswer answer) override;
    void chooseFiles(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                     PathsAnswer answer) override;
    void chooseSaveFolder(QWidget* parent, const QString& title, const QString& start,
                          PathAnswer answer) override;
    void chooseSaveFile(QWidget* parent, const QString& title, const QString& start, const QString& filter,
                        PathAnswer answer) override;
    void confirm(QWidget* parent, const QString& question, const QString& yes, const QString& no,
                 YesNoAnswer answer) override;
};

}  // namespace graft::ui
