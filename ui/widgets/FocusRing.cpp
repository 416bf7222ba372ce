// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/FocusRing.h"

#include <QEvent>
#include <QPainter>

#include "ui/style/Theme.h"

namespace graft::ui {

FocusRing::FocusRing(QWidget& around) : QWidget(&around) {
    setAttribute(Qt::WA_TransparentForMouseEvents);
    setAttribute(Qt::WA_NoSystemBackground);
    around.installEventFilter(this);
    hide();
}

bool FocusRing::eventFilter(QObject* watched, QEvent* event) {
    const QEvent::Type type = event->type();
    if (watched != parentWidget()) return false;
    if (type == QEvent::FocusIn || type == QEvent::Resize) setGeometry(parentWidget()->rect());
    if (type == QEvent::FocusIn) {
        raise();
        show();
    }
    if (type == QEvent::FocusOut) hide();
    return false;
}

void FocusRing::paintEvent(QPaintEvent* /*event*/) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Theme::instance().colours().accent);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
}

}  // namespace graft::ui
