// SPDX-License-Identifier: GPL-3.0-or-later
// The list that one of many classes is chosen from, by hand and by keys.
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPointer>
#include <QSignalSpy>
#include <QtTest/QtTest>
#include <algorithm>

#include "tests/ui/support/PageFixture.h"
#include "ui/dataset/ClassFilter.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/SearchList.h"

using namespace graft::ui;
using graft::ui::testing::PageFixture;

class SearchListTest : public QObject {
    Q_OBJECT

  private:
    static QStringList manyNames() {
        QStringList names;
        for (int n = 0; n < 999; ++n)
            names << QStringLiteral("class %1").arg(n, 3, 10, QLatin1Char('0'));
        return names;
    }

    // A filter whose last tag has been pressed.
    struct Opened {
        Opened() {
            filter.setClasses(manyNames());
            filter.resize(500, 20);
            filter.show();
            for (Pill* pill : filter.findChildren<Pill*>()) {
                if (pill->isVisible() && pill->text() == QStringLiteral("\u2026"))
                    QTest::mouseClick(pill, Qt::LeftButton);
            }
            list = filter.findChild<SearchList*>();
        }
        QLineEdit* field() { return list->findChild<QLineEdit*>(QStringLiteral("search")); }
        QListView* rows() { return list->findChild<QListView*>(QStringLiteral("names")); }

        ClassFilter filter;
        SearchList* list = nullptr;
    };

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void aDozenRowsAtMost() {
        Opened opened;
        QVERIFY(opened.list && opened.list->isVisible());
        QCOMPARE(opened.list->rowCount(), 999);
        const int row = opened.rows()->visualRect(opened.rows()->model()->index(0, 0)).height();
        QVERIFY(row > 0);
        QVERIFY(opened.rows()->viewport()->height() <= SearchList::kMostRows * row);
        QVERIFY(opened.rows()->viewport()->height() > 4 * row);
        opened.list->close();
    }

    void keysAloneChoose() {
        Opened opened;
        QSignalSpy chosen(&opened.filter, &ClassFilter::chosenChanged);
        QTest::keyClicks(opened.field(), QStringLiteral("CLASS 73"));
        QCOMPARE(opened.list->rowCount(), 10);  // 730 to 739
        QTest::keyClick(opened.field(), Qt::Key_Down);
        QTest::keyClick(opened.field(), Qt::Key_Down);
        QCOMPARE(opened.list->current(), 732);
        QTest::keyClick(opened.field(), Qt::Key_Return);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(opened.filter.chosen(), 732);
        QTRY_VERIFY(!opened.filter.findChild<SearchList*>());
    }

    void aClickChooses() {
        Opened opened;
        QTest::keyClicks(opened.field(), QStringLiteral("998"));
        const QRect row = opened.rows()->visualRect(opened.rows()->model()->index(0, 0));
        QTest::mouseClick(opened.rows()->viewport(), Qt::LeftButton, {}, row.center());
        QCOMPARE(opened.filter.chosen(), 998);
    }

    void nothingFoundIsSaidAndEscapeCloses() {
        Opened opened;
        QTest::keyClicks(opened.field(), QStringLiteral("oak"));
        QCOMPARE(opened.list->rowCount(), 0);
        const auto labels = opened.list->findChildren<QLabel*>();
        QVERIFY(std::any_of(labels.begin(), labels.end(), [](const QLabel* label) {
            return label->isVisible() && label->text().contains(QStringLiteral("No name"));
        }));
        QTest::keyClick(opened.field(), Qt::Key_Return);
        QCOMPARE(opened.filter.chosen(), -1);
        QTest::keyClick(opened.field(), Qt::Key_Escape);
        QTRY_VERIFY(!opened.filter.findChild<SearchList*>());
        QCOMPARE(opened.filter.chosen(), -1);
    }

    // Another data set comes while a tag is held down, and while the list is open.
    void aClassThatIsGoneCannotBeChosen() {
        ClassFilter filter;
        filter.setClasses({"ant", "bee", "wasp"});
        filter.resize(500, 20);
        filter.show();
        QPointer<Pill> wasp;
        for (Pill* pill : filter.findChildren<Pill*>())
            if (pill->text() == QStringLiteral("wasp")) wasp = pill;
        QSignalSpy chosen(&filter, &ClassFilter::chosenChanged);
        QTest::mousePress(wasp, Qt::LeftButton);
        filter.setClasses({"leaf"});
        QVERIFY(wasp);
        emit wasp->clicked();
        QCOMPARE(filter.chosen(), -1);
        Opened opened;
        QPointer<SearchList> list = opened.list;
        opened.filter.setClasses({"leaf"});
        QTRY_VERIFY(!list);
        QVERIFY(chosen.isEmpty());
    }
};

QTEST_MAIN(SearchListTest)
#include "SearchListTest.moc"
