// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunsSplit.h"

#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

#include "ui/session/LastSession.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kHandleHeight = 12;
constexpr int kGripWidth = 36;
constexpr double kMostShare = 0.6;  // of the height, for the list
constexpr int kStep = 32;
constexpr int kPauseMs = 200;  // in a drag

// A short line, which says that it can be moved.
class Grip : public QSplitterHandle {
  public:
    Grip(Qt::Orientation orientation, QSplitter* split) : QSplitterHandle(orientation, split) {
        setFocusPolicy(Qt::TabFocus);
        setAccessibleName(
            RunsSplit::tr("The line between the list and what is chosen; the arrow keys move it"));
    }

  protected:
    void keyPressEvent(QKeyEvent* event) override {
        if (event->key() == Qt::Key_Up) return moveSplitter(pos().y() - kStep);
        if (event->key() == Qt::Key_Down) return moveSplitter(pos().y() + kStep);
        QSplitterHandle::keyPressEvent(event);
    }
    void enterEvent(QEnterEvent* event) override {
        QSplitterHandle::enterEvent(event);
        update();
    }
    void leaveEvent(QEvent* event) override {
        QSplitterHandle::leaveEvent(event);
        update();
    }
    void paintEvent(QPaintEvent*) override {
        const Colours& colours = Theme::instance().colours();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(hasFocus() ? colours.accent : underMouse() ? colours.muted : colours.line);
        QRectF line(0, 0, kGripWidth, 4);
        line.moveCenter(QRectF(rect()).center());
        painter.drawRoundedRect(line, 2, 2);
    }
};

}  // namespace

RunsSplit::RunsSplit(QWidget* list, QWidget* detail, QWidget* parent) : QSplitter(Qt::Vertical, parent) {
    setObjectName(QStringLiteral("runsSplit"));
    setHandleWidth(kHandleHeight);
    setChildrenCollapsible(false);
    addWidget(list);
    addWidget(detail);
    m_isMoved = restoreState(LastSession::runsSplit());
    setHandleWidth(kHandleHeight);
    setChildrenCollapsible(false);
    connect(this, &QSplitter::splitterMoved, this, [this] {
        m_isMoved = true;
        m_pause.start();
    });
    m_pause.setSingleShot(true);
    m_pause.setInterval(kPauseMs);
    connect(&m_pause, &QTimer::timeout, this, &RunsSplit::keep);
    connect(&Theme::instance(), &Theme::changed, this, [this] { handle(1)->update(); });
}

RunsSplit::~RunsSplit() {
    if (m_pause.isActive()) keep();
}

void RunsSplit::keep() {
    LastSession::keepRunsSplit(saveState());
}

void RunsSplit::setListHeight(int height) {
    m_listHeight = height;
    divide();
}

QSplitterHandle* RunsSplit::createHandle() {
    return new Grip(orientation(), this);
}

void RunsSplit::resizeEvent(QResizeEvent* event) {
    QSplitter::resizeEvent(event);
    divide();
}

void RunsSplit::divide() {
    const int room = height() - kHandleHeight;
    if (m_isMoved || room <= 0) return;
    const int list = std::min(m_listHeight, int(kMostShare * room));
    setSizes({list, room - list});
}

}  // namespace graft::ui
