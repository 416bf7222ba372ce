// SPDX-License-Identifier: GPL-3.0-or-later
// What the next run costs, beside the picture of its network, and what is said before it starts.
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest/QtTest>

#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/network/CarefulBar.h"
#include "ui/network/CostPanel.h"
#include "ui/network/NetworkPage.h"
#include "ui/session/Background.h"
#include "ui/session/CostMeasure.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RunNews.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class CostPanelTest : public QObject {
    Q_OBJECT

  private:
    static constexpr int kNever = 1 << 30;

    struct Window : PageWindow<NetworkPage> {
        explicit Window(PageFixture& fixture)
            : PageWindow(fixture),
              project(fixture.project),
              measure(projectPart<CostMeasure>(fixture.project)) {}
        QString figure(const char* name) {
            return page.findChild<CostPanel*>()->valueOf(QLatin1String(name));
        }
        CarefulBar* bar() { return page.findChild<CarefulBar*>(); }
        void freezeAllBut(std::initializer_list<std::size_t> thawed) {
            settings::TrainConfig config = project.config();
            config.freeze = backbones::freezeAll(project.summary()->units);
            for (const std::size_t unit : thawed)
                config.freeze.frozenUnits.erase(project.summary()->units.at(unit).name);
            project.setConfig(config);
        }
        Project& project;
        CostMeasure& measure;
    };

    // With images and a network, and nothing measured.
    static std::unique_ptr<PageFixture> fixtureWithImages(int perClass = 10) {
        auto fixture = std::make_unique<PageFixture>(QStringList{"amber", "blue", "cyan"}, perClass);
        projectPart<CostMeasure>(fixture->project).setRest(kNever);
        fixture->scan();
        return fixture;
    }

    QTemporaryDir m_cache;

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }
    void init() {
        QVERIFY(QDir(m_cache.path()).removeRecursively());
        qputenv("XDG_CACHE_HOME", m_cache.path().toUtf8());
    }

    // What an image costs is known without images, what a run costs is not.
    void withoutImagesItIsTheNetwork() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.summary(), kPatienceMs);
        QVERIFY(!window.figure("Multiply-adds").isEmpty());
        QVERIFY(window.figure("First epoch").isEmpty());
        QVERIFY(window.bar()->isHidden());
    }

    void aGuessIsSaidToBeRoughAndFollowsEveryClick() {
        const auto fixture = fixtureWithImages();
        Window window(*fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost(), kPatienceMs);
        QVERIFY(window.measure.cost()->rough);
        const QString everything = window.figure("First epoch");
        QVERIFY2(everything.startsWith(QStringLiteral("\u2248 ")), qPrintable(everything));
        QCOMPARE(window.figure("Cache"), QStringLiteral("\u2248 none"));
        const double seconds = window.measure.cost()->laterEpoch;
        const auto memory = window.measure.cost()->memory;
        window.freezeAllBut({});
        // The room for the cache is asked of the disk.
        QTRY_VERIFY_WITH_TIMEOUT(window.figure("Cache") != QStringLiteral("\u2248 none"), kPatienceMs);
        QVERIFY2(
            window.measure.cost()->laterEpoch < seconds / 5,
            qPrintable(QStringLiteral("%1 of %2 s").arg(window.measure.cost()->laterEpoch).arg(seconds)));
        QVERIFY(window.measure.cost()->memory < memory);
        QCOMPARE(window.measure.cost()->trainable, 513 * 3);
        QCOMPARE(window.figure("Trainable"), QStringLiteral("1.54"));
    }

    void itIsMeasuredOnceAfterARest() {
        const auto fixture = fixtureWithImages();
        Window window(*fixture);
        window.measure.setRest(0);
        QTRY_VERIFY_WITH_TIMEOUT(fixture->project.summary(), kPatienceMs);
        window.freezeAllBut({0});
        QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost() && !window.measure.cost()->rough, kPatienceMs);
        QVERIFY(!window.measure.isMeasuring());
        QVERIFY(!window.figure("First epoch").contains(QStringLiteral("\u2248")));
        // Other plans rest on the same times.
        window.freezeAllBut({});
        QVERIFY(!window.measure.cost()->rough);
        QTest::qWait(50);
        QVERIFY(!window.measure.isMeasuring());
        QVERIFY(!window.measure.cost()->rough);
        // Another size does not, and the first one is still known.
        settings::TrainConfig larger = fixture->project.config();
        larger.preprocess.cropSize = 96;
        larger.preprocess.resizeSize = 96;
        window.measure.setRest(kNever);
        fixture->project.setConfig(larger);
        QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost() && window.measure.cost()->rough, kPatienceMs);
    }

    void whatWasMeasuredIsThereTheNextTime() {
        {
            const auto fixture = fixtureWithImages();
            Window window(*fixture);
            window.measure.setRest(0);
            QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost() && !window.measure.cost()->rough, kPatienceMs);
        }
        runtime::RunControl control;
        QVERIFY(training::networkTimes(PageFixture::quickConfig(), training::Measure::Never, control));
    }

    void nothingIsMeasuredBesideATraining() {
        const auto fixture = fixtureWithImages();
        Window window(*fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost(), kPatienceMs);
        auto& news = projectPart<RunNews>(fixture->project);
        news.tellRunning(RunningRun{});
        window.measure.setRest(0);
        QTRY_VERIFY_WITH_TIMEOUT(fixture->project.summary(), kPatienceMs);
        window.freezeAllBut({0});
        QTest::qWait(100);
        QVERIFY(!window.measure.isMeasuring());
        QVERIFY(window.measure.cost()->rough);
        news.tellRunning({});
        QTRY_VERIFY_WITH_TIMEOUT(!window.measure.cost()->rough, kPatienceMs);
    }

    // A page that nobody looks at needs no figures.
    void nothingIsMeasuredBehindAnotherPage() {
        const auto fixture = fixtureWithImages();
        Window window(*fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost(), kPatienceMs);
        window.page.hide();
        window.measure.setRest(0);
        QTRY_VERIFY_WITH_TIMEOUT(fixture->project.summary(), kPatienceMs);
        window.freezeAllBut({0});
        QTest::qWait(100);
        QVERIFY(!window.measure.isMeasuring() && window.measure.cost()->rough);
        window.page.show();
        QTRY_VERIFY_WITH_TIMEOUT(!window.measure.cost()->rough, kPatienceMs);
    }

    void theBarSaysWhatIsHardlyEverMeantAndHelps() {
        const auto fixture = fixtureWithImages(100);
        Window window(*fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost(), kPatienceMs);
        QVERIFY2(window.bar()->isHidden(), qPrintable(window.bar()->notice()));
        window.freezeAllBut({1, 2});
        QVERIFY(window.bar()->isVisible());
        QVERIFY2(window.says(QStringLiteral("is trained below")), qPrintable(window.bar()->notice()));
        QVERIFY(window.get<QPushButton>("nextCaution")->isHidden());
        window.press(window.get<QPushButton>("applyRemedy"));
        QVERIFY(window.bar()->isHidden());
        QCOMPARE(fixture->project.config().freeze, backbones::freezeAll(fixture->project.summary()->units));
    }

    void severalAreShownOneAfterAnother() {
        const auto fixture = fixtureWithImages(12);  // random weights, everything trained on a few images
        Window window(*fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.measure.cost(), kPatienceMs);
        settings::TrainConfig config = fixture->project.config();
        config.freeze.frozenUnits = {fixture->project.summary()->units.front().name,
                                     fixture->project.summary()->units.at(2).name};
        fixture->project.setConfig(config);
        QCOMPARE(window.measure.cautions().size(), 2U);
        auto* next = window.get<QPushButton>("nextCaution");
        QVERIFY(next->isVisible());
        QCOMPARE(next->text(), QStringLiteral("1 of 2"));
        QVERIFY(window.says(QStringLiteral("learns by heart")));
        QVERIFY(window.get<QPushButton>("applyRemedy")->isHidden());
        window.press(next);
        QVERIFY(window.says(QStringLiteral("is trained below")));
        QVERIFY(window.get<QPushButton>("applyRemedy")->isVisible());
        window.press(next);
        QCOMPARE(next->text(), QStringLiteral("1 of 2"));
    }

    // In the smallest window two rows of three, and nothing lost.
    void theFiguresHaveRoomAtEveryWidth() {
        const auto fixture = fixtureWithImages();
        CostPanel panel(fixture->project);
        panel.showNetwork(nullptr, fixture->project.config(), 3);
        panel.resize(300, 200);
        panel.show();
        QVERIFY(panel.minimumSizeHint().width() <= 300);
    }
};

QTEST_MAIN(CostPanelTest)
#include "CostPanelTest.moc"
