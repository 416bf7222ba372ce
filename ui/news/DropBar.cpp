// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/news/DropBar.h"

#include <QPushButton>

#include "ui/session/DroppedPaths.h"
#include "ui/session/ProjectPart.h"

namespace graft::ui {

DropBar::DropBar(Project& project, QWidget* parent)
    : NoticeBar(parent), m_dropped(projectPart<DroppedPaths>(project)) {
    setObjectName(QStringLiteral("dropped"));
    button()->setObjectName(QStringLiteral("openDropped"));
    connect(&m_dropped, &DroppedPaths::changed, this, &DropBar::showDrop);
    connect(this, &NoticeBar::pressed, &m_dropped, [this] {
        const QString folder = m_dropped.offer();
        m_dropped.open(folder);
    });
    showDrop();
}

void DropBar::showDrop() {
    showNotice(m_dropped.sentence(), m_dropped.offer().isEmpty() ? QString() : tr("Open that folder"));
}

}  // namespace graft::ui
