// SPDX-License-Identifier: GPL-3.0-or-later
// The Data page, driven as a person does: choose and drop, look through the classes, split.
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFile>
#include <QLabel>
#include <QMimeData>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QSpinBox>
#include <QUrl>
#include <QtTest/QtTest>

#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/dataset/ClassTableView.h"
#include "ui/dataset/DataPage.h"
#include "ui/dataset/ProblemList.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/SeedBox.h"
#include "ui/widgets/ThumbnailGrid.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::makeSampleFolder;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;
using graft::ui::testing::sampleImage;

class DataPageTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<DataPage> {
        using PageWindow::PageWindow;
        QPushButton* button(const char* name) { return page.findChild<QPushButton*>(QLatin1String(name)); }
        QSpinBox* number(const char* name) { return page.findChild<QSpinBox*>(QLatin1String(name)); }
        ThumbnailGrid* images() { return page.findChild<ThumbnailGrid*>(); }
        ClassTableView* classes() { return page.findChild<ClassTableView*>(); }
        ProblemList* problems() { return page.findChild<ProblemList*>(); }
        QString subtitle() { return page.findChild<ElidedLabel*>(QStringLiteral("subtitle"))->text(); }
        Pill* pill(const QString& text) {
            for (Pill* pill : page.findChildren<Pill*>()) {
                if (pill->text() == text && pill->isVisible()) return pill;
            }
            return nullptr;
        }
    };

    static QString cell(ClassTableView* table, int row, int column) {
        return table->item(row, column)->text();
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void asksForAFolderWhenThereIsNone() {
        PageFixture fixture;
        fixture.project.setFolder({});
        Window window(fixture);
        QVERIFY(window.says(QStringLiteral("Drop a folder")));
        QVERIFY(!window.button("next")->isEnabled());
        QVERIFY(!window.classes()->isVisible());
    }

    void choosesAFolderAndShowsWhatIsInIt() {
        PageFixture fixture;
        fixture.project.setFolder({});
        Window window(fixture);
        QSignalSpy next(&window.page, &DataPage::nextRequested);
        fixture.prompts.folder = fixture.images;
        window.press(window.button("chooseInPanel"));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(fixture.project.folder(), fixture.images);
        QVERIFY(window.classes()->isVisible());
        QVERIFY(window.subtitle().contains(QStringLiteral("3 classes")));
        QVERIFY(window.subtitle().contains(QStringLiteral("30 images")));

        QCOMPARE(window.classes()->rowCount(), 3);
        QCOMPARE(cell(window.classes(), 0, 0), QStringLiteral("amber"));
        QCOMPARE(cell(window.classes(), 0, 2), QStringLiteral("8"));
        QCOMPARE(cell(window.classes(), 0, 3), QStringLiteral("2"));
        QVERIFY(window.classes()->isColumnHidden(4));  // there is no test split
        QCOMPARE(window.images()->imageCount(), 30);
        QTRY_VERIFY_WITH_TIMEOUT(window.images()->loadedCount() > 0, kPatienceMs);

        QVERIFY(window.button("next")->isEnabled());
        window.press(window.button("next"));
        QCOMPARE(next.count(), 1);
    }

    void theSameFolderAgainIsReadAgain() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(window.images()->imageCount(), 30);
        QVERIFY(sampleImage(7, 1).save(fixture.images + QStringLiteral("/blue/one more.png")));
        fixture.prompts.folder = fixture.images;
        window.press(window.button("chooseFolder"));
        QTRY_COMPARE_WITH_TIMEOUT(window.images()->imageCount(), 31, kPatienceMs);
    }

    // Files come and go behind the window's back.
    void aFolderThatHasChangedIsSaid() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const QString said = QStringLiteral("has changed since it was read");
        QTest::qWait(200);  // for a watch that says so without a reason
        QVERIFY(!window.says(said));
        QVERIFY(sampleImage(7, 1).save(fixture.images + QStringLiteral("/blue/one more.png")));
        QTRY_VERIFY_WITH_TIMEOUT(window.says(said), kPatienceMs);
        window.press(window.button("readAgain"));
        QTRY_COMPARE_WITH_TIMEOUT(window.images()->imageCount(), 31, kPatienceMs);
        QTest::qWait(200);
        QVERIFY(!window.says(said));
        // It is watched again, a new class too.
        QVERIFY(makeSampleFolder(fixture.images, {"dusk"}, 3));
        QTRY_VERIFY_WITH_TIMEOUT(window.says(said), kPatienceMs);
    }

    void drawsBarsInProportion() {
        PageFixture fixture;
        const QString dusk = fixture.images + QStringLiteral("/dusk");
        QVERIFY(QDir().mkpath(dusk));
        for (quint32 n = 0; n < 5; ++n) {
            QVERIFY(sampleImage(7, n).save(dusk + QStringLiteral("/%1.png").arg(n)));
        }
        Window window(fixture);
        QTRY_COMPARE_WITH_TIMEOUT(window.classes()->rowCount(), 4, kPatienceMs);
        QCOMPARE(window.classes()->item(0, 1)->data(Qt::UserRole).toDouble(), 1.0);
        QCOMPARE(window.classes()->item(3, 1)->data(Qt::UserRole).toDouble(), 0.5);
    }

    void showsThePicturesOfOneClass() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.press(window.pill(QStringLiteral("blue")));
        QCOMPARE(window.images()->imageCount(), 10);
        QVERIFY(window.images()->imagePath(0).contains(QStringLiteral("/blue/")));
        QVERIFY(window.pill(QStringLiteral("blue"))->isChecked());
        QVERIFY(!window.pill(QStringLiteral("all"))->isChecked());

        // A row of the table does the same.
        auto* table = window.classes();
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                          table->visualItemRect(table->item(2, 0)).center());
        QVERIFY(window.images()->imagePath(0).contains(QStringLiteral("/cyan/")));
        QVERIFY(window.pill(QStringLiteral("cyan"))->isChecked());
        window.press(window.pill(QStringLiteral("all")));
        QCOMPARE(window.images()->imageCount(), 30);
    }

    void aSmallerDataSetMarksNoClass() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        auto* table = window.classes();
        const auto click = [table](int row) {
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {},
                              table->visualItemRect(table->item(row, 0)).center());
        };
        click(2);
        QVERIFY(window.images()->imagePath(0).contains(QStringLiteral("/cyan/")));
        const QString other = fixture.directory.filePath(QStringLiteral("insects"));
        QVERIFY(makeSampleFolder(other, {"ants", "bees"}, 5));
        fixture.prompts.folder = other;
        window.press(window.button("chooseFolder"));
        QTRY_COMPARE_WITH_TIMEOUT(table->rowCount(), 2, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(window.images()->imageCount(), 10, kPatienceMs);
        QVERIFY(window.pill(QStringLiteral("all"))->isChecked());
        QVERIFY(table->selectedItems().isEmpty());
        click(1);
        QVERIFY(window.pill(QStringLiteral("bees"))->isChecked());
        QCOMPARE(window.images()->imageCount(), 5);
    }

    void keepsManyClassesBehindAMenu() {
        QStringList names;
        for (int n = 0; n < 30; ++n) {
            names << QStringLiteral("a rather long name %1").arg(n, 2, 10, QLatin1Char('0'));
        }
        PageFixture fixture(names, 2);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QVERIFY(window.pill(QStringLiteral("\u2026")));
        QVERIFY(!window.pill(names.last()));
        auto* table = window.classes();
        table->selectRow(29);
        QVERIFY(window.images()->imagePath(0).contains(names.last()));
    }

    // Everything that lies in the folder is used or named, and what is alike is named once.
    void namesWhatIsNotUsed() {
        PageFixture fixture;
        const auto put = [&](const QString& name, const QByteArray& content) {
            const QString path = fixture.images + QLatin1Char('/') + name;
            QVERIFY(QDir().mkpath(QFileInfo(path).path()));
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(content);
        };
        for (const QString name : {"amber", "blue", "cyan"}) {
            for (int n = 0; n < 40; ++n)
                put(name + QStringLiteral("/@eaDir/%1.png").arg(n), "thumbnail");
            put(name + QStringLiteral("/IMG_1.psd"), "8BPS and so on");
        }
        put(QStringLiteral("notes.txt"), "text");
        QVERIFY(sampleImage(2, 99).save(fixture.images + QStringLiteral("/cyan/without_ending"), "PNG"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.problems()->problemCount() >= 3, kPatienceMs);
        QStringList told;
        for (int row = 0; row < window.problems()->model()->rowCount(); ++row) {
            told << window.problems()->model()->index(row, 0).data(Qt::AccessibleTextRole).toString();
        }
        const QString all = told.join(QLatin1Char('\n'));
        QCOMPARE(told.filter(QStringLiteral("@eaDir")).size(), 1);
        for (const QString part :
             {"120 files", "network storage", "Photoshop", "and 2 more", "notes.txt", "no picture"})
            QVERIFY2(all.contains(part), qPrintable(part + QLatin1Char('\n') + all));
        QCOMPARE(window.images()->imageCount(), 31);
    }

    void saysThatAFolderHasNoImages() {
        PageFixture fixture({}, 0);
        QVERIFY(QDir().mkpath(fixture.images));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QCOMPARE(window.problems()->problemCount(), 0);
        QCOMPARE(window.problems()->emptyText(), QStringLiteral("There are no images in this folder."));
        QCOMPARE(window.images()->emptyText(), QStringLiteral("The folder is empty."));
    }

    void whatNeedsALookIsInOrder() {
        PageFixture fixture;
        const auto put = [&](const QString& name, const QByteArray& content) {
            QFile file(fixture.images + u'/' + name);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(content);
        };
        put(QStringLiteral("cyan/10.png"), "no picture at all");
        put(QStringLiteral("cyan/9.png"), {});
        put(QStringLiteral("notes.txt"), "text");
        QVERIFY(makeSampleFolder(fixture.images, {"alone"}, 1));
        QVERIFY(QDir().mkpath(fixture.images + QStringLiteral("/bare")));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.problems()->problemCount() >= 5, kPatienceMs);
        QStringList tags;
        QStringList leftOut;
        for (int row = 0; row < window.problems()->model()->rowCount(); ++row) {
            const QString told =
                window.problems()->model()->index(row, 0).data(Qt::AccessibleTextRole).toString();
            tags << told.section(u':', 0, 0);
            if (tags.last() == QStringLiteral("left out")) leftOut << told.section(QStringLiteral(": "), 1);
        }
        QCOMPARE(tags.count(QStringLiteral("left out")), 3);
        QVERIFY(tags.contains(QStringLiteral("warning")));
        QVERIFY(tags.lastIndexOf(QStringLiteral("warning")) < tags.indexOf(QStringLiteral("left out")));
        QVERIFY(tags.lastIndexOf(QStringLiteral("left out")) < tags.indexOf(QStringLiteral("not used")));
        QVERIFY2(leftOut[0].startsWith(QStringLiteral("bare. The folder is empty")), qPrintable(leftOut[0]));
        QVERIFY2(leftOut[1].startsWith(QStringLiteral("cyan/9.png")), qPrintable(leftOut[1]));
        QVERIFY2(leftOut[2].startsWith(QStringLiteral("cyan/10.png")), qPrintable(leftOut[2]));
    }

    void listsWhatIsWrong() {
        PageFixture fixture;
        QFile broken(fixture.images + QStringLiteral("/amber/broken.png"));
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("no picture at all");
        broken.close();
        QVERIFY(QFile::copy(fixture.images + QStringLiteral("/amber/000.png"),
                            fixture.images + QStringLiteral("/blue/twin.png")));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.problems()->problemCount() >= 2, kPatienceMs);
        QStringList told;
        for (int row = 0; row < window.problems()->model()->rowCount(); ++row) {
            told << window.problems()->model()->index(row, 0).data(Qt::AccessibleTextRole).toString();
        }
        const QString all = told.join(QLatin1Char('\n'));
        QVERIFY2(all.contains(QStringLiteral("left out: amber/broken.png")), qPrintable(all));
        QVERIFY2(all.contains(QStringLiteral("twin.png")), qPrintable(all));
        // The broken one is no picture to look at either.
        QCOMPARE(window.images()->imageCount(), 31);
    }

    void splitsAgainWithAnotherShare() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(fixture.project.dataset()->countOf(data::Split::Validation), std::size_t(6));
        QSpinBox* share = window.number("validationShare");
        share->setFocus();
        share->selectAll();
        QTest::keyClicks(share, QStringLiteral("50"));
        QVERIFY(!fixture.project.dataset());  // nothing may start on the old split
        QCOMPARE(fixture.project.config().validationShare, 0.5);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(fixture.project.dataset()->countOf(data::Split::Validation), std::size_t(15));
        QCOMPARE(cell(window.classes(), 0, 3), QStringLiteral("5"));
    }

    void splitsAgainWithAnotherSeed() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const auto before = fixture.project.dataset()->indicesOf(data::Split::Validation);
        auto* seed = window.page.findChild<SeedBox*>(QStringLiteral("splitSeed"));
        seed->setFocus();
        seed->selectAll();
        QTest::keyClicks(seed, QStringLiteral("77"));
        QCOMPARE(fixture.project.config().seed, std::uint64_t(77));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const auto after = fixture.project.dataset()->indicesOf(data::Split::Validation);
        QCOMPARE(after.size(), before.size());
        QVERIFY(after != before);
    }

    void aLargeSeedSurvivesThePage() {
        PageFixture fixture;
        settings::TrainConfig config = fixture.project.config();
        config.seed = 18446744073709551614ULL;
        config.validationShare = 0.333;
        fixture.project.setConfig(config);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        auto* seed = window.page.findChild<SeedBox*>(QStringLiteral("splitSeed"));
        QCOMPARE(seed->value(), quint64(18446744073709551614ULL));
        window.number("validationShare")->setValue(25);
        QCOMPARE(fixture.project.config().seed, std::uint64_t(18446744073709551614ULL));
        config.validationShare = 0.333;
        fixture.project.setConfig(config);
        QTest::keyClick(seed, Qt::Key_Up);
        QCOMPARE(fixture.project.config().seed, std::uint64_t(18446744073709551615ULL));
        QTest::keyClick(seed, Qt::Key_Up);
        QCOMPARE(fixture.project.config().seed, std::uint64_t(18446744073709551615ULL));
        QCOMPARE(fixture.project.config().validationShare, 0.333);
        seed->selectAll();
        QTest::keyClicks(seed, QStringLiteral("99999999999999999999"));  // more than 64 bits
        QCOMPARE(fixture.project.config().seed, std::uint64_t(9999999999999999999ULL));
    }

    void leavesTheFoldersOwnSplitAlone() {
        PageFixture fixture;
        const QString own = fixture.directory.filePath(QStringLiteral("own"));
        QVERIFY(makeSampleFolder(own + QStringLiteral("/train"), {"amber", "blue"}, 6));
        for (int c = 0; c < 2; ++c) {
            const QString folder =
                own + (c == 0 ? QStringLiteral("/val/amber") : QStringLiteral("/val/blue"));
            QVERIFY(QDir().mkpath(folder));
            for (quint32 n = 100; n < 102; ++n) {
                QVERIFY(sampleImage(c, n).save(folder + QStringLiteral("/%1.png").arg(n)));
            }
        }
        fixture.project.setFolder(own);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QVERIFY(!window.number("validationShare")->isEnabled());
        QVERIFY(!window.page.findChild<SeedBox*>(QStringLiteral("splitSeed"))->isEnabled());
        QVERIFY(!window.page.findChild<QSlider*>()->isEnabled());
        QVERIFY(window.says(QStringLiteral("brings its own split")));
        QCOMPARE(cell(window.classes(), 0, 3), QStringLiteral("2"));
    }

    // 95 % validation images are a share that nobody could choose.
    void countsTheImagesOfTheFoldersOwnSplit() {
        PageFixture fixture;
        const QString own = fixture.directory.filePath(QStringLiteral("own"));
        const QStringList classes{"amber", "blue"};
        const auto put = [&](const QString& split, quint32 from, quint32 to) {
            for (int c = 0; c < 2; ++c) {
                const QString folder = own + u'/' + split + u'/' + classes[c];
                QVERIFY(QDir().mkpath(folder));
                for (quint32 n = from; n < to; ++n)
                    QVERIFY(sampleImage(c, n).save(folder + QStringLiteral("/%1.png").arg(n)));
            }
        };
        put(QStringLiteral("train"), 0, 2);
        put(QStringLiteral("val"), 100, 138);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QVERIFY(window.number("validationShare")->isVisible());
        fixture.project.setFolder(own);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QVERIFY(window.says(QStringLiteral("4 images to train on, 76 to check")));
        QVERIFY(!window.number("validationShare")->isVisible());
        QVERIFY(!window.page.findChild<SeedBox*>(QStringLiteral("splitSeed"))->isVisible());
        QVERIFY(!window.page.findChild<QSlider*>()->isVisible());
        // The share that was chosen is still there for a folder without a split.
        fixture.project.setFolder(fixture.images);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QVERIFY(window.number("validationShare")->isVisible());
        QCOMPARE(window.number("validationShare")->value(), 20);
    }

    void saysWhyAFolderCannotBeTrainedOn() {
        PageFixture fixture({"lonely"}, 4);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY2(window.visibleErrors().contains(QStringLiteral("class")),
                 qPrintable(window.visibleErrors()));
        QVERIFY(!window.button("next")->isEnabled());
    }

    void cancelGivesTheInvitationBack() {
        PageFixture fixture(QStringList{"amber", "blue"}, 200);
        fixture.project.setFolder({});
        Window window(fixture);
        fixture.prompts.folder = fixture.images;
        window.press(window.button("chooseInPanel"));
        QTRY_VERIFY(window.says(QStringLiteral("Reading the images")));
        window.press(window.button("cancelReading"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.says(QStringLiteral("Reading the images")), kPatienceMs);
        QVERIFY(fixture.project.dataset() || window.button("chooseInPanel")->isVisible());
    }

    void readsAFolderAgainAfterAFailure() {
        PageFixture fixture;
        const QString missing = fixture.directory.filePath(QStringLiteral("missing"));
        fixture.project.setFolder(missing);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY(window.button("chooseInPanel")->isVisible());
        QVERIFY(makeSampleFolder(missing, {"amber", "blue"}, 5));
        fixture.prompts.folder = missing;
        window.press(window.button("chooseInPanel"));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(window.visibleErrors(), QString());
    }

    void takesADroppedFolder() {
        PageFixture fixture;
        fixture.project.setFolder({});
        Window window(fixture);
        QMimeData folder;
        folder.setUrls({QUrl::fromLocalFile(fixture.images)});
        QDragEnterEvent enters(QPoint(300, 300), Qt::CopyAction, &folder, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window.page, &enters);
        QVERIFY(enters.isAccepted());
        QDropEvent drops(QPointF(300, 300), Qt::CopyAction, &folder, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(&window.page, &drops);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(fixture.project.folder(), fixture.images);
    }
};

QTEST_MAIN(DataPageTest)
#include "DataPageTest.moc"
