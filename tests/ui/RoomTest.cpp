// SPDX-License-Identifier: GPL-3.0-or-later
// Every page in a small window, with many classes of long names: nothing is cut off, and what matters is
// read.
#include <QAbstractScrollArea>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QStackedWidget>
#include <QTableView>
#include <QtTest/QtTest>

#include "tests/ui/support/PageFixture.h"
#include "ui/dataset/ClassTableView.h"
#include "ui/main/MainWindow.h"
#include "ui/network/BackboneModel.h"
#include "ui/network/BackboneTable.h"
#include "ui/plots/CurveLegend.h"
#include "ui/plots/CurvePlot.h"
#include "ui/results/ClassTable.h"
#include "ui/train/AugmentationPreview.h"
#include "ui/train/SettingsPanel.h"
#include "ui/widgets/FigureRow.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/ShrinkingLabel.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;

class RoomTest : public QObject {
    Q_OBJECT

  private:
    static QStringList longNames() {
        QStringList names;
        for (int n = 0; n < 45; ++n)
            names << QStringLiteral("a very long name of a class that goes on and on, number %1").arg(n);
        return names;
    }

    static bool isScrolled(const QWidget* widget, const QWidget* page) {
        for (const QWidget* parent = widget->parentWidget(); parent && parent != page;
             parent = parent->parentWidget()) {
            const auto* area = qobject_cast<const QAbstractScrollArea*>(parent->parentWidget());
            if (area && area->viewport() == parent) return true;
        }
        return false;
    }

    static QString describe(const QWidget* widget) {
        const QString text = widget->property("text").toString();
        return QStringLiteral("%1 %2 \"%3\" %4 px")
            .arg(QLatin1String(widget->metaObject()->className()), widget->objectName(), text)
            .arg(widget->width());
    }

    // What sticks out of the page, or has less width than its words.
    static QStringList cutOff(const QWidget* page) {
        QStringList cut;
        for (const QWidget* widget : page->findChildren<QWidget*>()) {
            if (!widget->isVisible() || widget->isWindow()) continue;
            const QRect place(widget->mapTo(page, QPoint()), widget->size());
            if (!isScrolled(widget, page) && !page->rect().contains(place) && !place.isEmpty())
                cut << QStringLiteral("outside: ") + describe(widget);
            const auto* label = qobject_cast<const QLabel*>(widget);
            const bool isWords = label && !label->text().isEmpty() && !label->wordWrap() &&
                                 !qobject_cast<const ShrinkingLabel*>(widget) &&
                                 !Qt::mightBeRichText(label->text());
            if (isWords && label->width() < label->fontMetrics().horizontalAdvance(label->text()))
                cut << QStringLiteral("cut: ") + describe(widget);
            const auto* button = qobject_cast<const QPushButton*>(widget);
            if (button && button->width() < button->fontMetrics().horizontalAdvance(button->text()))
                cut << QStringLiteral("cut: ") + describe(widget);
            const auto* bar = qobject_cast<const QScrollBar*>(widget);
            if (bar && bar->orientation() == Qt::Horizontal && bar->maximum() > bar->minimum())
                cut << QStringLiteral("scrolled sideways: ") + describe(bar->parentWidget()->parentWidget());
        }
        return cut;
    }

    // Whether all columns are within the table, and the names can be told apart.
    static bool showsNames(const QTableView* table) {
        return table->horizontalHeader()->length() <= table->viewport()->width() &&
               table->columnWidth(0) >= 100 && table->textElideMode() == Qt::ElideMiddle;
    }

    std::unique_ptr<PageFixture> m_fixture;
    QString m_run;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        m_fixture = std::make_unique<PageFixture>(longNames(), 3);
        m_run = m_fixture->trainRun(1);
    }
    void cleanupTestCase() { m_fixture.reset(); }

    // What a backbone is called needs its room more than how many parameters it has.
    void backbonesKeepTheirNamesInTheSmallestWindow() {
        MainWindow window(m_fixture->project, m_fixture->prompts);
        window.resize(960, 640);
        window.show();
        window.showPage(MainWindow::Network);
        auto* table = window.findChild<BackboneTable*>();
        const auto* view = table->findChild<QTableView*>();
        QTRY_VERIFY_WITH_TIMEOUT(view->isVisible() && view->model()->rowCount() > 80, kPatienceMs);
        QTRY_VERIFY(view->columnWidth(BackboneModel::Title) >= 110);
        QVERIFY(!view->isColumnHidden(BackboneModel::Weights));
    }

    void everyPageFits_data() {
        QTest::addColumn<QSize>("size");
        QTest::newRow("smallest") << QSize(960, 640);
        QTest::newRow("laptop") << QSize(1366, 728);
    }

    void everyPageFits() {
        QFETCH(QSize, size);
        MainWindow window(m_fixture->project, m_fixture->prompts);
        window.resize(size);
        m_fixture->project.setCurrentRun(m_run);
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->project.dataset(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->project.summary(), kPatienceMs);
        QCOMPARE(window.size(), size);
        auto* results = window.findChild<ClassTable*>(QStringLiteral("classTable"));
        QTRY_COMPARE_WITH_TIMEOUT(results->model()->rowCount(), 45, kPatienceMs);
        auto* accuracy = window.findChild<CurvePlot*>(QStringLiteral("accuracyPlot"));
        QTRY_COMPARE_WITH_TIMEOUT(accuracy->trainCount(), 1, kPatienceMs);
        for (int page = MainWindow::Data; page <= MainWindow::Runs; ++page) {
            window.showPage(static_cast<MainWindow::Page>(page));
            QTest::qWait(50);  // until it has been laid out
            const QWidget* shown =
                window.findChild<QStackedWidget*>(QStringLiteral("pages"))->currentWidget();
            QVERIFY2(shown->minimumSizeHint().width() <= shown->width(),
                     qPrintable(QStringLiteral("page %1 needs %2 of %3 px")
                                    .arg(page)
                                    .arg(shown->minimumSizeHint().width())
                                    .arg(shown->width())));
            const QStringList cut = cutOff(shown);
            QVERIFY2(cut.isEmpty(),
                     qPrintable(QStringLiteral("page %1\n").arg(page) + cut.join(QLatin1Char('\n'))));
        }
        window.showPage(MainWindow::Data);
        QTRY_VERIFY(showsNames(window.findChild<ClassTableView*>()));
        window.showPage(MainWindow::Results);
        QTRY_VERIFY(showsNames(results));
        window.showPage(MainWindow::Train);
        const auto* legend = accuracy->parentWidget()->findChild<CurveLegend*>();
        QTRY_VERIFY(legend->isVisible() && !legend->isElided());
        m_fixture->project.setCurrentRun({});
    }

    void thePreviewOfAugmentationsLeavesRoomForTheSettings() {
        MainWindow window(m_fixture->project, m_fixture->prompts);
        window.resize(960, 640);
        window.show();
        QTRY_VERIFY_WITH_TIMEOUT(m_fixture->project.dataset(), kPatienceMs);
        window.showPage(MainWindow::Train);
        auto* fold = window.findChild<FoldHeader*>(QStringLiteral("foldAugmentation"));
        QTest::mouseClick(fold, Qt::LeftButton);
        auto* preview = window.findChild<AugmentationPreview*>();
        QTRY_VERIFY_WITH_TIMEOUT(preview->isSettled() && !preview->pictures().empty(), kPatienceMs);
        QTest::qWait(50);  // until it has been laid out
        auto* panel = window.findChild<SettingsPanel*>();
        auto* settings = panel->findChild<QScrollArea*>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY2(settings->height() >= 200, qPrintable(QString::number(settings->height())));
        QVERIFY(preview->isVisible());
        // Where there is room for both it stays in sight.
        window.resize(1366, 1000);
        const auto isInSight = [&] {
            const QRect place(preview->mapTo(panel, QPoint()), preview->size());
            return panel->rect().contains(place) && settings->geometry().bottom() < place.top();
        };
        QTRY_VERIFY(isInSight());
        QVERIFY(preview->isVisible());
        QVERIFY2(settings->height() >= 200, qPrintable(QString::number(settings->height())));
        QTest::mouseClick(fold, Qt::LeftButton);  // it is remembered
    }

    // Its parts shrink one after another, so that none of them is pushed out.
    void figuresBecomeSmallerInLittleRoom() {
        FigureRow row;
        row.setFigures(
            {{QStringLiteral("Trainable"), QStringLiteral("1.69"), QStringLiteral("M of 12.3 M"), {}},
             {QStringLiteral("Frozen"), QStringLiteral("10.6"), QStringLiteral("M"), {}},
             {QStringLiteral("Multiply-adds"), QStringLiteral("299"), QStringLiteral("M"), {}}});
        row.resize(316, 60);
        row.show();
        QTest::qWait(0);
        for (const QLabel* label : row.findChildren<QLabel*>()) {
            QVERIFY(row.rect().contains(QRect(label->mapTo(&row, QPoint()), label->size())));
            QVERIFY2(label->width() >= label->fontMetrics().horizontalAdvance(label->text()),
                     qPrintable(label->text()));
        }
    }
};

QTEST_MAIN(RoomTest)
#include "RoomTest.moc"
