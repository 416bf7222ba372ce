// SPDX-License-Identifier: GPL-3.0-or-later
// The Export page: real files from a real run, opened again, and the model tried on pictures.
#include <QCheckBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QLineEdit>
#include <QMimeData>
#include <QPushButton>
#include <QRegularExpression>
#include <QUrl>
#include <QtTest/QtTest>

#include "core/inference/ModelFormat.h"
#include "core/inference/Predictor.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/export/DropZone.h"
#include "ui/export/ExportPage.h"
#include "ui/export/ProofList.h"
#include "ui/export/TryPanel.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PredictionView.h"
#include "ui/widgets/ThumbnailGrid.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;
using graft::ui::testing::sampleImage;

class ExportPageTest : public QObject {
    Q_OBJECT

  private:
    using Window = PageWindow<ExportPage>;

    std::unique_ptr<PageFixture> m_fixture;
    QString m_run;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        m_fixture = std::make_unique<PageFixture>();
        m_run = m_fixture->trainRun(1);
    }
    void cleanupTestCase() { m_fixture.reset(); }
    void cleanup() {
        m_fixture->project.setCurrentRun({});
        m_fixture->forgetPages();
        m_fixture->prompts.questions.clear();
    }

    void nothingToExportWithoutARun() {
        Window window(*m_fixture);
        QVERIFY(!window.get<QPushButton>("startExport")->isEnabled());
        QVERIFY(!window.get<DropZone>("tryDrop")->isEnabled());
    }

    void exportsAndProvesBothFormats() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* start = window.get<QPushButton>("startExport");
        QTRY_VERIFY(start->isEnabled());
        QCOMPARE(start->text(), QStringLiteral("Export 1 file"));
        QTest::mouseClick(window.get<QCheckBox>("safetensors"), Qt::LeftButton, {}, QPoint(8, 8));
        QCOMPARE(start->text(), QStringLiteral("Export 2 files"));

        m_fixture->prompts.saveFolder = m_fixture->directory.filePath(QStringLiteral("models/new"));
        QTest::mouseClick(window.get<QPushButton>("chooseExportFolder"), Qt::LeftButton);
        QTRY_COMPARE(window.get<QLineEdit>("exportFolder")->text(), m_fixture->prompts.saveFolder);
        window.type("exportName", QStringLiteral("colours"));

        QTest::mouseClick(start, Qt::LeftButton);
        QVERIFY(!start->isEnabled());
        auto* proof = window.get<ProofList>("proof");
        QTRY_COMPARE_WITH_TIMEOUT(proof->provenCount(), 2, kPatienceMs);
        const std::size_t validationImages = m_fixture->project.dataset()->countOf(data::Split::Validation);
        QVERIFY2(proof->textOf(0).startsWith(QStringLiteral("%1 of %1 the same class").arg(validationImages)),
                 qPrintable(proof->textOf(0)));
        QVERIFY(!proof->textOf(0).contains(QStringLiteral("not compared")));
        for (const char* name : {"/colours.pt", "/colours.safetensors"}) {
            const QString file = m_fixture->prompts.saveFolder + QLatin1String(name);
            QVERIFY2(QFile::exists(file), qPrintable(file));
            QVERIFY(inference::Predictor::open(file.toStdString(), "cpu").has_value());
        }
        QTRY_VERIFY(start->isEnabled());
    }

    void everyFormatHasItsRow() {
        if (inference::findFormat("test-format") == nullptr) {
            inference::addFormat({.name = "test-format",
                                  .label = "Test format",
                                  .help = "Of this test alone",
                                  .extension = ".test"});
        }
        Window window(*m_fixture);
        for (const inference::ModelFormat& format : inference::modelFormats()) {
            const auto* box = window.get<QCheckBox>(format.name.c_str());
            QVERIFY2(box != nullptr, format.name.c_str());
            QCOMPARE(box->text(), QString::fromStdString(format.label));
            QCOMPARE(box->accessibleDescription(), QString::fromStdString(format.help));
            QCOMPARE(box->isChecked(), format.name == "torchscript");
        }
        QTest::mouseClick(window.get<QCheckBox>("test-format"), Qt::LeftButton, {}, QPoint(8, 8));
        QCOMPARE(window.get<QPushButton>("startExport")->text(), QStringLiteral("Export 2 files"));
    }

    void saysHowManyImagesItCouldNotCompare() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        fixture.loseValidationImage();
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        auto* start = window.get<QPushButton>("startExport");
        QTRY_VERIFY(start->isEnabled());
        window.type("exportFolder", fixture.directory.filePath(QStringLiteral("models")));
        QTest::mouseClick(start, Qt::LeftButton);
        auto* proof = window.get<ProofList>("proof");
        QTRY_COMPARE_WITH_TIMEOUT(proof->provenCount(), 1, kPatienceMs);
        const QString text = proof->textOf(0);
        QVERIFY2(text.startsWith(QStringLiteral("5 of 5 the same class")), qPrintable(text));
        QVERIFY2(
            text.contains(QStringLiteral("1 validation image can no longer be read and was not compared")),
            qPrintable(text));
    }

    void saysWhatTheAccuracyRestsOn() {
        PageFixture fixture;
        fixture.scan();
        fixture.loseValidationImage();
        const QString run = fixture.trainScanned(1);
        Window window(fixture);
        const auto* subtitle = window.get<ElidedLabel>("subtitle");
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY2(subtitle->text().contains(QStringLiteral(" % of 5 validation images")),
                     qPrintable(subtitle->text()));

        // Runs of older versions did not count them.
        QFile metrics(run + QStringLiteral("/metrics.jsonl"));
        QVERIFY(metrics.open(QIODevice::ReadWrite));
        QString lines = QString::fromUtf8(metrics.readAll());
        lines.remove(QRegularExpression(QStringLiteral(",\"(train_images|val_images\\w*)\":\\w+")));
        QVERIFY(!lines.contains(QStringLiteral("val_images")));
        QVERIFY(metrics.resize(0));
        metrics.seek(0);
        metrics.write(lines.toUtf8());
        metrics.close();
        fixture.project.notifyRunsChanged();
        QTRY_VERIFY2(subtitle->text().endsWith(QStringLiteral(" %")), qPrintable(subtitle->text()));
    }

    void asksBeforeItReplacesAFile() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* start = window.get<QPushButton>("startExport");
        QTRY_VERIFY(start->isEnabled());
        const QString folder = m_fixture->directory.filePath(QStringLiteral("taken"));
        QDir().mkpath(folder);
        QFile old(folder + QStringLiteral("/mine.pt"));
        QVERIFY(old.open(QIODevice::WriteOnly));
        old.write("mine");
        old.close();
        window.type("exportFolder", folder);
        window.type("exportName", QStringLiteral("mine"));

        m_fixture->prompts.yes = false;
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_COMPARE(m_fixture->prompts.questions.size(), 1);
        QVERIFY(m_fixture->prompts.questions.first().contains(QStringLiteral("mine.pt")));
        QVERIFY(start->isEnabled());
        QCOMPARE(QFile(old.fileName()).size(), 4);

        // What is no export is not lost by a quick answer.
        m_fixture->prompts.yes = true;
        QTest::mouseClick(start, Qt::LeftButton);
        auto* proof = window.get<ProofList>("proof");
        QTRY_VERIFY_WITH_TIMEOUT(proof->textOf(0).contains(QStringLiteral("choose another name")),
                                 kPatienceMs);
        QCOMPARE(QFile(old.fileName()).size(), 4);

        QVERIFY(QFile::remove(old.fileName()));
        QTRY_VERIFY(start->isEnabled());
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_COMPARE_WITH_TIMEOUT(proof->provenCount(), 1, kPatienceMs);
        QCOMPARE(m_fixture->prompts.questions.size(), 2);
        QTRY_VERIFY(start->isEnabled());
        QVERIFY(QFile(old.fileName()).resize(0));
        QTest::mouseClick(start, Qt::LeftButton);  // an earlier export is replaced
        QTRY_COMPARE(m_fixture->prompts.questions.size(), 3);
        QTRY_VERIFY_WITH_TIMEOUT(QFile(old.fileName()).size() > 1000, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(proof->provenCount(), 1, kPatienceMs);
        QVERIFY(QFile(old.fileName()).size() > 1000);
    }

    void aNameBelongsToItsRun() {
        const QString other = m_fixture->trainRun(1);
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* start = window.get<QPushButton>("startExport");
        auto* name = window.get<QLineEdit>("exportName");
        QTRY_VERIFY(start->isEnabled());
        const QString proposed = name->text();
        window.type("exportName", QStringLiteral("mine"));
        m_fixture->project.setCurrentRun(other);
        QTRY_COMPARE(name->text(), proposed);  // of the same images and backbone
        m_fixture->project.setCurrentRun(m_run);
        QTRY_COMPARE(name->text(), QStringLiteral("mine"));
    }

    void anEndingIsNotDoubled() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* start = window.get<QPushButton>("startExport");
        QTRY_VERIFY(start->isEnabled());
        const QString folder = m_fixture->directory.filePath(QStringLiteral("endings"));
        QVERIFY(QDir().mkpath(folder));
        window.type("exportFolder", folder);
        window.type("exportName", QStringLiteral("x.pt"));
        window.press(start);
        QTRY_COMPARE_WITH_TIMEOUT(window.get<ProofList>("proof")->provenCount(), 1, kPatienceMs);
        QCOMPARE(QDir(folder).entryList({QStringLiteral("*.pt")}), QStringList{QStringLiteral("x.pt")});
    }

    void aNameThatIsTooLongIsSaid() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* start = window.get<QPushButton>("startExport");
        QTRY_VERIFY(start->isEnabled());
        const QString folder = m_fixture->directory.filePath(QStringLiteral("long"));
        QVERIFY(QDir().mkpath(folder));
        window.type("exportFolder", folder);
        window.get<QLineEdit>("exportName")->setText(QString(300, u'x'));
        window.press(start);
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kPatienceMs);
        const QString said = window.get<ProofList>("proof")->textOf(0);
        QVERIFY2(said.contains(QStringLiteral("name is too long")), qPrintable(said));
        QVERIFY2(!said.contains(QStringLiteral("free space")), qPrintable(said));
    }

    void saysWhatIsMissing() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* start = window.get<QPushButton>("startExport");
        QTRY_VERIFY(start->isEnabled());
        auto* error = window.page.findChild<InlineError*>();
        QTest::mouseClick(window.get<QCheckBox>("torchscript"), Qt::LeftButton, {}, QPoint(8, 8));
        QVERIFY(!start->isEnabled());
        QVERIFY(error->isVisible());
        QTest::mouseClick(window.get<QCheckBox>("torchscript"), Qt::LeftButton, {}, QPoint(8, 8));
        QVERIFY(!error->isVisible());
        window.type("exportName", QStringLiteral("../up"));
        QVERIFY(!start->isEnabled());
        QVERIFY(error->isVisible());
    }

    void aFolderThatCannotBeWrittenIsSaid() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* start = window.get<QPushButton>("startExport");
        QTRY_VERIFY(start->isEnabled());
        // A file stands where the folder should be: nobody may write there, not even an administrator.
        const QString file = m_fixture->directory.filePath(QStringLiteral("file"));
        QFile blocker(file);
        QVERIFY(blocker.open(QIODevice::WriteOnly));
        window.type("exportFolder", file + QStringLiteral("/inside"));
        QTest::mouseClick(start, Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kPatienceMs);
        auto* proof = window.get<ProofList>("proof");
        QCOMPARE(proof->provenCount(), 0);
        QVERIFY(!proof->textOf(0).isEmpty());
    }

    void droppedPicturesGetTheModelsAnswer() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        QTRY_VERIFY(window.get<DropZone>("tryDrop")->isEnabled());
        const QString folder = m_fixture->directory.filePath(QStringLiteral("new"));
        QDir().mkpath(folder);
        QVERIFY(sampleImage(0, 500).save(folder + "/a.png"));
        QVERIFY(sampleImage(1, 501).save(folder + "/b.png"));

        QMimeData mime;
        mime.setUrls({QUrl::fromLocalFile(folder)});
        auto* panel = window.page.findChild<TryPanel*>();
        QDragEnterEvent enter({10, 10}, Qt::CopyAction, &mime, Qt::LeftButton, {});
        QCoreApplication::sendEvent(panel, &enter);
        QVERIFY(enter.isAccepted());
        QDropEvent drop(QPointF(10, 10), Qt::CopyAction, &mime, Qt::LeftButton, {});
        QCoreApplication::sendEvent(panel, &drop);

        auto* images = window.get<ThumbnailGrid>("tryImages");
        QTRY_COMPARE(images->imageCount(), 2);
        auto* detail = window.get<PredictionView>("tryDetail");
        QTRY_COMPARE_WITH_TIMEOUT(detail->bars().entries().size(), std::size_t{3}, kPatienceMs);

        auto predictor = inference::Predictor::open(m_run.toStdString(), "cpu");
        QVERIFY(predictor.has_value());
        const auto expected = predictor->predict(images->imagePath(0).toStdString());
        QVERIFY(expected.has_value());
        QCOMPARE(detail->bars().entries().front().name.toStdString(), expected->front().name);
        QVERIFY(std::abs(detail->bars().entries().front().probability - expected->front().probability) <
                1e-4);
    }

    void aFolderIsTriedByKeys() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* button = window.get<QPushButton>("tryFolder");
        QVERIFY(!button->isEnabled());
        QTRY_VERIFY(button->isEnabled());
        const QString folder = m_fixture->directory.filePath(QStringLiteral("by keys"));
        QDir().mkpath(folder);
        QVERIFY(sampleImage(0, 510).save(folder + "/a.png"));
        QVERIFY(sampleImage(1, 511).save(folder + "/b.png"));
        QVERIFY(sampleImage(2, 512).save(folder + "/c.png"));
        m_fixture->prompts.folder = folder;
        QTest::keyClick(button, Qt::Key_Space);
        QCOMPARE(m_fixture->prompts.questions, QStringList(QStringLiteral("Choose a folder of pictures")));
        QTRY_COMPARE_WITH_TIMEOUT(window.get<ThumbnailGrid>("tryImages")->imageCount(), 3, kPatienceMs);
        m_fixture->prompts.folder.clear();
    }

    void chosenPicturesAreTriedToo() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* drop = window.get<DropZone>("tryDrop");
        QTRY_VERIFY(drop->isEnabled());
        const QString good = m_fixture->directory.filePath(QStringLiteral("good.png"));
        const QString bad = m_fixture->directory.filePath(QStringLiteral("bad.png"));
        QVERIFY(sampleImage(2, 502).save(good));
        QFile damaged(bad);
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write("no picture");
        damaged.close();
        m_fixture->prompts.files = QStringList{bad, good};
        QTest::mouseClick(drop, Qt::LeftButton);
        auto* images = window.get<ThumbnailGrid>("tryImages");
        QTRY_COMPARE(images->imageCount(), 2);
        auto* detail = window.get<PredictionView>("tryDetail");
        QTRY_VERIFY_WITH_TIMEOUT(detail->remark().contains(QStringLiteral("bad.png")), kPatienceMs);
        QTest::mouseClick(images->viewport(), Qt::LeftButton, {}, images->imageRect(1).center());
        QTRY_COMPARE_WITH_TIMEOUT(detail->bars().entries().size(), std::size_t{3}, kPatienceMs);
    }
};

QTEST_MAIN(ExportPageTest)
#include "ExportPageTest.moc"
