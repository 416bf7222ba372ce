// SPDX-License-Identifier: GPL-3.0-or-later
// The picture of the network by mouse and keys: freeze and thaw, drag the line where the training begins, the
// presets, and what is said of each part.
#include <QHelpEvent>
#include <QPushButton>
#include <QToolTip>
#include <QtTest/QtTest>
#include <set>

#include "core/settings/Phases.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/NetworkPage.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsHistory.h"
#include "ui/widgets/FigureRow.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class BlockDiagramTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<NetworkPage> {
        explicit Window(PageFixture& fixture) : PageWindow(fixture), project(fixture.project) {}
        BlockDiagram* diagram() { return page.findChild<BlockDiagram*>(); }
        FigureRow* figures() { return page.findChild<FigureRow*>(); }
        Pill* pill(const char* name) { return page.findChild<Pill*>(QLatin1String(name)); }
        void press(const char* name) { QTest::mouseClick(pill(name), Qt::LeftButton); }
        void clickUnit(const QString& unit) {
            QTest::mouseClick(diagram(), Qt::LeftButton, {}, diagram()->unitRect(unit).center());
        }
        void key(Qt::Key key, Qt::KeyboardModifiers modifiers = {}) {
            QTest::keyClick(diagram(), key, modifiers);
        }
        // The line's x before that unit; without one before the head.
        int lineBefore(const QString& unit) {
            const auto& units = project.summary()->units;
            std::size_t n = 0;
            while (n < units.size() && units[n].name != unit.toStdString())
                ++n;
            return diagram()->blocks().cuts[n];
        }
        void dragLineTo(int x, bool letGo = true) {
            const QPoint from = diagram()->lineTag().center();
            QTest::mousePress(diagram(), Qt::LeftButton, {}, from);
            QTest::mouseMove(diagram(), {(from.x() + x) / 2, from.y() + 40});
            QTest::mouseMove(diagram(), {x, from.y() + 60});
            if (letGo) QTest::mouseRelease(diagram(), Qt::LeftButton, {}, {x, from.y() + 60});
        }
        QString tipAt(QPoint place) {
            QHelpEvent event(QEvent::ToolTip, place, diagram()->mapToGlobal(place));
            QCoreApplication::sendEvent(diagram(), &event);
            return QToolTip::text();
        }
        QString tipOf(const QString& unit) { return tipAt(diagram()->unitRect(unit).center()); }
        std::set<std::string> frozen() { return project.config().freeze.frozenUnits; }
        bool isMeasured() { return project.summary() != nullptr; }
        std::string unit(std::size_t n) { return project.summary()->units.at(n).name; }
        bool isFrozen(std::size_t n) { return project.config().freeze.isFrozen(unit(n)); }
        Project& project;
    };

    // What FigureRow shows for so many parameters.
    static QString shown(std::int64_t count) {
        const double value = count < 1000        ? double(count)
                             : count < 1'000'000 ? double(count) / 1e3
                                                 : double(count) / 1e6;
        return QLocale().toString(value, 'f', count < 1000 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0);
    }

    QTemporaryDir m_dataHome;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }

    void freezesAUnitByClick() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        const auto summary = fixture.project.summary();
        QVERIFY(fixture.project.config().freeze.frozenUnits.empty());
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Trainable")), shown(summary->parameters));
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Frozen")), QStringLiteral("0"));

        window.clickUnit(QString::fromStdString(window.unit(3)));
        QVERIFY(window.isFrozen(3));
        QCOMPARE(fixture.project.config().freeze.frozenUnits.size(), std::size_t(1));
        const auto frozen = summary->units[3].parameters;
        QVERIFY(frozen > 0);
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Frozen")), shown(frozen));
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Trainable")), shown(summary->parameters - frozen));

        window.clickUnit(QString::fromStdString(window.unit(3)));
        QVERIFY(!window.isFrozen(3));
    }

    void freezesAStageByItsLabel() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        const QPoint label = window.diagram()->stageLabelRect(QStringLiteral("layer2")).center();
        QTest::mouseClick(window.diagram(), Qt::LeftButton, {}, label);
        const std::set<std::string> both{"layer2.0", "layer2.1"};
        QCOMPARE(fixture.project.config().freeze.frozenUnits, both);
        // With one of them thawed the stage freezes again; then it thaws.
        window.clickUnit(QStringLiteral("layer2.1"));
        QTest::mouseClick(window.diagram(), Qt::LeftButton, {}, label);
        QCOMPARE(fixture.project.config().freeze.frozenUnits, both);
        QTest::mouseClick(window.diagram(), Qt::LeftButton, {}, label);
        QVERIFY(fixture.project.config().freeze.frozenUnits.empty());
    }

    // As the picture flows: stem, layer1.0, layer1.1, layer2.0 ... layer4.1.
    void isDrivenByTheKeyboard() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        window.diagram()->setFocus();
        window.key(Qt::Key_Right);
        window.key(Qt::Key_Right);
        window.key(Qt::Key_Space);
        QCOMPARE(window.frozen(), std::set<std::string>{"layer1.1"});
        QVERIFY(window.diagram()->accessibleDescription().contains(QStringLiteral("layer1.1, frozen")));
        window.key(Qt::Key_Up);  // to its stage
        window.key(Qt::Key_Space);
        QCOMPARE(window.frozen(), (std::set<std::string>{"layer1.0", "layer1.1"}));
        QVERIFY(window.diagram()->accessibleDescription().contains(QStringLiteral("Stage layer1, frozen")));
        window.key(Qt::Key_Right);
        window.key(Qt::Key_Space);
        QVERIFY(fixture.project.config().freeze.isFrozen("layer2.0"));
        window.key(Qt::Key_Down);  // its first unit
        window.key(Qt::Key_Space);
        QVERIFY(!fixture.project.config().freeze.isFrozen("layer2.0"));
        QVERIFY(fixture.project.config().freeze.isFrozen("layer2.1"));
        window.key(Qt::Key_End);
        window.key(Qt::Key_Space);
        QVERIFY(fixture.project.config().freeze.isFrozen("layer4.1"));
        window.key(Qt::Key_Right);  // there is none behind it
        window.key(Qt::Key_Space);
        QVERIFY(!fixture.project.config().freeze.isFrozen("layer4.1"));
        window.key(Qt::Key_Home);
        window.key(Qt::Key_Space);
        QVERIFY(fixture.project.config().freeze.isFrozen("conv1"));
    }

    void trainsFromTheCurrentUnitByKeys() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        window.diagram()->setFocus();
        for (int n = 0; n < 3; ++n)
            window.key(Qt::Key_Right);
        window.key(Qt::Key_Return);
        QCOMPARE(window.frozen(), (std::set<std::string>{"conv1", "layer1.0", "layer1.1"}));
        window.key(Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(window.frozen(), (std::set<std::string>{"conv1", "layer1.0", "layer1.1", "layer2.0"}));
        for (int n = 0; n < 3; ++n)
            window.key(Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(window.frozen(), (std::set<std::string>{"conv1"}));
        for (int n = 0; n < 3; ++n)
            window.key(Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(window.frozen(), std::set<std::string>());
        for (int n = 0; n < 20; ++n)
            window.key(Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(window.frozen().size(), std::size_t(9));
    }

    void theLineIsDragged() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        auto& history = projectPart<SettingsHistory>(fixture.project);
        window.dragLineTo(window.lineBefore(QStringLiteral("layer3.0")), false);
        // Seen and reckoned at once, set when it is let go.
        QVERIFY(window.frozen().empty());
        QCOMPARE(window.diagram()->plan().frozenUnits.size(), std::size_t(5));
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Frozen")), QStringLiteral("683"));
        QTest::mouseRelease(window.diagram(), Qt::LeftButton, {}, window.diagram()->lineTag().center());
        const std::set<std::string> wanted{"conv1", "layer1.0", "layer1.1", "layer2.0", "layer2.1"};
        QCOMPARE(window.frozen(), wanted);
        // Back beyond the first unit, and on to the head; a hole is closed on the way.
        window.clickUnit(QStringLiteral("layer4.1"));
        window.dragLineTo(0);
        QVERIFY(window.frozen().empty());
        window.dragLineTo(window.diagram()->width() - 1);
        QCOMPARE(window.frozen().size(), std::size_t(9));
        history.undo();
        history.undo();
        history.undo();
        QCOMPARE(window.frozen(), wanted);
        history.undo();
        QVERIFY(window.frozen().empty());
        // Given up halfway.
        window.dragLineTo(window.lineBefore(QStringLiteral("layer2.0")), false);
        window.key(Qt::Key_Escape);
        QTest::mouseRelease(window.diagram(), Qt::LeftButton, {}, {5, 5});
        QVERIFY(window.frozen().empty());
        QVERIFY(window.diagram()->plan().frozenUnits.empty());
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Frozen")), QStringLiteral("0"));
    }

    void undoAndRedoStandBesideIt() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        auto* undo = window.get<QPushButton>("undoNetwork");
        auto* redo = window.get<QPushButton>("redoNetwork");
        QVERIFY(!redo->isEnabled());
        window.clickUnit(QStringLiteral("layer2.0"));
        QVERIFY(undo->isEnabled());
        QVERIFY2(undo->toolTip().contains(QStringLiteral("frozen blocks")), qPrintable(undo->toolTip()));
        window.press("preset0");
        QTest::mouseClick(undo, Qt::LeftButton);
        QCOMPARE(window.frozen(), std::set<std::string>{"layer2.0"});
        QCOMPARE(window.diagram()->plan().frozenUnits, window.frozen());
        QTest::qWait(QApplication::doubleClickInterval() + 50);  // else it counts as one press
        QTest::mouseClick(redo, Qt::LeftButton);
        QCOMPARE(window.frozen().size(), std::size_t(9));
    }

    // 2359296 + 2 * 1024 and twice of it, by hand: two 3 x 3 convolutions of 512 channels, two norms.
    void hoveringSaysWhatAUnitIs() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        settings::TrainConfig config = fixture.project.config();
        config.optimizer.layerDecay = 0.5;
        fixture.project.setConfig(config);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        const QString last = window.tipOf(QStringLiteral("layer4.1"));
        QVERIFY2(last.contains(QStringLiteral("layer4.1, trained")), qPrintable(last));
        QVERIFY2(last.contains(QStringLiteral("4,720,640 parameters")), qPrintable(last));
        QVERIFY2(last.contains(QStringLiteral("231.2 million")), qPrintable(last));  // 2 * 9 * 512^2 * 7^2
        QVERIFY2(last.contains(QStringLiteral("Output 7\u00b2 \u00d7 512")), qPrintable(last));
        QVERIFY2(last.contains(QStringLiteral("Skip connection")), qPrintable(last));
        QVERIFY2(last.contains(QStringLiteral("\u00d7 0.5")), qPrintable(last));
        QVERIFY(window.tipOf(QStringLiteral("layer3.1")).contains(QStringLiteral("\u00d7 0.125")));
        window.press("preset0");
        const QString frozen = window.tipOf(QStringLiteral("layer3.1"));
        QVERIFY2(frozen.contains(QStringLiteral("frozen, computed once")), qPrintable(frozen));
        QVERIFY(!frozen.contains(QStringLiteral("Learning rate")));
        config = fixture.project.config();
        config.cache.variants = 0;
        fixture.project.setConfig(config);
        QVERIFY(!window.tipOf(QStringLiteral("layer3.1")).contains(QStringLiteral("computed once")));
        const QString stage =
            window.tipAt(window.diagram()->stageLabelRect(QStringLiteral("layer4")).center());
        QVERIFY2(stage.contains(QStringLiteral("2 units, 8,393,728 parameters")), qPrintable(stage));
        QVERIFY(window.tipAt(window.diagram()->lineTag().center()).contains(QStringLiteral("Drag")));
    }

    void foldedUnitsAreReached() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("densenet201"));
        settings::TrainConfig config = fixture.project.config();
        config.preprocess.resizeSize = 72;
        config.preprocess.cropSize = 64;
        fixture.project.setConfig(config);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        const auto stage = [&]() -> const StageBody& { return window.diagram()->blocks().stages[5]; };
        QCOMPARE(stage().name, QStringLiteral("denseblock3"));
        QVERIFY(stage().folded);
        // The body is the stage.
        window.clickUnit(QStringLiteral("features.denseblock3.denselayer7"));
        QCOMPARE(window.frozen().size(), std::size_t(48));
        QTest::mouseClick(window.diagram(), Qt::LeftButton, {}, stage().fold.center());
        QVERIFY(!stage().folded);
        window.clickUnit(QStringLiteral("features.denseblock3.denselayer7"));
        QCOMPARE(window.frozen().size(), std::size_t(47));
        QVERIFY(!window.frozen().contains("features.denseblock3.denselayer7"));
        QTest::mouseClick(window.diagram(), Qt::LeftButton, {}, stage().fold.center());
        QVERIFY(stage().folded);
        // By keys it opens as one goes in, and closes behind one.
        window.diagram()->setFocus();
        window.key(Qt::Key_Up);
        window.key(Qt::Key_Down);
        QVERIFY(!stage().folded);
        for (int n = 0; n < 4; ++n)
            window.key(Qt::Key_Right);
        window.key(Qt::Key_Space);
        QVERIFY(!window.frozen().contains("features.denseblock3.denselayer5"));
        window.key(Qt::Key_End);
        QVERIFY(stage().folded);
        // The line comes to any of them without opening it.
        window.dragLineTo(window.lineBefore(QStringLiteral("features.denseblock3.denselayer31")));
        QVERIFY(window.frozen().contains("features.denseblock3.denselayer30"));
        QVERIFY(!window.frozen().contains("features.denseblock3.denselayer31"));
    }

    void offersPresets() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        const auto units = fixture.project.summary()->units.size();
        QVERIFY(window.pill("preset3")->isChecked());  // random weights: everything is trained
        window.press("preset0");
        QCOMPARE(window.frozen().size(), units);
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Trainable")),
                 shown(fixture.project.summary()->headParameters));
        QVERIFY(window.pill("preset0")->isChecked());
        QVERIFY(!window.pill("preset3")->isChecked());
        window.press("preset1");
        QCOMPARE(window.frozen().size(), units - 2);
        QVERIFY(!fixture.project.config().freeze.isFrozen("layer4.0"));
        QVERIFY(window.pill("preset1")->isChecked());
        window.press("preset2");
        QVERIFY(fixture.project.config().freeze.isFrozen("layer2.1"));
        QVERIFY(!fixture.project.config().freeze.isFrozen("layer3.0"));
        QVERIFY(!fixture.project.config().freeze.isFrozen("layer4.1"));
        window.press("preset3");
        QVERIFY(window.frozen().empty());
        // A second click on the chosen one leaves it chosen.
        window.press("preset3");
        QVERIFY(window.pill("preset3")->isChecked());
        window.clickUnit(QStringLiteral("layer1.0"));
        QVERIFY(!window.pill("preset3")->isChecked());
    }

    // A plan that can be trained: with five epochs and one for each stage, four stages at most.
    void gradualThawsAsFarAsTheEpochsGo() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 3;
        fixture.project.setConfig(config);
        window.press("preset0");
        window.press("preset4");
        QVERIFY(window.pill("preset4")->isChecked());
        QVERIFY(!window.pill("preset0")->isChecked());
        QCOMPARE(window.frozen(),
                 (std::set<std::string>{"conv1", "layer1.0", "layer1.1", "layer2.0", "layer2.1"}));
        const auto phases = settings::phasesOf(fixture.project.config(), fixture.project.summary()->units);
        QVERIFY(phases.has_value());
        QCOMPARE(phases->size(), std::size_t(3));
        QCOMPARE(phases->front().freeze.frozenUnits.size(), std::size_t(9));
        QVERIFY(window.says(QStringLiteral("the last stage first")));
        // Another preset is a run of one phase again, in one step.
        window.press("preset1");
        QVERIFY(!window.pill("preset4")->isChecked());
        QCOMPARE(settings::planOf(fixture.project.config())->name, std::string("one"));
        projectPart<SettingsHistory>(fixture.project).undo();
        QVERIFY(window.pill("preset4")->isChecked());
        // What was thawed before it stays.
        projectPart<SettingsHistory>(fixture.project).redo();
        window.press("preset4");
        QCOMPARE(window.frozen().size(), std::size_t(7));
    }

    void showsTheFirstOfOnesOwnPhases() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 4;
        config.own["phases.kind"] = std::string("own");
        config.own["phases.list"] = std::string("2 layer1; rest none");
        fixture.project.setConfig(config);
        QVERIFY(window.says(QStringLiteral("decided by the phases on the Train page")));
        QVERIFY(!window.says(QStringLiteral("drag the line")));
        const std::set<std::string> first{"layer1.0", "layer1.1"};
        QCOMPARE(window.diagram()->plan().frozenUnits, first);
        std::int64_t frozen = 0;
        for (const backbones::UnitSummary& unit : fixture.project.summary()->units)
            frozen += first.contains(unit.name) ? unit.parameters : 0;
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Frozen")), shown(frozen));
        // Neither mouse, keyboard nor preset changes what is not used.
        window.clickUnit(QStringLiteral("layer2.0"));
        window.diagram()->setFocus();
        QTest::keyClick(window.diagram(), Qt::Key_Space);
        for (const char* preset : {"preset0", "preset1", "preset2", "preset3", "preset4"})
            QVERIFY(!window.pill(preset)->isEnabled());
        QCOMPARE(window.diagram()->plan().frozenUnits, first);
        QVERIFY(fixture.project.config().freeze.frozenUnits.empty());

        config.own["phases.list"] = std::string("2 layer9; rest none");
        fixture.project.setConfig(config);
        QVERIFY(window.says(QStringLiteral("layer9")));

        // The choice that was there before is in use again, with what it means for the phases.
        config.own["phases.kind"] = std::string("head_first");
        fixture.project.setConfig(config);
        QVERIFY(window.says(QStringLiteral("The head is trained alone first")));
        QVERIFY(window.diagram()->plan().frozenUnits.empty());
        window.clickUnit(QStringLiteral("layer2.0"));
        QVERIFY(fixture.project.config().freeze.isFrozen("layer2.0"));
        config = fixture.project.config();
        config.own["phases.kind"] = std::string("gradual");
        fixture.project.setConfig(config);
        QVERIFY(window.says(QStringLiteral("the last stage first")));
        config.own.erase("phases.kind");
        fixture.project.setConfig(config);
        QVERIFY(!window.says(QStringLiteral("The head is trained alone first")));
    }
};

QTEST_MAIN(BlockDiagramTest)
#include "BlockDiagramTest.moc"
