// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/SettingsTools.h"

#include <QHBoxLayout>
#include <QPushButton>

#include "ui/session/Project.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsHistory.h"
#include "ui/widgets/FocusRank.h"

namespace graft::ui {

SettingsTools::SettingsTools(Project& project, QWidget* parent)
    : QWidget(parent), m_history(projectPart<SettingsHistory>(project)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    m_putBack = addButton("putBackAll", QString());
    m_putBack->setToolTip(tr("Gives every setting the value that the backbone came with"));
    m_undo = addButton("undoSetting", tr("Undo"));
    m_redo = addButton("redoSetting", tr("Redo"));
    setFocusRank(*m_undo, kNeverByItself);
    connect(m_putBack, &QPushButton::clicked, this, &SettingsTools::putBackRequested);
    connect(m_undo, &QPushButton::clicked, &m_history, &SettingsHistory::undo);
    connect(m_redo, &QPushButton::clicked, &m_history, &SettingsHistory::redo);
    connect(&m_history, &SettingsHistory::changed, this, &SettingsTools::showSteps);
    showChanged(0);
    showSteps();
}

QPushButton* SettingsTools::addButton(const char* name, const QString& text) {
    auto* button = new QPushButton(text, this);
    button->setProperty("link", true);
    button->setObjectName(QString::fromLatin1(name));
    layout()->addWidget(button);
    return button;
}

void SettingsTools::showChanged(int count) {
    m_putBack->setText(count == 1 ? tr("Put 1 back") : tr("Put all %1 back").arg(count));
    m_putBack->setVisible(count > 0);
}

void SettingsTools::showSteps() {
    const QString undo = m_history.nextUndo();
    const QString redo = m_history.nextRedo();
    m_undo->setEnabled(m_history.canUndo());
    m_undo->setToolTip(undo.isEmpty() ? tr("Nothing to undo (Ctrl+Z)") : tr("Undo: %1 (Ctrl+Z)").arg(undo));
    m_undo->setAccessibleDescription(m_undo->toolTip());
    m_redo->setEnabled(m_history.canRedo());
    m_redo->setToolTip(redo.isEmpty() ? tr("Nothing to redo (Ctrl+Shift+Z)")
                                      : tr("Redo: %1 (Ctrl+Shift+Z)").arg(redo));
    m_redo->setAccessibleDescription(m_redo->toolTip());
}

}  // namespace graft::ui
