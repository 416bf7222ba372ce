// SPDX-License-Identifier: GPL-3.0-or-later
// Undo and redo of what was set for the next run, put back at once, and what comes back with a backbone.
#include <QComboBox>
#include <QLineEdit>
#include <QSpinBox>
#include <QtTest/QtTest>

#include "core/backbones/ModelSummary.h"
#include "core/settings/Settings.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/WholeWindow.h"
#include "ui/news/RandomStartBar.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::WholeWindow;

namespace {

// Of a squeezenet1_1 that is as its backbone came, so that nothing is changed at first.
void putDefaults(PageFixture& fixture) {
    settings::TrainConfig config = fixture.project.defaults();
    config.datasetFolder = fixture.images.toStdString();
    config.device = "cpu";
    config.epochs = 2;
    fixture.project.takeBackbone(config);
    fixture.project.setConfig(config);
}

struct Window : WholeWindow {
    using WholeWindow::WholeWindow;

    // From no field in particular.
    void undo() {
        leaveFocus();
        keys(Qt::Key_Z, Qt::ControlModifier);
    }
    void redo() {
        leaveFocus();
        keys(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    }
    void typeSetting(const char* name, const QString& text) {
        auto* field = get<QLineEdit>(name);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, text);
        QTest::keyClick(field, Qt::Key_Return);
    }
    void openGroups() {
        for (auto* fold : page.findChildren<FoldHeader*>())
            fold->setChecked(fold->objectName() != QStringLiteral("foldAugmentation"));
    }
    const settings::TrainConfig& config() { return project.config(); }
    std::string everything() { return settings::toJson(project.config()); }
    QString tip(const char* name) { return button(name)->toolTip(); }
};

}  // namespace

class UndoTest : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir m_dataHome;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }

    void aSettingIsUndoneAndRedone() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        window.open(MainWindow::Train);
        window.openGroups();
        QVERIFY(!window.button("undoSetting")->isEnabled());
        const std::string before = window.everything();
        window.typeSetting("batch_size", QStringLiteral("16"));
        const std::string after = window.everything();
        QCOMPARE(window.config().batchSize, 16);
        QVERIFY2(window.tip("undoSetting").contains(QStringLiteral("Batch size")),
                 qPrintable(window.tip("undoSetting")));
        window.undo();
        QCOMPARE(window.everything(), before);
        QCOMPARE(window.get<QLineEdit>("batch_size")->text(),
                 QString::number(fixture.project.defaults().batchSize));
        QVERIFY(!window.button("undoSetting")->isEnabled());
        window.redo();
        QCOMPARE(window.everything(), after);
        window.press(window.button("undoSetting"));
        QCOMPARE(window.everything(), before);
        window.press(window.button("redoSetting"));
        QCOMPARE(window.everything(), after);
        window.undo();
        window.leaveFocus();
        window.keys(Qt::Key_Y, Qt::ControlModifier);
        QCOMPARE(window.everything(), after);
    }

    // The field itself has what was typed and not taken yet; then it is the window's turn.
    void aFieldUndoesWhatIsTypedInItFirst() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        window.open(MainWindow::Train);
        window.openGroups();
        window.typeSetting("batch_size", QStringLiteral("16"));
        auto* field = window.get<QLineEdit>("batch_size");
        QVERIFY(field->hasFocus());
        QTest::keyClicks(field, QStringLiteral("9"));
        QVERIFY(field->text() != QStringLiteral("16"));
        window.keys(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(field->text(), QStringLiteral("16"));
        QCOMPARE(window.config().batchSize, 16);
        window.keys(Qt::Key_Z, Qt::ControlModifier);
        QCOMPARE(window.config().batchSize, fixture.project.defaults().batchSize);
    }

    void whatIsTypedInOneFieldIsOneStep() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const double before = window.config().validationShare;
        auto* share = window.get<QSpinBox>("validationShare");
        share->setFocus();
        share->selectAll();
        QTest::keyClicks(share, QStringLiteral("35"));
        QCOMPARE(window.config().validationShare, 0.35);
        // Another field, and the first one again.
        auto* seed = window.get<QAbstractSpinBox>("splitSeed");
        seed->setFocus();
        seed->selectAll();
        QTest::keyClicks(seed, QStringLiteral("123"));
        share->setFocus();
        QTest::keyClick(share, Qt::Key_Up);
        QCOMPARE(window.config().validationShare, 0.36);
        window.undo();
        QCOMPARE(window.config().validationShare, 0.35);
        QCOMPARE(window.config().seed, std::uint64_t(123));
        window.undo();
        QCOMPARE(window.config().seed, std::uint64_t(1));
        window.undo();
        QCOMPARE(window.config().validationShare, before);
        QCOMPARE(fixture.project.folder(), fixture.images);
    }

    void aBackboneComesBackWithAllThatWasSetForIt() {
        PageFixture fixture;
        Window window(fixture);
        window.open(MainWindow::Network);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.summary(), kPatienceMs);
        window.press(window.get<Pill>("preset0"));
        QVERIFY(!window.config().freeze.frozenUnits.empty());
        QCOMPARE(window.config().preprocess.cropSize, 64);
        const std::string before = window.everything();
        window.chooseBackbone(QStringLiteral("ResNet-18"));
        QCOMPARE(window.config().backbone, std::string("resnet18"));
        QCOMPARE(window.config().preprocess.cropSize, 224);
        const std::string after = window.everything();

        // Another page, and another window's language, change nothing about it.
        window.page.buildAnew();
        QCoreApplication::processEvents();
        window.open(MainWindow::Train);
        QVERIFY2(window.tip("undoSetting").contains(QStringLiteral("ResNet-18")),
                 qPrintable(window.tip("undoSetting")));
        window.undo();
        QCOMPARE(window.everything(), before);
        window.redo();
        QCOMPARE(window.everything(), after);
    }

    void aChoiceThatIsBeingLookedUpIsGivenUp() {
        PageFixture fixture;
        Window window(fixture);
        const std::string before = window.everything();
        fixture.project.chooseBackbone(QStringLiteral("resnet18"), {});
        QVERIFY(fixture.project.isChoosing());
        window.undo();
        QVERIFY(!fixture.project.isChoosing());
        finishBackgroundWork();  // its answer
        QCOMPARE(window.everything(), before);
    }

    // Without undo: by choosing the first one again.
    void thereAndBackKeepsFreezingAndCrop() {
        PageFixture fixture;
        Window window(fixture);
        window.open(MainWindow::Network);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.summary(), kPatienceMs);
        const QString first = window.chosenBackbone();
        window.press(window.get<Pill>("preset0"));
        const std::set<std::string> frozen = window.config().freeze.frozenUnits;
        QVERIFY(!frozen.empty());
        window.chooseBackbone(QStringLiteral("ResNet-18"));
        QVERIFY(window.config().freeze.frozenUnits != frozen);
        window.chooseBackbone(first);
        QCOMPARE(window.config().backbone, std::string("squeezenet1_1"));
        QVERIFY(window.config().freeze.frozenUnits == frozen);
        QCOMPARE(window.config().preprocess.cropSize, 64);
        QCOMPARE(window.config().preprocess.resizeSize, 72);
    }

    void aChoiceWithoutWeightsIsSaidAtOnceAndBesideStart() {
        PageFixture fixture;
        Window window(fixture);
        window.open(MainWindow::Network);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.summary(), kPatienceMs);
        window.chooseBackbone(QStringLiteral("ResNet-18"));
        auto* bar = window.shownPage()->findChild<RandomStartBar*>();
        QVERIFY(bar->isVisible());
        QVERIFY2(bar->notice().startsWith(QStringLiteral("ResNet-18 starts from random numbers")),
                 qPrintable(bar->notice()));
        QVERIFY2(bar->notice().contains(QStringLiteral("every block is trained")), qPrintable(bar->notice()));
        window.open(MainWindow::Train);
        bar = window.shownPage()->findChild<RandomStartBar*>();
        QVERIFY(bar->isVisible());
        QVERIFY2(bar->notice().contains(QStringLiteral("Network page")), qPrintable(bar->notice()));
    }

    void withWeightsThereIsNothingToSay() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        fixture.choose(QStringLiteral("squeezenet1_1"), run + QStringLiteral("/model.safetensors"));
        Window window(fixture);
        window.open(MainWindow::Train);
        QVERIFY(!window.shownPage()->findChild<RandomStartBar*>()->isVisible());
    }

    void allSettingsArePutBackInOneClick() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        window.open(MainWindow::Train);
        window.openGroups();
        QVERIFY(window.button("putBackAll") == nullptr);
        const std::string before = window.everything();
        window.typeSetting("epochs", QStringLiteral("7"));
        window.typeSetting("optimizer.learning_rate", QStringLiteral("0.5"));
        window.typeSetting("batch_size", QStringLiteral("16"));
        QVERIFY(window.everything() != before);
        QCOMPARE(window.button("putBackAll")->text(), QStringLiteral("Put all 3 back"));
        window.press(window.button("putBackAll"));
        QCOMPARE(window.everything(), before);
        QVERIFY(window.button("putBackAll") == nullptr);
        window.undo();  // it is one step
        QCOMPARE(window.config().epochs, 7);
        QCOMPARE(window.config().optimizer.learningRate, 0.5);
    }

    // They are the next run's.
    void stepsAreUndoneWhileARunGoesOn() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.open(MainWindow::Train);
        window.typeSetting("epochs", QStringLiteral("1000"));
        QTRY_VERIFY(window.button("startTraining")->isEnabled());
        window.press(window.button("startTraining"));
        QVERIFY(window.page.controller().isActive());
        QVERIFY(window.button("undoSetting")->isEnabled());
        window.undo();
        QCOMPARE(window.config().epochs, 2);
        QCOMPARE(window.get<QLineEdit>("epochs")->text(), QStringLiteral("2"));
        window.redo();
        QCOMPARE(window.config().epochs, 1000);
        window.press(window.button("undoSetting"));
        QCOMPARE(window.config().epochs, 2);
        QVERIFY(window.page.controller().isActive());
        window.page.controller().stop();
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.controller().isActive(), kPatienceMs);
        QCOMPARE(window.config().epochs, 2);
    }
};

QTEST_MAIN(UndoTest)
#include "UndoTest.moc"
