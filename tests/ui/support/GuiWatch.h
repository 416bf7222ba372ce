// SPDX-License-Identifier: GPL-3.0-or-later
// Watches how long the GUI thread keeps its event loop waiting, by a timer that should fire every few
// milliseconds.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <algorithm>

namespace graft::ui::testing {

class GuiWatch : public QObject {
  public:
    static constexpr int kIntervalMs = 5;

    explicit GuiWatch(QObject* parent = nullptr) : QObject(parent) {
        m_timer.setTimerType(Qt::PreciseTimer);
        m_timer.setInterval(kIntervalMs);
        connect(&m_timer, &QTimer::timeout, this, [this] {
            ++m_ticks;
            m_longestGapMs = std::max(m_longestGapMs, sinceMs(m_lastTick) - kIntervalMs);
            m_lastTick.start();
        });
    }

    void start() {
        m_ticks = 0;
        m_longestGapMs = 0;
        m_lastTick.start();
        m_whole.start();
        m_timer.start();
    }
    void stop() {
        m_timer.stop();
        m_watchedMs = m_whole.elapsed();
    }

    int ticks() const { return m_ticks; }
    qint64 watchedMs() const { return m_watchedMs; }
    // How late the latest tick came: what a person would feel, waiting for a processor included.
    double longestBlockMs() const { return m_longestGapMs; }

  private:
    static double sinceMs(const QElapsedTimer& timer) { return double(timer.nsecsElapsed()) / 1e6; }

    QTimer m_timer;
    QElapsedTimer m_whole;
    QElapsedTimer m_lastTick;
    qint64 m_watchedMs = 0;
    int m_ticks = 0;
    double m_longestGapMs = 0;
};

}  // namespace graft::ui::testing
