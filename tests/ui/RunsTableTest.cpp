// SPDX-License-Identifier: GPL-3.0-or-later
// The Runs page in a window beside others that change the same runs, and as it was left.
#include "tests/support/PlainRun.h"

#include <QDir>
#include <QFileInfo>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMouseEvent>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollBar>
#include <QSettings>
#include <QSplitter>
#include <QTemporaryDir>
#include <QtTest/QtTest>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "core/training/RunNote.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/RunsWindow.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using Window = graft::ui::testing::RunsWindow;

class RunsTableTest : public QObject {
    Q_OBJECT

  private:
    QString pathOf(const QString& run) const {
        return m_fixture->project.runsRoot() + QLatin1Char('/') + run;
    }
    void write(const QString& name, const std::string& began = "2026-01-01 10:00:00") {
        settings::TrainConfig config = m_fixture->project.config();
        config.epochs = 2;
        test::writePlainRun(pathOf(name).toStdString(), config, {0.5, 0.75}, began);
    }
    void writeThree() {
        write(QStringLiteral("early"), "2026-01-01 10:00:00");
        write(QStringLiteral("middle"), "2026-01-02 10:00:00");
        write(QStringLiteral("late"), "2026-01-03 10:00:00");
    }
    void writeMany(int count) {
        for (int i = 0; i < count; ++i)
            write(QStringLiteral("run-%1").arg(i, 2, 10, QLatin1Char('0')));
    }
    training::RunNote noteOf(const QString& run) const {
        return training::readNote(pathOf(run).toStdString()).value_or(training::RunNote());
    }
    // By graft-cli, say.
    void noteOutside(const QString& run, const std::string& note, bool star) {
        QVERIFY(training::writeNote(pathOf(run).toStdString(), {note, star}));
    }
    static void drag(QWidget* handle, int down) {
        const QPointF from = QRectF(handle->rect()).center();
        const QPointF onScreen = handle->mapToGlobal(from);
        const auto send = [&](QEvent::Type type, Qt::MouseButton button, Qt::MouseButtons held, int by) {
            QMouseEvent event(type, from, onScreen + QPointF(0, by), button, held, Qt::NoModifier);
            QCoreApplication::sendEvent(handle, &event);
        };
        send(QEvent::MouseButtonPress, Qt::LeftButton, Qt::LeftButton, 0);
        send(QEvent::MouseMove, Qt::NoButton, Qt::LeftButton, down);
        send(QEvent::MouseButtonRelease, Qt::LeftButton, Qt::NoButton, down);
    }

    std::unique_ptr<QTemporaryDir> m_home;
    std::unique_ptr<PageFixture> m_fixture;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        // The trash is where the environment says.
        QStandardPaths::setTestModeEnabled(false);
    }
    void init() {
        QSettings().clear();
        m_home = std::make_unique<QTemporaryDir>();
        qputenv("HOME", m_home->path().toUtf8());
        PageFixture::keepWeightsIn(*m_home);
        m_fixture = std::make_unique<PageFixture>();
    }
    void cleanup() {
        m_fixture.reset();
        m_home.reset();
    }

    void whoeverComesBackToTheWindowSeesWhatHappenedAndNothingMoves() {
        writeMany(40);
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 40, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.sidebar()->runCount(), 40, kPatienceMs);
        window.type("runSearch", QStringLiteral("run"));
        window.table()->horizontalHeader()->setSortIndicator(RunRows::Name, Qt::DescendingOrder);
        QTRY_COMPARE(window.names().front(), QStringLiteral("run-39"));
        window.click(QStringLiteral("run-36"));
        window.table()->verticalScrollBar()->setValue(300);
        const auto atTop = [&window] {
            const int row = window.table()->rowAt(0);
            return QStringLiteral("%1 at %2")
                .arg(window.cell(row, RunRows::Name))
                .arg(window.table()->rowViewportPosition(row));
        };
        const QString before = atTop();

        QWidget other;
        other.show();
        other.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&other));
        write(QStringLiteral("zz run of another window"));
        noteOutside(QStringLiteral("run-05"), "seen", false);
        finishBackgroundWork();
        QCOMPARE(window.names().size(), 40);
        window.page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window.page));
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 41, kPatienceMs);
        QCOMPARE(window.names().front(), QStringLiteral("zz run of another window"));
        QCOMPARE(window.cell(window.rowOf(QStringLiteral("run-05")), RunRows::Note), QStringLiteral("seen"));
        finishBackgroundWork();
        QCOMPARE(atTop(), before);
        QCOMPARE(window.table()->selectedFolders(), QStringList{pathOf(QStringLiteral("run-36"))});
        QCOMPARE(window.get<QLineEdit>("runSearch")->text(), QStringLiteral("run"));
        QCOMPARE(window.table()->horizontalHeader()->sortIndicatorSection(), int(RunRows::Name));
        // The other list says the same.
        QTRY_COMPARE_WITH_TIMEOUT(window.sidebar()->runCount(), 41, kPatienceMs);
    }

    void aNoteThatWasChangedElsewhereIsNotWrittenOver_data() {
        QTest::addColumn<bool>("keepsMine");
        QTest::newRow("mine is kept") << true;
        QTest::newRow("the other is taken") << false;
    }
    void aNoteThatWasChangedElsewhereIsNotWrittenOver() {
        QFETCH(bool, keepsMine);
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("middle"));
        auto* note = window.get<QPlainTextEdit>("runNote");
        QTRY_VERIFY(note->isVisible() && note->isEnabled());
        QTest::mouseClick(note->viewport(), Qt::LeftButton);
        noteOutside(QStringLiteral("middle"), "theirs", true);
        QTest::keyClicks(note, QStringLiteral("mine"));
        window.keys(Qt::Key_Tab);
        QTRY_VERIFY_WITH_TIMEOUT(window.says(QStringLiteral("was changed elsewhere meanwhile")), kPatienceMs);
        QVERIFY(window.says(QStringLiteral("\u201ctheirs\u201d")));
        QCOMPARE(note->toPlainText(), QStringLiteral("mine"));
        // Whatever is read and shown meanwhile.
        window.click(QStringLiteral("late"));
        QTRY_COMPARE(note->toPlainText(), QString());
        QVERIFY(!window.says(QStringLiteral("was changed elsewhere meanwhile")));
        window.click(QStringLiteral("middle"));
        finishBackgroundWork();
        QCOMPARE(note->toPlainText(), QStringLiteral("mine"));
        QCOMPARE(noteOf(QStringLiteral("middle")).text, std::string("theirs"));

        window.press(window.button(keepsMine ? "keepMyNote" : "takeOtherNote"));
        const std::string wanted = keepsMine ? "mine" : "theirs";
        QTRY_COMPARE_WITH_TIMEOUT(noteOf(QStringLiteral("middle")).text, wanted, kPatienceMs);
        finishBackgroundWork();
        QCOMPARE(note->toPlainText(), QString::fromStdString(wanted));
        QVERIFY(!window.says(QStringLiteral("was changed elsewhere meanwhile")));
        QVERIFY(noteOf(QStringLiteral("middle")).star);  // of elsewhere
        QCOMPARE(noteOf(QStringLiteral("middle")).text, wanted);
        QCOMPARE(window.problem(), QString());
    }

    void aNoteThatCannotBeWrittenIsKeptForAnotherTry() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("middle"));
        auto* note = window.get<QPlainTextEdit>("runNote");
        QTRY_VERIFY(note->isVisible() && note->isEnabled());
        QTest::mouseClick(note->viewport(), Qt::LeftButton);
        const QString tooLong(5000, QLatin1Char('x'));
        note->insertPlainText(tooLong);
        window.keys(Qt::Key_Tab);
        QTRY_VERIFY_WITH_TIMEOUT(!window.problem().isEmpty(), kPatienceMs);
        finishBackgroundWork();
        QCOMPARE(note->toPlainText(), tooLong);
        window.click(QStringLiteral("late"));
        QTRY_COMPARE(note->toPlainText(), QString());
        window.click(QStringLiteral("middle"));
        finishBackgroundWork();
        QCOMPARE(note->toPlainText(), tooLong);
        QCOMPARE(noteOf(QStringLiteral("middle")).text, std::string());
        note->setPlainText(QStringLiteral("short"));
        note->setFocus(Qt::TabFocusReason);
        window.keys(Qt::Key_Tab);
        QTRY_COMPARE_WITH_TIMEOUT(noteOf(QStringLiteral("middle")).text, std::string("short"), kPatienceMs);
        finishBackgroundWork();
        QCOMPARE(note->toPlainText(), QStringLiteral("short"));
    }

    // A field has no such spaces.
    void aNoteThatNobodyTouchesStaysAsItIs() {
        writeThree();
        const char* const odd = "1\u00a0%, said\u00a0so";
        noteOutside(QStringLiteral("middle"), odd, false);
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        for (const char* name : {"middle", "late", "middle"}) {
            window.click(QString::fromLatin1(name));
            finishBackgroundWork();
        }
        QCOMPARE(noteOf(QStringLiteral("middle")).text, std::string(odd));
        QVERIFY(window.get<QPlainTextEdit>("runNote")->toPlainText().startsWith(QStringLiteral("1 %")));
        // What is written elsewhere is seen, also by whoever stands in the field.
        QTest::mouseClick(window.get<QPlainTextEdit>("runNote")->viewport(), Qt::LeftButton);
        noteOutside(QStringLiteral("middle"), "another", false);
        m_fixture->project.notifyRunsChanged();
        QTRY_COMPARE_WITH_TIMEOUT(window.get<QPlainTextEdit>("runNote")->toPlainText(),
                                  QStringLiteral("another"), kPatienceMs);
    }

    void aNoteThatIsNotSeenAnyMoreSaysThatItWaits() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("middle"));
        auto* note = window.get<QPlainTextEdit>("runNote");
        QTRY_VERIFY(note->isVisible() && note->isEnabled());
        QTest::mouseClick(note->viewport(), Qt::LeftButton);
        noteOutside(QStringLiteral("middle"), "theirs", false);
        {
            const graft::ui::testing::HeldPool held;
            QTest::keyClicks(note, QStringLiteral("mine"));
            window.click(QStringLiteral("late"));
        }
        QTRY_VERIFY2_WITH_TIMEOUT(window.problem().contains(QStringLiteral("middle")),
                                  qPrintable(window.problem()), kPatienceMs);
        QCOMPARE(noteOf(QStringLiteral("middle")).text, std::string("theirs"));
        window.click(QStringLiteral("middle"));
        QTRY_COMPARE(note->toPlainText(), QStringLiteral("mine"));
        QVERIFY(window.says(QStringLiteral("\u201ctheirs\u201d")));
    }

    void aStarLosesNoNoteOfElsewhere() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        noteOutside(QStringLiteral("middle"), "theirs", false);
        window.click(QStringLiteral("middle"), RunRows::Star);
        QTRY_VERIFY_WITH_TIMEOUT(noteOf(QStringLiteral("middle")).star, kPatienceMs);
        QCOMPARE(noteOf(QStringLiteral("middle")).text, std::string("theirs"));
    }

    void aStarIsFilledWhereThereIsOne() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("middle"));
        const int row = window.rowOf(QStringLiteral("middle"));
        auto* star = window.get<Pill>("starRun");
        QCOMPARE(star->text(), QStringLiteral("\u2606"));
        QCOMPARE(window.cell(row, RunRows::Star), star->text());
        window.press(star);
        QCOMPARE(star->text(), QStringLiteral("\u2605"));
        QTRY_COMPARE_WITH_TIMEOUT(window.cell(row, RunRows::Star), star->text(), kPatienceMs);
    }

    void eightRowsAreSeenAboveTheRunOnALaptop() {
        writeMany(12);
        Window window(*m_fixture, {1366, 768});
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 12, kPatienceMs);
        window.click(QStringLiteral("run-00"));
        window.table()->scrollToTop();
        QTest::qWait(50);  // until it has been laid out
        const QRect seen = window.table()->viewport()->rect();
        int rows = 0;
        for (int row = 0; row < 12; ++row)
            if (seen.contains(window.table()->visualRect(window.table()->model()->index(row, RunRows::Name))))
                ++rows;
        QVERIFY2(rows >= 8, qPrintable(QString::number(rows)));
        QVERIFY(window.button("showRunResults")->isVisible());
    }

    void theHandleBetweenListAndRunStaysWhereItWasLeft() {
        writeThree();
        int left = 0;
        {
            Window window(*m_fixture);
            window.openRuns();
            QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
            auto* split = window.get<QSplitter>("runsSplit");
            const int before = split->sizes().front();
            drag(split->handle(1), -60);
            left = split->sizes().front();
            QCOMPARE(left, before - 60);
            window.page.buildAnew();
            QTRY_VERIFY(window.get<QSplitter>("runsSplit")->isVisible());
            QTRY_VERIFY(std::abs(window.get<QSplitter>("runsSplit")->sizes().front() - left) <= 2);
        }
        m_fixture->forgetPages();
        Window again(*m_fixture);
        again.openRuns();
        QTRY_VERIFY(std::abs(again.get<QSplitter>("runsSplit")->sizes().front() - left) <= 2);
    }

    void severalRunsAreMovedToTheTrash() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("early"));
        QVERIFY(window.button("removeRuns") == nullptr);  // of one the panel has it
        window.click(QStringLiteral("late"), RunRows::Name, Qt::ControlModifier);
        QPushButton* remove = window.button("removeRuns");
        QVERIFY(remove != nullptr);
        QCOMPARE(remove->text(), QStringLiteral("Move 2 runs to trash\u2026"));
        window.press(remove);
        QTRY_COMPARE(window.names(), QStringList{"middle"});
        QCOMPARE(m_fixture->prompts.questions.size(), 1);
        QVERIFY(m_fixture->prompts.questions[0].contains(QStringLiteral("Move 2 runs to the trash")));
        for (const char* run : {"early", "late"}) {
            QVERIFY(!QFileInfo::exists(pathOf(QLatin1String(run))));
            QVERIFY(QFileInfo::exists(
                m_home->filePath(QStringLiteral("Trash/files/%1/config.json").arg(QLatin1String(run)))));
        }
        QVERIFY(window.button("removeRuns") == nullptr);
    }

    void aRenamedRunStaysListedUntilTheSearchChanges() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.type("runSearch", QStringLiteral("late"));
        QTRY_COMPARE(window.names(), QStringList{"late"});
        window.click(QStringLiteral("late"));
        window.keys(Qt::Key_F2);
        QTest::keyClicks(window.get<QLineEdit>("runName"), QStringLiteral("best of three"));
        window.keys(Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList{"best of three"}, kPatienceMs);
        finishBackgroundWork();
        QCOMPARE(window.names(), QStringList{"best of three"});
        QCOMPARE(window.table()->selectedFolders(), QStringList{pathOf(QStringLiteral("best of three"))});
        window.type("runSearch", QStringLiteral("middle"));
        QTRY_COMPARE(window.names(), QStringList{"middle"});
    }

    void runsFromElsewhereAreListedAfterARestart() {
        writeThree();
        const QString elsewhere = m_fixture->directory.filePath(QStringLiteral("usb/moved here"));
        test::writePlainRun(elsewhere.toStdString(), m_fixture->project.config(), {0.5},
                            "2026-02-01 10:00:00");
        const QStringList all{"moved here", "late", "middle", "early"};
        {
            Window window(*m_fixture);
            window.openRuns();
            m_fixture->prompts.folder = elsewhere;
            window.press(window.button("openRun"));
            QTRY_COMPARE_WITH_TIMEOUT(window.names(), all, kPatienceMs);
        }
        m_fixture->forgetPages();
        {
            Window again(*m_fixture);
            again.openRuns();
            QTRY_COMPARE_WITH_TIMEOUT(again.names(), all, kPatienceMs);
        }
        QVERIFY(QDir(elsewhere).removeRecursively());
        m_fixture->forgetPages();
        {
            Window missing(*m_fixture);
            missing.openRuns();
            QTRY_COMPARE_WITH_TIMEOUT(missing.names(), QStringList({"late", "middle", "early", "moved here"}),
                                      kPatienceMs);
            QCOMPARE(missing.cell(3, RunRows::Status), QStringLiteral("missing"));
            QCOMPARE(missing.problem(), QString());
            const auto asked = m_fixture->prompts.questions.size();
            missing.click(QStringLiteral("moved here"));
            QPushButton* remove = missing.button("removeRun");
            QTRY_COMPARE(remove->text(), QStringLiteral("Remove from the list"));
            missing.press(remove);
            QTRY_COMPARE_WITH_TIMEOUT(missing.names(), QStringList({"late", "middle", "early"}), kPatienceMs);
            QCOMPARE(m_fixture->prompts.questions.size(), asked);
        }
        m_fixture->forgetPages();
        Window last(*m_fixture);
        last.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(last.names(), QStringList({"late", "middle", "early"}), kPatienceMs);
    }

    void whatLiesInTheRunsFolderIsNotListedWhenItIsGone() {
        writeThree();
        const QString group = pathOf(QStringLiteral("leaves"));
        for (const char* name : {"leaves/small", "leaves/large"})
            write(QString::fromLatin1(name));
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 5, kPatienceMs);
        m_fixture->prompts.folder = group;
        window.press(window.button("openRun"));
        QTRY_COMPARE_WITH_TIMEOUT(window.table()->selectedFolders().size(), 2, kPatienceMs);
        finishBackgroundWork();
        QVERIFY(QDir(group).removeRecursively());
        m_fixture->project.notifyRunsChanged();
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList({"late", "middle", "early"}), kPatienceMs);
    }

    void bothListsCallARunWithoutItsCheckpointTheSame() {
        write(QStringLiteral("ended"));
        QVERIFY(QDir(pathOf(QStringLiteral("ended/checkpoint"))).removeRecursively());
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList{"ended"}, kPatienceMs);
        QCOMPARE(window.cell(0, RunRows::Status), QStringLiteral("completed"));
        QTRY_COMPARE_WITH_TIMEOUT(window.sidebar()->runCount(), 1, kPatienceMs);
        const QString tip = window.sidebarTips().front();
        QVERIFY2(tip.contains(QStringLiteral("ended \u00b7 2 epochs")), qPrintable(tip));
        QVERIFY2(!tip.contains(QStringLiteral("stopped")), qPrintable(tip));
    }
};

QTEST_MAIN(RunsTableTest)
#include "RunsTableTest.moc"
