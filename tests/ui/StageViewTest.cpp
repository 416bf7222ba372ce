// SPDX-License-Identifier: GPL-3.0-or-later
// A picture of one's own at the start of the network, and what its stages make of it.
#include <QLabel>
#include <QPushButton>
#include <QSettings>
#include <QtTest/QtTest>

#include "tests/ui/support/PageWindow.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/ChannelTiles.h"
#include "ui/network/NetworkPage.h"
#include "ui/network/StageViewPanel.h"
#include "ui/session/NetworkPicture.h"
#include "ui/session/ProjectPart.h"
#include "ui/widgets/FoldHeader.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class StageViewTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<NetworkPage> {
        explicit Window(PageFixture& fixture)
            : PageWindow(fixture), project(fixture.project), picture(projectPart<NetworkPicture>(project)) {}
        BlockDiagram* diagram() { return page.findChild<BlockDiagram*>(); }
        ChannelTiles* tiles() { return page.findChild<ChannelTiles*>(); }
        StageViewPanel* panel() { return page.findChild<StageViewPanel*>(); }
        FoldHeader* header() { return page.findChild<FoldHeader*>(QStringLiteral("foldSeen")); }
        void clickStage(const char* stage) {
            QTest::mouseClick(diagram(), Qt::LeftButton, {},
                              diagram()->stageLabelRect(QLatin1String(stage)).center());
        }
        bool isReady() { return project.summary() != nullptr && diagram()->hasPicture(); }
        Project& project;
        NetworkPicture& picture;
    };

    QTemporaryDir m_dataHome;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }
    void init() { QSettings().remove(QStringLiteral("network/seen")); }

    void aPictureOfTheDataSetStandsAtTheStart() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.project.summary(), kPatienceMs);
        QVERIFY(!window.diagram()->hasPicture());
        QCOMPARE(window.diagram()->labels().front().name, QStringLiteral("picture"));
        fixture.scan();
        QTRY_VERIFY_WITH_TIMEOUT(window.diagram()->hasPicture(), kPatienceMs);
        QCOMPARE(window.picture.picture()->width, 64);  // as it is fed
        const QString first = window.picture.file();
        QVERIFY(QFile::exists(fixture.images + QLatin1Char('/') + first));
        QTest::mouseClick(window.diagram(), Qt::LeftButton, {}, window.diagram()->blocks().picture.center());
        QTRY_VERIFY_WITH_TIMEOUT(window.picture.file() != first, kPatienceMs);
        QVERIFY(window.project.config().freeze.frozenUnits.empty());
        // Another size is another picture; without a data set there is none.
        settings::TrainConfig config = window.project.config();
        config.preprocess.resizeSize = 100;
        config.preprocess.cropSize = 96;
        window.project.setConfig(config);
        QTRY_COMPARE_WITH_TIMEOUT(window.picture.picture()->width, 96, kPatienceMs);
        window.project.setFolder({});
        QVERIFY(!window.picture.picture());
        QTRY_VERIFY_WITH_TIMEOUT(!window.diagram()->hasPicture(), kPatienceMs);
    }

    // SqueezeNet 1.1 by its paper's table: 128, 256 and 512 channels.
    void aClickOnAStageShowsWhatItSees() {
        PageFixture fixture;
        Window window(fixture);
        fixture.scan();
        QTRY_VERIFY_WITH_TIMEOUT(window.isReady(), kPatienceMs);
        QVERIFY(window.panel()->sentence().contains(QStringLiteral("Click on a stage")));
        QVERIFY(!window.tiles()->isVisible());
        window.clickStage("stage2");
        QCOMPARE(window.header()->text(), QStringLiteral("What stage2 sees"));
        QTRY_COMPARE_WITH_TIMEOUT(window.tiles()->shown(), 8, kPatienceMs);
        QVERIFY(window.tiles()->isVisible());
        QVERIFY2(window.panel()->sentence().contains(QStringLiteral("8 of 256")),
                 qPrintable(window.panel()->sentence()));
        QCOMPARE(window.visibleErrors(), QString());
        // To its neighbours without freezing anything.
        const auto plan = window.project.config().freeze;
        window.press(window.get<QPushButton>("stageBehind"));
        QCOMPARE(window.picture.stage(), QStringLiteral("stage3"));
        QVERIFY(window.panel()->sentence().contains(QStringLiteral("8 of 512")));  // one pass sees all stages
        QVERIFY(!window.get<QPushButton>("stageBehind")->isEnabled());
        QTest::qWait(QApplication::doubleClickInterval() + 50);  // else it counts as one press
        window.press(window.get<QPushButton>("stageBefore"));
        QCOMPARE(window.picture.stage(), QStringLiteral("stage2"));
        QCOMPARE(window.project.config().freeze, plan);
        // Of another picture, too.
        const QString first = window.picture.file();
        window.press(window.get<QPushButton>("anotherPicture"));
        QTRY_VERIFY_WITH_TIMEOUT(window.picture.file() != first && window.picture.view(), kPatienceMs);
        QCOMPARE(window.tiles()->shown(), 8);
        // A page that is built anew shows it at once.
        Window second(fixture);
        QCOMPARE(second.tiles()->shown(), 8);
        QCOMPARE(second.header()->text(), QStringLiteral("What stage2 sees"));
    }

    void foldedItAsksForNothing() {
        PageFixture fixture;
        Window window(fixture);
        fixture.scan();
        QTRY_VERIFY_WITH_TIMEOUT(window.isReady(), kPatienceMs);
        window.press(window.header());
        window.clickStage("stage2");
        QVERIFY(!window.picture.isLooking());
        QVERIFY(!window.tiles()->isVisible());
        QTest::qWait(QApplication::doubleClickInterval() + 50);
        window.press(window.header());
        QVERIFY(window.picture.isLooking());
        // Folded again at once: it is given up.
        window.header()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!window.picture.isLooking(), kPatienceMs);
        QVERIFY(!window.picture.view());
        // It stays so on a page that is built anew.
        Window second(fixture);
        QVERIFY(!second.header()->isChecked());
        second.header()->click();
        QTRY_COMPARE_WITH_TIMEOUT(second.tiles()->shown(), 8, kPatienceMs);
    }

    void saysWhatThereIsNoPictureOf() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.project.summary(), kPatienceMs);
        QVERIFY(window.panel()->sentence().contains(QStringLiteral("being read")));
        window.project.setFolder({});
        QVERIFY(window.panel()->sentence().contains(QStringLiteral("Data page")));
        window.project.setFolder(fixture.images);
        fixture.scan();
        window.clickStage("stage3");
        QTRY_COMPARE_WITH_TIMEOUT(window.tiles()->shown(), 8, kPatienceMs);
        // AlexNet's other stage is its classifier; a stage3 it has not.
        fixture.choose(QStringLiteral("alexnet"));
        QTRY_VERIFY_WITH_TIMEOUT(window.project.summary() && window.project.summary()->name == "alexnet",
                                 kPatienceMs);
        QCOMPARE(window.picture.stage(), QString());
        QVERIFY(!window.tiles()->isVisible());
        window.clickStage("classifier");
        QTRY_VERIFY_WITH_TIMEOUT(window.panel()->sentence().contains(QStringLiteral("plain numbers")),
                                 kPatienceMs);
        QVERIFY(!window.tiles()->isVisible());
        // An image that is gone.
        for (const auto& sample : window.project.dataset()->samples)
            QVERIFY(QFile::remove(QString::fromStdString(window.project.dataset()->absolutePath(sample))));
        window.press(window.get<QPushButton>("anotherPicture"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY(!window.picture.isLooking());
    }
};

QTEST_MAIN(StageViewTest)
#include "StageViewTest.moc"
