// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page tells the run that it shows from the next one, and says what became of a run's images.
#include <QDir>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest/QtTest>

#include "core/training/RunFolder.h"
#include "core/training/Trainer.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/session/RunHistory.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::makeSampleFolder;
using graft::ui::testing::PageFixture;

class TrainStateTest : public QObject {
    Q_OBJECT

  private:
    struct Window {
        explicit Window(PageFixture& fixture)
            : page(fixture.project, fixture.controller, fixture.prompts),
              finished(&fixture.controller, &TrainingController::finished) {
            page.resize(1080, 800);
            page.show();
        }
        QPushButton* button(const char* name) { return page.findChild<QPushButton*>(QLatin1String(name)); }
        void press(const char* name) { QTest::mouseClick(button(name), Qt::LeftButton); }
        QString subtitle() { return page.findChild<ElidedLabel*>(QStringLiteral("subtitle"))->text(); }
        bool says(const QString& words) {
            for (const QLabel* label : page.findChildren<QLabel*>()) {
                if (label->isVisible() && label->text().contains(words)) return true;
            }
            return false;
        }
        QString visibleErrors() {
            QStringList texts;
            for (const InlineError* error : page.findChildren<InlineError*>())
                if (error->isVisible()) texts << error->text();
            return texts.join(QLatin1Char('\n'));
        }
        TrainPage page;
        QSignalSpy finished;
    };

    static void setEpochs(PageFixture& fixture, int epochs) {
        settings::TrainConfig config = fixture.project.config();
        config.epochs = epochs;
        fixture.project.setConfig(config);
    }

    static QString rootOf(const QString& run) {
        return QString::fromStdString(training::readDataset(run.toStdString())->root);
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    // Between the reading of the folder and the start.
    void filesThatVanishedAreSaidAsTheRunStarts() {
        PageFixture fixture;
        fixture.scan();
        fixture.loseValidationImage();
        setEpochs(fixture, 1000);
        Window window(fixture);
        window.press("startTraining");
        const QString gone = QStringLiteral("1 image is not there any more and takes no part");
        QTRY_VERIFY_WITH_TIMEOUT(window.says(gone), kPatienceMs);
        QVERIFY(fixture.controller.isActive());
        window.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
    }

    // It was about images that are read again by now.
    void whyAStartWasRefusedGoesWhenTheFolderIsReadAgain() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        fixture.project.setCurrentRun(run);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("againTraining")->isVisible(), kPatienceMs);
        const data::DatasetIndex& dataset = *fixture.project.dataset();
        for (const std::size_t index : dataset.indicesOf(data::Split::Validation))
            QVERIFY(QFile::remove(QString::fromStdString(dataset.absolutePath(dataset.samples[index]))));
        window.press("againTraining");
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        QVERIFY(!window.visibleErrors().isEmpty());
        // What was looked at before is there again, under the reason.
        QTRY_VERIFY_WITH_TIMEOUT(fixture.controller.history().run().isIn(run), kPatienceMs);
        QVERIFY(!window.visibleErrors().isEmpty());
        fixture.scan();
        QCOMPARE(window.visibleErrors(), QString());
    }

    // "44 %" would look like a figure over all of them.
    void aClassThatVanishedStopsTheStart() {
        PageFixture fixture;
        fixture.scan();
        const data::DatasetIndex& dataset = *fixture.project.dataset();
        for (const std::size_t index : dataset.indicesOf(data::Split::Validation)) {
            const data::Sample& image = dataset.samples[index];
            if (dataset.classes[static_cast<std::size_t>(image.classIndex)] == "blue")
                QVERIFY(QFile::remove(QString::fromStdString(dataset.absolutePath(image))));
        }
        Window window(fixture);
        window.press("startTraining");
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        QVERIFY(window.says(QStringLiteral("all of a class among them")));
        QVERIFY(window.says(QStringLiteral("Read the folder again")));
    }

    void aChangedFolderIsSaidBeforeTheStart() {
        PageFixture fixture;
        Window window(fixture);
        fixture.scan();
        // The folder is watched as soon as its thread gets to it: from then on nothing is missed.
        int more = 0;
        const auto isSaid = [&] {
            static_cast<void>(graft::ui::testing::sampleImage(1, static_cast<quint32>(900 + more))
                                  .save(fixture.images + QStringLiteral("/blue/more%1.png").arg(more)));
            ++more;
            return window.says(QStringLiteral("has changed since it was read"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(), kPatienceMs);
        window.press("readAgain");
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QVERIFY(fixture.project.dataset()->samples.size() > 30);
        QVERIFY(!window.says(QStringLiteral("has changed since it was read")));
    }

    void theSettingsAreTheNextRunsAndTheShownOnesCanBeTakenOver() {
        PageFixture fixture;
        const QString run = fixture.trainRun(2);
        Window window(fixture);
        QVERIFY(window.says(QStringLiteral("SETTINGS OF THE NEXT RUN")));
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("againTraining")->isVisible(), kPatienceMs);
        QVERIFY(!window.button("useRunSettings")->isVisible());
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 17;
        config.optimizer.learningRate = 0.25;
        fixture.project.setConfig(config);
        QVERIFY(window.button("useRunSettings")->isVisible());
        QVERIFY(window.says(QStringLiteral("had other settings")));
        QVERIFY(window.says(QStringLiteral("0.001")));
        window.press("useRunSettings");
        QCOMPARE(fixture.project.config().epochs, 2);
        QCOMPARE(fixture.project.config().optimizer.learningRate, 0.001);
        QCOMPARE(fixture.project.folder(), fixture.images);
        QVERIFY(fixture.project.config().runFolder.empty());
        QVERIFY(!window.button("useRunSettings")->isVisible());
    }

    void anotherBackboneIsTakenOverWithItsSettings() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("useRunSettings")->isVisible(), kPatienceMs);
        window.press("useRunSettings");
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().backbone, std::string("squeezenet1_1"),
                                  kPatienceMs);
        QCOMPARE(fixture.project.config().preprocess.cropSize, 64);
        QCOMPARE(fixture.project.defaults().backbone, std::string("squeezenet1_1"));
        QVERIFY(!window.button("useRunSettings")->isVisible());
    }

    void whatTrainsOnOtherImagesNamesThem() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        const QString meadow = fixture.directory.filePath(QStringLiteral("meadow"));
        QVERIFY(makeSampleFolder(meadow, {"amber", "blue"}, 6));
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("againTraining")->isVisible(), kPatienceMs);
        QCOMPARE(window.button("againTraining")->text(), QStringLiteral("Train again"));
        fixture.project.setFolder(meadow);
        QCOMPARE(window.button("againTraining")->text(), QStringLiteral("Train again on meadow"));
        fixture.project.setFolder(fixture.images);
        QCOMPARE(window.button("againTraining")->text(), QStringLiteral("Train again"));
    }

    void aRunThatIsGoingOnNamesItsImages() {
        PageFixture fixture;
        fixture.scan();
        setEpochs(fixture, 1000);
        Window window(fixture);
        window.press("startTraining");
        QTRY_VERIFY_WITH_TIMEOUT(window.subtitle().contains(QStringLiteral("images/s")), kPatienceMs);
        // Whatever is chosen meanwhile.
        fixture.project.setFolder(fixture.directory.filePath(QStringLiteral("meadow")));
        QVERIFY2(window.subtitle().contains(QStringLiteral("pictures")), qPrintable(window.subtitle()));
        window.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
    }

    void aRunWhoseImagesHaveMovedGoesOnWhereAPersonSays() {
        PageFixture fixture;
        const QString run = fixture.stoppedRun();
        const QString moved = fixture.moveImages();
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("locateRunImages")->isVisible(), kPatienceMs);
        fixture.prompts.folder = moved;
        window.press("locateRunImages");
        QTRY_COMPARE_WITH_TIMEOUT(window.finished.count(), 1, kPatienceMs);
        const auto opened = training::openRun(run.toStdString());
        QVERIFY2(opened && opened->completed, qPrintable(window.subtitle()));
        QCOMPARE(rootOf(run), QFileInfo(moved).canonicalFilePath());
        finishBackgroundWork();
        QVERIFY(!window.button("locateRunImages")->isVisible());
    }

    void aFinishedRunIsToldWhereItsImagesAre() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        const QString moved = fixture.moveImages();
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("locateRunImages")->isVisible(), kPatienceMs);
        // Not just any folder.
        const QString others = fixture.directory.filePath(QStringLiteral("others"));
        QVERIFY(makeSampleFolder(others, {"amber", "blue", "cyan"}, 10, 48));
        fixture.prompts.folder = others;
        window.press("locateRunImages");
        QTRY_VERIFY_WITH_TIMEOUT(window.says(QStringLiteral("Give the folder that holds the images")),
                                 kPatienceMs);
        QVERIFY(rootOf(run) != others);
        fixture.prompts.folder = moved;
        window.press("locateRunImages");
        QTRY_COMPARE_WITH_TIMEOUT(rootOf(run), QFileInfo(moved).canonicalFilePath(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!window.button("locateRunImages")->isVisible(), kPatienceMs);
        QCOMPARE(window.finished.count(), 0);  // nothing was trained for it
    }
};

QTEST_MAIN(TrainStateTest)
#include "TrainStateTest.moc"
