// SPDX-License-Identifier: GPL-3.0-or-later
// The Export page where something is missing: the run's images, or room on the disk.
#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QPushButton>
#include <QScopeGuard>
#include <QtTest/QtTest>

#include "core/training/RunFolder.h"
#include "tests/support/FailingDevice.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/export/ExportPage.h"
#include "ui/export/ProofList.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::makeSampleFolder;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class ExportStateTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<ExportPage> {
        explicit Window(PageFixture& fixture) : PageWindow(fixture) {}
        QPushButton* start() { return get<QPushButton>("startExport"); }
        ProofList* proof() { return get<ProofList>("proof"); }
        void tick(const char* name) {
            QTest::mouseClick(get<QCheckBox>(name), Qt::LeftButton, {}, QPoint(8, 8));
        }
    };

    static QString makeFolder(PageFixture& fixture) {
        const QString folder = fixture.directory.filePath(QStringLiteral("models"));
        if (!QDir().mkpath(folder)) qFatal("cannot make a folder");
        return folder;
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void aFullDiskIsSaidAndTheWindowGoesOn_data() {
        QTest::addColumn<int>("change");  // of the folder, from which on there is no room
        QTest::newRow("from the start") << 1;
        QTest::newRow("in the middle") << 3;
    }

    void aFullDiskIsSaidAndTheWindowGoesOn() {
        QFETCH(int, change);
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        const QString folder = makeFolder(fixture);
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled(), kPatienceMs);
        window.type("exportFolder", folder);
        window.tick("safetensors");
        {
            const auto room = qScopeGuard([] { test::setDevice("", test::DeviceDoes::Nothing, 0); });
            test::setDevice(folder.toStdString(), test::DeviceDoes::Full, change);
            window.press(window.start());
            QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled(), kPatienceMs);
        }
        QVERIFY(window.page.isVisible());
        QCOMPARE(window.proof()->provenCount(), 0);
        for (const int file : {0, 1}) {
            const QString said = window.proof()->textOf(file);
            QVERIFY2(said.contains(QStringLiteral("No space left")), qPrintable(said));
        }
        QCOMPARE(QDir(folder).entryList({QStringLiteral("*.pt"), QStringLiteral("*.safetensors")}),
                 QStringList());
        // With room again it is enough to press once more.
        window.press(window.start());
        QTRY_COMPARE_WITH_TIMEOUT(window.proof()->provenCount(), 2, kPatienceMs);
    }

    void aFailureLeavesTheOlderFileAndSaysSo() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        const QString folder = makeFolder(fixture);
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled(), kPatienceMs);
        window.type("exportFolder", folder);
        window.press(window.start());
        QTRY_COMPARE_WITH_TIMEOUT(window.proof()->provenCount(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled(), kPatienceMs);
        QVERIFY(window.says(QStringLiteral("A file whose answers differ is not kept.")));
        const QStringList models = QDir(folder).entryList({QStringLiteral("*.pt")}, QDir::Files);
        QCOMPARE(models.size(), 1);
        const auto content = [&] {
            QFile file(folder + QLatin1Char('/') + models[0]);
            return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
        };
        const QByteArray before = content();
        {
            const auto room = qScopeGuard([] { test::setDevice("", test::DeviceDoes::Nothing, 0); });
            test::setDevice(folder.toStdString(), test::DeviceDoes::Full, 1);
            window.press(window.start());
            QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled() && window.proof()->provenCount() == 0,
                                     kPatienceMs);
        }
        QVERIFY(!before.isEmpty() && content() == before);
        const QString said = window.proof()->textOf(0);
        QVERIFY2(said.contains(QStringLiteral("No space left")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("was there before is unchanged")), qPrintable(said));
        QVERIFY(!window.says(QStringLiteral("answers differ")));
        QCOMPARE(window.proof()->findChild<Pill*>()->text(), QStringLiteral("not written"));
    }

    void aStoppedRunIsToldWhereItsImagesAre() {
        PageFixture fixture;
        const QString run = fixture.stoppedRun();
        const QString moved = fixture.moveImages();
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.get<QPushButton>("locateImages")->isVisible(), kPatienceMs);
        fixture.prompts.folder = moved;
        window.press(window.get<QPushButton>("locateImages"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.get<QCheckBox>("exportUnverified")->isVisible(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled(), kPatienceMs);
        window.type("exportFolder", makeFolder(fixture));
        window.press(window.start());
        QTRY_COMPARE_WITH_TIMEOUT(window.proof()->provenCount(), 1, kPatienceMs);
        // Nothing was trained for it, and it can still be continued.
        const auto opened = training::openRun(run.toStdString());
        QVERIFY(opened && !opened->completed && opened->resumable);
        QCOMPARE(opened->epochs.size(), std::size_t{1});
        QVERIFY(training::checkResumable(*opened));
    }

    void aRunWithoutItsImagesIsExportedUnverified() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        fixture.moveImages();
        const QString folder = makeFolder(fixture);
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.get<QCheckBox>("exportUnverified")->isVisible(), kPatienceMs);
        window.type("exportFolder", folder);
        QVERIFY(!window.start()->isEnabled());
        QVERIFY2(window.visibleErrors().contains(QStringLiteral("without verification")),
                 qPrintable(window.visibleErrors()));
        window.tick("exportUnverified");
        QVERIFY(window.start()->isEnabled());
        window.press(window.start());
        QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled(), kPatienceMs);
        QCOMPARE(window.proof()->provenCount(), 0);
        const QString said = window.proof()->textOf(0);
        QVERIFY2(said.contains(QStringLiteral("Not compared")), qPrintable(said));
        QCOMPARE(QDir(folder).entryList({QStringLiteral("*.pt")}).size(), 1);
    }

    void theImagesNewPlaceIsAskedFor() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        const QString moved = fixture.moveImages();
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(window.get<QPushButton>("locateImages")->isVisible(), kPatienceMs);
        const QString others = fixture.directory.filePath(QStringLiteral("others"));
        QVERIFY(makeSampleFolder(others, {"amber", "blue", "cyan"}, 10, 48));
        fixture.prompts.folder = others;
        window.press(window.get<QPushButton>("locateImages"));
        QTRY_VERIFY2_WITH_TIMEOUT(
            window.visibleErrors().contains(QStringLiteral("Give the folder that holds the images")),
            qPrintable(window.visibleErrors()), kPatienceMs);

        fixture.prompts.folder = moved;
        window.press(window.get<QPushButton>("locateImages"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.get<QCheckBox>("exportUnverified")->isVisible(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.start()->isEnabled(), kPatienceMs);
        window.type("exportFolder", makeFolder(fixture));
        window.press(window.start());
        QTRY_COMPARE_WITH_TIMEOUT(window.proof()->provenCount(), 1, kPatienceMs);
    }
};

QTEST_MAIN(ExportStateTest)
#include "ExportStateTest.moc"
