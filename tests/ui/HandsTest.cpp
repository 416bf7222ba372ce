// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keyboard do alike in the whole window: the wheel over fields, double clicks, Return, and
// where the focus is.
#include <QAccessible>
#include <QComboBox>
#include <QLineEdit>
#include <QListWidget>
#include <QMainWindow>
#include <QMouseEvent>
#include <QPointer>
#include <QScrollArea>
#include <QScrollBar>
#include <QSlider>
#include <QSpinBox>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWheelEvent>
#include <QtTest/QtTest>
#include <algorithm>
#include <utility>
#include <vector>

#include "tests/ui/support/WholeWindow.h"
#include "ui/network/BlockDiagram.h"
#include "ui/style/Theme.h"
#include "ui/train/LearningRateView.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/FormRow.h"
#include "ui/widgets/RowTable.h"
#include "ui/widgets/ThumbnailGrid.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::WholeWindow;

namespace {

using State = TrainingController::State;

// A button of the mouse goes down and up at one place of the window. time: in milliseconds.
void pressAt(QWidget& window, const QPoint& place, quint64 time) {
    QWidget* target = window.childAt(place);
    QVERIFY(target != nullptr);
    for (const QEvent::Type type : {QEvent::MouseButtonPress, QEvent::MouseButtonRelease}) {
        const Qt::MouseButtons held =
            type == QEvent::MouseButtonPress ? Qt::MouseButtons(Qt::LeftButton) : Qt::MouseButtons();
        QMouseEvent event(type, QPointF(target->mapFrom(&window, place)), QPointF(window.mapToGlobal(place)),
                          Qt::LeftButton, held, Qt::NoModifier);
        event.setTimestamp(time);
        QCoreApplication::sendEvent(target, &event);
    }
    QCoreApplication::processEvents();  // what comes in its place is laid out
}

// Where the buttons end, and whatever comes in their place.
QPoint endOf(const QWidget& window, const QWidget& button) {
    return button.mapTo(&window, QPoint(button.width() - 10, button.height() / 2));
}

void turnWheel(QWidget& over) {
    const QPointF middle(over.rect().center());
    QWheelEvent event(middle, over.mapToGlobal(middle), QPoint(), QPoint(0, -120), Qt::NoButton,
                      Qt::NoModifier, Qt::NoScrollPhase, false);
    QSpontaneKeyEvent::setSpontaneous(&event);  // as a person's: only such a one goes on to what lies around
    qApp->notify(&over, &event);
}

QString nameOf(const QWidget& widget) {
    return QString::fromLatin1(widget.metaObject()->className()) + ' ' + widget.objectName();
}

QString valueOf(const QWidget& field) {
    if (const auto* box = qobject_cast<const QAbstractSpinBox*>(&field)) return box->text();
    if (const auto* box = qobject_cast<const QComboBox*>(&field)) return box->currentText();
    return QString::number(qobject_cast<const QSlider*>(&field)->value());
}

std::vector<QWidget*> fieldsOf(QWidget& page) {
    std::vector<QWidget*> fields;
    for (QWidget* widget : page.findChildren<QWidget*>()) {
        const bool isField = qobject_cast<QAbstractSpinBox*>(widget) || qobject_cast<QComboBox*>(widget) ||
                             qobject_cast<QSlider*>(widget);
        if (isField && widget->isVisible() && widget->isEnabled()) fields.push_back(widget);
    }
    return fields;
}

bool isTabStop(const QWidget& widget) {
    return widget.isVisible() && widget.isEnabled() && (widget.focusPolicy() & Qt::TabFocus) != 0 &&
           widget.focusProxy() == nullptr;
}

QScrollArea* areaAround(const QWidget& widget) {
    for (QWidget* around = widget.parentWidget(); around != nullptr; around = around->parentWidget()) {
        if (auto* area = qobject_cast<QScrollArea*>(around)) return area;
    }
    return nullptr;
}

// Whether all of its height is seen. part: in the widget.
bool isInView(const QScrollArea& area, const QWidget& widget, const QRect& part) {
    const QRect shown(widget.mapTo(area.viewport(), part.topLeft()), part.size());
    return shown.top() >= 0 && shown.bottom() < area.viewport()->height();
}

QString toldName(QWidget& widget) {
    return QAccessible::queryAccessibleInterface(&widget)->text(QAccessible::Name);
}

}  // namespace

class HandsTest : public QObject {
    Q_OBJECT

  private:
    static constexpr quint64 kBegin = 1'000'000'000;  // after every click that QTest makes
    QTemporaryDir m_dataHome;

    static void makeLong(PageFixture& fixture) {
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 1000;
        fixture.project.setConfig(config);
    }

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }

    void theWheelScrollsWhatHasNoFocus() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        std::size_t seen = 0;
        for (const auto page :
             {MainWindow::Data, MainWindow::Network, MainWindow::Train, MainWindow::Export}) {
            window.open(page);
            for (auto* fold : window.shownPage()->findChildren<FoldHeader*>())
                fold->setChecked(true);
            window.leaveFocus();
            for (QWidget* field : fieldsOf(*window.shownPage())) {
                const QString before = valueOf(*field);
                turnWheel(*field);
                QVERIFY2(valueOf(*field) == before, qPrintable(nameOf(*field)));
                QVERIFY2(!field->hasFocus(), qPrintable(nameOf(*field)));
                QVERIFY2((field->focusPolicy() & Qt::WheelFocus) != Qt::WheelFocus,
                         qPrintable(nameOf(*field)));
                ++seen;
            }
        }
        QVERIFY(seen > 10);
    }

    void aChoiceThatHasTheFocusLeavesTheWheelToThePage() {
        QWidget page;
        auto* box = new QComboBox(&page);
        box->addItems({"one", "two", "three"});
        page.show();
        page.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&page));
        box->setFocus();
        QVERIFY(box->hasFocus());
        turnWheel(*box);
        QCOMPARE(box->currentIndex(), 0);
    }

    // As when a sentence appears above it, since the press has taken the focus from a field.
    void aButtonThatMovesUnderAMouseThatStandsStillIsClicked() {
        QWidget page;
        page.resize(400, 400);
        auto* button = new QPushButton(QStringLiteral("press"), &page);
        page.show();
        QSignalSpy clicked(button, &QPushButton::clicked);
        const QPoint place = button->mapToGlobal(button->rect().center());
        QTest::mousePress(button, Qt::LeftButton);
        button->move(0, 200);
        QTest::mouseRelease(button, Qt::LeftButton, {}, button->mapFromGlobal(place));
        QCOMPARE(clicked.count(), 1);
        QVERIFY(!button->isDown());
        // Whoever draws the mouse away has changed their mind, be it by few pixels.
        QTest::mousePress(button, Qt::LeftButton, {}, QPoint(10, 1));
        QTest::mouseRelease(button, Qt::LeftButton, {}, QPoint(10, -3));
        QCOMPARE(clicked.count(), 1);
        QTest::mousePress(button, Qt::LeftButton);
        QTest::mouseRelease(button, Qt::LeftButton, {}, QPoint(0, -150));
        QCOMPARE(clicked.count(), 1);
    }

    void theWheelOverAFieldScrollsItsPage() {
        PageFixture fixture;
        WholeWindow window(fixture);
        window.open(MainWindow::Train);
        window.get<FoldHeader>("foldOptimizer")->setChecked(true);
        auto* box = window.get<QComboBox>("optimizer.kind");
        QWidget* around = box;
        while (qobject_cast<QScrollArea*>(around) == nullptr)
            around = around->parentWidget();
        QScrollBar* bar = static_cast<QScrollArea*>(around)->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > 0);
        QCoreApplication::processEvents();
        bar->setValue(0);
        turnWheel(*box);
        QVERIFY(bar->value() > 0);
    }

    void theWheelChangesAFieldThatHasTheFocus() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        auto* share = window.get<QSpinBox>("validationShare");
        QTRY_VERIFY(share->isVisible());
        const int before = share->value();
        share->setFocus();
        turnWheel(*share);
        QCOMPARE(share->value(), before - 1);
    }

    // Nobody has to think of it.
    void aNewFieldHasItByItself() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QSpinBox added(&window.page);
        added.setRange(0, 100);
        added.setValue(50);
        added.show();
        turnWheel(added);
        QCOMPARE(added.value(), 50);
    }

    void aDoubleClickOnStartDoesNotStop() {
        PageFixture fixture;
        makeLong(fixture);
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.open(MainWindow::Train);
        auto* start = window.button("startTraining");
        QTRY_VERIFY(start->isEnabled());
        const QPoint place = endOf(window.page, *start);
        const auto atOnce = static_cast<quint64>(QApplication::doubleClickInterval() / 2);
        pressAt(window.page, place, kBegin);
        QCOMPARE(window.page.controller().state(), State::Running);
        QCOMPARE(window.page.childAt(place), static_cast<QWidget*>(window.button("stopTraining")));
        pressAt(window.page, place, kBegin + atOnce);
        pressAt(window.page, place, kBegin + 2 * atOnce);
        QCOMPARE(window.page.controller().state(), State::Running);
        // Whoever looks first may stop.
        pressAt(window.page, place, kBegin + 10 * atOnce);
        QVERIFY(window.page.controller().state() != State::Running);
        QTRY_COMPARE_WITH_TIMEOUT(window.page.controller().state(), State::Idle, kPatienceMs);
    }

    void aDoubleClickOnNextLeapsOverNoPage() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const QPoint place = endOf(window.page, *window.button("next"));
        pressAt(window.page, place, kBegin);
        pressAt(window.page, place, kBegin + 100);
        QCOMPARE(window.page.page(), MainWindow::Network);
        pressAt(window.page, place, kBegin + 10'000);
        QCOMPARE(window.page.page(), MainWindow::Train);
    }

    void aButtonThatStaysTheSameMayBePressedFast() {
        PageFixture fixture;
        WholeWindow window(fixture);
        auto* theme = window.get<QToolButton>("themeSwitch");
        const QPoint place = theme->mapTo(&window.page, theme->rect().center());
        pressAt(window.page, place, kBegin);
        QVERIFY(Theme::instance().isDark());
        pressAt(window.page, place, kBegin + 100);
        QVERIFY(!Theme::instance().isDark());
    }

    void returnPressesTheButtonThatHasTheFocus() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.button("next")->setFocus();
        window.keys(Qt::Key_Return);
        QCOMPARE(window.page.page(), MainWindow::Network);
        window.step(2)->setFocus();
        window.keys(Qt::Key_Enter, Qt::KeypadModifier);
        QCOMPARE(window.page.page(), MainWindow::Train);
        window.step(0)->setFocus();
        window.keys(Qt::Key_Space);
        QCOMPARE(window.page.page(), MainWindow::Data);
    }

    void aKeyThatIsHeldPressesOnce() {
        PageFixture fixture;
        makeLong(fixture);
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.open(MainWindow::Train);
        QTRY_VERIFY(window.button("startTraining")->isEnabled());
        window.button("startTraining")->setFocus();
        window.keys(Qt::Key_Return);
        QCOMPARE(window.page.controller().state(), State::Running);
        QTRY_COMPARE(QApplication::focusWidget(), static_cast<QWidget*>(window.button("pauseTraining")));
        for (const int key : {Qt::Key_Return, Qt::Key_Space}) {
            QKeyEvent held(QEvent::KeyPress, key, Qt::NoModifier, QString(), true);
            QCoreApplication::sendEvent(QApplication::focusWidget(), &held);
        }
        QCOMPARE(window.page.controller().state(), State::Running);
        // Nor does a second press at once.
        QKeyEvent first(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
        first.setTimestamp(kBegin);
        window.step(2)->setFocus();
        QCoreApplication::sendEvent(window.step(2), &first);
        QKeyEvent second(QEvent::KeyPress, Qt::Key_Return, Qt::NoModifier);
        second.setTimestamp(kBegin + 50);
        window.button("stopTraining")->setFocus();
        QCoreApplication::sendEvent(window.button("stopTraining"), &second);
        QCOMPARE(window.page.controller().state(), State::Running);
        window.page.controller().stop();
        QTRY_COMPARE_WITH_TIMEOUT(window.page.controller().state(), State::Idle, kPatienceMs);
    }

    void theFocusGoesToWhatStandsInTheButtonsPlace() {
        PageFixture fixture;
        makeLong(fixture);
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.open(MainWindow::Train);
        QTRY_VERIFY(window.button("startTraining")->isEnabled());
        window.button("startTraining")->setFocus();
        window.keys(Qt::Key_Space);
        auto* stop = window.button("stopTraining");
        QVERIFY(stop);
        // To the harmless one of them, though Stop is nearer.
        QTRY_COMPARE(QApplication::focusWidget(), static_cast<QWidget*>(window.button("pauseTraining")));
        window.keys(Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(stop));
        window.keys(Qt::Key_Space);
        QTRY_COMPARE_WITH_TIMEOUT(window.page.controller().state(), State::Idle, kPatienceMs);
        // While it stops no button can be pressed; then the focus is back among them.
        QTRY_VERIFY(QApplication::focusWidget() != nullptr &&
                    QApplication::focusWidget()->parentWidget() == stop->parentWidget());
        QVERIFY(QApplication::focusWidget()->isVisible());
        QVERIFY(QApplication::focusWidget()->isEnabled());
    }

    void theFocusStaysAmongTheButtonsOfAnExport() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        WholeWindow window(fixture);
        fixture.project.setCurrentRun(run);
        window.open(MainWindow::Export);
        auto* start = window.button("startExport");
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled(), kPatienceMs);
        window.get<QLineEdit>("exportFolder")->setText(fixture.directory.filePath(QStringLiteral("models")));
        start->setFocus();
        window.keys(Qt::Key_Return);
        QVERIFY(!start->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(start->isEnabled() && QApplication::focusWidget() == start, kPatienceMs);
    }

    void whateverHasTheFocusShowsIt_data() {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void whateverHasTheFocusShowsIt() {
        QFETCH(bool, isDark);
        Theme::instance().apply(*qApp, isDark);
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        WholeWindow window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset() && fixture.project.summary(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.get<QAbstractItemView>("runs")->isVisible(), kPatienceMs);
        std::size_t lists = 0;
        for (int page = MainWindow::Data; page <= MainWindow::Runs; ++page) {
            window.open(static_cast<MainWindow::Page>(page));
            QTest::qWait(50);  // for what is read beside the window; nothing depends on it
            QList<QPointer<QWidget>> widgets;
            for (QWidget* widget : window.page.findChildren<QWidget*>())
                widgets << widget;
            for (const QPointer<QWidget>& widget : std::as_const(widgets)) {
                if (!widget || !isTabStop(*widget)) continue;
                window.leaveFocus();
                const QImage without = widget->grab().toImage();
                widget->setFocus(Qt::TabFocusReason);
                if (!widget || !widget->hasFocus()) continue;  // it went meanwhile
                QVERIFY2(widget->grab().toImage() != without, qPrintable(nameOf(*widget)));
                if (qobject_cast<QAbstractItemView*>(widget) != nullptr) ++lists;
            }
        }
        QVERIFY(lists >= 5);
        Theme::instance().apply(*qApp, false);
    }

    void whatGetsTheFocusByKeysIsScrolledIntoView() {
        PageFixture fixture;
        WholeWindow window(fixture, {960, 640});
        window.open(MainWindow::Train);
        for (auto* fold : window.shownPage()->findChildren<FoldHeader*>())
            fold->setChecked(true);
        auto* field = window.get<QLineEdit>("optimizer.momentum");
        QVERIFY(field);
        QScrollArea* area = areaAround(*field);
        QVERIFY(area);
        QScrollBar* bar = area->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > area->viewport()->height());
        QTest::qWait(50);  // for the last of the layout; nothing depends on it
        window.leaveFocus();
        bar->setValue(bar->maximum());
        for (int n = 0; n < 200 && !area->widget()->isAncestorOf(QApplication::focusWidget()); ++n)
            window.keys(Qt::Key_Tab);
        QWidget* first = QApplication::focusWidget();
        QVERIFY(area->widget()->isAncestorOf(first));
        QTRY_VERIFY(isInView(*area, *first, first->rect()));
        // Also where the program gives it.
        const std::vector<QWidget*> fields = fieldsOf(*area->widget());
        QWidget* last = *std::max_element(fields.begin(), fields.end(), [area](QWidget* one, QWidget* other) {
            return one->mapTo(area, QPoint()).y() < other->mapTo(area, QPoint()).y();
        });
        bar->setValue(0);
        QVERIFY(!isInView(*area, *last, last->rect()));
        last->setFocus();
        QTRY_VERIFY(isInView(*area, *last, last->rect()));
    }

    void aClickScrollsNothingAwayFromTheMouse() {
        PageFixture fixture;
        WholeWindow window(fixture, {960, 640});
        window.open(MainWindow::Train);
        for (auto* fold : window.shownPage()->findChildren<FoldHeader*>())
            fold->setChecked(true);
        auto* field = window.get<QLineEdit>("optimizer.momentum");
        QScrollArea* area = areaAround(*field);
        QScrollBar* bar = area->verticalScrollBar();
        QTRY_VERIFY(bar->maximum() > area->viewport()->height());
        QTest::qWait(50);
        // Cut in two by the upper edge.
        bar->setValue(field->mapTo(area->widget(), QPoint()).y() + field->height() / 2);
        const int before = bar->value();
        QVERIFY(!isInView(*area, *field, field->rect()));
        QTest::mouseClick(field, Qt::LeftButton, {}, QPoint(5, field->height() - 4));
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(field));
        QTest::qWait(50);
        QCOMPARE(bar->value(), before);
    }

    // Without scrolling, in the smallest window too.
    void theBlocksThatTheArrowsReachAreInView() {
        PageFixture fixture;
        WholeWindow window(fixture, {960, 640});
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset() && fixture.project.summary(), kPatienceMs);
        window.open(MainWindow::Network);
        auto* diagram = window.page.findChild<BlockDiagram*>();
        QTRY_VERIFY_WITH_TIMEOUT(diagram->isVisible(), kPatienceMs);
        QVERIFY(areaAround(*diagram) == nullptr);
        QVERIFY(
            window.page.rect().contains(QRect(diagram->mapTo(&window.page, QPoint(0, 0)), diagram->size())));
        diagram->setFocus(Qt::TabFocusReason);
        window.keys(Qt::Key_Home);
        std::set<QString> seen;
        for (const backbones::UnitSummary& unit : fixture.project.summary()->units) {
            const QString name = QString::fromStdString(unit.name);
            QVERIFY(diagram->accessibleDescription().startsWith(name + QStringLiteral(", ")));
            QVERIFY2(diagram->rect().contains(diagram->unitRect(name)), qPrintable(name));
            seen.insert(name);
            window.keys(Qt::Key_Right);
        }
        QCOMPARE(seen.size(), fixture.project.summary()->units.size());
    }

    void aKeyThatOpensAPageGoesIntoIt() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.step(0)->setFocus(Qt::TabFocusReason);
        window.keys(Qt::Key_R, Qt::ControlModifier);
        QTRY_COMPARE(window.page.page(), MainWindow::Runs);
        QTRY_VERIFY(window.shownPage()->isAncestorOf(QApplication::focusWidget()));
        window.step(0)->setFocus(Qt::TabFocusReason);
        window.keys(Qt::Key_2, Qt::ControlModifier);
        QTRY_COMPARE(window.page.page(), MainWindow::Network);
        QTRY_VERIFY(window.shownPage()->isAncestorOf(QApplication::focusWidget()));
        // From one page to another, too.
        window.keys(Qt::Key_R, Qt::ControlModifier);
        QTRY_COMPARE(window.page.page(), MainWindow::Runs);
        QTRY_VERIFY(window.shownPage()->isAncestorOf(QApplication::focusWidget()));
    }

    void tabGoesThroughTheSidebarFromTopToBottom() {
        PageFixture fixture;
        fixture.trainRun(1);
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.get<QAbstractItemView>("runs")->isVisible(), kPatienceMs);
        for (const char* name :
             {"step0", "step1", "step2", "step3", "step4", "showAllRuns", "runs", "themeSwitch"}) {
            window.keys(Qt::Key_Tab);
            QVERIFY(QApplication::focusWidget());
            QCOMPARE(QApplication::focusWidget()->objectName(), QString::fromLatin1(name));
        }
        window.keys(Qt::Key_Tab);
        QVERIFY(window.shownPage()->isAncestorOf(QApplication::focusWidget()));
    }

    void theFirstArrowChoosesTheFirstRow() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        auto* table = window.shownPage()->findChild<QTableWidget*>();
        QTRY_VERIFY(table && table->isVisible() && table->rowCount() == 3);
        window.leaveFocus();
        const QRect first(0, 0, table->viewport()->width(), table->rowHeight(0));
        const QImage without = table->viewport()->grab(first).toImage();
        table->setFocus(Qt::TabFocusReason);
        QVERIFY(!table->selectionModel()->hasSelection());
        table->selectionModel()->setCurrentIndex(table->model()->index(0, 0), QItemSelectionModel::NoUpdate);
        QVERIFY(table->viewport()->grab(first).toImage() != without);  // where one is can be seen
        for (const int row : {0, 1}) {
            window.keys(Qt::Key_Down);
            const QModelIndexList rows = table->selectionModel()->selectedRows();
            QCOMPARE(rows.size(), 1);
            QCOMPARE(rows.front().row(), row);
        }
    }

    void anArrowChoosesTheOnlyRow() {
        QTableWidget table(1, 2);
        table.setItem(0, 0, new QTableWidgetItem(QStringLiteral("one")));
        showAsRows(table, 30);
        table.show();
        table.setCurrentCell(0, 0, QItemSelectionModel::NoUpdate);
        QTest::keyClick(&table, Qt::Key_Down);
        QVERIFY(table.selectionModel()->isRowSelected(0, {}));
        ThumbnailGrid grid;
        grid.setImages({{QStringLiteral("/nowhere/one.png"), {}, {}}});
        grid.resize(300, 200);
        grid.show();
        grid.selectionModel()->setCurrentIndex(grid.model()->index(0, 0), QItemSelectionModel::NoUpdate);
        QTest::keyClick(&grid, Qt::Key_Down);
        QVERIFY(grid.selectionModel()->isSelected(grid.model()->index(0, 0)));
    }

    void aListWithNothingInItIsPassedOver() {
        QMainWindow window;
        auto* central = new QWidget;
        auto* before = new QLineEdit;
        auto* grid = new ThumbnailGrid;
        auto* list = new QListWidget;
        auto* behind = new QLineEdit;
        auto* layout = new QVBoxLayout(central);
        for (QWidget* widget : std::vector<QWidget*>{before, grid, list, behind})
            layout->addWidget(widget);
        window.setCentralWidget(central);
        window.show();
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window));
        before->setFocus();
        QTest::keyClick(before, Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(behind));
        list->addItem(QStringLiteral("one"));
        grid->setImages({{QStringLiteral("/nowhere/one.png"), {}, {}}});
        before->setFocus();
        QTest::keyClick(before, Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(grid));
        QTest::keyClick(grid, Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(list));
        list->clear();
        behind->setFocus();
        QTest::keyClick(behind, Qt::Key_Tab, Qt::ShiftModifier);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(grid));
    }

    // A screen reader calls a box to choose from by its value, and looks for its label.
    void aFieldIsToldWithItsLabelAndWhatIsWrong() {
        FormRow row(QStringLiteral("Cut & paste"), FormRow::Width::Field);
        auto* box = new QComboBox;
        box->addItems({"one", "two"});
        row.setEditor(box);
        row.setHelp(QStringLiteral("What it is for."));
        row.showError(QStringLiteral("Two is too much."));
        row.show();
        auto* read = QAccessible::queryAccessibleInterface(box);
        const auto labels = read->relations(QAccessible::Label);
        QCOMPARE(labels.size(), 1);
        QCOMPARE(labels.front().first->text(QAccessible::Name), QStringLiteral("Cut & paste"));
        QVERIFY(read->text(QAccessible::Description).contains(QStringLiteral("What it is for.")));
        QVERIFY(read->text(QAccessible::Description).contains(QStringLiteral("Two is too much.")));
        row.showError({});
        QCOMPARE(read->text(QAccessible::Description), QStringLiteral("What it is for."));
    }

    void pagesAndCardsHaveNames() {
        PageFixture fixture;
        WholeWindow window(fixture);
        const QStringList names{"Data", "Network", "Train", "Results", "Export", "All runs"};
        for (int page = MainWindow::Data; page <= MainWindow::Runs; ++page) {
            window.open(static_cast<MainWindow::Page>(page));
            QCOMPARE(toldName(*window.shownPage()), names[page]);
        }
        Card card(QStringLiteral("Blocks"));
        QCOMPARE(toldName(card), QStringLiteral("Blocks"));
        card.setSubject(QStringLiteral("one.png"));
        QCOMPARE(toldName(card), QStringLiteral("one.png"));
    }

    void aLabelIsToldAsItIsWritten() {
        PageFixture fixture;
        LearningRateView view(fixture.project);
        for (QLabel* label : view.findChildren<QLabel*>())
            QCOMPARE(toldName(*label), label->text());
    }
};

QTEST_MAIN(HandsTest)
#include "HandsTest.moc"
