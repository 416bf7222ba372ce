// SPDX-License-Identifier: GPL-3.0-or-later
// The list of backbones, with a catalogue made up for it: search, sort, filter, keyboard, and that the choice
// stays what it is meanwhile.
#include <QFile>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest/QtTest>
#include <algorithm>
#include <numeric>

#include "tests/ui/support/PageFixture.h"
#include "ui/network/BackboneModel.h"
#include "ui/network/BackboneTable.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;

namespace {

struct Row {
    const char* name;
    const char* title;
    const char* family;
    const char* tag;
    std::int64_t parameters;
    double megabytes;
    double top1;
    std::int64_t multiplyAdds;
};

// In an order that no column has, with equal figures and with one that nobody has published.
constexpr Row kRows[] = {
    {"oak101", "Oak-101", "Oak", "IMAGENET1K_V2", 44'000'000, 178.2, 81.9, 7'800'000'000},
    {"oak101", "Oak-101", "Oak", "IMAGENET1K_V1", 44'000'000, 178.4, 77.4, 7'800'000'000},
    {"oak18", "Oak-18", "Oak", "IMAGENET1K_V1", 11'700'000, 46.8, 69.8, 1'810'000'000},
    {"fern", "Fern Large", "Fern", "IMAGENET1K_V1", 2'500'000, 9.8, 67.7, 60'000'000},
    {"moss", "Moss", "Fern", "", 300'000, 0, 0, 1'200'000'000},
    {"elm_b", "Elm-B", "Elm", "IMAGENET1K_SWAG_E2E_V1", 86'600'000, 346.3, 85.3, 55'500'000'000},
};
constexpr int kRowCount = static_cast<int>(std::size(kRows));

std::vector<backbones::CatalogueEntry> madeUpCatalogue() {
    std::vector<backbones::CatalogueEntry> entries;
    for (const Row& row : kRows) {
        backbones::CatalogueEntry entry;
        entry.name = row.name;
        entry.title = row.title;
        entry.family = row.family;
        entry.tag = row.tag;
        entry.parameters = row.parameters;
        entry.megabytes = row.megabytes;
        entry.top1 = row.top1;
        entry.multiplyAdds = row.multiplyAdds;
        if (row.megabytes > 0) {
            entry.fileName = entry.name + "-" + entry.tag + ".pth";
            entry.url = "https://example.org/" + entry.fileName;
        }
        entries.push_back(entry);
    }
    return entries;
}

}  // namespace

class BackboneTableTest : public QObject {
    Q_OBJECT

  private:
    struct Window {
        Window() : table(madeUpCatalogue()), chosen(&table, &BackboneTable::chosen) {
            table.resize(760, 480);
            table.show();
        }
        QTableView* view() { return table.findChild<QTableView*>(QStringLiteral("backbones")); }
        QLineEdit* search() { return table.findChild<QLineEdit*>(QStringLiteral("backboneSearch")); }
        Pill* hereOnly() { return table.findChild<Pill*>(QStringLiteral("hereOnly")); }
        QPushButton* clear() { return table.findChild<QPushButton*>(QStringLiteral("clearSearch")); }
        // The catalogue's row numbers in the order in which they are shown.
        QList<int> shown() {
            QList<int> rows;
            for (int n = 0; n < view()->model()->rowCount(); ++n) {
                const QString title = text(n, BackboneModel::Title);
                const QString tag = view()->model()->index(n, 0).data(BackboneModel::TagRole).toString();
                for (int row = 0; row < kRowCount; ++row) {
                    const auto& entry = table.model().entry(row);
                    if (title == QString::fromStdString(entry.title) && tag == BackboneModel::shortTag(entry))
                        rows << row;
                }
            }
            return rows;
        }
        QString text(int row, int column) { return view()->model()->index(row, column).data().toString(); }
        void find(const char* words) {
            search()->clear();
            QTest::keyClicks(search(), QLatin1String(words));
        }
        void clickHeader(int column) {
            QHeaderView* header = view()->horizontalHeader();
            const QPoint middle(header->sectionViewportPosition(column) + header->sectionSize(column) / 2,
                                header->height() / 2);
            QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, middle);
        }
        void clickRow(int row, Qt::KeyboardModifiers modifiers = {}) {
            const QModelIndex index = view()->model()->index(row, 0);
            QTest::mouseClick(view()->viewport(), Qt::LeftButton, modifiers,
                              view()->visualRect(index).center());
        }
        // The catalogue's row that is marked, or -1.
        int marked() {
            const QModelIndexList rows = view()->selectionModel()->selectedRows();
            return rows.isEmpty() ? -1 : shown().at(rows.first().row());
        }
        bool says(const char* text) {
            const QString wanted = QString::fromUtf8(text);
            return std::ranges::any_of(table.findChildren<QLabel*>(), [&](const QLabel* label) {
                return label->isVisible() && label->text().contains(wanted);
            });
        }
        BackboneTable table;
        QSignalSpy chosen;
    };

    static QList<int> everyRow() {
        QList<int> rows(kRowCount);
        std::iota(rows.begin(), rows.end(), 0);
        return rows;
    }

    void putFile(const QString& name) {
        const QString folder = m_dataHome.filePath(QStringLiteral("graft/weights"));
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + '/' + name);
        QVERIFY(file.open(QIODevice::WriteOnly));
    }

    QTemporaryDir m_dataHome;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }
    void cleanup() { QDir(m_dataHome.filePath(QStringLiteral("graft"))).removeRecursively(); }

    void showsFiguresAndADashForWhatNobodyKnows() {
        Window window;
        QCOMPARE(window.shown(), everyRow());
        QCOMPARE(window.search()->placeholderText(), QStringLiteral("Search 5 backbones"));
        QCOMPARE(window.text(0, BackboneModel::Parameters), QStringLiteral("44.0"));
        QCOMPARE(window.text(0, BackboneModel::FileSize), QStringLiteral("178"));
        QCOMPARE(window.text(0, BackboneModel::Accuracy), QStringLiteral("81.9"));
        QCOMPARE(window.text(0, BackboneModel::MultiplyAdds), QStringLiteral("7.80"));
        QCOMPARE(window.text(0, BackboneModel::Weights), QStringLiteral("to fetch"));
        for (const int column : {BackboneModel::FileSize, BackboneModel::Accuracy, BackboneModel::Weights}) {
            QCOMPARE(window.text(4, column), QStringLiteral("\u2013"));
        }
        for (int column = 0; column < BackboneModel::ColumnCount; ++column) {
            QVERIFY(!window.view()->isColumnHidden(column));  // there is room enough
            const bool number = column >= BackboneModel::Parameters && column <= BackboneModel::MultiplyAdds;
            const auto alignment = window.view()->model()->index(0, column).data(Qt::TextAlignmentRole);
            QCOMPARE((alignment.toInt() & Qt::AlignRight) != 0, number);
        }
    }

    void searches_data() {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QList<int>>("rows");
        QTest::newRow("title") << "Large" << QList<int>{3};
        QTest::newRow("name, any case") << "ELM_b" << QList<int>{5};
        QTest::newRow("family") << "fern" << QList<int>{3, 4};
        QTest::newRow("tag as torchvision writes it") << "swag_e2e" << QList<int>{5};
        QTest::newRow("tag as it is shown") << "swag e2e v1" << QList<int>{5};
        QTest::newRow("every word, any order") << "v2  oak" << QList<int>{0};
        QTest::newRow("spaces only") << "  " << everyRow();
        QTest::newRow("no pattern") << ".*" << QList<int>{};
    }
    void searches() {
        QFETCH(QString, words);
        QFETCH(QList<int>, rows);
        Window window;
        window.find(qPrintable(words));
        QCOMPARE(window.shown(), rows);
        QCOMPARE(window.chosen.count(), 0);  // searching chooses nothing
    }

    void clearsTheSearchByEscape() {
        Window window;
        window.find("oak");
        QCOMPARE(window.shown().size(), 3);
        QTest::keyClick(window.search(), Qt::Key_Escape);
        QCOMPARE(window.search()->text(), QString());
        QCOMPARE(window.shown(), everyRow());
    }

    void findsTheSearchByItsShortcut() {
        Window window;
        window.table.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window.table));
        window.search()->setText(QStringLiteral("old"));
        window.view()->setFocus();
        QTest::keySequence(&window.table, QKeySequence::Find);
        QVERIFY(window.search()->hasFocus());
        QTest::keyClicks(window.search(), QStringLiteral("oak"));  // takes the place of what was there
        QCOMPARE(window.search()->text(), QStringLiteral("oak"));
    }

    void saysThatNothingMatchesAndShowsAllAgain() {
        Window window;
        window.find("bonsai");
        QVERIFY(window.says("No backbone matches \"bonsai\"."));
        QVERIFY(!window.view()->isVisible());
        window.hereOnly()->click();
        QVERIFY(window.says("No backbone whose weights are here matches \"bonsai\"."));
        QTest::mouseClick(window.clear(), Qt::LeftButton);
        QCOMPARE(window.shown(), everyRow());
        QVERIFY(window.view()->isVisible());
        QVERIFY(!window.hereOnly()->isChecked());
        window.hereOnly()->click();
        QVERIFY(window.says("No published weights are on this machine."));
    }

    void sorts_data() {
        QTest::addColumn<int>("column");
        QTest::addColumn<QList<int>>("first");
        QTest::addColumn<QList<int>>("second");
        // Equal ones keep the catalogue's order both ways; what nobody knows comes last both ways.
        QTest::newRow("name") << int(BackboneModel::Title) << QList<int>{5, 3, 4, 2, 0, 1}
                              << QList<int>{0, 1, 2, 4, 3, 5};
        QTest::newRow("family") << int(BackboneModel::Family) << QList<int>{5, 3, 4, 0, 1, 2}
                                << QList<int>{0, 1, 2, 3, 4, 5};
        QTest::newRow("parameters") << int(BackboneModel::Parameters) << QList<int>{4, 3, 2, 0, 1, 5}
                                    << QList<int>{5, 0, 1, 2, 3, 4};
        QTest::newRow("file size") << int(BackboneModel::FileSize) << QList<int>{3, 2, 0, 1, 5, 4}
                                   << QList<int>{5, 1, 0, 2, 3, 4};
        QTest::newRow("accuracy, best first")
            << int(BackboneModel::Accuracy) << QList<int>{5, 0, 1, 2, 3, 4} << QList<int>{3, 2, 1, 0, 5, 4};
        QTest::newRow("multiply-adds") << int(BackboneModel::MultiplyAdds) << QList<int>{3, 4, 2, 0, 1, 5}
                                       << QList<int>{5, 0, 1, 2, 4, 3};
    }
    void sorts() {
        QFETCH(int, column);
        QFETCH(QList<int>, first);
        QFETCH(QList<int>, second);
        Window window;
        window.table.setCurrent(QStringLiteral("oak18"), {});
        window.clickHeader(column);
        QCOMPARE(window.shown(), first);
        QVERIFY(window.view()->horizontalHeader()->isSortIndicatorShown());
        QCOMPARE(window.view()->horizontalHeader()->sortIndicatorSection(), column);
        window.clickHeader(column);
        QCOMPARE(window.shown(), second);
        QCOMPARE(window.marked(), 2);
        window.clickHeader(column);  // and back to the catalogue's order
        QCOMPARE(window.shown(), everyRow());
        QCOMPARE(window.chosen.count(), 0);  // sorting chooses nothing
    }

    void tellsWhoseWeightsAreHere() {
        putFile(QStringLiteral("oak101-IMAGENET1K_V1.safetensors"));
        putFile(QStringLiteral("fern-IMAGENET1K_V1.pth"));
        Window window;
        QSignalSpy located(&window.table, &BackboneTable::located);
        window.table.refreshWeights();
        QTRY_COMPARE_WITH_TIMEOUT(located.count(), 1, kPatienceMs);
        QCOMPARE(window.text(0, BackboneModel::Weights), QStringLiteral("to fetch"));
        QCOMPARE(window.text(1, BackboneModel::Weights), QStringLiteral("here"));
        window.clickHeader(BackboneModel::Weights);
        QCOMPARE(window.shown(), (QList<int>{1, 3, 0, 2, 5, 4}));
        window.clickHeader(BackboneModel::Weights);
        window.clickHeader(BackboneModel::Weights);
        window.hereOnly()->click();
        QCOMPARE(window.shown(), (QList<int>{1, 3}));
        window.find("fern");
        QCOMPARE(window.shown(), QList<int>{3});
        // Another file arrives while only what is here is shown.
        window.search()->clear();
        putFile(QStringLiteral("elm_b-IMAGENET1K_SWAG_E2E_V1.safetensors"));
        window.table.refreshWeights();
        QTRY_COMPARE_WITH_TIMEOUT(window.shown(), (QList<int>{1, 3, 5}), kPatienceMs);
        QCOMPARE(window.chosen.count(), 0);
    }

    void choosesARowWithItsWeights() {
        putFile(QStringLiteral("oak101-IMAGENET1K_V1.safetensors"));
        Window window;
        QSignalSpy located(&window.table, &BackboneTable::located);
        window.table.refreshWeights();
        QTRY_COMPARE_WITH_TIMEOUT(located.count(), 1, kPatienceMs);
        window.clickRow(1);
        QCOMPARE(window.chosen.count(), 1);
        QCOMPARE(window.chosen.at(0).at(0).toString(), QStringLiteral("oak101"));
        QVERIFY(window.chosen.at(0).at(1).toString().endsWith(
            QStringLiteral("oak101-IMAGENET1K_V1.safetensors")));
        window.clickRow(0);
        QCOMPARE(window.chosen.at(1).at(0).toString(), QStringLiteral("oak101"));
        QCOMPARE(window.chosen.at(1).at(1).toString(), QString());
        // Ctrl takes a selection away elsewhere; here there is always a choice.
        window.clickRow(0, Qt::ControlModifier);
        QTRY_COMPARE_WITH_TIMEOUT(window.marked(), 0, kPatienceMs);
        QCOMPARE(window.chosen.count(), 2);
    }

    void marksTheRowOfAWeightFile() {
        Window window;
        window.table.setCurrent(QStringLiteral("oak101"), {});
        QCOMPARE(window.marked(), 0);  // the default weights
        window.table.setCurrent(QStringLiteral("oak101"), QStringLiteral("/d/oak101-IMAGENET1K_V1.pth"));
        QCOMPARE(window.marked(), 1);
        window.table.setCurrent(QStringLiteral("oak101"), {});  // given up for random numbers
        QCOMPARE(window.marked(), 1);
        window.table.setCurrent(QStringLiteral("oak101"), QStringLiteral("/d/mine.pth"));
        QCOMPARE(window.marked(), 1);
        window.table.setCurrent(QStringLiteral("fern"), QStringLiteral("/d/mine.pth"));
        QCOMPARE(window.marked(), 3);
        window.table.setCurrent(QStringLiteral("oak101"), QStringLiteral("/d/mine.pth"));
        QCOMPARE(window.marked(), 0);
        QCOMPARE(window.chosen.count(), 0);
    }

    void isDrivenByTheKeyboard() {
        Window window;
        window.table.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window.table));
        window.table.setCurrent(QStringLiteral("oak18"), {});
        window.view()->setFocus();
        QTest::keyClick(window.view(), Qt::Key_Down);
        QCOMPARE(window.table.currentRow(), 3);
        QTest::keyClick(window.view(), Qt::Key_Up);
        QTest::keyClick(window.view(), Qt::Key_Up);
        QCOMPARE(window.table.currentRow(), 1);
        QTest::keyClick(window.view(), Qt::Key_End, Qt::ControlModifier);
        QCOMPARE(window.chosen.last().at(0).toString(), QStringLiteral("elm_b"));
        QCOMPARE(window.chosen.count(), 4);
        // From the search into what it found.
        window.find("fern");
        QCOMPARE(window.chosen.count(), 4);
        QTest::keyClick(window.search(), Qt::Key_Down);
        QVERIFY(window.view()->hasFocus());
        QCOMPARE(window.table.currentRow(), 3);
        QTest::keyClick(window.view(), Qt::Key_Down);
        QCOMPARE(window.chosen.last().at(0).toString(), QStringLiteral("moss"));
        // Where the choice is among it, going there changes nothing.
        window.search()->setFocus();
        QTest::keyClick(window.search(), Qt::Key_Return);
        QCOMPARE(window.table.currentRow(), 4);
        QCOMPARE(window.chosen.count(), 6);
    }

    void keepsTheChoiceWhileItIsFilteredOut() {
        Window window;
        window.table.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window.table));
        window.table.resize(760, 180);  // too low for all rows
        window.clickHeader(BackboneModel::Parameters);
        window.table.setCurrent(QStringLiteral("elm_b"), {});
        window.find("elm");
        QCOMPARE(window.marked(), 5);
        window.find("oak");
        QCOMPARE(window.marked(), -1);
        window.view()->setFocus();  // the focus alone chooses nothing either
        QVERIFY(window.view()->hasFocus());
        window.hereOnly()->click();
        QCOMPARE(window.table.currentRow(), 5);
        QVERIFY(window.says("Elm-B"));
        window.hereOnly()->click();
        window.find("");
        QCOMPARE(window.marked(), 5);
        const QRect row = window.view()->visualRect(window.view()->selectionModel()->selectedRows().first());
        QVERIFY(window.view()->viewport()->rect().contains(row.adjusted(0, 0, -1, -1)));
        QCOMPARE(window.chosen.count(), 0);
    }

    void saysWhatTheChoiceCosts() {
        Window window;
        window.table.setCurrent(QStringLiteral("oak101"), {});
        QVERIFY(
            window.says("Oak-101 V2: 81.9 % top-1 on ImageNet, about 130 \u00d7 the work of Fern Large."));
        window.table.setCurrent(QStringLiteral("fern"), {});
        QVERIFY(window.says("67.7 % top-1 on ImageNet, the least work of all."));
        window.table.setCurrent(QStringLiteral("moss"), {});
        QVERIFY(window.says("Moss: no published accuracy, about 20 \u00d7 the work of Fern Large."));
    }

    void leavesOutColumnsWhereThereIsNoRoom() {
        Window window;
        window.table.resize(400, 480);
        QTRY_VERIFY_WITH_TIMEOUT(window.view()->isColumnHidden(BackboneModel::Family), kPatienceMs);
        for (const int column : {BackboneModel::Title, BackboneModel::Parameters, BackboneModel::Accuracy,
                                 BackboneModel::MultiplyAdds, BackboneModel::Weights}) {
            QVERIFY(!window.view()->isColumnHidden(column));
        }
        window.table.resize(760, 480);
        QTRY_VERIFY_WITH_TIMEOUT(!window.view()->isColumnHidden(BackboneModel::Family), kPatienceMs);
    }
};

QTEST_MAIN(BackboneTableTest)
#include "BackboneTableTest.moc"
