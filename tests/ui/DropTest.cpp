// SPDX-License-Identifier: GPL-3.0-or-later
// What is dropped on the window, wherever: a folder is opened, of anything else it says what to do.
#include <QDir>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QtTest/QtTest>

#include "tests/ui/support/WholeWindow.h"
#include "ui/news/DropBar.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::WholeWindow;

namespace {

struct Window : WholeWindow {
    using WholeWindow::WholeWindow;

    // On the page that is shown.
    void drop(const QList<QUrl>& urls) {
        QMimeData data;
        data.setUrls(urls);
        QWidget* under = shownPage();
        QDragEnterEvent enters(QPoint(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(under, &enters);
        QVERIFY(enters.isAccepted());
        QDropEvent drops(QPointF(300, 300), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(under, &drops);
    }
    void dropPaths(const QStringList& paths) {
        QList<QUrl> urls;
        for (const QString& path : paths)
            urls << QUrl::fromLocalFile(path);
        drop(urls);
    }
    QString said() {
        auto* bar = page.findChild<DropBar*>();
        return bar != nullptr && bar->isVisible() ? bar->notice() : QString();
    }
};

void write(const QString& path, const QByteArray& content) {
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

}  // namespace

class DropTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void aFolderIsOpenedFromAnyPage() {
        PageFixture fixture;
        fixture.project.setFolder({});
        for (const auto page : {MainWindow::Data, MainWindow::Train, MainWindow::Export}) {
            Window window(fixture);
            window.open(page);
            window.dropPaths({fixture.images});
            QCOMPARE(window.page.page(), MainWindow::Data);
            QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
            QCOMPARE(fixture.project.folder(), fixture.images);
            QCOMPARE(window.said(), QString());
            fixture.project.setFolder({});
        }
    }

    void ofOnePictureItsFolderIsOffered() {
        PageFixture fixture;
        fixture.project.setFolder({});
        Window window(fixture);
        window.dropPaths({fixture.images + QStringLiteral("/amber/000.png")});
        QTRY_VERIFY_WITH_TIMEOUT(window.said().contains(QStringLiteral("000.png")), kPatienceMs);
        QVERIFY2(window.said().contains(fixture.images + QStringLiteral("/amber")),
                 qPrintable(window.said()));
        QCOMPARE(fixture.project.folder(), QString());
        window.press(window.button("openDropped"));
        QCOMPARE(fixture.project.folder(), fixture.images + QStringLiteral("/amber"));
        QCOMPARE(window.said(), QString());
    }

    // By what it is, not by what it is called.
    void aPictureWithoutAnEndingIsOneToo() {
        PageFixture fixture;
        fixture.project.setFolder({});
        const QString bare = fixture.images + QStringLiteral("/amber/bare");
        QVERIFY(QFile::copy(fixture.images + QStringLiteral("/amber/000.png"), bare));
        Window window(fixture);
        window.dropPaths({bare});
        QTRY_VERIFY_WITH_TIMEOUT(window.said().contains(QStringLiteral("one picture")), kPatienceMs);
    }

    void anArchiveIsToBeUnpacked() {
        PageFixture fixture;
        const QString archive = fixture.directory.filePath(QStringLiteral("flowers.zip"));
        write(archive, "PK");
        Window window(fixture);
        window.open(MainWindow::Network);
        window.dropPaths({archive});
        QCOMPARE(window.page.page(), MainWindow::Data);
        QTRY_VERIFY_WITH_TIMEOUT(
            window.said().contains(QStringLiteral("flowers.zip is an archive. Unpack it")), kPatienceMs);
        QCOMPARE(fixture.project.folder(), fixture.images);
    }

    void anythingElseIsNamed() {
        PageFixture fixture;
        const QString notes = fixture.directory.filePath(QStringLiteral("notes.txt"));
        write(notes, "words");
        Window window(fixture);
        window.dropPaths({notes});
        QTRY_VERIFY_WITH_TIMEOUT(window.said().contains(QStringLiteral("notes.txt is neither")), kPatienceMs);
        window.drop({QUrl(QStringLiteral("https://example.org/cat.jpg"))});
        QTRY_VERIFY(window.said().contains(QStringLiteral("https://example.org/cat.jpg is not on this")));
        // Until a folder is chosen.
        window.dropPaths({fixture.images});
        QCOMPARE(window.said(), QString());
    }

    void ofSeveralFoldersTheOneTheyLieInIsOffered() {
        PageFixture fixture;
        fixture.project.setFolder({});
        Window window(fixture);
        window.dropPaths(
            {fixture.images + QStringLiteral("/amber"), fixture.images + QStringLiteral("/blue")});
        QTRY_VERIFY_WITH_TIMEOUT(window.said().contains(QStringLiteral("2 folders were dropped")),
                                 kPatienceMs);
        QCOMPARE(fixture.project.folder(), QString());
        // A page that is built anew says it too.
        window.page.buildAnew();
        QVERIFY(window.said().contains(QStringLiteral("2 folders were dropped")));
        window.press(window.button("openDropped"));
        QCOMPARE(fixture.project.folder(), fixture.images);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
    }
};

QTEST_MAIN(DropTest)
#include "DropTest.moc"
