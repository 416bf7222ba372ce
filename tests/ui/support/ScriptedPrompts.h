// SPDX-License-Identifier: GPL-3.0-or-later
// Answers the window's questions as a test wrote them down beforehand, and keeps what was asked.
#pragma once

#include <QStringList>
#include <QTimer>
#include <utility>

#include "ui/prompts/UserPrompts.h"

namespace graft::ui::testing {

class ScriptedPrompts : public UserPrompts {
  public:
    QString folder;         // empty: Cancel
    QString file;           // empty: Cancel
    QStringList files;      // empty: Cancel
    QString saveFolder;     // empty: Cancel
    QString saveFile;       // empty: Cancel
    bool yes = true;        // what confirm() answers
    QStringList questions;  // titles and questions, in order

    void chooseFolder(QWidget* parent, const QString& title, const QString&, PathAnswer answer) override {
        questions.append(title);
        if (!folder.isEmpty()) later(parent, [answer = std::move(answer), path = folder] { answer(path); });
    }
    void chooseFile(QWidget* parent, const QString& title, const QString&, const QString&,
                    PathAnswer answer) override {
        questions.append(title);
        if (!file.isEmpty()) later(parent, [answer = std::move(answer), path = file] { answer(path); });
    }
    void chooseFiles(QWidget* parent, const QString& title, const QString&, const QString&,
                     PathsAnswer answer) override {
        questions.append(title);
        if (!files.isEmpty()) later(parent, [answer = std::move(answer), paths = files] { answer(paths); });
    }
    void chooseSaveFolder(QWidget* parent, const QString& title, const QString&, PathAnswer answer) override {
        questions.append(title);
        if (!saveFolder.isEmpty()) {
            later(parent, [answer = std::move(answer), path = saveFolder] { answer(path); });
        }
    }
    void chooseSaveFile(QWidget* parent, const QString& title, const QString&, const QString&,
                        PathAnswer answer) override {
        questions.append(title);
        if (!saveFile.isEmpty())
            later(parent, [answer = std::move(answer), path = saveFile] { answer(path); });
    }
    void confirm(QWidget* parent, const QString& question, const QString&, const QString&,
                 YesNoAnswer answer) override {
        questions.append(question);
        later(parent, [answer = std::move(answer), said = yes] { answer(said); });
    }

  private:
    // As the real ones: never from within the question.
    template <class Answer>
    static void later(QObject* context, Answer answer) {
        QTimer::singleShot(0, context, std::move(answer));
    }
};

}  // namespace graft::ui::testing
