// SPDX-License-Identifier: GPL-3.0-or-later
// The confusion matrix of many classes: the whole at a glance, the names under the pointer, the worst pairs.
#include <QMouseEvent>
#include <QSignalSpy>
#include <QtTest/QtTest>

#include "tests/ui/support/PageFixture.h"
#include "ui/plots/ConfusionCounts.h"
#include "ui/plots/ConfusionHeatMap.h"
#include "ui/results/ConfusionCard.h"
#include "ui/results/PairList.h"
#include "ui/session/ConfusedPairs.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/ShrinkingLabel.h"

using namespace graft::ui;
using graft::ui::testing::PageFixture;

class ConfusionTest : public QObject {
    Q_OBJECT

  private:
    using Counts = std::vector<std::vector<std::size_t>>;

    static QStringList names(int count) {
        QStringList names;
        for (int n = 0; n < count; ++n)
            names << QStringLiteral("class %1").arg(n);
        return names;
    }
    // Ten images of each class, all right.
    static Counts diagonal(int count) {
        const auto size = static_cast<std::size_t>(count);
        Counts counts(size, std::vector<std::size_t>(size, 0));
        for (std::size_t n = 0; n < size; ++n)
            counts[n][n] = 10;
        return counts;
    }
    static Counts withMistakes() {
        Counts counts = diagonal(300);
        counts[5] = std::vector<std::size_t>(300, 0);
        counts[5][5] = 4;
        counts[5][290] = 6;
        counts[200][100] = 1;
        return counts;
    }

    struct Window {
        explicit Window(const Counts& counts) {
            card.setMatrix(names(static_cast<int>(counts.size())), counts, worstPairs(counts));
            card.resize(420, 300);
            card.show();
            matrix = card.findChild<ConfusionHeatMap*>(QStringLiteral("confusion"));
        }
        Pill* pill(const char* name) { return card.findChild<Pill*>(QLatin1String(name)); }
        void press(const char* name) { QTest::mouseClick(pill(name), Qt::LeftButton); }
        void send(QEvent::Type type, const QPoint& at, Qt::MouseButton button, Qt::MouseButtons buttons) {
            QMouseEvent event(type, QPointF(at), QPointF(matrix->mapToGlobal(at)), button, buttons, {});
            QCoreApplication::sendEvent(matrix, &event);
        }
        bool says(const QString& words) {
            for (const ShrinkingLabel* label : card.findChildren<ShrinkingLabel*>()) {
                if (label->isVisible() && label->text().contains(words)) return true;
            }
            return false;
        }

        ConfusionCard card;
        ConfusionHeatMap* matrix = nullptr;
    };

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void theWorstPairsComeFirst() {
        const std::vector<ConfusedPair> pairs = worstPairs({{8, 2, 0}, {2, 1, 1}, {0, 5, 5}});
        QCOMPARE(pairs.size(), std::size_t{4});
        QVERIFY((pairs[0] == ConfusedPair{2, 1, 5, 0.5}));
        QVERIFY((pairs[1] == ConfusedPair{1, 0, 2, 0.5}));  // of 4 images, and the next of 10
        QVERIFY((pairs[2] == ConfusedPair{0, 1, 2, 0.2}));
        QVERIFY((pairs[3] == ConfusedPair{1, 2, 1, 0.25}));
    }

    // One mistake among a million cells, several of which share a pixel.
    void noMistakeVanishesInTheOverview() {
        Counts counts = diagonal(999);
        counts[500][20] = 1;
        const QImage image = ConfusionCounts(names(999), counts).overview({300, 200});
        QCOMPARE(image.size(), QSize(300, 200));
        int wrong = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                const QColor colour = image.pixelColor(x, y);
                if (colour.red() <= colour.green() + 10) continue;
                ++wrong;
                QCOMPARE(QPoint(x, y), QPoint(20 * 300 / 999, 500 * 200 / 999));
            }
        }
        QCOMPARE(wrong, 1);
    }

    void theWholeIsSeenWithTheNamesUnderThePointer() {
        Window window(withMistakes());
        QVERIFY(window.matrix->isWhole() && !window.matrix->hasNames());
        QVERIFY(window.matrix->width() <= window.card.width());
        const QRect cell = window.matrix->cellRect(299, 299);
        QVERIFY(window.matrix->rect().contains(cell.center()));
        const QPoint mistake = window.matrix->cellRect(5, 290).center();
        window.send(QEvent::MouseMove, mistake, Qt::NoButton, Qt::NoButton);
        QTRY_VERIFY(window.says(QStringLiteral(" taken for ")));
    }

    void aCellIsChosenInTheOverview() {
        Window window(withMistakes());
        QSignalSpy chosen(&window.card, &ConfusionCard::cellChosen);
        window.matrix->setSelectedCell(ConfusionHeatMap::Cell{5, 289});
        QTest::keyClick(window.matrix, Qt::Key_Right);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen[0][0].toInt(), 5);
        QCOMPARE(chosen[0][1].toInt(), 290);
        QVERIFY(window.says(QStringLiteral("class 5 taken for class 290: 6 of 10 (60.0 %)")));
    }

    void itIsZoomedUntilTheRowsHaveNames() {
        Window window(withMistakes());
        window.matrix->setSelectedCell(ConfusionHeatMap::Cell{200, 100});
        for (int n = 0; n < 6 && !window.matrix->hasNames(); ++n)
            QTest::keyClick(window.matrix, Qt::Key_Plus);
        QVERIFY(window.matrix->hasNames());
        QTRY_VERIFY(window.matrix->height() > 300 * 11);
        // What was chosen is still seen.
        const auto isSeen = [&] {
            return !window.matrix->visibleRegion().intersected(window.matrix->cellRect(200, 100)).isEmpty();
        };
        QTRY_VERIFY(isSeen());
        window.press("wholeMatrix");
        QVERIFY(window.matrix->isWhole());
        QTRY_VERIFY(window.matrix->height() <= window.card.height());
        QVERIFY(!window.pill("smallerCells")->isEnabled());
        window.press("largerCells");
        QVERIFY(!window.matrix->isWhole());
    }

    void theCellThatTheArrowsReachIsInView() {
        Window window(withMistakes());
        window.matrix->setSelectedCell(ConfusionHeatMap::Cell{200, 100});
        for (int n = 0; n < 6 && !window.matrix->hasNames(); ++n)
            QTest::keyClick(window.matrix, Qt::Key_Plus);
        QTRY_VERIFY(window.matrix->height() > 300 * 11);
        const auto isSeen = [&window] {
            const auto cell = *window.matrix->selectedCell();
            const QRegion place(window.matrix->cellRect(cell.truth, cell.predicted));
            return place.subtracted(window.matrix->visibleRegion()).isEmpty();
        };
        QTRY_VERIFY(isSeen());
        for (const Qt::Key key : {Qt::Key_Down, Qt::Key_Right, Qt::Key_Up, Qt::Key_Left}) {
            for (int n = 0; n < 60; ++n)
                QTest::keyClick(window.matrix, key);
            QVERIFY2(isSeen(), qPrintable(QString::number(key)));
        }
        QVERIFY((window.matrix->selectedCell() == ConfusionHeatMap::Cell{200, 100}));
    }

    void aDragMovesAndChoosesNothing() {
        Window window(withMistakes());
        for (int n = 0; n < 6 && !window.matrix->hasNames(); ++n)
            QTest::keyClick(window.matrix, Qt::Key_Plus);
        QTRY_VERIFY(window.matrix->height() > 300 * 11);
        QSignalSpy chosen(&window.card, &ConfusionCard::cellChosen);
        QSignalSpy dragged(window.matrix, &ConfusionHeatMap::dragged);
        const QPoint from = window.matrix->visibleRegion().boundingRect().center();
        window.send(QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::LeftButton);
        window.send(QEvent::MouseMove, from - QPoint(60, 40), Qt::NoButton, Qt::LeftButton);
        QCOMPARE(dragged.count(), 1);
        QCOMPARE(dragged[0][0].toPoint(), QPoint(-60, -40));
        window.send(QEvent::MouseButtonRelease, from, Qt::LeftButton, Qt::NoButton);
        QVERIFY(chosen.isEmpty());
    }

    void aClickOnAPairChoosesItsCell() {
        Window window(withMistakes());
        window.press("worstPairs");
        auto* pairs = window.card.findChild<PairList*>(QStringLiteral("pairs"));
        QVERIFY(pairs->isVisible() && !window.matrix->isVisible());
        QTRY_VERIFY(pairs->viewport()->height() > 80);
        QCOMPARE(pairs->pairCount(), 2);
        const auto cell = [pairs](int row, PairList::Column column) {
            return pairs->model()->index(row, column).data().toString();
        };
        QCOMPARE(cell(0, PairList::Truth), QStringLiteral("class 5"));
        QCOMPARE(cell(0, PairList::Predicted), QStringLiteral("class 290"));
        QCOMPARE(cell(0, PairList::Images), QStringLiteral("6"));
        QCOMPARE(cell(0, PairList::Share), QStringLiteral("60.0"));
        QSignalSpy chosen(&window.card, &ConfusionCard::cellChosen);
        const QRect row = pairs->visualRect(pairs->model()->index(1, PairList::Truth));
        QTest::mouseClick(pairs->viewport(), Qt::LeftButton, {}, row.center());
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen[0][0].toInt(), 200);
        QCOMPARE(chosen[0][1].toInt(), 100);
        QVERIFY((window.matrix->selectedCell() == ConfusionHeatMap::Cell{200, 100}));
        QTest::keyClick(pairs, Qt::Key_Up);
        QCOMPARE(chosen.count(), 2);
        QCOMPARE(chosen[1][0].toInt(), 5);
    }

    void fewClassesHaveTheirNamesAndNothingToZoom() {
        Window window(diagonal(3));
        QVERIFY(window.matrix->hasNames());
        QVERIFY(!window.pill("largerCells")->isVisible());
    }
};

QTEST_MAIN(ConfusionTest)
#include "ConfusionTest.moc"
