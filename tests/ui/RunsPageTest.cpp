// SPDX-License-Identifier: GPL-3.0-or-later
// The Runs page in the whole window: the list, one run, several beside each other, and what is done with
// them.
#include "tests/support/PlainRun.h"

#include <QDir>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QFileInfo>
#include <QHeaderView>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QTemporaryDir>
#include <QtTest/QtTest>
#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/RunsWindow.h"
#include "ui/dataset/ProblemList.h"
#include "ui/main/RunLine.h"
#include "ui/main/RunList.h"
#include "ui/news/NoticeBar.h"
#include "ui/plots/CurveLegend.h"
#include "ui/plots/CurvePlot.h"
#include "ui/plots/NamesApart.h"
#include "ui/runs/FactTable.h"
#include "ui/runs/RunRows.h"
#include "ui/runs/RunTable.h"
#include "ui/runs/RunsPage.h"
#include "ui/session/DatasetSummary.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunChanges.h"
#include "ui/session/SettingsHistory.h"
#include "ui/style/Theme.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::epochIn;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using Window = graft::ui::testing::RunsWindow;

namespace {

QString readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

}  // namespace

class RunsPageTest : public QObject {
    Q_OBJECT

  private:
    QString pathOf(const QString& run) const {
        return m_fixture->project.runsRoot() + QLatin1Char('/') + run;
    }
    // Of the smallest network on the fixture's images.
    void write(const QString& name, const std::vector<double>& accuracies, const std::string& began,
               double rate = 0.001, bool completed = true) {
        settings::TrainConfig config = m_fixture->project.config();
        config.optimizer.learningRate = rate;
        config.epochs = static_cast<int>(accuracies.size());
        test::writePlainRun(pathOf(name).toStdString(), config, accuracies, began, completed);
    }
    void writeThree() {
        write(QStringLiteral("early"), {0.5, 0.9}, "2026-01-01 10:00:00");
        write(QStringLiteral("middle"), {0.25, 0.5, 0.75}, "2026-01-02 10:00:00", 0.01);
        write(QStringLiteral("late"), {0.625}, "2026-01-03 10:00:00");
    }
    void drop(Window& window, const QString& folder) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(folder)});
        QDragEnterEvent enters(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window.page, &enters);
        QDropEvent drops(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window.page, &drops);
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

    void allRunsAreListedWithTheReasonOfWhatCannotBeRead() {
        writeThree();
        write(QStringLiteral("broken"), {0.5}, "2026-01-04 10:00:00");
        QFile config(pathOf(QStringLiteral("broken/config.json")));
        QVERIFY(config.open(QIODevice::WriteOnly | QIODevice::Truncate));
        config.write("{");
        config.close();
        QVERIFY(QDir().mkpath(pathOf(QStringLiteral("empty"))));
        Window window(*m_fixture);
        window.openRuns();
        // The newest first, and at the end what cannot be read.
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList({"late", "middle", "early", "broken"}),
                                  kPatienceMs);
        QCOMPARE(window.cell(1, RunRows::Best), QStringLiteral("75.0 %"));
        QCOMPARE(window.cell(1, RunRows::Epochs), QStringLiteral("3"));
        QCOMPARE(window.cell(1, RunRows::Status), QStringLiteral("completed"));
        QCOMPARE(window.cell(1, RunRows::Dataset), QFileInfo(m_fixture->images).fileName());
        QCOMPARE(window.cell(3, RunRows::Status), QStringLiteral("cannot be read"));
        QVERIFY2(window.tip(3, RunRows::Status).contains(QStringLiteral("config.json")),
                 qPrintable(window.tip(3, RunRows::Status)));
        QVERIFY(window.says(QStringLiteral("One other thing lies in the runs' folder")));
        window.click(QStringLiteral("broken"));
        QTRY_VERIFY(window.says(QStringLiteral("config.json")));
        QVERIFY(!window.get<QPushButton>("showRunResults")->isEnabled());
        QVERIFY(window.get<QPushButton>("removeRun")->isEnabled());
    }

    void aFailedRunSaysWhy() {
        write(QStringLiteral("lost"), {0.5}, "2026-01-01 10:00:00", 0.001, false);
        QFile log(pathOf(QStringLiteral("lost/log.txt")));
        QVERIFY(log.open(QIODevice::Append));
        log.write("2026-01-01 10:01:00  failed: The disk is full.\n");
        log.close();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList{"lost"}, kPatienceMs);
        QCOMPARE(window.cell(0, RunRows::Status), QStringLiteral("failed"));
        QVERIFY(window.tip(0, RunRows::Status).contains(QStringLiteral("The disk is full.")));
        window.click(QStringLiteral("lost"));
        QTRY_VERIFY_WITH_TIMEOUT(window.says(QStringLiteral("The disk is full.")), kPatienceMs);
    }

    void theListIsSearchedAndSorted() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.type("runSearch", QStringLiteral("MID"));
        QTRY_COMPARE(window.names(), QStringList{"middle"});
        window.get<QLineEdit>("runSearch")->setFocus();
        window.keys(Qt::Key_Escape);
        QTRY_COMPARE(window.names().size(), 3);
        QHeaderView* header = window.table()->horizontalHeader();
        const auto pressHeader = [&](int column) {
            const QPoint place(header->sectionViewportPosition(column) + header->sectionSize(column) / 2,
                               header->height() / 2);
            QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, place);
        };
        pressHeader(RunRows::Name);
        QTRY_COMPARE(window.names(), QStringList({"early", "late", "middle"}));
        pressHeader(RunRows::Best);
        QTRY_COMPARE(window.names(), QStringList({"late", "middle", "early"}));
        pressHeader(RunRows::Best);
        QTRY_COMPARE(window.names(), QStringList({"early", "middle", "late"}));
    }

    void aStarAndANoteStay() {
        writeThree();
        {
            Window window(*m_fixture);
            window.openRuns();
            QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
            window.click(QStringLiteral("middle"), RunRows::Star);
            QTRY_COMPARE(window.cell(window.rowOf(QStringLiteral("middle")), RunRows::Star),
                         QStringLiteral("\u2605"));
            auto* note = window.get<QPlainTextEdit>("runNote");
            QTRY_VERIFY(note->isVisible() && note->isEnabled());
            QTest::mouseClick(note->viewport(), Qt::LeftButton);
            QTest::keyClicks(note, QStringLiteral("the one to keep"));
            window.keys(Qt::Key_Tab);
            QTRY_COMPARE(window.cell(window.rowOf(QStringLiteral("middle")), RunRows::Note),
                         QStringLiteral("the one to keep"));
        }
        const QJsonObject kept =
            QJsonDocument::fromJson(readAll(pathOf(QStringLiteral("middle/note.json"))).toUtf8()).object();
        QCOMPARE(kept[QStringLiteral("note")].toString(), QStringLiteral("the one to keep"));
        QVERIFY(kept[QStringLiteral("star")].toBool());
        m_fixture->forgetPages();
        Window again(*m_fixture);
        again.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(again.names().size(), 3, kPatienceMs);
        again.click(QStringLiteral("middle"));
        QTRY_COMPARE(again.get<QPlainTextEdit>("runNote")->toPlainText(), QStringLiteral("the one to keep"));
        QVERIFY(again.get<Pill>("starRun")->isChecked());
    }

    void f2RenamesARun() {
        writeThree();
        m_fixture->project.setCurrentRun(pathOf(QStringLiteral("late")));
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("late"));
        window.keys(Qt::Key_F2);
        auto* name = window.get<QLineEdit>("runName");
        QVERIFY(name->hasFocus());
        // A name that is taken is said, and nothing is lost.
        QTest::keyClicks(name, QStringLiteral("early"));
        window.keys(Qt::Key_Return);
        QTRY_VERIFY2(window.problem().contains(QStringLiteral("is called so already")),
                     qPrintable(window.problem()));
        QVERIFY(QFileInfo::exists(pathOf(QStringLiteral("late/config.json"))));
        name->setFocus();
        name->selectAll();
        QTest::keyClicks(name, QStringLiteral("best of three"));
        window.keys(Qt::Key_Return);
        QTRY_VERIFY(window.names().contains(QStringLiteral("best of three")));
        QVERIFY(QFileInfo::exists(pathOf(QStringLiteral("best of three/config.json"))));
        QVERIFY(!QFileInfo::exists(pathOf(QStringLiteral("late"))));
        // Whoever looked at it looks at it still.
        QCOMPARE(QDir::cleanPath(m_fixture->project.currentRun()), pathOf(QStringLiteral("best of three")));
        QTRY_COMPARE(window.table()->selectedFolders(), QStringList{pathOf(QStringLiteral("best of three"))});
        QCOMPARE(window.problem(), QString());
    }

    void deleteMovesARunToTheTrash() {
        writeThree();
        m_fixture->project.setCurrentRun(pathOf(QStringLiteral("late")));
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("late"));
        m_fixture->prompts.yes = false;
        window.keys(Qt::Key_Delete);
        QTRY_COMPARE(m_fixture->prompts.questions.size(), 1);
        QVERIFY(m_fixture->prompts.questions[0].contains(QStringLiteral("Move the run late to the trash")));
        finishBackgroundWork();
        QVERIFY(QFileInfo::exists(pathOf(QStringLiteral("late/config.json"))));
        m_fixture->prompts.yes = true;
        window.keys(Qt::Key_Delete);
        QTRY_COMPARE(window.names(), QStringList({"middle", "early"}));
        QVERIFY(!QFileInfo::exists(pathOf(QStringLiteral("late"))));
        QVERIFY(QFileInfo::exists(m_home->filePath(QStringLiteral("Trash/files/late/config.json"))));
        QCOMPARE(m_fixture->project.currentRun(), QString());
    }

    void whereThereIsNoTrashItIsOfferedToDelete() {
        writeThree();
        projectPart<RunChanges>(m_fixture->project).setTrash([](const QString&) { return false; });
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("early"));
        window.click(QStringLiteral("late"), RunRows::Name, Qt::ControlModifier);
        window.keys(Qt::Key_Delete);
        auto* bar = window.get<NoticeBar>("noTrash");
        QTRY_VERIFY2(bar->isVisible(), qPrintable(window.problem()));
        QVERIFY2(bar->notice().contains(QStringLiteral("2 runs could not be moved to the trash")),
                 qPrintable(bar->notice()));
        QVERIFY(QFileInfo::exists(pathOf(QStringLiteral("early/config.json"))));
        window.press(window.button("deleteForGood"));
        QTRY_COMPARE(window.names(), QStringList{"middle"});
        QVERIFY(m_fixture->prompts.questions.last().contains(QStringLiteral("for good")));
        QVERIFY(!QFileInfo::exists(pathOf(QStringLiteral("early"))));
        QVERIFY(!bar->isVisible());
    }

    void oneRunSaysAllThatIsKnownOfIt() {
        settings::TrainConfig config = m_fixture->project.config();
        config.optimizer.learningRate = 0.0625;
        test::writePlainRun(pathOf(QStringLiteral("one")).toStdString(), config, {0.5},
                            "2026-01-01 10:00:00");
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 1, kPatienceMs);
        window.click(QStringLiteral("one"));
        auto* settings = window.get<FactTable>("runSettings");
        QTRY_VERIFY_WITH_TIMEOUT(!settings->facts().empty(), kPatienceMs);
        QCOMPARE(window.factOf("runSettings", QStringLiteral("Learning rate")), QStringLiteral("0.0625"));
        // First what is not as it is by default.
        bool isOther = false;
        for (const Fact& fact : settings->facts()) {
            QVERIFY2(!fact.standsOut || !isOther, qPrintable(fact.label));
            isOther = isOther || !fact.standsOut;
            if (fact.label == QStringLiteral("Learning rate")) QVERIFY(fact.standsOut);
        }
        QVERIFY(isOther);
        QCOMPARE(window.factOf("runFacts", QStringLiteral("Data set")), m_fixture->images);
        QVERIFY(window.factOf("runFacts", QStringLiteral("Classes")).contains(QStringLiteral("cat, dog")));
        // Its images were never there, and no results.
        QTRY_VERIFY_WITH_TIMEOUT(window.missing().contains(QStringLiteral("None of its 4 images")),
                                 kPatienceMs);
        QVERIFY(window.missing().contains(QStringLiteral("Its results")));
    }

    void twoRunsAreComparedWhatDiffersFirst() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("middle"));
        window.click(QStringLiteral("early"), RunRows::Name, Qt::ControlModifier);
        auto* table = window.get<FactTable>("comparison");
        QTRY_VERIFY_WITH_TIMEOUT(table->isVisible() && !table->facts().empty(), kPatienceMs);
        QStringList differing;
        for (const Fact& fact : table->facts())
            if (fact.standsOut) differing << fact.label;
        QCOMPARE(differing, QStringList({"Epochs", "Learning rate"}));
        QCOMPARE(table->facts()[0].label, QStringLiteral("Epochs"));
        QCOMPARE(table->facts()[1].values, QStringList({"0.01", "0.001"}));
        QCOMPARE(table->model()->headerData(1, Qt::Horizontal).toString(), QStringLiteral("middle"));
        const auto hasBatchSize = [table] {
            for (const Fact& fact : table->facts())
                if (fact.label == QStringLiteral("Batch size")) return true;
            return false;
        };
        QVERIFY(!hasBatchSize());
        window.press(window.get<FoldHeader>("showEqual"));
        QVERIFY(hasBatchSize());
        QCOMPARE(table->facts()[0].label, QStringLiteral("Epochs"));
        const auto has = [table](const char* label) {
            return std::ranges::any_of(
                table->facts(), [label](const Fact& fact) { return fact.label == QLatin1String(label); });
        };
        // They have both come to their end by their accuracy, and not with the same.
        QVERIFY(has("Status") && has("Best by") && has("Best figure"));
        window.press(window.get<FoldHeader>("showEqual"));
        QVERIFY(!has("Status") && !has("Best by") && has("Best figure"));
        for (const Fact& fact : table->facts())
            QVERIFY2(fact.values[0] != fact.values[1], qPrintable(fact.label));
        QVERIFY(window.says(QStringLiteral("%1 lines").arg(table->facts().size())));

        const auto curves = window.get<CurvePlot>("comparedAccuracy")->curves();
        QCOMPARE(curves.size(), std::size_t{2});
        QCOMPARE(curves[0].name, QStringLiteral("middle"));
        QCOMPARE(curves[0].values, std::vector<double>({0.25, 0.5, 0.75}));
        QCOMPARE(curves[1].name, QStringLiteral("early"));
        QCOMPARE(curves[1].values, std::vector<double>({0.5, 0.9}));
        const auto losses = window.get<CurvePlot>("comparedLoss")->curves();
        QCOMPARE(losses.size(), std::size_t{2});
        QCOMPARE(losses[0].values, std::vector<double>({0.75, 0.5, 0.25}));
        const auto* legend = window.get<CurvePlot>("comparedLoss")->parentWidget()->findChild<CurveLegend*>();
        QCOMPARE(legend->names(), QStringList({"middle", "early"}));
    }

    void aPageThatIsBuiltAnewKeepsWhatWasChosen() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.type("runSearch", QStringLiteral("e"));
        window.click(QStringLiteral("late"));
        window.click(QStringLiteral("early"), RunRows::Name, Qt::ControlModifier);
        QCOMPARE(window.table()->selectedFolders(),
                 QStringList({pathOf(QStringLiteral("late")), pathOf(QStringLiteral("early"))}));
        window.page.buildAnew();
        QCOMPARE(window.page.page(), MainWindow::Runs);
        QTRY_COMPARE_WITH_TIMEOUT(
            window.table()->selectedFolders(),
            QStringList({pathOf(QStringLiteral("late")), pathOf(QStringLiteral("early"))}), kPatienceMs);
        QCOMPARE(window.get<QLineEdit>("runSearch")->text(), QStringLiteral("e"));
        QTRY_VERIFY_WITH_TIMEOUT(window.get<FactTable>("comparison")->isVisible(), kPatienceMs);
    }

    void aRunThatIsBeingTrainedStaysAndSaysWhy() {
        settings::TrainConfig config = m_fixture->project.config();
        config.epochs = 1000;
        m_fixture->project.setConfig(config);
        m_fixture->scan();
        Window window(*m_fixture);
        window.open(MainWindow::Train);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("startTraining")->isEnabled(), kPatienceMs);
        window.press(window.button("startTraining"));
        const QString run = QDir::cleanPath(window.page.controller().runFolder());
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList{QFileInfo(run).fileName()}, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(epochIn(window.cell(0, RunRows::Status), 1000) >= 2, kPatienceMs);
        window.click(QFileInfo(run).fileName());
        window.keys(Qt::Key_Delete);
        QTRY_VERIFY2(window.problem().contains(QStringLiteral("is being trained")),
                     qPrintable(window.problem()));
        QVERIFY(m_fixture->prompts.questions.isEmpty());
        QVERIFY(QFileInfo::exists(run + QStringLiteral("/config.json")));
        QVERIFY(!window.button("continueRun")->isEnabled());

        // It is stopped, and goes on from here.
        window.page.controller().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.controller().isActive(), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.cell(0, RunRows::Status), QStringLiteral("stopped"), kPatienceMs);
        // What was said of it is not true any more.
        QCOMPARE(window.problem(), QString());
        QTRY_VERIFY_WITH_TIMEOUT(window.button("continueRun")->isEnabled(), kPatienceMs);
        window.press(window.button("continueRun"));
        QCOMPARE(window.page.page(), MainWindow::Train);
        QTRY_VERIFY_WITH_TIMEOUT(window.page.controller().isActive(), kPatienceMs);
        QCOMPARE(QDir::cleanPath(window.page.controller().runFolder()), run);
        window.page.controller().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.controller().isActive(), kPatienceMs);
    }

    void theListAndTheFactsOfARunThatGoesOnAreOneStory() {
        settings::TrainConfig config = m_fixture->project.config();
        config.epochs = 1000;
        m_fixture->project.setConfig(config);
        m_fixture->scan();
        Window window(*m_fixture, {1600, 900});
        window.open(MainWindow::Train);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("startTraining")->isEnabled(), kPatienceMs);
        window.press(window.button("startTraining"));
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 1, kPatienceMs);
        window.click(window.names().front());
        QTRY_VERIFY_WITH_TIMEOUT(!window.factOf("runFacts", QStringLiteral("Epochs done")).isEmpty(),
                                 kPatienceMs);
        const QString notKnown = QStringLiteral("not known");
        QVERIFY(window.factOf("runFacts", QStringLiteral("Best by")) != notKnown);
        const auto done = [&window] { return window.cell(0, RunRows::Epochs).section(u' ', 0, 0).toInt(); };
        for (int looks = 0; looks < 3; ++looks) {
            const int before = done();
            QTRY_VERIFY_WITH_TIMEOUT(done() > before, kPatienceMs);
            QCOMPARE(window.cell(0, RunRows::Epochs), QStringLiteral("%1 of 1000").arg(done()));
            QCOMPARE(window.factOf("runFacts", QStringLiteral("Epochs done")),
                     window.cell(0, RunRows::Epochs));
            QCOMPARE(window.factOf("runFacts", QStringLiteral("Best figure")).simplified(),
                     window.cell(0, RunRows::Best).simplified());
            QCOMPARE(window.factOf("runFacts", QStringLiteral("Time in all")), window.cell(0, RunRows::Time));
            QVERIFY(window.factOf("runFacts", QStringLiteral("Best figure")) != notKnown);
        }
        window.page.controller().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.controller().isActive(), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.cell(0, RunRows::Status), QStringLiteral("stopped"), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.factOf("runFacts", QStringLiteral("Status")),
                                  QStringLiteral("stopped"), kPatienceMs);
        QCOMPARE(window.factOf("runFacts", QStringLiteral("Epochs done")), window.cell(0, RunRows::Epochs));
    }

    void figuresAreNeverCut_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("smallest") << QSize(960, 640);
        QTest::newRow("usual") << QSize(1280, 800);
        QTest::newRow("large") << QSize(1800, 900);
    }
    void figuresAreNeverCut() {
        QFETCH(QSize, size);
        settings::TrainConfig config = m_fixture->project.config();
        config.epochs = 200;
        test::writePlainRun(pathOf(QStringLiteral("2026-01-01-100000-squeezenet1_1")).toStdString(), config,
                            std::vector<double>(86, 0.5), "2026-01-01 10:00:00", false);
        config.stopping.bestBy = settings::Figure::Loss;
        config.epochs = 2500;
        test::writePlainRun(pathOf(QStringLiteral("a long name of a run that goes on and on")).toStdString(),
                            config, std::vector<double>(2500, 0.25), "2026-12-30 20:00:00");
        Window window(*m_fixture, size);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 2, kPatienceMs);
        QCOMPARE(window.cell(1, RunRows::Epochs), QStringLiteral("86 of 200"));
        QCOMPARE(window.cell(1, RunRows::Time), QStringLiteral("2 min 9 s"));
        const RunTable* table = window.table();
        for (const int column :
             {RunRows::Best, RunRows::Epochs, RunRows::Time, RunRows::When, RunRows::Status}) {
            // 3 px of the style sheet and 3 of Qt on either side.
            const int room = table->columnWidth(column) - 12;
            for (int row = 0; row < 2 && !table->isColumnHidden(column); ++row) {
                const QString text = window.cell(row, column);
                QVERIFY2(table->fontMetrics().horizontalAdvance(text) <= room, qPrintable(text));
            }
        }
        QVERIFY(!table->isColumnHidden(RunRows::Best) && !table->isColumnHidden(RunRows::Status));
        QVERIFY(table->columnWidth(RunRows::Name) >= 150);
        QVERIFY(table->horizontalHeader()->length() <= table->viewport()->width());
        if (size.width() == 1800) QVERIFY(!table->isColumnHidden(RunRows::Time));
        // The panel says the same in the same words.
        window.click(QStringLiteral("2026-01-01-100000-squeezenet1_1"));
        QTRY_COMPARE_WITH_TIMEOUT(window.factOf("runFacts", QStringLiteral("Time in all")),
                                  QStringLiteral("2 min 9 s"), kPatienceMs);
    }

    void runsOfOneDayAreToldApart() {
        const QString morning = QStringLiteral("2026-01-02-101500-shufflenet_v2_x1_0");
        const QString evening = QStringLiteral("2026-01-02-194500-shufflenet_v2_x1_0");
        write(morning, {0.5}, "2026-01-02 10:15:00");
        write(evening, {0.5}, "2026-01-02 19:45:00");
        Window window(*m_fixture, {960, 640});
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList({evening, morning}), kPatienceMs);
        RunTable* table = window.table();
        QVERIFY(table->fontMetrics().horizontalAdvance(morning) > table->columnWidth(RunRows::Name));
        QVERIFY(window.pictureOf(0, RunRows::Name) != window.pictureOf(1, RunRows::Name));
        // Beside each other.
        window.click(evening);
        window.click(morning, RunRows::Name, Qt::ControlModifier);
        auto* facts = window.get<FactTable>("comparison");
        QTRY_VERIFY_WITH_TIMEOUT(facts->isVisible() && facts->model()->columnCount() == 3, kPatienceMs);
        const auto* legend = window.get<CurvePlot>("comparedLoss")->parentWidget()->findChild<CurveLegend*>();
        const QStringList times{"194500", "101500"};
        for (int run = 0; run < 2; ++run) {
            const QString column = facts->model()->headerData(run + 1, Qt::Horizontal).toString();
            QVERIFY2(column.contains(times[run]), qPrintable(column));
            QVERIFY2(legend->shownNames()[run].contains(times[run]), qPrintable(legend->shownNames()[run]));
        }
        QCOMPARE(facts->model()->headerData(1, Qt::Horizontal, Qt::ToolTipRole).toString(), evening);
        QVERIFY(legend->toolTip().contains(evening) && legend->toolTip().contains(morning));
    }

    void whatTellsNamesApartIsShown() {
        using Names = QStringList;
        QCOMPARE(namesApart({"one"}), Names({"one"}));
        QCOMPARE(namesApart({"oak tree", "elm"}), Names({"oak tree", "elm"}));
        QCOMPARE(namesApart({"run-1", "run-1-2"}), Names({"\u20261", "\u20261-2"}));
        QCOMPARE(namesApart({"run-10", "run-11"}), Names({"\u202610", "\u202611"}));
        QCOMPARE(namesApart({"a/run.x", "b/run.x"}), Names({"a\u2026", "b\u2026"}));
        QCOMPARE(namesApart({"same-name", "same-name"}), Names({"\u2026name", "\u2026name"}));
        QCOMPARE(namesApart({"", "x"}), Names({"", "x"}));
    }

    void whatIsNotTrueAnyMoreIsForgotten_data() {
        QTest::addColumn<QString>("what");
        for (const char* what : {"another choice", "another page", "another action"})
            QTest::newRow(what) << QString::fromLatin1(what);
    }
    void whatIsNotTrueAnyMoreIsForgotten() {
        QFETCH(QString, what);
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("late"));
        window.keys(Qt::Key_F2);
        QTest::keyClicks(window.get<QLineEdit>("runName"), QStringLiteral("early"));
        window.keys(Qt::Key_Return);
        QTRY_VERIFY2(window.problem().contains(QStringLiteral("is called so already")),
                     qPrintable(window.problem()));
        if (what == QStringLiteral("another choice")) {
            window.click(QStringLiteral("middle"));
        } else if (what == QStringLiteral("another page")) {
            window.open(MainWindow::Network);
            window.openRuns();
        } else {
            window.press(window.get<Pill>("starRun"));
        }
        QCOMPARE(window.problem(), QString());
        finishBackgroundWork();
        QCOMPARE(window.problem(), QString());
    }

    void aNameIsNoPattern() {
        write(QStringLiteral("100% %1"), {0.25, 0.5, 0.75}, "2026-01-01 10:00:00");
        write(QStringLiteral("%2 of %1"), {0.25, 0.5}, "2026-01-01 09:00:00", 0.001, false);
        Window window(*m_fixture);
        QTRY_COMPARE_WITH_TIMEOUT(window.sidebar()->runCount(), 2, kPatienceMs);
        const QStringList tips = window.sidebarTips();
        QVERIFY2(tips[0].contains(QStringLiteral("100% %1 \u00b7 3 epochs")), qPrintable(tips[0]));
        QVERIFY2(tips[1].contains(QStringLiteral("%2 of %1 \u00b7 stopped after 2 epochs")),
                 qPrintable(tips[1]));
    }

    void aPathOfAProblemIsNoPattern() {
        DatasetSummary summary;
        summary.problems.push_back({true, GRAFT_TEXT("It cannot be read."), "oak/50% %1.png", 4});
        ProblemList list;
        list.showDataset(std::make_shared<const DatasetSummary>(summary));
        QCOMPARE(list.problemCount(), 1);
        const QString said = list.model()->index(0, 0).data().toString();
        QVERIFY2(said.contains(QStringLiteral("oak/50% %1.png and 3 more")), qPrintable(said));
    }

    void bothListsAreInTheOrderInWhichTheRunsBegan() {
        writeThree();
        // As when a run's images are located anew.
        const QString config = pathOf(QStringLiteral("early/config.json"));
        const QString text = readAll(config);
        QFile file(config);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(text.toUtf8());
        file.close();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList({"late", "middle", "early"}), kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.sidebar()->runCount(), 3, kPatienceMs);
        QStringList names;
        for (const QString& tip : window.sidebarTips())
            names << tip.section(u'\n', 0, 0);
        QCOMPARE(names, QStringList({"late", "middle", "early"}));
    }

    void theWordThatMattersStaysInTheSidebar() {
        const QFontMetrics metrics(Theme::smallFont());
        const RunLine timed{QStringLiteral("21 Nov 14:30"), QStringLiteral("21 Nov"),
                            QStringLiteral("failed after 12 epochs")};
        const auto widthOf = [&metrics](const QString& text) { return metrics.horizontalAdvance(text); };
        const QString shorter = QStringLiteral("21 Nov \u00b7 failed after 12 epochs");
        QCOMPARE(timed.whole(), QStringLiteral("21 Nov 14:30 \u00b7 failed after 12 epochs"));
        QCOMPARE(timed.shown(metrics, widthOf(timed.whole())), timed.whole());
        QCOMPARE(timed.shown(metrics, widthOf(timed.whole()) - 1), shorter);
        QCOMPARE(timed.shown(metrics, widthOf(shorter)), shorter);
        QCOMPARE(timed.shown(metrics, widthOf(shorter) - 1), timed.state);
        QVERIFY(timed.shown(metrics, widthOf(timed.state) - 1).startsWith(QStringLiteral("failed")));
        const RunLine named{QStringLiteral("a long name that a person gave it"),
                            {},
                            QStringLiteral("stopped after 3 epochs")};
        const QString shown = named.shown(metrics, widthOf(named.whole()) - 20);
        QVERIFY2(shown.endsWith(QStringLiteral(" \u00b7 stopped after 3 epochs")), qPrintable(shown));
        QVERIFY2(shown.contains(QChar(0x2026)), qPrintable(shown));
        QVERIFY(widthOf(shown) <= widthOf(named.whole()) - 20);
    }

    void theSortArrowIsSeen() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        QHeaderView* header = window.table()->horizontalHeader();
        const QRect section(header->sectionViewportPosition(RunRows::Name), 0,
                            header->sectionSize(RunRows::Name), header->height());
        const QImage plain = header->viewport()->grab(section).toImage();
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            header->setSortIndicator(RunRows::Name, order);
            const QImage sorted = header->viewport()->grab(section).toImage();
            int changed = 0;
            for (int y = 0; y < plain.height(); ++y)
                for (int x = 0; x < plain.width(); ++x)
                    if (plain.pixel(x, y) != sorted.pixel(x, y)) ++changed;
            QVERIFY2(changed >= 14, qPrintable(QString::number(changed)));
        }
    }

    void theCornerBetweenTwoScrollBarsIsNoBlot_data() {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void theCornerBetweenTwoScrollBarsIsNoBlot() {
        QFETCH(bool, isDark);
        Theme::instance().apply(*qApp, isDark);
        FactTable table;
        table.setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
        table.setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOn);
        table.resize(200, 120);
        table.show();
        const QImage picture = table.grab().toImage();
        const QColor corner = picture.pixelColor(picture.width() - 5, picture.height() - 5);
        const QColor surface = Theme::instance().colours().surface;
        Theme::instance().apply(*qApp, false);
        QVERIFY2(std::abs(corner.lightness() - surface.lightness()) < 40, qPrintable(corner.name()));
    }

    void aRunIsRepeatedWithAllItsSettings() {
        settings::TrainConfig config = m_fixture->project.config();
        config.epochs = 17;
        config.batchSize = 5;
        test::writePlainRun(pathOf(QStringLiteral("one")).toStdString(), config, {0.5},
                            "2026-01-01 10:00:00");
        m_fixture->project.setFolder({});
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 1, kPatienceMs);
        window.click(QStringLiteral("one"));
        QTRY_VERIFY_WITH_TIMEOUT(window.button("repeatRun")->isEnabled(), kPatienceMs);
        window.press(window.button("repeatRun"));
        QTRY_COMPARE_WITH_TIMEOUT(window.page.page(), MainWindow::Train, kPatienceMs);
        QCOMPARE(m_fixture->project.config().epochs, 17);
        QCOMPARE(m_fixture->project.config().batchSize, 5);
        QCOMPARE(m_fixture->project.folder(), m_fixture->images);
        QVERIFY(m_fixture->project.config().runFolder.empty());
        const QString origin = QStringLiteral("The next run's settings are those of one.");
        QVERIFY(window.says(origin));
        config = m_fixture->project.config();
        config.epochs = 18;
        m_fixture->project.setConfig(config);
        QVERIFY(!window.says(origin));
    }

    void aNewRunStartsFromTheWeightsOfAnother() {
        const QString run = QDir::cleanPath(m_fixture->trainRun(1));
        settings::TrainConfig config = m_fixture->project.config();
        const std::string trained = config.head.kind;
        config.head.kind = "mlp";
        m_fixture->project.setConfig(config);
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 1, kPatienceMs);
        window.click(QFileInfo(run).fileName());
        QTRY_VERIFY_WITH_TIMEOUT(window.button("startFromRun")->isEnabled(), kPatienceMs);
        window.press(window.button("startFromRun"));
        QTRY_COMPARE_WITH_TIMEOUT(window.page.page(), MainWindow::Train, kPatienceMs);
        QCOMPARE(QDir::cleanPath(QString::fromStdString(m_fixture->project.config().weightsFile)),
                 run + QStringLiteral("/model.safetensors"));
        QCOMPARE(m_fixture->project.config().head.kind, trained);
        QVERIFY(window.says(
            QStringLiteral("The next run starts from the weights of %1.").arg(QFileInfo(run).fileName())));
        projectPart<SettingsHistory>(m_fixture->project).undo();
        QCOMPARE(m_fixture->project.config().head.kind, std::string("mlp"));
        QVERIFY(!QString::fromStdString(m_fixture->project.config().weightsFile).startsWith(run));
        projectPart<SettingsHistory>(m_fixture->project).redo();
        QCOMPARE(m_fixture->project.config().head.kind, trained);
    }

    void returnShowsTheResults() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.click(QStringLiteral("late"));
        window.keys(Qt::Key_Down);
        QTRY_COMPARE(window.table()->selectedFolders(), QStringList{pathOf(QStringLiteral("middle"))});
        window.keys(Qt::Key_Return);
        QCOMPARE(window.page.page(), MainWindow::Results);
        QCOMPARE(QDir::cleanPath(m_fixture->project.currentRun()), pathOf(QStringLiteral("middle")));
    }

    // By graft-cli, say.
    void whatHappensOutsideTheWindowIsSeenWhenThePageIsShownAgain() {
        writeThree();
        Window window(*m_fixture);
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names().size(), 3, kPatienceMs);
        window.open(MainWindow::Data);
        write(QStringLiteral("outside"), {0.5}, "2026-01-05 10:00:00");
        window.openRuns();
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList({"outside", "late", "middle", "early"}),
                                  kPatienceMs);
    }

    void aRunFromElsewhereIsOpened_data() {
        QTest::addColumn<bool>("isDropped");
        QTest::newRow("dropped") << true;
        QTest::newRow("by its folder") << false;
    }
    void aRunFromElsewhereIsOpened() {
        QFETCH(bool, isDropped);
        writeThree();
        const QString elsewhere = m_fixture->directory.filePath(QStringLiteral("usb/moved here"));
        settings::TrainConfig config = m_fixture->project.config();
        config.datasetFolder = "/nowhere/pictures";
        test::writePlainRun(elsewhere.toStdString(), config, {0.5}, "2026-02-01 10:00:00");
        Window window(*m_fixture);
        if (isDropped) {
            window.open(MainWindow::Network);
            drop(window, elsewhere);
            QTRY_COMPARE_WITH_TIMEOUT(window.page.page(), MainWindow::Runs, kPatienceMs);
        } else {
            window.openRuns();
            m_fixture->prompts.folder = elsewhere;
            window.press(window.button("openRun"));
        }
        QTRY_COMPARE_WITH_TIMEOUT(window.names(), QStringList({"moved here", "late", "middle", "early"}),
                                  kPatienceMs);
        QTRY_COMPARE(window.table()->selectedFolders(), QStringList{elsewhere});
        QTRY_VERIFY_WITH_TIMEOUT(window.missing().contains(QStringLiteral("/nowhere/pictures")), kPatienceMs);
        // It is no folder of images.
        QCOMPARE(m_fixture->project.folder(), m_fixture->images);
    }

    void aFolderWithoutARunIsSaid() {
        Window window(*m_fixture);
        window.openRuns();
        m_fixture->prompts.folder = m_fixture->images;
        window.press(window.button("openRun"));
        QTRY_VERIFY2_WITH_TIMEOUT(window.problem().contains(QStringLiteral("There is no run in this folder")),
                                  qPrintable(window.problem()), kPatienceMs);
    }
};

QTEST_MAIN(RunsPageTest)
#include "RunsPageTest.moc"
