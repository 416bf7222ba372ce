// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/PlainLabels.h"

#include <QApplication>
#include <QEvent>
#include <QLabel>

namespace graft::ui {

void PlainLabels::install() {
    if (qApp->findChild<PlainLabels*>(QString(), Qt::FindDirectChildrenOnly) != nullptr) return;
    qApp->installEventFilter(new PlainLabels(qApp));
}

// Before it is first laid out or drawn.
bool PlainLabels::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::Polish) return false;
    auto* label = qobject_cast<QLabel*>(watched);
    if (label != nullptr && label->windowType() != Qt::ToolTip) label->setTextFormat(Qt::PlainText);
    return false;
}

}  // namespace graft::ui
