// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/NoteEditor.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/runs/NoteField.h"
#include "ui/session/RunChanges.h"
#include "ui/session/RunPlace.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {
constexpr qsizetype kMostLetters = 400;  // of the other note; the tip has all of it
}

NoteEditor::NoteEditor(RunChanges& changes, QWidget* parent) : QWidget(parent), m_changes(changes) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    m_field = new NoteField(this);
    column->addWidget(buildConflict());
    column->addWidget(m_field);
    connect(m_field, &NoteField::written, &m_changes, &RunChanges::setNote);
    connect(&m_changes, &RunChanges::noteConflictChanged, this, [this](const QString& folder) {
        if (isSamePlace(folder, m_folder)) showConflict();
    });
}

QWidget* NoteEditor::buildConflict() {
    m_conflict = new QWidget(this);
    auto* row = new QHBoxLayout(m_conflict);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    m_sentence = new QLabel(m_conflict);
    m_sentence->setObjectName(QStringLiteral("noteConflict"));
    m_sentence->setFont(Theme::smallFont());
    m_sentence->setWordWrap(true);
    m_sentence->setTextFormat(Qt::PlainText);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    row->addWidget(m_sentence, 1);
    const auto add = [this, row](const char* name, const QString& text, void (NoteEditor::*pressed)()) {
        auto* button = new QPushButton(text, m_conflict);
        button->setObjectName(QString::fromLatin1(name));
        button->setProperty("small", true);
        connect(button, &QPushButton::clicked, this, pressed);
        row->addWidget(button, 0, Qt::AlignTop);
    };
    add("keepMyNote", tr("Keep mine"), &NoteEditor::keepMine);
    add("takeOtherNote", tr("Take the other"), &NoteEditor::takeTheirs);
    m_conflict->hide();
    return m_conflict;
}

void NoteEditor::showNote(const QString& folder, const QString& note) {
    m_folder = folder;
    // What was typed and is not written is not replaced by what is read.
    const auto unwritten = m_changes.unwrittenNote(folder);
    if (unwritten)
        m_field->showTyped(folder, *unwritten, note);
    else if (!m_changes.noteConflict(folder))
        m_field->showNote(folder, note);
    showConflict();
}

void NoteEditor::follow(const QString& folder) {
    m_folder = folder;
    m_field->follow(folder);
}

void NoteEditor::commit() {
    m_field->commit();
}

void NoteEditor::showConflict() {
    const auto conflict = m_changes.noteConflict(m_folder);
    m_conflict->setVisible(conflict.has_value());
    if (!conflict) return;
    m_field->showTyped(m_folder, conflict->mine, conflict->theirs);
    QString theirs = conflict->theirs;
    if (theirs.size() > kMostLetters) theirs = theirs.left(kMostLetters) + QChar(0x2026);
    m_sentence->setText(
        theirs.isEmpty()
            ? tr("The note was removed elsewhere meanwhile. What is typed here is not written yet.")
            : tr("The note was changed elsewhere meanwhile. It is: \u201c%1\u201d What is typed here is not "
                 "written yet.")
                  .arg(theirs));
    m_sentence->setToolTip(conflict->theirs);
}

void NoteEditor::keepMine() {
    m_field->commit();
    m_changes.keepMine(m_folder);
}

void NoteEditor::takeTheirs() {
    const auto conflict = m_changes.noteConflict(m_folder);
    if (!conflict) return;
    m_field->replace(conflict->theirs);
    m_changes.takeTheirs(m_folder);
}

}  // namespace graft::ui
