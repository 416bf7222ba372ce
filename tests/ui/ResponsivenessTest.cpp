// SPDX-License-Identifier: GPL-3.0-or-later
// While a network trains, the window's thread stays free: its timers go on firing.
#include <QPushButton>
#include <QSignalSpy>
#include <QThread>
#include <QtTest/QtTest>
#include <atomic>
#include <chrono>
#include <thread>

#include "tests/ui/support/GuiWatch.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/main/MainWindow.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::GuiWatch;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;

// Ticks of a thread that does nothing else: what this machine gives anybody while it is as busy as it is.
class Reference {
  public:
    void start() {
        m_thread = std::thread([this] {
            while (!m_ends) {
                std::this_thread::sleep_for(std::chrono::milliseconds(GuiWatch::kIntervalMs));
                ++m_ticks;
            }
        });
    }
    int stop() {
        m_ends = true;
        m_thread.join();
        return m_ticks;
    }

  private:
    std::atomic<bool> m_ends = false;
    int m_ticks = 0;
    std::thread m_thread;
};

// Of the time, the window's thread has this share for whoever wants something.
double freeShare(int ticks, int reference) {
    return reference > 0 ? double(ticks) / reference : 0.0;
}
// Drawing the curves while two threads of arithmetic want the same two processors leaves about half (0.50 to
// 0.51 in three runs); a thread that is blocked for four fifths of the time must not pass.
constexpr double kFree = 0.35;

class ResponsivenessTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void timersGoOnFiringWhileTraining() {
        PageFixture fixture({"amber", "blue", "cyan"}, 40);
        MainWindow window(fixture.project, fixture.prompts);
        window.resize(1280, 800);
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset() != nullptr, kPatienceMs);
        window.showPage(MainWindow::Train);

        GuiWatch watch;
        int ticksAtFirstBatch = -1;
        int ticksAtLastBatch = -1;
        connect(&window.controller(), &TrainingController::eventsArrived, this,
                [&](const std::vector<training::TrainEvent>& events) {
                    for (const auto& event : events) {
                        if (!std::holds_alternative<training::BatchDone>(event)) continue;
                        if (ticksAtFirstBatch < 0) ticksAtFirstBatch = watch.ticks();
                        ticksAtLastBatch = watch.ticks();
                    }
                });
        QSignalSpy finished(&window.controller(), &TrainingController::finished);
        auto* start = window.findChild<QPushButton*>(QStringLiteral("startTraining"));
        Reference reference;
        watch.start();
        reference.start();
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        watch.stop();
        const int possible = reference.stop();

        // Events came one after another with the loop turning in between, not all at the end.
        QVERIFY2(ticksAtLastBatch > ticksAtFirstBatch, "no timer fired between the first batch and the last");
        QVERIFY2(freeShare(watch.ticks(), possible) >= kFree,
                 qPrintable(
                     QStringLiteral("%1 ticks, a thread beside it had %2").arg(watch.ticks()).arg(possible)));
        qInfo("%d ticks in %lld ms, longest block %.1f ms", watch.ticks(),
              static_cast<long long>(watch.watchedMs()), watch.longestBlockMs());
    }

    // The same yardstick, on a thread that is blocked for four fifths of the time.
    void aThreadThatIsBlockedMostOfTheTimeFails() {
        QTimer blocks;
        blocks.setTimerType(Qt::PreciseTimer);
        constexpr int kBlockedMs = 40;
        int rounds = 0;
        connect(&blocks, &QTimer::timeout, &blocks, [&] {
            QThread::msleep(kBlockedMs);
            ++rounds;
        });
        GuiWatch watch;
        Reference reference;
        watch.start();
        reference.start();
        blocks.start(kBlockedMs * 5 / 4);
        QTRY_VERIFY_WITH_TIMEOUT(rounds >= 20, kPatienceMs);
        watch.stop();
        const int possible = reference.stop();
        QVERIFY2(freeShare(watch.ticks(), possible) < kFree,
                 qPrintable(QStringLiteral("%1 of %2").arg(watch.ticks()).arg(possible)));
    }
};

QTEST_MAIN(ResponsivenessTest)
#include "ResponsivenessTest.moc"
