// SPDX-License-Identifier: GPL-3.0-or-later
// Where the widget that has the keyboard's focus is hidden or disabled, the focus goes to what stands in its
// place: the nearest neighbour that can take it. Without it Qt gives it to whatever comes next in the tab
// order, which may be at the other end of the page, or to nobody. Where all neighbours are away for a moment,
// as all buttons are while a run comes to its end, it waits elsewhere and comes back to the first that
// returns. What ends something never gets it so, and what leads on comes first (ui/widgets/FocusRank.h).
// Whoever works by keys sees where it is: what it comes to is scrolled into view, and a list with nothing in
// it is passed over. A click scrolls nothing away from under the mouse.
#pragma once

#include <QEvent>
#include <QObject>
#include <QPointer>
#include <QRect>
#include <optional>

class QFocusEvent;
class QWidget;

namespace graft::ui {

class FocusKeeper : public QObject {
    Q_OBJECT
  public:
    // For the whole application; again is as good as once.
    static void install();

    // To what had it in this page last, else to the first that can take it; nothing where it is in there.
    static void enter(QWidget& page);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Place {
        QPointer<QWidget> widget;
        QPointer<QWidget> parent;
        QRect area;  // in its window
    };

    explicit FocusKeeper(QObject* parent);
    void follow(QWidget* before, QWidget* now);
    void noteHand(QEvent::Type type);
    void show(const QFocusEvent& event, QWidget& widget);
    void takeDeliberate(const QFocusEvent& event, QWidget& widget);
    void lose(QWidget& widget);
    void comeBackTo(QWidget& widget);
    void giveUpFor(QWidget& widget);
    void handOn();
    void give(QWidget& widget);

    QPointer<QWidget> m_last;     // that had the focus, or has it
    std::optional<Place> m_lost;  // the focus was there, and is to be handed on
    std::optional<Place> m_owed;  // it was there, and is with m_standIn until a neighbour returns
    QPointer<QWidget> m_standIn;
    QPointer<QWidget> m_given;  // that got it as a neighbour, and has not been touched since
    bool m_isGiving = false;
    bool m_isByKeys = true;  // what was touched last; else by the mouse
};

}  // namespace graft::ui
