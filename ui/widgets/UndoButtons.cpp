// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/UndoButtons.h"

#include <QCoreApplication>
#include <QPushButton>

#include "ui/session/SettingsHistory.h"
#include "ui/widgets/FocusRank.h"

namespace graft::ui {

namespace {

struct UndoWords {
    Q_DECLARE_TR_FUNCTIONS(graft::ui::UndoButtons)
};

void show(QPushButton& button, bool isEnabled, const QString& tip) {
    button.setEnabled(isEnabled);
    button.setToolTip(tip);
    button.setAccessibleDescription(tip);
}

}  // namespace

void connectUndo(SettingsHistory& history, QPushButton& undo, QPushButton& redo) {
    setFocusRank(undo, kNeverByItself);
    QObject::connect(&undo, &QPushButton::clicked, &history, &SettingsHistory::undo);
    QObject::connect(&redo, &QPushButton::clicked, &history, &SettingsHistory::redo);
    const auto showSteps = [&history, &undo, &redo] {
        const QString back = history.nextUndo();
        const QString again = history.nextRedo();
        show(undo, history.canUndo(),
             back.isEmpty() ? UndoWords::tr("Nothing to undo (Ctrl+Z)")
                            : UndoWords::tr("Undo: %1 (Ctrl+Z)").arg(back));
        show(redo, history.canRedo(),
             again.isEmpty() ? UndoWords::tr("Nothing to redo (Ctrl+Shift+Z)")
                             : UndoWords::tr("Redo: %1 (Ctrl+Shift+Z)").arg(again));
    };
    QObject::connect(&history, &SettingsHistory::changed, &undo, showSteps);
    showSteps();
}

}  // namespace graft::ui
