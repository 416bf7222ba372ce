// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/SettingsTools.h"

#include <QHBoxLayout>
#include <QPushButton>

#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsHistory.h"
#include "ui/widgets/UndoButtons.h"

namespace graft::ui {

SettingsTools::SettingsTools(Project& project, QWidget* parent) : QWidget(parent) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    m_putBack = addButton("putBackAll", QString());
    m_putBack->setToolTip(tr("Gives every setting the value that the backbone came with"));
    QPushButton* undo = addButton("undoSetting", tr("Undo"));
    QPushButton* redo = addButton("redoSetting", tr("Redo"));
    connect(m_putBack, &QPushButton::clicked, this, &SettingsTools::putBackRequested);
    connectUndo(projectPart<SettingsHistory>(project), *undo, *redo);
    showChanged(0);
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

}  // namespace graft::ui
