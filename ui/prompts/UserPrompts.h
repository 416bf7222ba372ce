// SPDX-License-Identifier: GPL-3.0-or-later
// What the window asks a person. Every question returns at once and answers through its callback, later and
// on the GUI thread, so nothing nests; tests put a scripted one in its place.
#pragma once

#include <QString>
#include <QStringList>
#include <functional>

class QWidget;

namespace graft::ui {

class UserPrompts {
  public:
    using PathAnswer = std::function<void(const QString& path)>;        // not called on Cancel
    using PathsAnswer = std::function<void(const QStringList& paths)>;  // not called on Cancel
    using YesNoAnswer = std::function<void(bool yes)>;

    UserPrompts() = default;
    UserPrompts(const UserPrompts&) = delete;
    UserPrompts& operator=(const UserPrompts&) = delete;
    virtual ~UserPrompts() = default;

    // start: the folder the dialog opens in. filter: Qt's, e.g. "Weights (*.safetensors *.pth)".
    virtual void chooseFolder(QWidget* parent, const QString& title, const QString& start,
                              PathAnswer answer) = 0;
    virtual void chooseFile(QWidget* parent, const QString& title, const QString& start,
                            const QString& filter, PathAnswer answer) = 0;
    virtual void chooseFiles(QWidget* parent, const QString& title, const QString& start,
                             const QString& filter, PathsAnswer answer) = 0;
    // A folder to write to; a new one may be made.
    virtual void chooseSaveFolder(QWidget* parent, const QString& title, const QString& start,
                                  PathAnswer answer) = 0;
    // A file to write to, whose folder is there; whether it may replace another has been asked. start: the
    // path that is proposed; the answer has its ending where none was typed.
    virtual void chooseSaveFile(QWidget* parent, const QString& title, const QString& start,
                                const QString& filter, PathAnswer answer) = 0;
    virtual void confirm(QWidget* parent, const QString& question, const QString& yes, const QString& no,
                         YesNoAnswer answer) = 0;
};

}  // namespace graft::ui
