// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/UndoKeys.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QShortcut>

#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsHistory.h"

namespace graft::ui {

namespace {

const QKeySequence kUndo(Qt::CTRL | Qt::Key_Z);
const QKeySequence kRedo(Qt::CTRL | Qt::SHIFT | Qt::Key_Z);
const QKeySequence kOtherRedo(Qt::CTRL | Qt::Key_Y);

// In which one types; null: in none.
const QLineEdit* editOf(const QObject* widget) {
    if (const auto* edit = qobject_cast<const QLineEdit*>(widget)) return edit;
    if (qobject_cast<const QAbstractSpinBox*>(widget) != nullptr) return widget->findChild<QLineEdit*>();
    return nullptr;
}

}  // namespace

UndoKeys::UndoKeys(Project& project, QWidget* window)
    : QObject(window), m_history(projectPart<SettingsHistory>(project)) {
    connect(new QShortcut(kUndo, window), &QShortcut::activated, &m_history, &SettingsHistory::undo);
    for (const QKeySequence& keys : {kRedo, kOtherRedo})
        connect(new QShortcut(keys, window), &QShortcut::activated, &m_history, &SettingsHistory::redo);
    connect(qApp, &QApplication::focusChanged, &m_history, &SettingsHistory::seal);
    qApp->installEventFilter(this);
}

// A field takes these keys for itself, also where there is nothing in it to undo.
bool UndoKeys::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::ShortcutOverride) return false;
    const QLineEdit* edit = editOf(watched);
    if (edit == nullptr) return false;
    const QKeySequence keys(static_cast<const QKeyEvent&>(*event).keyCombination());
    const bool isUndo = keys == kUndo;
    const bool isRedo = keys == kRedo || keys == kOtherRedo;
    const bool isForField = isUndo ? edit->isUndoAvailable() : edit->isRedoAvailable();
    if ((!isUndo && !isRedo) || isForField) return false;
    event->ignore();
    return true;
}

}  // namespace graft::ui
