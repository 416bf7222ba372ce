// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keyboard do alike in the whole window, whichever field or button it is, so that a new one
// has it by itself:
// - the wheel changes a field that has the keyboard's focus only, a list to choose from never, and gives no
//   focus; else the page scrolls;
// - a button that moves away under a mouse that stands still between press and release is clicked;
// - Return presses the button that has the focus, once, however long it is held;
// - a second press at once, by mouse or key, does nothing where another button, or another word on the same
//   one, has come under it: a double click on Start does not stop.
#pragma once

#include <QObject>
#include <QPoint>
#include <QPointer>
#include <QString>

class QAbstractButton;
class QKeyEvent;
class QMouseEvent;
class QWidget;

namespace graft::ui {

class InputManners : public QObject {
    Q_OBJECT
  public:
    // For the whole application; again is as good as once.
    static void install();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    // What was pressed last. time: of the event, in milliseconds; 0: nothing.
    struct Press {
        QPointer<QWidget> target;
        QString word;
        quint64 time = 0;
        QPoint place;         // on the screen; of a mouse's
        QPointF within = {};  // the target
    };

    explicit InputManners(QObject* parent);
    bool keepsMouseAway(QWidget& target, const QMouseEvent& event);
    bool followsWhatMoved(QWidget& target, const QMouseEvent& event);
    bool takesKey(QWidget& target, const QKeyEvent& event);
    static bool isTooSoon(Press& last, const Press& now);

    Press m_mouse;
    bool m_isDown = false;  // m_mouse
    Press m_key;
};

}  // namespace graft::ui
