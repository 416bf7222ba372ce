// SPDX-License-Identifier: GPL-3.0-or-later
// A backbone's defaults are looked up beside the window: what is in use until then, and which choice counts.
#include <QLabel>
#include <QPushButton>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest/QtTest>
#include <memory>

#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/NetworkPage.h"
#include "ui/session/Background.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

namespace {

// As long as it lives nothing that was asked for in the background is done.
class BusyPool {
  public:
    BusyPool() : m_threads(backgroundPool().maxThreadCount()) {
        backgroundPool().waitForDone();
        backgroundPool().setMaxThreadCount(1);
        backgroundPool().start([go = m_go] { go->acquire(); });
    }
    ~BusyPool() { release(); }
    // And lets the answers come, and what these begin.
    void release() {
        if (m_threads == 0) return;
        m_go->release();
        for (int round = 0; round < 4; ++round) {
            backgroundPool().waitForDone();
            QCoreApplication::processEvents();
        }
        backgroundPool().setMaxThreadCount(m_threads);
        m_threads = 0;
    }

  private:
    int m_threads;
    std::shared_ptr<QSemaphore> m_go = std::make_shared<QSemaphore>();
};

struct Window : PageWindow<NetworkPage> {
    explicit Window(PageFixture& fixture) : PageWindow(fixture), project(fixture.project) {}
    void settle() { BusyPool().release(); }
    QTableView* table() { return page.findChild<QTableView*>(QStringLiteral("backbones")); }
    QString chosenRow() { return table()->currentIndex().siblingAtColumn(0).data().toString(); }
    QString subtitle() { return page.findChild<ElidedLabel*>(QStringLiteral("subtitle"))->text(); }
    bool isPressed(const char* pill) { return get<Pill>(pill)->isChecked(); }
    void choose(const QString& title) {
        for (int row = 0; row < table()->model()->rowCount(); ++row) {
            const QModelIndex index = table()->model()->index(row, 0);
            if (index.data().toString() != title) continue;
            table()->scrollTo(index);
            return QTest::mouseClick(table()->viewport(), Qt::LeftButton, {},
                                     table()->visualRect(index).center());
        }
        QFAIL(qPrintable(title));
    }
    std::string backbone() { return project.config().backbone; }
    Project& project;
};

}  // namespace

class BackboneChoiceTest : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir m_dataHome;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }

    // To look up LibTorch is loaded, the network built and a weight file read.
    void aClickDoesNotWaitForTheDefaults() {
        PageFixture fixture;
        Window window(fixture);
        window.settle();
        BusyPool busy;
        window.choose(QStringLiteral("ResNet-18"));
        QVERIFY(fixture.project.isChoosing());
        QCOMPARE(window.backbone(), std::string("squeezenet1_1"));
        // The click is seen all the same, and the blocks before are not taken for the new ones.
        QCOMPARE(window.chosenRow(), QStringLiteral("ResNet-18"));
        QVERIFY2(window.subtitle().contains(QStringLiteral("ResNet-18")), qPrintable(window.subtitle()));
        QVERIFY(!window.page.findChild<BlockDiagram*>()->isVisible());
        busy.release();
        QVERIFY(!fixture.project.isChoosing());
        QCOMPARE(window.backbone(), std::string("resnet18"));
        QCOMPARE(window.chosenRow(), QStringLiteral("ResNet-18"));
        QCOMPARE(fixture.project.config().preprocess.cropSize, 224);
        QCOMPARE(fixture.project.config().epochs, 2);  // what a person had set stays
        QVERIFY2(window.subtitle().contains(QStringLiteral("224")), qPrintable(window.subtitle()));
    }

    void ofTwoChoicesTheLaterOneCounts() {
        PageFixture fixture;
        Window window(fixture);
        window.settle();
        BusyPool busy;
        QSignalSpy changed(&fixture.project, &Project::backboneChanged);
        window.choose(QStringLiteral("ResNet-18"));
        window.choose(QStringLiteral("ResNet-34"));
        busy.release();
        QCOMPARE(window.backbone(), std::string("resnet34"));
        QCOMPARE(window.chosenRow(), QStringLiteral("ResNet-34"));
        QCOMPARE(changed.count(), 1);  // nor was the earlier one in use in between
    }

    void backToWhatIsInUseIsAChoiceToo() {
        PageFixture fixture;
        Window window(fixture);
        window.settle();
        const QString inUse = window.chosenRow();
        BusyPool busy;
        QSignalSpy changed(&fixture.project, &Project::backboneChanged);
        window.choose(QStringLiteral("ResNet-18"));
        window.choose(inUse);
        QVERIFY(!fixture.project.isChoosing());
        busy.release();
        QCOMPARE(window.backbone(), std::string("squeezenet1_1"));
        QCOMPARE(window.chosenRow(), inUse);
        QCOMPARE(changed.count(), 0);
        QCOMPARE(fixture.project.config().preprocess.cropSize, 64);  // as it was set
        QVERIFY(window.page.findChild<BlockDiagram*>()->isVisible());
    }

    void otherWeightsOfTheRowThatWasJustChosen() {
        PageFixture fixture;
        Window window(fixture);
        window.settle();
        BusyPool busy;
        window.choose(QStringLiteral("ResNet-18"));
        window.press(window.get<Pill>("randomWeights"));
        busy.release();
        QCOMPARE(window.backbone(), std::string("resnet18"));
        QCOMPARE(fixture.project.config().weightsFile, std::string());
    }

    void aFileIsForTheBackboneThatWasJustChosen() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);  // of SqueezeNet
        Window window(fixture);
        window.settle();
        BusyPool busy;
        window.choose(QStringLiteral("ResNet-18"));
        fixture.prompts.file = run + QStringLiteral("/model.safetensors");
        window.press(window.get<Pill>("weightsFromFile"));
        QCoreApplication::processEvents();  // the question's answer
        busy.release();
        QCOMPARE(window.backbone(), std::string("resnet18"));
        QCOMPARE(fixture.project.config().weightsFile, std::string());
        QVERIFY2(window.visibleErrors().contains(QStringLiteral("not for this backbone")),
                 qPrintable(window.visibleErrors()));
    }

    void whatIsSetMeanwhileStays() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        Window window(fixture);
        window.settle();
        BusyPool busy;
        fixture.project.chooseBackbone(QStringLiteral("squeezenet1_1"),
                                       run + QStringLiteral("/model.safetensors"));
        settings::TrainConfig config = fixture.project.config();
        config.freeze.frozenUnits = {fixture.project.summary()->units.at(1).name};
        config.preprocess.cropSize = 48;
        config.epochs = 9;
        fixture.project.setConfig(config);
        busy.release();
        QVERIFY(!fixture.project.config().weightsFile.empty());
        QCOMPARE(fixture.project.config().freeze.frozenUnits, config.freeze.frozenUnits);
        QCOMPARE(fixture.project.config().preprocess.cropSize, 48);
        QCOMPARE(fixture.project.config().epochs, 9);
    }

    // The window looks up with what it starts while it can be used already.
    void theWindowsFirstBackboneDoesNotTakeAChoiceAway() {
        PageFixture fixture;
        Window window(fixture);
        window.settle();
        BusyPool busy;
        window.choose(QStringLiteral("ResNet-18"));
        fixture.choose(QStringLiteral("inception_v3"));  // for other pictures
        QCOMPARE(window.chosenRow(), QStringLiteral("ResNet-18"));
        busy.release();
        QCOMPARE(window.backbone(), std::string("resnet18"));
        QCOMPARE(fixture.project.config().preprocess.cropSize, 224);
    }

    void aRefusalLeavesWhatIsInUse() {
        PageFixture fixture;
        Window window(fixture);
        window.settle();
        const QString inUse = window.chosenRow();
        fixture.project.chooseBackbone(QStringLiteral("resnet19"), {});
        window.settle();
        QVERIFY(!fixture.project.isChoosing());
        QCOMPARE(window.backbone(), std::string("squeezenet1_1"));
        QCOMPARE(window.chosenRow(), inUse);
        QVERIFY(window.page.findChild<BlockDiagram*>()->isVisible());
        QVERIFY2(window.visibleErrors().contains(QStringLiteral("resnet19")),
                 qPrintable(window.visibleErrors()));
    }

    // Or it would train what was chosen before.
    void aTrainingWaitsForTheChoice() {
        PageFixture fixture;
        fixture.scan();
        TrainPage page(fixture.project, fixture.controller, fixture.prompts);
        page.show();
        auto* start = page.findChild<QPushButton*>(QStringLiteral("startTraining"));
        QVERIFY(start->isEnabled());
        BusyPool busy;
        fixture.project.chooseBackbone(QStringLiteral("resnet18"), {});
        QVERIFY(!start->isEnabled());
        auto* subtitle = page.findChild<ElidedLabel*>(QStringLiteral("subtitle"));
        QVERIFY2(subtitle->text().contains(QStringLiteral("looked up")), qPrintable(subtitle->text()));
        busy.release();
        QVERIFY(start->isEnabled());
        QVERIFY2(subtitle->text().endsWith(QStringLiteral("ResNet-18")), qPrintable(subtitle->text()));
    }
};

QTEST_MAIN(BackboneChoiceTest)
#include "BackboneChoiceTest.moc"
