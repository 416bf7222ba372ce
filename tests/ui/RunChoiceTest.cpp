// SPDX-License-Identifier: GPL-3.0-or-later
// Which run the Train page shows when one ends while a person looks at another, and what is said of which.
#include <dlfcn.h>

#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest/QtTest>
#include <cerrno>
#include <cstdio>
#include <functional>

#include "core/backbones/ModelSummary.h"
#include "core/training/FeatureCache.h"
#include "core/training/RunFolder.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/plots/CurvePlot.h"
#include "ui/session/Background.h"
#include "ui/train/CachePanel.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/InlineError.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::makeSampleFolder;
using graft::ui::testing::PageFixture;

namespace {

bool nothingIsRemoved = false;

}  // namespace

// Stands before the C library's: rights do not bind where root runs the test.
extern "C" int remove(const char* path) noexcept {
    static auto* const next = reinterpret_cast<decltype(&remove)>(dlsym(RTLD_NEXT, "remove"));
    if (!nothingIsRemoved) return next(path);
    errno = EACCES;
    return -1;
}

class RunChoiceTest : public QObject {
    Q_OBJECT

  private:
    struct Window {
        explicit Window(PageFixture& fixture)
            : page(fixture.project, fixture.controller, fixture.prompts),
              finished(&fixture.controller, &TrainingController::finished) {
            page.findChild<FoldHeader*>(QStringLiteral("foldFeature cache"))->setChecked(true);
            page.resize(1080, 800);
            page.show();
        }
        QPushButton* button(const char* name) { return page.findChild<QPushButton*>(QLatin1String(name)); }
        void press(const char* name) { QTest::mouseClick(button(name), Qt::LeftButton); }
        QString subtitle() { return page.findChild<ElidedLabel*>(QStringLiteral("subtitle"))->text(); }
        QString error() {
            auto* error = page.findChild<InlineError*>(QString(), Qt::FindDirectChildrenOnly);
            return error->isVisible() ? error->text() : QString();
        }
        int epochs() { return page.findChild<CurvePlot*>(QStringLiteral("lossPlot"))->validationCount(); }
        CachePanel* cache() { return page.findChild<CachePanel*>(); }
        QString cacheError() { return cache()->findChild<InlineError*>()->text(); }
        bool cacheSays(const QString& sentence) {
            for (const QLabel* label : cache()->findChildren<QLabel*>()) {
                if (label->isVisibleTo(&page) && label->text() == sentence) return true;
            }
            return false;
        }
        TrainPage page;
        QSignalSpy finished;
    };

    static void finishBackgroundWork() {
        for (int round = 0; round < 3; ++round) {
            QVERIFY(backgroundPool().waitForDone());
            QCoreApplication::processEvents();
        }
    }

    static QString nameOf(const QString& run) { return QFileInfo(run).fileName(); }

    // Trains, and does this as soon as the first batch is through.
    static void trainWhile(PageFixture& fixture, Window& window, const std::function<void()>& meanwhile) {
        bool done = false;
        const auto once = connect(&fixture.controller, &TrainingController::eventsArrived, &window.page,
                                  [&](const std::vector<training::TrainEvent>& events) {
                                      for (const auto& event : events) {
                                          if (done || !std::holds_alternative<training::BatchDone>(event))
                                              continue;
                                          done = true;
                                          meanwhile();
                                      }
                                  });
        window.press(window.button("againTraining")->isVisible() ? "againTraining" : "startTraining");
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        disconnect(once);
        QVERIFY(done);
        finishBackgroundWork();
    }

    static void freezeEverything(PageFixture& fixture) {
        settings::TrainConfig config = fixture.project.config();
        config.freeze = backbones::freezeAll(backbones::listUnits(config.backbone).value());
        fixture.project.setConfig(config);
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void withoutAChoiceTheNewRunIsTheOne() {
        PageFixture fixture;
        const QString before = fixture.trainRun(1);
        fixture.project.setCurrentRun(before);
        Window window(fixture);
        finishBackgroundWork();
        trainWhile(fixture, window, [] {});
        QVERIFY(fixture.project.currentRun() != before);
        QCOMPARE(fixture.project.currentRun(), fixture.controller.runFolder());
        QVERIFY2(!window.subtitle().contains(QStringLiteral("another run")), qPrintable(window.subtitle()));
    }

    void aChoiceThatWasMadeMeanwhileStays_data() {
        QTest::addColumn<bool>("isTheOneBefore");
        QTest::newRow("another run") << false;
        QTest::newRow("the one that was shown before") << true;
    }

    void aChoiceThatWasMadeMeanwhileStays() {
        QFETCH(bool, isTheOneBefore);
        PageFixture fixture;
        const QString first = fixture.trainRun(1);
        const QString second = fixture.trainRun(3);
        const QString chosen = isTheOneBefore ? first : second;
        fixture.project.setCurrentRun(first);
        Window window(fixture);
        finishBackgroundWork();
        trainWhile(fixture, window, [&] {
            // As the list does it.
            if (isTheOneBefore) return fixture.project.reopenCurrentRun();
            fixture.project.setCurrentRun(chosen);
        });
        const QString trained = fixture.controller.runFolder();
        QCOMPARE(fixture.project.currentRun(), chosen);
        // The page still shows what has just been trained, and says so.
        QCOMPARE(window.epochs(), 2);
        QVERIFY2(window.subtitle().contains(nameOf(trained)), qPrintable(window.subtitle()));
        QVERIFY2(window.subtitle().contains(QStringLiteral("another run is chosen")),
                 qPrintable(window.subtitle()));
        QCOMPARE(window.error(), QString());

        // Its results are one click away.
        QSignalSpy next(&window.page, &TrainPage::nextRequested);
        window.press("nextToResults");
        QCOMPARE(next.count(), 1);
        QCOMPARE(fixture.project.currentRun(), trained);
        finishBackgroundWork();
        QVERIFY2(!window.subtitle().contains(QStringLiteral("another run")), qPrintable(window.subtitle()));
        // And whoever chooses again sees what he chooses.
        fixture.project.setCurrentRun(second);
        finishBackgroundWork();
        QCOMPARE(window.epochs(), 3);
        QVERIFY2(window.subtitle().contains(nameOf(second)), qPrintable(window.subtitle()));
    }

    void aFailureIsReadBesideTheChoice() {
        PageFixture fixture;
        const QString before = fixture.trainRun(1);
        fixture.scan();
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 1000;
        fixture.project.setConfig(config);
        Window window(fixture);
        trainWhile(fixture, window, [&] {
            fixture.project.setCurrentRun(before);
            QVERIFY(QDir(fixture.images).removeRecursively());
        });
        QCOMPARE(fixture.project.currentRun(), before);
        QVERIFY2(window.error().contains(QStringLiteral("can no longer be read")),
                 qPrintable(window.error()));
        QVERIFY2(window.subtitle().contains(nameOf(fixture.controller.runFolder())),
                 qPrintable(window.subtitle()));
    }

    void aStoppedRunIsContinuedBesideTheChoice() {
        PageFixture fixture;
        const QString before = fixture.trainRun(1);
        Window window(fixture);
        trainWhile(fixture, window, [&] {
            fixture.project.setCurrentRun(before);
            fixture.controller.stop();
        });
        QCOMPARE(fixture.project.currentRun(), before);
        QVERIFY(window.button("continueTraining")->isVisible());
        const QString trained = fixture.controller.runFolder();
        window.press("continueTraining");
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 2, kPatienceMs);
        finishBackgroundWork();
        QCOMPARE(fixture.project.currentRun(), trained);
        QVERIFY(training::openRun(trained.toStdString())->completed);
    }

    void theCachesSentenceBelongsToTheRun_data() {
        QTest::addColumn<bool>("anotherRun");
        QTest::newRow("another run") << true;
        QTest::newRow("another data set") << false;
    }

    void theCachesSentenceBelongsToTheRun() {
        QFETCH(bool, anotherRun);
        PageFixture fixture;
        qputenv("XDG_CACHE_HOME", fixture.directory.filePath(QStringLiteral("cache")).toLocal8Bit());
        const QString before = fixture.trainRun(1);
        freezeEverything(fixture);
        Window window(fixture);
        QString sentence;
        connect(&fixture.controller, &TrainingController::eventsArrived, &window.page,
                [&sentence](const std::vector<training::TrainEvent>& events) {
                    for (const auto& event : events) {
                        if (const auto* state = std::get_if<training::CacheState>(&event))
                            sentence = QString::fromStdString(state->message.english());
                    }
                });
        // Neither a look at another run nor another folder takes it from the run that trains.
        bool stayed = false;
        trainWhile(fixture, window, [&] {
            fixture.project.setCurrentRun(before);
            fixture.project.setFolder(fixture.directory.filePath(QStringLiteral("others")));
            stayed = window.cacheSays(sentence);
        });
        QVERIFY(!sentence.isEmpty());
        QVERIFY(stayed);
        QVERIFY(window.cacheSays(sentence));
        if (anotherRun) {
            fixture.project.reopenCurrentRun();
            finishBackgroundWork();
            QVERIFY2(window.subtitle().contains(nameOf(before)), qPrintable(window.subtitle()));
        } else {
            fixture.project.setFolder(fixture.images);
        }
        QVERIFY(!window.cacheSays(sentence));
    }

    void theCachesErrorGoesWithTheRun() {
        PageFixture fixture;
        qputenv("XDG_CACHE_HOME", fixture.directory.filePath(QStringLiteral("cache")).toLocal8Bit());
        const QString before = fixture.trainRun(1);
        QVERIFY(QDir().mkpath(QString::fromStdString(training::featureCacheFolder())));
        QFile kept(QString::fromStdString(training::featureCacheFolder()) + QStringLiteral("/oak.features"));
        QVERIFY(kept.open(QIODevice::WriteOnly) && kept.write("features") > 0);
        kept.close();
        Window window(fixture);
        finishBackgroundWork();
        nothingIsRemoved = true;
        window.press("clearCache");
        finishBackgroundWork();
        nothingIsRemoved = false;
        QVERIFY2(window.cacheError().contains(QStringLiteral("oak.features")),
                 qPrintable(window.cacheError()));
        window.cache()->refresh();  // that it can be read does not mean that it was cleared
        finishBackgroundWork();
        QVERIFY(!window.cacheError().isEmpty());
        fixture.project.setCurrentRun(before);
        finishBackgroundWork();
        QCOMPARE(window.cacheError(), QString());
        QVERIFY(window.button("clearCache")->isEnabled());
        window.press("clearCache");
        finishBackgroundWork();
        QVERIFY(!kept.exists());
    }
};

QTEST_MAIN(RunChoiceTest)
#include "RunChoiceTest.moc"
