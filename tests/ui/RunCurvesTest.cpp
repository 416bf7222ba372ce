// SPDX-License-Identifier: GPL-3.0-or-later
// The right column of the Train page: which plots there are, what is marked in them, how they are saved; and
// the validation images below them.
#include <QAction>
#include <QFile>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QToolButton>
#include <QtTest/QtTest>
#include <algorithm>
#include <memory>
#include <optional>

#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/session/Project.h"
#include "ui/train/AnswerTiles.h"
#include "ui/train/CurveCard.h"
#include "ui/train/LiveImages.h"
#include "ui/train/RecallCurves.h"
#include "ui/train/RunCurves.h"
#include "ui/widgets/InlineError.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::HeldPool;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::ScriptedPrompts;

class RunCurvesTest : public QObject {
    Q_OBJECT

  private:
    struct Window {
        Window() : project(folder.filePath(QStringLiteral("runs"))), curves(project, prompts) {
            curves.resize(700, 660);
            curves.clear(10);
            curves.show();
        }
        CurvePlot* plot(const char* name) { return curves.findChild<CurvePlot*>(QLatin1String(name)); }
        CurveCard* card(const char* name) { return qobject_cast<CurveCard*>(plot(name)->parentWidget()); }
        QAction* action(const char* name) { return curves.findChild<QAction*>(QLatin1String(name)); }
        QAction* action(const char* plotName, const char* name) {
            return card(plotName)->findChild<QAction*>(QLatin1String(name));
        }
        InlineError* error(const char* name) { return card(name)->findChild<InlineError*>(); }
        LiveImages* live() { return curves.findChild<LiveImages*>(); }
        AnswerTiles* tiles() { return curves.findChild<AnswerTiles*>(); }

        QTemporaryDir folder;
        ScriptedPrompts prompts;
        Project project;
        RunCurves curves;
    };

    static training::EpochDone epochOf(int number, double accuracy) {
        training::EpochDone epoch;
        epoch.epoch = number;
        epoch.trainLoss = 1.0 / number;
        epoch.valLoss = 2.0 / number;
        epoch.trainAccuracy = epoch.valAccuracy = accuracy;
        epoch.learningRate = 0.01 / number;
        return epoch;
    }
    // Of the loss.
    static QMenu* saveMenu(RunCurves& curves) {
        const QWidget* card = curves.findChild<CurvePlot*>(QStringLiteral("lossPlot"))->parentWidget();
        return card->findChild<QMenu*>(QStringLiteral("saveMenu"));
    }
    static QByteArray contentOf(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }
    void init() { QSettings().clear(); }

    void whichPlotsAreShownIsAChoiceThatStays() {
        Window window;
        QVERIFY(window.plot("accuracyPlot")->isVisible() && window.plot("lossPlot")->isVisible());
        QVERIFY(!window.plot("learningRatePlot")->isVisible() && !window.plot("recallPlot")->isVisible());
        window.action("show_learning_rate")->trigger();
        window.action("show_recall")->trigger();
        QVERIFY(window.plot("learningRatePlot")->isVisible() && window.plot("recallPlot")->isVisible());
        // Four have two columns.
        QTRY_VERIFY(window.card("recallPlot")->x() > window.card("accuracyPlot")->x());
        for (const char* name : {"show_accuracy", "show_loss", "show_recall"})
            window.action(name)->trigger();
        QVERIFY(!window.plot("accuracyPlot")->isVisible());
        QVERIFY(!window.action("show_learning_rate")->isEnabled());  // one stays
        Window next;
        QVERIFY(next.plot("learningRatePlot")->isVisible());
        QVERIFY(!next.plot("lossPlot")->isVisible());
    }

    void theBestEpochAndEachThawAreMarkedInEveryPlot() {
        Window window;
        training::PhaseStarted phase;
        phase.name = "head";
        window.curves.take(phase);
        training::EpochDone better = epochOf(1, 0.5);
        better.best = true;  // the run decides what that is
        window.curves.addEpoch(better);
        better = epochOf(2, 0.75);
        better.best = true;
        window.curves.addEpoch(better);
        phase.name = "fine-tune";
        phase.firstEpoch = 3;
        window.curves.take(phase);
        window.curves.addEpoch(epochOf(3, 0.7));
        for (const char* name : {"accuracyPlot", "lossPlot", "learningRatePlot", "recallPlot"}) {
            QCOMPARE(window.plot(name)->bestEpoch(), 2);
            QCOMPARE(window.plot(name)->phases(),
                     (QStringList{QStringLiteral("head"), QStringLiteral("fine-tune")}));
        }
        window.curves.clear(5);
        QCOMPARE(window.plot("lossPlot")->bestEpoch(), 0);
        QVERIFY(window.plot("lossPlot")->phases().isEmpty());
    }

    void theLearningRateOfEachEpoch() {
        Window window;
        window.curves.addEpoch(epochOf(1, 0.5));
        window.curves.addEpoch(epochOf(2, 0.5));
        training::EpochDone solved = epochOf(3, 0.5);
        solved.learningRate = 0;  // what is solved has none
        window.curves.addEpoch(solved);
        window.curves.refresh();
        const std::vector<Curve> curves = window.plot("learningRatePlot")->curves();
        QCOMPARE(curves.size(), std::size_t{1});
        QCOMPARE(curves[0].epochs, (std::vector<int>{1, 2}));
        QCOMPARE(curves[0].values, (std::vector<double>{0.01, 0.005}));
        window.action("learningRatePlot", "logarithmic")->trigger();
        QVERIFY(window.plot("learningRatePlot")->isLogarithmic());
        QVERIFY(window.action("accuracyPlot", "logarithmic") == nullptr);
        window.action("lossPlot", "smoothing6")->trigger();
        QCOMPARE(window.plot("lossPlot")->smoothing(), 0.6);
        QCOMPARE(window.plot("accuracyPlot")->smoothing(), 0.0);
    }

    // Of a hundred classes a dozen curves are drawn, once an epoch; batches come thirty times a second.
    void batchesDrawNoCurvesOfEpochs() {
        Window window;
        window.action("show_learning_rate")->trigger();
        window.action("show_recall")->trigger();
        training::EpochDone epoch = epochOf(1, 0.5);
        for (int i = 0; i < 100; ++i)
            epoch.recall.push_back(i / 100.0);
        window.curves.take(epoch);
        training::BatchDone batch;
        batch.epoch = 2;
        batch.batches = 100;
        window.curves.take(batch);  // makes room for the validation images
        window.curves.refresh();
        QCOMPARE(window.plot("recallPlot")->curves().size(), std::size_t{12});
        const auto drawn = [&](const char* name) {
            auto* area = window.plot(name)->findChild<QWidget*>(QStringLiteral("plotArea"));
            return std::make_unique<QSignalSpy>(area, SIGNAL(afterReplot()));
        };
        QTest::qWait(100);  // what has been asked for till now
        const auto loss = drawn("lossPlot");
        const auto rate = drawn("learningRatePlot");
        const auto recall = drawn("recallPlot");
        QVERIFY(loss->isValid() && rate->isValid() && recall->isValid());
        for (batch.batch = 1; batch.batch <= 20; ++batch.batch) {
            window.curves.take(batch);
            window.curves.refresh();
        }
        QTRY_VERIFY(loss->count() > 0);
        QCOMPARE(rate->count(), 0);
        QCOMPARE(recall->count(), 0);
        epoch.epoch = 2;
        window.curves.take(epoch);
        window.curves.refresh();
        QTRY_VERIFY(recall->count() > 0 && rate->count() > 0);
    }

    void recallByClassOfAFewAndOfTheWorstOfMany() {
        Window window;
        training::RunStarted started;
        started.epochs = 10;
        started.classes = {"amber", "blue", "cyan"};
        window.curves.take(started);
        training::EpochDone epoch = epochOf(1, 0.5);
        epoch.recall = {0.5, std::nullopt, 0.75};
        window.curves.take(epoch);
        window.curves.refresh();
        CurvePlot* plot = window.plot("recallPlot");
        QCOMPARE(plot->names(), (QStringList{QStringLiteral("amber"), QStringLiteral("cyan")}));
        QCOMPARE(plot->curves()[1].values, std::vector<double>{0.75});

        RecallCurves recall;
        std::vector<std::string> names;
        std::vector<std::optional<double>> first;
        std::vector<std::optional<double>> last;
        for (int i = 0; i < 40; ++i) {
            names.push_back("class " + std::to_string(i));
            first.emplace_back(i / 40.0);
            last.emplace_back((39 - i) / 40.0);  // the last ones are the worst now
        }
        recall.add(1, first);
        recall.add(7, last);
        recall.setClasses(names);
        QCOMPARE(recall.all().size(), std::size_t{40});
        const std::vector<Curve> drawn = recall.drawn();
        QCOMPARE(drawn.size(), std::size_t{12});
        QCOMPARE(drawn.front().name, QStringLiteral("class 39"));
        QCOMPARE(drawn.back().name, QStringLiteral("class 28"));
        QCOMPARE(recall.remark(), QStringLiteral("the worst 12 of 40 classes at epoch 7"));
    }

    void savesEveryKindOfFile_data() {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("begin");
        QTest::newRow("PNG") << QStringLiteral("savePng") << QByteArray("\x89PNG\r\n\x1a\n");
        QTest::newRow("PDF") << QStringLiteral("savePdf") << QByteArray("%PDF-");
        QTest::newRow("SVG") << QStringLiteral("saveSvg") << QByteArray("<?xml");
        QTest::newRow("CSV") << QStringLiteral("saveCsv")
                             << QByteArray("epoch,train,validation\n1,1,2\n2,0.5,1\n");
    }
    void savesEveryKindOfFile() {
        QFETCH(QString, name);
        QFETCH(QByteArray, begin);
        Window window;
        window.curves.addEpoch(epochOf(1, 0.5));
        window.curves.addEpoch(epochOf(2, 0.75));
        window.curves.refresh();
        window.prompts.saveFile = window.folder.filePath(QStringLiteral("plot"));
        const QByteArray action = name.toLatin1();
        window.action("lossPlot", action.constData())->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(window.prompts.saveFile), kPatienceMs);
        const QByteArray content = contentOf(window.prompts.saveFile);
        QVERIFY2(content.startsWith(begin), content.left(60).constData());
        QVERIFY(!window.error("lossPlot")->isVisible());
        // Nothing is left beside it.
        QTRY_COMPARE(QDir(window.folder.path()).entryList(QDir::Files | QDir::Hidden).size(), 1);
    }

    void theTableOfTheRecallHasEveryClass() {
        Window window;
        training::RunStarted started;
        for (int i = 0; i < 15; ++i)
            started.classes.push_back("c" + std::to_string(i));
        window.curves.take(started);
        training::EpochDone epoch = epochOf(1, 0.5);
        epoch.recall.assign(15, 0.5);
        window.curves.take(epoch);
        window.curves.refresh();
        window.prompts.saveFile = window.folder.filePath(QStringLiteral("recall.csv"));
        window.action("recallPlot", "saveCsv")->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(window.prompts.saveFile), kPatienceMs);
        const QByteArray head = contentOf(window.prompts.saveFile).split('\n').front();
        QCOMPARE(head.split(',').size(), 16);
        QVERIFY(head.endsWith(",c14"));
    }

    void aFileThatCannotBeWrittenIsASentence_data() {
        QTest::addColumn<QByteArray>("action");
        QTest::addColumn<QString>("file");
        QTest::newRow("PNG") << QByteArray("savePng") << QStringLiteral("loss.png");
        QTest::newRow("PDF") << QByteArray("savePdf") << QStringLiteral("loss.pdf");
        QTest::newRow("SVG") << QByteArray("saveSvg") << QStringLiteral("loss.svg");
        QTest::newRow("CSV") << QByteArray("saveCsv") << QStringLiteral("loss.csv");
    }
    void aFileThatCannotBeWrittenIsASentence() {
        QFETCH(QByteArray, action);
        QFETCH(QString, file);
        Window window;
        window.curves.addEpoch(epochOf(1, 0.5));
        window.prompts.saveFile = window.folder.filePath(QStringLiteral("is/not/there/") + file);
        window.action("lossPlot", action.constData())->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(window.error("lossPlot")->isVisible(), kPatienceMs);
        const QString said = window.error("lossPlot")->text();
        QVERIFY2(said.startsWith(file + QStringLiteral(": ")) && said.endsWith('.'), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("choose another folder")), qPrintable(said));
        window.prompts.saveFile = window.folder.filePath(file);
        window.action("lossPlot", action.constData())->trigger();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(window.prompts.saveFile), kPatienceMs);
        QVERIFY(!window.error("lossPlot")->isVisible());
    }

    void whatIsBeingSavedIsNamedOnANewPageToo() {
        Window window;
        window.curves.addEpoch(epochOf(1, 0.5));
        window.curves.refresh();
        window.prompts.saveFile = window.folder.filePath(QStringLiteral("this & that.pdf"));
        QMenu* menu = saveMenu(window.curves);
        const QString title = menu->title();
        HeldPool held;
        window.action("lossPlot", "savePdf")->trigger();
        QTRY_COMPARE(menu->title(), QStringLiteral("Saving this && that.pdf…"));
        QVERIFY(!menu->isEnabled());
        QVERIFY(window.card("accuracyPlot")->findChild<QMenu*>(QStringLiteral("saveMenu"))->isEnabled());
        RunCurves next(window.project, window.prompts);
        QCOMPARE(saveMenu(next)->title(), menu->title());
        QVERIFY(!saveMenu(next)->isEnabled());
        QVERIFY(!QFile::exists(window.prompts.saveFile));
        held.release();
        QTRY_VERIFY_WITH_TIMEOUT(saveMenu(next)->isEnabled(), kPatienceMs);
        QCOMPARE(saveMenu(next)->title(), title);
        QVERIFY(menu->isEnabled());
        QVERIFY(contentOf(window.prompts.saveFile).startsWith("%PDF-"));
    }

    void whyAFileWasNotSavedIsSaidWithoutItsPage() {
        const QTemporaryDir folder;
        ScriptedPrompts prompts;
        Project project(folder.filePath(QStringLiteral("runs")));
        prompts.saveFile = folder.filePath(QStringLiteral("is/not/there/loss.svg"));
        auto first = std::make_unique<RunCurves>(project, prompts);
        {
            HeldPool held;
            QMenu* menu = saveMenu(*first);
            menu->findChild<QAction*>(QStringLiteral("saveSvg"))->trigger();
            QTRY_VERIFY(!menu->isEnabled());
            first.reset();
        }
        RunCurves second(project, prompts);
        second.show();
        const auto* error = saveMenu(second)->parent()->parent()->findChild<InlineError*>();
        QTRY_VERIFY_WITH_TIMEOUT(error->isVisible(), kPatienceMs);
        QVERIFY2(error->text().startsWith(QStringLiteral("loss.svg: ")), qPrintable(error->text()));
        RunCurves third(project, prompts);
        third.show();
        QCOMPARE(saveMenu(third)->parent()->parent()->findChild<InlineError*>()->text(), error->text());
    }

    void validationImagesWithTheirAnswers() {
        Window window;
        // A run from the disk has none.
        training::RunStarted started;
        started.epochs = 10;
        window.curves.take(started);
        window.curves.take(epochOf(1, 0.5));
        QVERIFY(!window.live()->isVisible());
        // One that trains will have some.
        window.curves.take(training::BatchDone());
        QVERIFY(window.live()->isVisible());
        QVERIFY(!window.tiles()->isVisible());

        training::ValidationAnswers answers;
        answers.epoch = 3;
        for (int i = 0; i < 3; ++i) {
            const QString path = window.folder.filePath(QStringLiteral("%1.png").arg(i));
            QImage grey(64, 64, QImage::Format_RGB32);
            grey.fill(QColor(128, 128, 128));
            QVERIFY(grey.save(path));
            answers.images.push_back({path.toStdString(), "amber", i == 1 ? "blue" : "amber", 0.75});
        }
        window.curves.take(answers);
        QVERIFY(window.tiles()->isVisible());
        QCOMPARE(window.tiles()->rightCount(), 2);
        QTRY_COMPARE_WITH_TIMEOUT(window.tiles()->loadedCount(), 3, kPatienceMs);
        QCOMPARE(window.tiles()->describe(0), QStringLiteral("0.png: amber with 75.0 %, right"));
        QCOMPARE(window.tiles()->describe(1), QStringLiteral("1.png: blue with 75.0 %, in truth amber"));
        const auto labels = window.live()->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->text().contains(QStringLiteral("epoch 3")) &&
                   label->text().contains(QStringLiteral("2 of 3 right"));
        }));
        // The frame of a picture: green where it is right, red where it is wrong.
        const QImage drawn = window.tiles()->grab().toImage();
        const double ratio = drawn.devicePixelRatio();
        const auto frameOf = [&](std::size_t index) {
            const QPoint left = window.tiles()->tileRect(index).topLeft() + QPoint(0, 18);
            return drawn.pixelColor(static_cast<int>(left.x() * ratio), static_cast<int>(left.y() * ratio));
        };
        QVERIFY(frameOf(0).green() > frameOf(0).red());
        QVERIFY(frameOf(1).red() > frameOf(1).green());

        // The next epoch changes its mind; the pictures are not read again.
        answers.epoch = 4;
        answers.images[1].predicted = "amber";
        QFile::remove(QString::fromStdString(answers.images[0].path));
        window.curves.take(answers);
        QCOMPARE(window.tiles()->rightCount(), 3);
        QCOMPARE(window.tiles()->loadedCount(), 3);

        QTest::mouseClick(window.curves.findChild<QToolButton*>(QStringLiteral("foldAnswers")),
                          Qt::LeftButton);
        QVERIFY(!window.tiles()->isVisible());
        QVERIFY(window.live()->isVisible());
        Window next;
        next.curves.take(answers);
        QVERIFY(next.live()->isFolded() && !next.tiles()->isVisible());
        window.curves.clear(5);
        QVERIFY(!window.live()->isVisible());
    }

    void aRealRunTellsItsImages() {
        PageFixture fixture;
        fixture.scan();
        settings::TrainConfig config = fixture.project.config();
        config.runFolder = fixture.project.newRunFolder().toStdString();
        std::vector<training::TrainEvent> events;
        runtime::RunControl control;
        const auto report = training::train(
            config, *fixture.project.dataset(), [&](const auto& event) { events.push_back(event); }, control);
        QVERIFY(report.has_value());
        Window window;
        for (const training::TrainEvent& event : events)
            window.curves.take(event);
        window.curves.refresh();
        QCOMPARE(window.tiles()->answers().size(), std::size_t{6});  // there are no more
        QTRY_COMPARE_WITH_TIMEOUT(window.tiles()->loadedCount(), 6, kPatienceMs);
        QCOMPARE(window.plot("recallPlot")->names(),
                 (QStringList{QStringLiteral("amber"), QStringLiteral("blue"), QStringLiteral("cyan")}));
        QCOMPARE(window.plot("recallPlot")->curves()[0].values.size(), std::size_t{2});
        QCOMPARE(window.plot("lossPlot")->bestEpoch(), report->bestEpoch);
    }
};

QTEST_MAIN(RunCurvesTest)
#include "RunCurvesTest.moc"
