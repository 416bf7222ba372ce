// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/main/FocusKeeper.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QFocusEvent>
#include <QLayout>
#include <QScopedValueRollback>
#include <QWidget>
#include <limits>
#include <utility>

#include "ui/main/EmptyViews.h"
#include "ui/main/FocusInView.h"
#include "ui/widgets/FocusRank.h"

namespace graft::ui {

namespace {

bool isGone(const QWidget& widget) {
    return !widget.isVisible() || !widget.isEnabled();
}

bool isStop(const QWidget& widget) {
    return !isGone(widget) && (widget.focusPolicy() & Qt::TabFocus) != 0 && widget.focusProxy() == nullptr;
}

QRect areaOf(const QWidget& widget) {
    return {widget.mapTo(widget.window(), QPoint()), widget.size()};
}

// Of its neighbours the one of the highest rank.
QWidget* nearestIn(const QWidget& around, const QRect& area, const QWidget* neighbours) {
    QWidget* nearest = nullptr;
    int best = std::numeric_limits<int>::min();
    int least = std::numeric_limits<int>::max();
    for (QWidget* widget : around.findChildren<QWidget*>()) {
        const int own = focusRankOf(*widget);
        if (!isStop(*widget) || widget->window() != around.window() || own == kNeverByItself) continue;
        const int rank = widget->parentWidget() == neighbours ? own : kUsualRank;
        const int distance = (areaOf(*widget).center() - area.center()).manhattanLength();
        if (rank < best || (rank == best && distance >= least)) continue;
        best = rank;
        least = distance;
        nearest = widget;
    }
    return nearest;
}

}  // namespace

void FocusKeeper::install() {
    if (qApp->findChild<FocusKeeper*>(QString(), Qt::FindDirectChildrenOnly) == nullptr)
        new FocusKeeper(qApp);
}

FocusKeeper::FocusKeeper(QObject* parent) : QObject(parent) {
    qApp->installEventFilter(this);
    connect(qApp, &QApplication::focusChanged, this, &FocusKeeper::follow);
}

bool FocusKeeper::eventFilter(QObject* watched, QEvent* event) {
    const QEvent::Type type = event->type();
    noteHand(type);
    const bool matters = type == QEvent::FocusIn || type == QEvent::Hide || type == QEvent::Show ||
                         type == QEvent::EnabledChange;
    if (!matters || !watched->isWidgetType()) return false;
    auto& widget = static_cast<QWidget&>(*watched);
    auto* view = type == QEvent::Show ? qobject_cast<QAbstractItemView*>(&widget) : nullptr;
    if (view != nullptr) passOverWhileEmpty(*view);
    if (type == QEvent::FocusIn) {
        show(static_cast<const QFocusEvent&>(*event), widget);
        takeDeliberate(static_cast<const QFocusEvent&>(*event), widget);
    } else if (type != QEvent::Show && &widget == m_last && isGone(widget) && !event->spontaneous()) {
        lose(widget);  // also in a window that is not the active one, where nobody tells of the focus
    } else if (m_owed && type != QEvent::Hide && widget.parentWidget() == m_owed->parent) {
        comeBackTo(widget);
    } else if (m_given && type != QEvent::Hide && widget.parentWidget() == m_given->parentWidget()) {
        giveUpFor(widget);
    }
    return false;
}

void FocusKeeper::follow(QWidget* before, QWidget* now) {
    if (now != nullptr) m_last = now;
    if (before != nullptr && isGone(*before)) lose(*before);
    // A stack gives it back to what had it in its page last, though that be hidden by now.
    if (now != nullptr && isGone(*now)) lose(*now);
}

void FocusKeeper::noteHand(QEvent::Type type) {
    if (type == QEvent::KeyPress || type == QEvent::ShortcutOverride) m_isByKeys = true;
    if (type == QEvent::MouseButtonPress || type == QEvent::MouseButtonDblClick) m_isByKeys = false;
}

// Later, when what is shown with it has its place. Where Qt has looked for another only, it goes on first.
void FocusKeeper::show(const QFocusEvent& event, QWidget& widget) {
    const Qt::FocusReason reason = event.reason();
    const bool isSent = reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason ||
                        reason == Qt::ShortcutFocusReason || reason == Qt::OtherFocusReason;
    if (!isSent || !m_isByKeys) return;
    const auto bring = [this, target = QPointer<QWidget>(&widget)] {
        if (target && target->hasFocus() && !m_lost) bringIntoView(*target);
    };
    QMetaObject::invokeMethod(this, bring, Qt::QueuedConnection);
}

// Qt's own search for another widget looks like the Tab key.
void FocusKeeper::takeDeliberate(const QFocusEvent& event, QWidget& widget) {
    const Qt::FocusReason reason = event.reason();
    const bool isWindows = reason == Qt::ActiveWindowFocusReason || reason == Qt::PopupFocusReason ||
                           reason == Qt::MenuBarFocusReason;
    const bool isQts = m_lost && (reason == Qt::TabFocusReason || reason == Qt::BacktabFocusReason);
    if (m_isGiving || isWindows || isQts) return;
    m_lost.reset();
    if (&widget != m_standIn) m_owed.reset();
    if (&widget != m_given) m_given = nullptr;
}

void FocusKeeper::lose(QWidget& widget) {
    if (m_lost) return;  // and one after another behind it
    if (m_owed && &widget == m_standIn) {
        m_lost = m_owed;
    } else {
        m_lost = Place{&widget, widget.parentWidget(), areaOf(widget)};
    }
    QMetaObject::invokeMethod(this, &FocusKeeper::handOn, Qt::QueuedConnection);
}

void FocusKeeper::comeBackTo(QWidget& widget) {
    const bool isWaiting = m_standIn && m_standIn->window()->focusWidget() == m_standIn;
    if (!isWaiting || m_lost || !isStop(widget) || focusRankOf(widget) == kNeverByItself) return;
    m_lost = m_owed;
    QMetaObject::invokeMethod(this, &FocusKeeper::handOn, Qt::QueuedConnection);
}

// A neighbour comes that the focus would have been given to before this one.
void FocusKeeper::giveUpFor(QWidget& widget) {
    const bool isUntouched = m_given->window()->focusWidget() == m_given;
    if (!isUntouched || m_lost || !isStop(widget) || focusRankOf(widget) <= focusRankOf(*m_given)) return;
    m_lost = Place{nullptr, m_given->parentWidget(), areaOf(*m_given)};
    QMetaObject::invokeMethod(this, &FocusKeeper::handOn, Qt::QueuedConnection);
}

// When whoever hid it has also shown what comes instead.
void FocusKeeper::handOn() {
    const std::optional<Place> lost = std::exchange(m_lost, std::nullopt);
    if (!lost || !lost->parent) return;
    const QWidget* window = lost->parent->window();
    const QWidget* now = window->focusWidget();
    const bool isGiven = now == m_standIn || now == m_given;
    const bool isElsewhere = !window->isActiveWindow() && now != nullptr && !isGiven && !isGone(*now);
    if (!window->isVisible() || isElsewhere) return;
    m_owed.reset();
    if (lost->widget && !isGone(*lost->widget)) return give(*lost->widget);
    for (QWidget* around = lost->parent; around != nullptr; around = around->parentWidget()) {
        if (around->layout() != nullptr)
            around->layout()->activate();  // what was just shown has no place yet
        QWidget* next = nearestIn(*around, lost->area, lost->parent);
        if (next != nullptr) {
            if (around != lost->parent) {
                m_owed = lost;
                m_standIn = next;
            } else {
                m_given = next;
            }
            return give(*next);
        }
        if (around->isWindow()) return;
    }
}

void FocusKeeper::enter(QWidget& page) {
    const QWidget* now = page.window()->focusWidget();
    if (now != nullptr && page.isAncestorOf(now) && !isGone(*now)) return;
    QWidget* next = page.focusWidget();
    if (next != nullptr && next != &page && isStop(*next)) return next->setFocus(Qt::ShortcutFocusReason);
    for (next = page.nextInFocusChain(); next != &page; next = next->nextInFocusChain()) {
        if (page.isAncestorOf(next) && isStop(*next)) return next->setFocus(Qt::ShortcutFocusReason);
    }
}

void FocusKeeper::give(QWidget& widget) {
    const QScopedValueRollback giving(m_isGiving, true);
    widget.setFocus(Qt::OtherFocusReason);
}

}  // namespace graft::ui
