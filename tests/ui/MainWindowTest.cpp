// SPDX-License-Identifier: GPL-3.0-or-later
// The whole window: from a folder to a trained model, the sidebar, the theme, closing while training.
#include <QFile>
#include <QIcon>
#include <QImage>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSemaphore>
#include <QSettings>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest/QtTest>
#include <utility>

#include "core/training/RunFolder.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/main/MainWindow.h"
#include "ui/main/RunList.h"
#include "ui/main/StepButton.h"
#include "ui/session/Background.h"
#include "ui/style/Theme.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class MainWindowTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<MainWindow> {
        explicit Window(PageFixture& fixture) : PageWindow(fixture, {1280, 800}) {}
        StepButton* step(int n) { return page.findChild<StepButton*>(QStringLiteral("step%1").arg(n)); }
        QPushButton* visibleButton(const char* name) {
            for (QPushButton* button : page.findChildren<QPushButton*>(QLatin1String(name))) {
                if (button->isVisible()) return button;
            }
            return nullptr;
        }
        RunList* runs() { return page.findChild<RunList*>(); }
    };
    using State = TrainingController::State;

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    // An icon of a style sheet that cannot be read is left out in silence.
    void everyIconOfTheStyleSheetIsDrawn() {
        QFile file(QStringLiteral(":/graft/style.qss"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QString sheet = QString::fromUtf8(file.readAll());
        sheet = QString(sheet).replace(QStringLiteral("@mode"), QStringLiteral("light")) +
                sheet.replace(QStringLiteral("@mode"), QStringLiteral("dark"));
        static const QRegularExpression url(QStringLiteral("url\\(([^)]+)\\)"));
        int icons = 0;
        for (auto found = url.globalMatch(sheet); found.hasNext(); ++icons) {
            const QString icon = found.next().captured(1);
            const QImage drawn = QIcon(icon).pixmap(16, 16).toImage().convertToFormat(QImage::Format_ARGB32);
            int inked = 0;
            for (int y = 0; y < drawn.height(); ++y)
                for (int x = 0; x < drawn.width(); ++x)
                    inked += qAlpha(drawn.pixel(x, y)) > 0;
            QVERIFY2(inked > 0, qPrintable(icon));
        }
        QVERIFY(icons > 0);
    }

    void trainsInThreeClicks() {
        PageFixture fixture;
        fixture.project.setFolder({});
        Window window(fixture);
        QCOMPARE(window.page.page(), MainWindow::Data);
        QVERIFY(window.step(0)->isNext());

        fixture.prompts.folder = fixture.images;
        window.press(window.visibleButton("chooseInPanel"));
        QTRY_VERIFY_WITH_TIMEOUT(window.step(0)->isDone(), kPatienceMs);
        QVERIFY(window.step(2)->isNext());
        window.press(window.step(2));
        QCOMPARE(window.page.page(), MainWindow::Train);
        window.press(window.visibleButton("startTraining"));
        QVERIFY(window.page.controller().isActive());
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.controller().isActive(), kPatienceMs);

        QTRY_COMPARE_WITH_TIMEOUT(window.runs()->runCount(), 1, kPatienceMs);
        QVERIFY(window.runs()->isVisible());
        QVERIFY(window.step(2)->isDone());
        QVERIFY(window.step(3)->isNext());
        const auto run = training::openRun(fixture.project.currentRun().toStdString());
        QVERIFY(run && run->completed && run->hasModel);
        window.press(window.step(3));
        QCOMPARE(window.page.page(), MainWindow::Results);
        QVERIFY(window.step(3)->isDone());
        QVERIFY(window.step(4)->isNext());
    }

    void opensARunFromTheList() {
        PageFixture fixture;
        const QString folder = fixture.trainRun(1);
        Window window(fixture);
        QTRY_COMPARE_WITH_TIMEOUT(window.runs()->runCount(), 1, kPatienceMs);
        auto* runs = window.runs();
        QTRY_VERIFY(runs->visualRect(runs->model()->index(0, 0)).isValid());
        QTest::mouseClick(runs->viewport(), Qt::LeftButton, {},
                          runs->visualRect(runs->model()->index(0, 0)).center());
        QCOMPARE(QDir(fixture.project.currentRun()), QDir(folder));
        QCOMPARE(window.page.page(), MainWindow::Results);
    }

    void aRunThatIsLookedAtStaysWhenAnotherEndsItsTraining() {
        PageFixture fixture;
        const QString folder = fixture.trainRun(1);
        Window window(fixture);
        QTRY_COMPARE_WITH_TIMEOUT(window.runs()->runCount(), 1, kPatienceMs);
        QTRY_VERIFY(window.runs()->visualRect(window.runs()->model()->index(0, 0)).isValid());
        window.press(window.step(2));
        QSignalSpy finished(&window.page.controller(), &TrainingController::finished);
        const auto rowOf = [&window](const QString& run) {
            for (int row = 0; row < window.runs()->runCount(); ++row) {
                const QModelIndex index = window.runs()->model()->index(row, 0);
                const QString name = index.data(Qt::ToolTipRole).toString().section(u'\n', 0, 0);
                if (name == QFileInfo(run).fileName()) return index;
            }
            return QModelIndex();
        };
        bool clicked = false;
        connect(&window.page.controller(), &TrainingController::eventsArrived, &window.page, [&] {
            if (std::exchange(clicked, true)) return;
            // The run that is going on may stand above it.
            const QRect row = window.runs()->visualRect(rowOf(folder));
            QTest::mouseClick(window.runs()->viewport(), Qt::LeftButton, {}, row.center());
        });
        window.press(window.visibleButton("startTraining"));
        const QString training = window.page.controller().runFolder();
        QTRY_VERIFY_WITH_TIMEOUT(clicked, kPatienceMs);
        QCOMPARE(QDir(fixture.project.currentRun()), QDir(folder));
        QCOMPARE(window.page.page(), MainWindow::Results);

        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.runs()->runCount(), 2, kPatienceMs);
        QCOMPARE(QDir(fixture.project.currentRun()), QDir(folder));
        QCOMPARE(window.runs()->currentIndex(), rowOf(folder));
        QCOMPARE(window.page.page(), MainWindow::Results);
        window.press(window.step(2));
        auto* train = window.page.findChild<TrainPage*>();
        const QString said = train->findChild<ElidedLabel*>(QStringLiteral("subtitle"))->text();
        QVERIFY2(said.contains(QStringLiteral("another run is chosen")), qPrintable(said));
        window.press(window.visibleButton("nextToResults"));
        QCOMPARE(fixture.project.currentRun(), training);
        QCOMPARE(window.runs()->currentIndex(), rowOf(training));
    }

    void aDamagedRunStaysInTheListAndSaysWhy() {
        PageFixture fixture;
        const QString folder = fixture.trainRun(1);
        QFile config(folder + QStringLiteral("/config.json"));
        QVERIFY(config.open(QIODevice::ReadWrite));
        const QByteArray whole = config.readAll();
        QVERIFY(config.resize(whole.size() / 2));
        Window window(fixture);
        QTRY_COMPARE_WITH_TIMEOUT(window.runs()->runCount(), 1, kPatienceMs);
        const QModelIndex row = window.runs()->model()->index(0, 0);
        const QString tip = row.data(Qt::ToolTipRole).toString();
        QVERIFY2(tip.contains(QStringLiteral("config.json")), qPrintable(tip));
        QTRY_VERIFY(window.runs()->visualRect(row).isValid());
        QTest::mouseClick(window.runs()->viewport(), Qt::LeftButton, {},
                          window.runs()->visualRect(row).center());
        QCOMPARE(window.page.page(), MainWindow::Results);
        QTRY_VERIFY_WITH_TIMEOUT(window.says(QStringLiteral("config.json")), kPatienceMs);
        // Nor does the Train page show, and offer to go on with, the run before.
        window.press(window.step(2));
        QTRY_VERIFY_WITH_TIMEOUT(window.says(QStringLiteral("config.json")), kPatienceMs);
        // Put in order, another click is enough.
        QVERIFY(config.seek(0) && config.write(whole) == whole.size() && config.flush());
        QTest::mouseClick(window.runs()->viewport(), Qt::LeftButton, {},
                          window.runs()->visualRect(row).center());
        window.press(window.step(2));
        QTRY_VERIFY_WITH_TIMEOUT(!window.says(QStringLiteral("config.json")), kPatienceMs);
    }

    void walksThroughThePagesByTheirButtons() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.press(window.visibleButton("next"));
        QCOMPARE(window.page.page(), MainWindow::Network);
        window.press(window.visibleButton("next"));
        QCOMPARE(window.page.page(), MainWindow::Train);
    }

    void switchesAndRemembersTheTheme() {
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(!Theme::instance().isDark());
        window.press(window.page.findChild<QToolButton*>(QStringLiteral("themeSwitch")));
        QVERIFY(Theme::instance().isDark());
        QVERIFY(qApp->palette().color(QPalette::Window).lightness() < 64);
        MainWindow::applyTheme();  // as a new start does
        QVERIFY(Theme::instance().isDark());
        window.page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window.page));
        QTest::keyClick(&window.page, Qt::Key_D, Qt::ControlModifier);
        QVERIFY(!Theme::instance().isDark());
        MainWindow::applyTheme();
        QVERIFY(!Theme::instance().isDark());
    }

    void asksBeforeClosingWhileTraining() {
        PageFixture fixture;
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 1000;
        fixture.project.setConfig(config);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.press(window.step(2));
        QSignalSpy events(&window.page.controller(), &TrainingController::eventsArrived);
        window.press(window.visibleButton("startTraining"));
        QTRY_VERIFY_WITH_TIMEOUT(!events.isEmpty(), kPatienceMs);

        fixture.prompts.yes = false;
        QVERIFY(!window.page.close());
        QCOMPARE(fixture.prompts.questions.size(), 1);
        QTRY_COMPARE(window.page.controller().state(), State::Running);
        QVERIFY(window.page.isVisible());

        fixture.prompts.yes = true;
        // The first answer arrives with the events; only then is there anything to ask again.
        QTRY_VERIFY(!window.page.close() && fixture.prompts.questions.size() == 2);
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.isVisible(), kPatienceMs);
        QCOMPARE(window.page.controller().state(), State::Idle);
    }

    void asksBeforeClosingWhileExporting() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        window.press(window.step(4));
        auto* start = window.visibleButton("startExport");
        QVERIFY(start);
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kPatienceMs);
        const QString folder = fixture.directory.filePath(QStringLiteral("models"));
        window.page.findChild<QLineEdit*>(QStringLiteral("exportFolder"))->setText(folder);

        // The export waits for its thread until the person has answered.
        const auto answered = std::make_shared<QSemaphore>();
        const int threads = backgroundPool().maxThreadCount();
        const auto goesOn = qScopeGuard([answered, threads] {
            answered->release();
            backgroundPool().setMaxThreadCount(threads);
        });
        backgroundPool().setMaxThreadCount(1);
        backgroundPool().start([answered] { answered->acquire(); });
        window.press(start);

        fixture.prompts.yes = false;
        QVERIFY(!window.page.close());
        QCOMPARE(fixture.prompts.questions.size(), 1);
        QVERIFY2(fixture.prompts.questions.first().contains(QStringLiteral("export is going on")),
                 qPrintable(fixture.prompts.questions.first()));
        QCoreApplication::processEvents();  // the answer
        QVERIFY(window.page.isVisible());
        QVERIFY(window.visibleButton("cancelExport"));

        fixture.prompts.yes = true;
        QVERIFY(!window.page.close());
        QCOMPARE(fixture.prompts.questions.size(), 2);
        QCoreApplication::processEvents();
        QVERIFY(window.page.isVisible());  // until the export has ended
        answered->release();
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.isVisible(), kPatienceMs);
        QVERIFY(QDir(folder).isEmpty());
    }

    void closesAtOnceWhenNothingRuns() {
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(window.page.close());
        QVERIFY(fixture.prompts.questions.isEmpty());
    }
};

QTEST_MAIN(MainWindowTest)
#include "MainWindowTest.moc"
