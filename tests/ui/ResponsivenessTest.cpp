// SPDX-License-Identifier: GPL-3.0-or-later
// While a network trains, the window's thread stays free: its timers go on firing.
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest/QtTest>

#include "tests/ui/support/GuiWatch.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/main/MainWindow.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::GuiWatch;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;

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
        watch.start();
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        watch.stop();

        // Events came one after another with the loop turning in between, not all at the end.
        QVERIFY2(ticksAtLastBatch > ticksAtFirstBatch, "no timer fired between the first batch and the last");
        // A tenth of what an idle machine gives leaves room for a busy one; a blocked loop gives none.
        const qint64 expected = watch.watchedMs() / GuiWatch::kIntervalMs / 10;
        QVERIFY2(watch.ticks() >= expected,
                 qPrintable(QStringLiteral("%1 ticks in %2 ms").arg(watch.ticks()).arg(watch.watchedMs())));
        qInfo("%d ticks in %lld ms, longest block %.1f ms", watch.ticks(),
              static_cast<long long>(watch.watchedMs()), watch.longestBlockMs());
    }
};

QTEST_MAIN(ResponsivenessTest)
#include "ResponsivenessTest.moc"
