// SPDX-License-Identifier: GPL-3.0-or-later
// What is chosen, what is running and what is looked at are three things: in the whole window, while one of
// them changes.
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest/QtTest>
#include <functional>
#include <utility>

#include "core/training/RunFolder.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/export/ExportPage.h"
#include "ui/main/MainWindow.h"
#include "ui/main/RunList.h"
#include "ui/main/StepButton.h"
#include "ui/main/TrainingSign.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::epochIn;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class OneStoryTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<MainWindow> {
        explicit Window(PageFixture& fixture)
            : PageWindow(fixture, {1280, 800}), finished(&page.controller(), &TrainingController::finished) {}
        void go(MainWindow::Page to) {
            press(page.findChild<StepButton*>(QStringLiteral("step%1").arg(static_cast<int>(to))));
        }
        QPushButton* visibleButton(const char* name) {
            for (QPushButton* button : page.findChildren<QPushButton*>(QLatin1String(name))) {
                if (button->isVisible()) return button;
            }
            return nullptr;
        }
        RunList* runs() { return page.findChild<RunList*>(); }
        TrainingSign* sign() { return page.findChild<TrainingSign*>(); }
        QModelIndex rowOf(const QString& run) {
            for (int row = 0; row < runs()->runCount(); ++row) {
                const QModelIndex index = runs()->model()->index(row, 0);
                if (tip(index).section(u'\n', 0, 0) == QFileInfo(run).fileName()) return index;
            }
            return {};
        }
        static QString tip(const QModelIndex& index) { return index.data(Qt::ToolTipRole).toString(); }
        template <class Page>
        QString subtitleOf() {
            return page.findChild<Page*>()
                ->template findChild<ElidedLabel*>(QStringLiteral("subtitle"))
                ->text();
        }
        QSignalSpy finished;
    };

    static void setEpochs(PageFixture& fixture, int epochs) {
        settings::TrainConfig config = fixture.project.config();
        config.epochs = epochs;
        fixture.project.setConfig(config);
    }

    static QString nameOf(const QString& run) { return QFileInfo(run).fileName(); }

    // A folder where its next state is to be; false where the run was faster.
    static bool breakCheckpoint(const QString& run) {
        const QString state = run + QStringLiteral("/checkpoint/state.safetensors");
        return QFile::remove(state) && QDir().mkpath(state + QStringLiteral("/in the way"));
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void aPageStaysWithItsRunWhenAnotherTrainingEnds_data() {
        QTest::addColumn<int>("page");
        QTest::newRow("export") << static_cast<int>(MainWindow::Export);
        QTest::newRow("results") << static_cast<int>(MainWindow::Results);
    }

    void aPageStaysWithItsRunWhenAnotherTrainingEnds() {
        QFETCH(int, page);
        PageFixture fixture;
        const QString older = fixture.trainRun(1);
        fixture.project.setCurrentRun(older);
        Window window(fixture);
        window.go(MainWindow::Train);
        QTRY_VERIFY_WITH_TIMEOUT(window.visibleButton("againTraining"), kPatienceMs);
        window.press(window.visibleButton("againTraining"));
        const QString newer = window.page.controller().runFolder();
        window.go(static_cast<MainWindow::Page>(page));
        QVERIFY(window.page.controller().isActive());
        QVERIFY(!window.visibleButton("showEndedRun"));
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        finishBackgroundWork();

        QCOMPARE(fixture.project.currentRun(), older);
        const QString line = window.subtitleOf<ExportPage>();
        QVERIFY2(line.startsWith(nameOf(older) + QStringLiteral(" ")), qPrintable(line));
        // It is announced, here and in the list.
        QVERIFY(window.visibleButton("showEndedRun"));
        QVERIFY(window.says(QStringLiteral("The training of %1 has ended.").arg(nameOf(newer))));
        QTRY_VERIFY(window.rowOf(newer).isValid());
        const auto heard = [&window, &newer] {
            return window.rowOf(newer).data(Qt::AccessibleTextRole).toString();
        };
        QVERIFY2(heard().contains(QStringLiteral("has just ended")), qPrintable(heard()));

        window.press(window.visibleButton("showEndedRun"));
        QCOMPARE(fixture.project.currentRun(), newer);
        QVERIFY(!window.visibleButton("showEndedRun"));
        QVERIFY2(!heard().contains(QStringLiteral("has just ended")), qPrintable(heard()));
        QTRY_VERIFY(window.subtitleOf<ExportPage>().startsWith(nameOf(newer) + QStringLiteral(" ")));
    }

    void whoLooksAtNothingElseSeesWhatHasEnded() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.go(MainWindow::Train);
        window.press(window.visibleButton("startTraining"));
        window.go(MainWindow::Export);
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        QCOMPARE(fixture.project.currentRun(), window.page.controller().runFolder());
        QVERIFY(!window.visibleButton("showEndedRun"));
    }

    void aSignOfTheTrainingStandsOnEveryPage() {
        PageFixture fixture;
        fixture.scan();
        setEpochs(fixture, 1000);
        Window window(fixture);
        QVERIFY(!window.sign()->isVisible());
        window.go(MainWindow::Train);
        window.press(window.visibleButton("startTraining"));
        for (const auto page : {MainWindow::Data, MainWindow::Network, MainWindow::Train, MainWindow::Results,
                                MainWindow::Export}) {
            window.go(page);
            QVERIFY(window.sign()->isVisible());
            // What is changed there is not for the run that is going on.
            const bool chooses =
                page == MainWindow::Data || page == MainWindow::Network || page == MainWindow::Train;
            QCOMPARE(window.says(QStringLiteral("is for the next run")), chooses);
        }
        QTRY_VERIFY_WITH_TIMEOUT(epochIn(window.sign()->note(), 1000) >= 2, kPatienceMs);
        QCOMPARE(window.sign()->text(), QStringLiteral("Training"));
        window.press(window.sign());
        QCOMPARE(window.page.page(), MainWindow::Train);
        window.press(window.visibleButton("pauseTraining"));
        QTRY_COMPARE_WITH_TIMEOUT(window.sign()->text(), QStringLiteral("Paused"), kPatienceMs);
        QVERIFY(window.sign()->isVisible());
        window.press(window.visibleButton("stopTraining"));
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        QVERIFY(!window.sign()->isVisible());
        window.go(MainWindow::Data);
        QVERIFY(!window.says(QStringLiteral("is for the next run")));
    }

    void theListShowsTheRunThatIsGoingOn() {
        PageFixture fixture;
        fixture.scan();
        setEpochs(fixture, 1000);
        Window window(fixture);
        finishBackgroundWork();
        QSignalSpy read(&fixture.project, &Project::runsChanged);
        window.go(MainWindow::Train);
        window.press(window.visibleButton("startTraining"));
        QTRY_COMPARE_WITH_TIMEOUT(window.runs()->runCount(), 1, kPatienceMs);
        QVERIFY(window.runs()->isVisible());
        const QString run = window.page.controller().runFolder();
        const auto tip = [&window, &run] { return Window::tip(window.rowOf(run)); };
        QTRY_VERIFY2_WITH_TIMEOUT(epochIn(tip(), 1000) >= 3, qPrintable(tip()), kPatienceMs);
        // By its best epoch so far, and without a look at the disk.
        QVERIFY2(tip().contains(QStringLiteral(" % at epoch ")), qPrintable(tip()));
        QCOMPARE(read.count(), 0);
        window.press(window.visibleButton("stopTraining"));
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        QTRY_VERIFY2_WITH_TIMEOUT(tip().contains(QStringLiteral("stopped after")), qPrintable(tip()),
                                  kPatienceMs);
        QCOMPARE(window.runs()->runCount(), 1);
    }

    void aRunThatFailedIsCalledFailed() {
        PageFixture fixture;
        fixture.scan();
        setEpochs(fixture, 1000);
        Window window(fixture);
        bool isBroken = false;
        connect(&window.page.controller(), &TrainingController::eventsArrived, &window.page,
                [&](const std::vector<training::TrainEvent>& events) {
                    for (const auto& event : events) {
                        if (std::holds_alternative<training::EpochDone>(event) && !isBroken)
                            isBroken = breakCheckpoint(window.page.controller().runFolder());
                    }
                });
        window.go(MainWindow::Train);
        window.press(window.visibleButton("startTraining"));
        const QString run = window.page.controller().runFolder();
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        finishBackgroundWork();
        const QString line = window.subtitleOf<TrainPage>();
        QVERIFY2(line.contains(QStringLiteral("failed after epoch")), qPrintable(line));
        QTRY_VERIFY(window.rowOf(run).isValid());
        const QString tip = Window::tip(window.rowOf(run));
        QVERIFY2(tip.contains(QStringLiteral("failed after")), qPrintable(tip));
    }
};

QTEST_MAIN(OneStoryTest)
#include "OneStoryTest.moc"
