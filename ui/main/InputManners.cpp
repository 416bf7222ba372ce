// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/InputManners.h"

#include <QAbstractButton>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QRadioButton>
#include <QScrollBar>
#include <QStyleHints>
#include <QWheelEvent>
#include <utility>

namespace graft::ui {

namespace {

// The field that would take the wheel; null: there is none.
const QWidget* fieldAround(const QWidget* widget) {
    for (; widget != nullptr; widget = widget->parentWidget()) {
        const bool isSlider = qobject_cast<const QAbstractSlider*>(widget) != nullptr &&
                              qobject_cast<const QScrollBar*>(widget) == nullptr;
        if (isSlider || qobject_cast<const QAbstractSpinBox*>(widget) != nullptr ||
            qobject_cast<const QComboBox*>(widget) != nullptr)
            return widget;
        if (widget->isWindow()) break;  // the list that a field drops down is scrolled
    }
    return nullptr;
}

// A list to choose from never turns with the wheel: who has just chosen scrolls on.
bool takesWheel(const QWidget& field) {
    if (qobject_cast<const QComboBox*>(&field) != nullptr) return false;
    const QWidget* focus = QApplication::focusWidget();
    return focus != nullptr && (focus == &field || field.isAncestorOf(focus));
}

bool isReturn(int key) {
    return key == Qt::Key_Return || key == Qt::Key_Enter;
}

// A box to tick is a field: Return in it belongs to whatever it stands in.
bool isTicked(const QWidget& widget) {
    return qobject_cast<const QCheckBox*>(&widget) != nullptr ||
           qobject_cast<const QRadioButton*>(&widget) != nullptr;
}

QString wordOn(const QWidget& widget) {
    const auto* button = qobject_cast<const QAbstractButton*>(&widget);
    return button != nullptr ? button->text() : QString();
}

}  // namespace

void InputManners::install() {
    if (qApp->findChild<InputManners*>(QString(), Qt::FindDirectChildrenOnly) == nullptr)
        new InputManners(qApp);
}

InputManners::InputManners(QObject* parent) : QObject(parent) {
    qApp->installEventFilter(this);
}

bool InputManners::eventFilter(QObject* watched, QEvent* event) {
    if (!watched->isWidgetType()) return false;
    auto& widget = static_cast<QWidget&>(*watched);
    switch (event->type()) {
        case QEvent::Polish:
            if (widget.focusPolicy() == Qt::WheelFocus) widget.setFocusPolicy(Qt::StrongFocus);
            return false;
        case QEvent::Wheel: {
            const QWidget* field = fieldAround(&widget);
            if (field == nullptr || takesWheel(*field)) return false;
            event->ignore();  // so that what it lies in has it
            return true;
        }
        case QEvent::MouseButtonPress:
        case QEvent::MouseButtonDblClick:
            return keepsMouseAway(widget, static_cast<const QMouseEvent&>(*event));
        case QEvent::MouseButtonRelease:
            return followsWhatMoved(widget, static_cast<const QMouseEvent&>(*event));
        case QEvent::KeyPress:
            return takesKey(widget, static_cast<const QKeyEvent&>(*event));
        default:
            return false;
    }
}

bool InputManners::keepsMouseAway(QWidget& target, const QMouseEvent& event) {
    if (event.button() != Qt::LeftButton) return false;
    const Press now{&target, wordOn(target), event.timestamp(), event.globalPosition().toPoint(),
                    event.position()};
    // What its receiver does not want goes on to what that lies in: it is the same press.
    if (now.time != 0 && now.time == m_mouse.time && now.place == m_mouse.place) return false;
    const bool isNear = (now.place - m_mouse.place).manhattanLength() <=
                        QGuiApplication::styleHints()->mouseDoubleClickDistance();
    if (isNear && qobject_cast<QAbstractButton*>(&target) != nullptr) {
        const bool tooSoon = isTooSoon(m_mouse, now);
        m_isDown = !tooSoon;
        return tooSoon;
    }
    m_isDown = true;
    m_mouse = now;
    return false;
}

// The press takes the focus, what was typed counts, a line appears, and the button is no longer under the
// mouse that stands still: it is clicked all the same.
bool InputManners::followsWhatMoved(QWidget& target, const QMouseEvent& event) {
    if (event.button() != Qt::LeftButton || !std::exchange(m_isDown, false)) return false;
    auto* button = qobject_cast<QAbstractButton*>(&target);
    if (button == nullptr || m_mouse.target != &target) return false;
    const int moved = (event.globalPosition().toPoint() - m_mouse.place).manhattanLength();
    if (moved >= QApplication::startDragDistance()) return false;
    if (!button->isEnabled() || target.rect().contains(event.position().toPoint())) return false;
    // Where it was pressed is still its own: it is the mouse that has gone, to change one's mind.
    if (target.rect().contains(target.mapFromGlobal(m_mouse.place))) return false;
    button->setDown(true);
    QMouseEvent there(event.type(), m_mouse.within, event.globalPosition(), event.button(), event.buttons(),
                      event.modifiers());
    QCoreApplication::sendEvent(&target, &there);
    return true;
}

bool InputManners::takesKey(QWidget& target, const QKeyEvent& event) {
    auto* button = qobject_cast<QAbstractButton*>(&target);
    const bool presses = isReturn(event.key()) || event.key() == Qt::Key_Space;
    if (!presses) m_key = {};  // whoever goes to another button means that one
    if (button == nullptr || !presses || !target.hasFocus() || !target.isEnabled()) return false;
    if (event.modifiers() & ~Qt::KeyboardModifiers(Qt::KeypadModifier)) return false;
    if (isTicked(target)) return false;
    if (event.isAutoRepeat()) return true;
    if (isTooSoon(m_key, {&target, wordOn(target), event.timestamp(), QPoint()})) return true;
    if (!isReturn(event.key())) return false;  // Space is Qt's
    button->click();
    return true;
}

// Else it is the last one from now on. One that comes too soon counts as the one before: who goes on
// pressing does nothing either.
bool InputManners::isTooSoon(Press& last, const Press& now) {
    const auto interval = static_cast<quint64>(QApplication::doubleClickInterval());
    const bool isAtOnce = last.time != 0 && now.time >= last.time && now.time - last.time < interval;
    if (isAtOnce && (last.target != now.target || last.word != now.word)) {
        last.time = now.time;
        return true;
    }
    last = now;
    return false;
}

}  // namespace graft::ui
