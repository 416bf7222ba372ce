// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/prompts/QtUserPrompts.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QMessageBox>
#include <QPushButton>
#include <utility>

namespace graft::ui {

namespace {

QFileDialog* makeDialog(QWidget* parent, const QString& title, const QString& start,
                        QFileDialog::FileMode mode) {
    auto* dialog = new QFileDialog(parent, title, start);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(mode);
    if (mode == QFileDialog::Directory) dialog->setOption(QFileDialog::ShowDirsOnly);
    return dialog;
}

void openForOne(QFileDialog* dialog, UserPrompts::PathAnswer answer) {
    QObject::connect(dialog, &QFileDialog::fileSelected, dialog, std::move(answer));
    dialog->open();
}

}  // namespace

void QtUserPrompts::chooseFolder(QWidget* parent, const QString& title, const QString& start,
                                 PathAnswer answer) {
    openForOne(makeDialog(parent, title, start, QFileDialog::Directory), std::move(answer));
}

void QtUserPrompts::chooseFile(QWidget* parent, const QString& title, const QString& start,
                               const QString& filter, PathAnswer answer) {
    QFileDialog* dialog = makeDialog(parent, title, start, QFileDialog::ExistingFile);
    dialog->setNameFilter(filter);
    openForOne(dialog, std::move(answer));
}

void QtUserPrompts::chooseFiles(QWidget* parent, const QString& title, const QString& start,
                                const QString& filter, PathsAnswer answer) {
    QFileDialog* dialog = makeDialog(parent, title, start, QFileDialog::ExistingFiles);
    dialog->setNameFilter(filter);
    QObject::connect(dialog, &QFileDialog::filesSelected, dialog, std::move(answer));
    dialog->open();
}

void QtUserPrompts::chooseSaveFolder(QWidget* parent, const QString& title, const QString& start,
                                     PathAnswer answer) {
    QFileDialog* dialog = makeDialog(parent, title, start, QFileDialog::Directory);
    dialog->setLabelText(QFileDialog::Accept, QFileDialog::tr("Save here"));
    openForOne(dialog, std::move(answer));
}

void QtUserPrompts::chooseSaveFile(QWidget* parent, const QString& title, const QString& start,
                                   const QString& filter, PathAnswer answer) {
    const QFileInfo proposed(start);
    QFileDialog* dialog = makeDialog(parent, title, proposed.absolutePath(), QFileDialog::AnyFile);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilter(filter);
    dialog->setDefaultSuffix(proposed.suffix());
    dialog->selectFile(proposed.fileName());
    openForOne(dialog, std::move(answer));
}

void QtUserPrompts::confirm(QWidget* parent, const QString& question, const QString& yes, const QString& no,
                            YesNoAnswer answer) {
    auto* box = new QMessageBox(QMessageBox::Question, {}, question, QMessageBox::NoButton, parent);
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setTextFormat(Qt::PlainText);  // a file's name may look like markup
    QPushButton* accept = box->addButton(yes, QMessageBox::AcceptRole);
    box->setDefaultButton(box->addButton(no, QMessageBox::RejectRole));
    QObject::connect(box, &QMessageBox::finished, box,
                     [box, accept, answer = std::move(answer)] { answer(box->clickedButton() == accept); });
    box->open();
}

}  // namespace graft::ui
