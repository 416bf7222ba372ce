// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/NoteField.h"

#include <QSignalBlocker>

namespace graft::ui {

namespace {
constexpr int kPauseMs = 800;
constexpr int kLines = 2;
}  // namespace

NoteField::NoteField(QWidget* parent) : QPlainTextEdit(parent) {
    setObjectName(QStringLiteral("runNote"));
    setPlaceholderText(tr("A note on this run"));
    setAccessibleName(tr("Note"));
    setTabChangesFocus(true);
    setFixedHeight(kLines * fontMetrics().lineSpacing() + 16);
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &NoteField::commit);
    connect(this, &QPlainTextEdit::textChanged, this, [this] { m_pause.start(); });
}

void NoteField::showNote(const QString& folder, const QString& note) {
    const bool isTyped = folder == m_folder && toPlainText() != m_kept;
    // What it was before may still be on its way here.
    const bool isOlder = folder == m_folder && hasFocus() && m_known.contains(note);
    if (isTyped || isOlder) return;
    commit();
    take(folder, note, {note});
}

void NoteField::showTyped(const QString& folder, const QString& mine, const QString& theirs) {
    const bool isTyped = folder == m_folder && toPlainText() != m_kept;  // that is newer
    if (isTyped) return;
    commit();
    take(folder, mine, {theirs, mine});
}

void NoteField::follow(const QString& folder) {
    m_folder = folder;
}

void NoteField::replace(const QString& note) {
    m_pause.stop();
    take(m_folder, note, {note});
}

void NoteField::take(const QString& folder, const QString& text, const QStringList& known) {
    const QSignalBlocker quiet(this);
    m_folder = folder;
    m_known = known;
    if (toPlainText() != text) setPlainText(text);  // otherwise the cursor stays where it is
    m_kept = toPlainText();                         // which has other spaces and ends of lines
}

void NoteField::commit() {
    m_pause.stop();
    if (m_folder.isEmpty() || toPlainText() == m_kept) return;
    m_kept = toPlainText();
    const QStringList known = m_known;
    m_known << m_kept;
    emit written(m_folder, m_kept, known);
}

void NoteField::focusOutEvent(QFocusEvent* event) {
    QPlainTextEdit::focusOutEvent(event);
    commit();
}

}  // namespace graft::ui
