// SPDX-License-Identifier: GPL-3.0-or-later
// While a run goes on the settings are the next run's: they can be changed, and the run keeps its own, those
// of its folder, also when it is stopped and continued.
#include <QAction>
#include <QComboBox>
#include <QFile>
#include <QFileInfo>
#include <QLineEdit>
#include <QSignalSpy>
#include <QtTest/QtTest>
#include <memory>

#include "core/training/RunFolder.h"
#include "tests/ui/support/WholeWindow.h"
#include "ui/plots/CurvePlot.h"
#include "ui/runs/RunRows.h"
#include "ui/runs/RunTable.h"
#include "ui/session/RunHistory.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::WholeWindow;

namespace {

QString readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

QString settingsOf(const QString& run) {
    return readAll(run + QStringLiteral("/config.json"));
}

// Of its epochs that were trained at another learning rate; of one that cannot be read there is one.
int epochsNotAt(double rate, const QString& run) {
    const auto opened = training::openRun(run.toStdString());
    if (!opened || opened->epochs.empty()) return 1;
    int others = 0;
    for (const training::EpochDone& epoch : opened->epochs)
        others += !qFuzzyCompare(epoch.learningRate, rate);
    return others;
}

struct Window : WholeWindow {
    explicit Window(PageFixture& fixture)
        : WholeWindow(fixture), finished(&page.controller(), &TrainingController::finished) {}

    void typeSetting(const char* name, const QString& text) {
        auto* field = get<QLineEdit>(name);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, text);
        QTest::keyClick(field, Qt::Key_Return);
    }
    void undo() {
        leaveFocus();
        keys(Qt::Key_Z, Qt::ControlModifier);
    }
    void redo() {
        leaveFocus();
        keys(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    }
    int epochsDrawn() { return get<CurvePlot>("accuracyPlot")->trainCount(); }
    // So long that it is stopped, on whatever machine.
    void startLongRun() {
        QTRY_VERIFY_WITH_TIMEOUT(project.dataset(), kPatienceMs);
        open(MainWindow::Train);
        typeSetting("epochs", QStringLiteral("1000"));
        QTRY_VERIFY_WITH_TIMEOUT(button("startTraining") != nullptr && button("startTraining")->isEnabled(),
                                 kPatienceMs);
        press(button("startTraining"));
        run = page.controller().runFolder();
        QTRY_VERIFY_WITH_TIMEOUT(epochsDrawn() >= 1, kPatienceMs);
        QVERIFY(!settingsOf(run).isEmpty());
    }
    void stop() {
        const auto ended = finished.count();
        press(button("stopTraining"));
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), ended + 1, kPatienceMs);
    }
    void clickRun(const QString& name) {
        auto* table = page.findChild<RunTable*>();
        const auto row = [&] {
            for (int n = 0; n < table->model()->rowCount(); ++n) {
                if (table->model()->index(n, RunRows::Name).data().toString() == name) return n;
            }
            return -1;
        };
        QTRY_VERIFY_WITH_TIMEOUT(row() >= 0, kPatienceMs);
        const QModelIndex index = table->model()->index(row(), RunRows::Name);
        table->scrollTo(index);
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(index).center());
    }
    const settings::TrainConfig& config() { return project.config(); }

    QSignalSpy finished;
    QString run;  // its folder
};

const QString kForTheNext = QStringLiteral("what you change here is for the next run");

}  // namespace

class NextRunTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void aChangeIsTheNextRunsAndTheRunKeepsItsOwn() {
        PageFixture fixture;
        QCOMPARE(fixture.project.config().schedule.kind, std::string("constant"));
        Window window(fixture);
        QVERIFY(!window.says(kForTheNext));
        window.startLongRun();
        QVERIFY(window.says(kForTheNext));
        QVERIFY(window.says(QStringLiteral("The run that is going on has the settings shown here.")));
        window.press(window.button("pauseTraining"));
        QTRY_VERIFY_WITH_TIMEOUT(window.page.controller().isAtRest(), kPatienceMs);
        const QString before = settingsOf(window.run);
        const int drawn = window.epochsDrawn();

        window.typeSetting("optimizer.learning_rate", QStringLiteral("0.002"));
        window.typeSetting("epochs", QStringLiteral("2"));
        QCOMPARE(window.config().epochs, 2);
        QVERIFY(window.says(QStringLiteral("The run that is going on has other settings")));
        QVERIFY(window.says(QStringLiteral("Epochs 1000")));
        window.undo();
        QCOMPARE(window.config().epochs, 1000);
        window.redo();
        QCOMPARE(window.config().epochs, 2);

        window.press(window.button("pauseTraining"));  // it goes on
        QTRY_VERIFY_WITH_TIMEOUT(window.epochsDrawn() >= drawn + 2, kPatienceMs);
        window.stop();
        QCOMPARE(settingsOf(window.run), before);
        QCOMPARE(epochsNotAt(0.001, window.run), 0);
        QVERIFY(!window.says(kForTheNext));

        QTRY_VERIFY_WITH_TIMEOUT(window.button("continueTraining") != nullptr, kPatienceMs);
        window.press(window.button("startTraining"));
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 2, kPatienceMs);
        const QString next = window.page.controller().runFolder();
        QVERIFY(next != window.run);
        QCOMPARE(training::openRun(next.toStdString())->epochs.size(), std::size_t{2});
        QCOMPARE(epochsNotAt(0.002, next), 0);
        QCOMPARE(settingsOf(window.run), before);
    }

    void aContinuedRunKeepsItsOwnAndThePageSaysSo() {
        PageFixture fixture;
        Window window(fixture);
        window.startLongRun();
        window.stop();
        QTRY_VERIFY_WITH_TIMEOUT(window.button("continueTraining") != nullptr, kPatienceMs);
        const QString before = settingsOf(window.run);
        window.typeSetting("optimizer.learning_rate", QStringLiteral("0.002"));
        QVERIFY(window.says(QStringLiteral("has another setting, which it keeps when it is continued")));
        window.typeSetting("epochs", QStringLiteral("2"));
        QVERIFY(window.says(QStringLiteral("has other settings, which it keeps when it is continued")));

        const int drawn = window.epochsDrawn();
        window.press(window.button("continueTraining"));
        QVERIFY(window.says(kForTheNext));
        QVERIFY(window.says(QStringLiteral("The run that is going on has other settings")));
        QTRY_VERIFY_WITH_TIMEOUT(window.epochsDrawn() >= drawn + 2, kPatienceMs);
        window.stop();
        QCOMPARE(window.page.controller().runFolder(), window.run);
        QCOMPARE(settingsOf(window.run), before);
        QCOMPARE(epochsNotAt(0.001, window.run), 0);
        QCOMPARE(window.config().epochs, 2);
        QCOMPARE(window.get<QLineEdit>("optimizer.learning_rate")->text(), QStringLiteral("0.002"));
    }

    void aRecipeIsChosenAndSavedForTheNextRun() {
        PageFixture fixture;
        Window window(fixture);
        window.startLongRun();
        const QString before = settingsOf(window.run);
        auto* recipes = window.get<QComboBox>("recipe");
        recipes->setCurrentIndex(recipes->findData(QStringLiteral("last-block")));
        QTRY_COMPARE_WITH_TIMEOUT(window.config().optimizer.kind, std::string("adam"), kPatienceMs);
        QVERIFY(window.page.controller().isActive());
        // What is saved is what is shown, and not what the run has.
        window.get<QAction>("saveRecipe")->trigger();
        window.typeSetting("recipeName", QStringLiteral("Meanwhile"));
        const QString file =
            qEnvironmentVariable("XDG_CONFIG_HOME") + QStringLiteral("/graft/recipes/meanwhile.json");
        QTRY_VERIFY_WITH_TIMEOUT(readAll(file).contains(QStringLiteral("adam")), kPatienceMs);
        // And back to what the run has.
        window.press(window.button("useRunSettings"));
        QCOMPARE(window.config().optimizer.kind, std::string("sgd"));
        QCOMPARE(window.config().epochs, 1000);
        QVERIFY(window.button("useRunSettings") == nullptr);
        window.stop();
        QCOMPARE(settingsOf(window.run), before);
    }

    void anOlderRunIsRepeatedNext() {
        PageFixture fixture;
        const QString older = fixture.trainRun(1);
        Window window(fixture);
        window.startLongRun();
        const QString before = settingsOf(window.run);
        window.open(MainWindow::Runs);
        window.clickRun(QFileInfo(older).fileName());
        QTRY_VERIFY_WITH_TIMEOUT(window.button("repeatRun") && window.button("repeatRun")->isEnabled(),
                                 kPatienceMs);
        window.press(window.button("repeatRun"));
        QTRY_COMPARE_WITH_TIMEOUT(window.page.page(), MainWindow::Train, kPatienceMs);
        QCOMPARE(window.config().epochs, 1);
        // Said also with the news of the run that goes on.
        const QString origin =
            QStringLiteral("The next run's settings are those of %1.").arg(QFileInfo(older).fileName());
        const int epochs = window.page.controller().history().epochsDone();
        QTRY_VERIFY_WITH_TIMEOUT(window.page.controller().history().epochsDone() > epochs + 1, kPatienceMs);
        QVERIFY(window.says(origin));
        QVERIFY(window.page.controller().isActive());
        window.stop();
        QCOMPARE(settingsOf(window.run), before);
    }

    // What it may use: the learning-rate search needs the device as well.
    void whatTheRunUsesIsNotTakenFromIt() {
        PageFixture fixture;
        Window window(fixture);
        window.startLongRun();
        for (const char* name : {"findLearningRate", "clearCache"}) {
            const auto* used = window.get<QPushButton>(name);
            QVERIFY2(!used->isEnabled(), name);
            QVERIFY2(used->toolTip().startsWith(QStringLiteral("A training is going on")),
                     qPrintable(used->toolTip()));
        }
        window.stop();
        QTRY_VERIFY_WITH_TIMEOUT(window.button("findLearningRate")->isEnabled(), kPatienceMs);
        const QString tip = window.get<QPushButton>("clearCache")->toolTip();
        QVERIFY2(tip.startsWith(QStringLiteral("Removes all kept features")), qPrintable(tip));
    }
};

QTEST_MAIN(NextRunTest)
#include "NextRunTest.moc"
