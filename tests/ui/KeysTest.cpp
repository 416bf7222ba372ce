// SPDX-License-Identifier: GPL-3.0-or-later
// What is done with a mouse is done by keys alone, too: sorting, the order of Tab, the focus while a training
// is started and stopped, the list of runs; and what is told to whoever has the window read aloud.
#include <QAccessible>
#include <QDir>
#include <QFileInfo>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QScopeGuard>
#include <QTableView>
#include <QtTest/QtTest>
#include <algorithm>
#include <vector>

#include "tests/ui/support/WholeWindow.h"
#include "ui/dataset/ClassFilter.h"
#include "ui/main/TrainingSign.h"
#include "ui/results/ClassTable.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::epochIn;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::WholeWindow;

namespace {

using State = TrainingController::State;

QMenu* openMenu() {
    return qobject_cast<QMenu*>(QApplication::activePopupWidget());
}

// By the arrow keys; false: it is not there.
bool chooseInMenu(const QString& text) {
    QMenu* menu = openMenu();
    if (menu == nullptr) return false;
    for (qsizetype n = 0; n < menu->actions().size(); ++n) {
        QTest::keyClick(menu, Qt::Key_Down);
        if (menu->activeAction() == nullptr || menu->activeAction()->text() != text) continue;
        QTest::keyClick(menu, Qt::Key_Return);
        return true;
    }
    return false;
}

// All of the window, as Tab goes through it.
std::vector<QWidget*> tabStops(QWidget& window) {
    std::vector<QWidget*> stops;
    for (QWidget* widget = window.nextInFocusChain(); widget != &window;
         widget = widget->nextInFocusChain()) {
        const bool isStop = widget->isVisible() && widget->isEnabled() &&
                            (widget->focusPolicy() & Qt::TabFocus) != 0 && widget->focusProxy() == nullptr;
        if (isStop) stops.push_back(widget);
    }
    return stops;
}

// Behind another; null: there is none.
QWidget* stopBehind(QWidget& window, const QWidget* widget) {
    const std::vector<QWidget*> stops = tabStops(window);
    const auto at = std::find(stops.begin(), stops.end(), widget);
    return at == stops.end() || at + 1 == stops.end() ? nullptr : *(at + 1);
}

QStringList namesOf(const ClassTable& table) {
    QStringList names;
    for (int row = 0; row < table.model()->rowCount(); ++row)
        names << table.model()->index(row, ClassTable::Name).data().toString();
    return names;
}

}  // namespace

class KeysTest : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir m_dataHome;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }

    void everyTableThatSortsOffersItsColumns() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        WholeWindow window(fixture);
        fixture.project.setCurrentRun(run);
        const std::pair<MainWindow::Page, const char*> tables[] = {{MainWindow::Network, "backbones"},
                                                                   {MainWindow::Results, "classTable"},
                                                                   {MainWindow::Runs, "allRuns"}};
        for (const auto& [page, name] : tables) {
            window.open(page);
            auto* table = window.get<QTableView>(name);
            QTRY_VERIFY_WITH_TIMEOUT(table->isVisible() && table->model()->rowCount() > 0, kPatienceMs);
        }
        int seen = 0;
        for (int page = MainWindow::Data; page <= MainWindow::Runs; ++page) {
            window.open(static_cast<MainWindow::Page>(page));
            for (QTableView* table : window.shownPage()->findChildren<QTableView*>()) {
                if (!table->isVisible() || !table->isSortingEnabled()) continue;
                QVERIFY2(table->accessibleDescription().contains(QStringLiteral("Menu key")),
                         qPrintable(table->objectName()));
                table->setFocus(Qt::TabFocusReason);
                QTest::keyClick(table, seen % 2 == 0 ? Qt::Key_Menu : Qt::Key_F10,
                                seen % 2 == 0 ? Qt::NoModifier : Qt::ShiftModifier);
                QVERIFY2(openMenu() != nullptr, qPrintable(table->objectName()));
                const QList<QAction*> actions = openMenu()->actions();
                QVERIFY(std::count_if(actions.begin(), actions.end(), [](const QAction* action) {
                            return action->text().startsWith(QStringLiteral("Sort by "));
                        }) >= 3);
                QTest::keyClick(openMenu(), Qt::Key_Escape);
                QVERIFY(openMenu() == nullptr);
                ++seen;
            }
        }
        QCOMPARE(seen, 3);
    }

    void aTableIsSortedByKeysAlone() {
        ClassTable table;
        table.setScores({{"birch", 20, 20, 0.9, 0.9, 0.9},
                         {"ash", 30, 30, 0.5, 0.5, 0.5},
                         {"oak", 10, 10, 0.7, 0.7, 0.7}});
        table.resize(600, 300);
        table.show();
        QCOMPARE(namesOf(table), QStringList({"ash", "birch", "oak"}));
        QTest::keyClick(&table, Qt::Key_Menu);
        QVERIFY(chooseInMenu(QStringLiteral("Sort by images")));
        QCOMPARE(namesOf(table), QStringList({"oak", "birch", "ash"}));
        QTest::keyClick(&table, Qt::Key_F10, Qt::ShiftModifier);
        QVERIFY(chooseInMenu(QStringLiteral("Descending")));
        QCOMPARE(namesOf(table), QStringList({"ash", "birch", "oak"}));
        QTest::keyClick(&table, Qt::Key_Menu);
        QVERIFY(chooseInMenu(QStringLiteral("Sort by recall")));
        QCOMPARE(namesOf(table), QStringList({"ash", "oak", "birch"}));
    }

    void tabGoesThroughTheClassesAboveThePictures() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const auto* filter = window.shownPage()->findChild<ClassFilter*>();
        QTRY_VERIFY(filter->isVisible());
        for (int round = 0; round < 2; ++round) {  // the tags are made anew with every reading
            QStringList texts;
            std::vector<std::size_t> places;
            const std::vector<QWidget*> stops = tabStops(window.page);
            for (std::size_t n = 0; n < stops.size(); ++n) {
                if (stops[n]->parentWidget() != filter) continue;
                texts << static_cast<Pill*>(stops[n])->text();
                places.push_back(n);
            }
            QCOMPARE(texts, QStringList({"all", "amber", "blue", "cyan"}));
            QCOMPARE(places.back() - places.front(), std::size_t{3});
            // Behind the classes' table, before the pictures.
            QVERIFY(qobject_cast<QTableView*>(stops[places.front() - 1]) != nullptr);
            QVERIFY(qobject_cast<QAbstractItemView*>(stops[places.back() + 1]) != nullptr);
            fixture.scan();
        }
    }

    void tabGoesFromAFieldToItsButton() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        WholeWindow window(fixture);
        fixture.project.setCurrentRun(run);
        window.open(MainWindow::Export);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("startExport")->isEnabled(), kPatienceMs);
        const QWidget* field = window.get<QLineEdit>("exportFolder");
        const QWidget* choose = window.button("chooseExportFolder");
        QVERIFY(stopBehind(window.page, field) == choose);
        QVERIFY(stopBehind(window.page, choose) == window.get<QLineEdit>("exportName"));
        QVERIFY(stopBehind(window.page, window.get<QWidget>("tryDrop")) == window.button("tryFolder"));
    }

    void returnNeverStopsWhatItHasJustStarted() {
        PageFixture fixture;
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 1000;
        fixture.project.setConfig(config);
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.open(MainWindow::Train);
        QTRY_VERIFY(window.button("startTraining")->isEnabled());
        window.button("startTraining")->setFocus();
        window.keys(Qt::Key_Return);
        QTRY_COMPARE(QApplication::focusWidget(), static_cast<QWidget*>(window.button("pauseTraining")));
        auto* sign = window.page.findChild<TrainingSign*>();
        QTRY_VERIFY_WITH_TIMEOUT(epochIn(sign->note(), 1000) >= 2, kPatienceMs);
        window.keys(Qt::Key_Return);
        const State state = window.page.controller().state();
        QVERIFY(state == State::Running || state == State::Paused);

        window.keys(Qt::Key_Tab);
        QCOMPARE(QApplication::focusWidget(), static_cast<QWidget*>(window.button("stopTraining")));
        window.keys(Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(window.page.controller().state(), State::Idle, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("continueTraining") != nullptr, kPatienceMs);
        QTRY_COMPARE(QApplication::focusWidget(), static_cast<QWidget*>(window.button("continueTraining")));
    }

    void theEndOfATrainingIsToldOnAnotherPage() {
        PageFixture fixture;
        WholeWindow window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.open(MainWindow::Train);
        QTRY_VERIFY(window.button("startTraining")->isEnabled());
        window.press(window.button("startTraining"));
        window.open(MainWindow::Network);
        const QString name = QFileInfo(window.page.controller().runFolder()).fileName();
        QTRY_COMPARE_WITH_TIMEOUT(window.page.controller().state(), State::Idle, kPatienceMs);
        QCOMPARE(window.page.page(), MainWindow::Network);
        // What a screen reader finds, and is told of as it comes to be shown.
        QAccessibleInterface* news = QAccessible::queryAccessibleInterface(window.get<QWidget>("spokenNews"));
        QVERIFY(news != nullptr);
        QCOMPARE(news->role(), QAccessible::Notification);
        QTRY_VERIFY(!news->state().invisible);
        QCOMPARE(news->text(QAccessible::Name), QStringLiteral("The training of %1 has ended.").arg(name));
    }

    void theSelectedRunIsTheOneThatIsShown() {
        PageFixture fixture;
        const QString older = fixture.trainRun(1);
        const QString newer = fixture.trainRun(1);
        WholeWindow window(fixture);
        fixture.project.setCurrentRun(older);
        auto* runs = window.get<QListView>("runs");
        QTRY_VERIFY_WITH_TIMEOUT(runs->isVisible() && runs->model()->rowCount() == 2, kPatienceMs);
        const auto rowOf = [runs](const QString& folder) {
            const QString name = QFileInfo(folder).fileName() + QLatin1Char('\n');
            const QAbstractItemModel& model = *runs->model();
            return model.index(0, 0).data(Qt::ToolTipRole).toString().startsWith(name) ? 0 : 1;
        };
        const auto selected = [runs] {
            const QModelIndexList rows = runs->selectionModel()->selectedIndexes();
            return rows.size() == 1 ? rows.front().row() : -1;
        };
        QTRY_COMPARE(selected(), rowOf(older));
        runs->setFocus(Qt::TabFocusReason);
        window.keys(rowOf(older) == 1 ? Qt::Key_Up : Qt::Key_Down);
        QCOMPARE(runs->currentIndex().row(), rowOf(newer));
        QCOMPARE(selected(), rowOf(older));
        QCOMPARE(fixture.project.currentRun(), older);
        // Also where the list is read again meanwhile.
        fixture.project.notifyRunsChanged();
        QTest::qWait(50);  // for the reading; nothing depends on it
        QTRY_COMPARE(runs->currentIndex().row(), rowOf(newer));
        QTRY_COMPARE(selected(), rowOf(older));

        window.keys(Qt::Key_Return);
        QCOMPARE(QDir::cleanPath(fixture.project.currentRun()), QDir::cleanPath(newer));
        QCOMPARE(selected(), rowOf(newer));
        fixture.project.setCurrentRun(older);
        QCOMPARE(selected(), rowOf(older));
        QCOMPARE(runs->currentIndex().row(), rowOf(older));
        const QRect row = runs->visualRect(runs->model()->index(rowOf(older), 0));
        QTest::mouseClick(runs->viewport(), Qt::LeftButton, Qt::ControlModifier, row.center());
        QCOMPARE(selected(), rowOf(older));
        QCOMPARE(fixture.project.currentRun(), older);
    }
};

QTEST_MAIN(KeysTest)
#include "KeysTest.moc"
