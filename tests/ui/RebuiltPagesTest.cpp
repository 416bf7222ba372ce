// SPDX-License-Identifier: GPL-3.0-or-later
// The Data and the Results page, and the whole window, that are built anew in the middle of their work show
// what the ones before showed.
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QTranslator>
#include <QtTest/QtTest>
#include <memory>
#include <utility>
#include <vector>

#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/dataset/ClassTableView.h"
#include "ui/dataset/DataPage.h"
#include "ui/export/ExportPage.h"
#include "ui/export/ProofList.h"
#include "ui/main/MainWindow.h"
#include "ui/network/NetworkPage.h"
#include "ui/plots/ConfusionHeatMap.h"
#include "ui/plots/CurvePlot.h"
#include "ui/results/ClassTable.h"
#include "ui/results/ResultsPage.h"
#include "ui/runs/RunsPage.h"
#include "ui/train/LearningRateView.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/Card.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/PredictionView.h"
#include "ui/widgets/SeedBox.h"
#include "ui/widgets/ThumbnailGrid.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::HeldPool;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

namespace {

// Every word and number of a page that can be seen, but for what is drawn on pictures.
QStringList wordsOf(const QWidget& page) {
    QStringList words;
    for (const QLabel* label : page.findChildren<QLabel*>())
        if (label->isVisible() && !label->text().isEmpty()) words << label->text();
    for (const ElidedLabel* label : page.findChildren<ElidedLabel*>())
        if (label->isVisible()) words << label->text();
    for (const QPushButton* button : page.findChildren<QPushButton*>())
        if (button->isVisible()) words << button->text() + (button->isEnabled() ? "" : " (off)");
    return words;
}

int currentImage(const ThumbnailGrid& images) {
    const QModelIndex current = images.currentIndex();
    return current.isValid() ? current.row() * images.model()->columnCount() + current.column() : -1;
}

struct DataWindow : PageWindow<DataPage> {
    using PageWindow::PageWindow;
    ThumbnailGrid* images() { return page.findChild<ThumbnailGrid*>(); }
    QStringList seen() {
        auto* classes = page.findChild<ClassTableView*>();
        QStringList seen = wordsOf(page);
        if (classes->isVisible()) {
            seen << QString::number(classes->rowCount()) << QString::number(classes->currentRow())
                 << QString::number(images()->imageCount()) << images()->imagePath(0);
        }
        return seen;
    }
};

struct ResultsWindow : PageWindow<ResultsPage> {
    using PageWindow::PageWindow;
    ClassTable* classes() { return get<ClassTable>("classTable"); }
    ConfusionHeatMap* confusion() { return get<ConfusionHeatMap>("confusion"); }
    ThumbnailGrid* images() { return get<ThumbnailGrid>("resultImages"); }
    bool showsResults() { return page.findChild<QStackedWidget*>()->currentIndex() == 1; }
    // Without the images, which are looked for in the background.
    QStringList table() {
        QStringList seen{get<ElidedLabel>("subtitle")->text(), QString::number(classes()->selectedClass())};
        const auto cell = confusion()->selectedCell();
        if (cell) seen << QStringLiteral("%1 %2").arg(cell->truth).arg(cell->predicted);
        for (int row = 0; row < classes()->model()->rowCount(); ++row)
            seen << classes()->model()->index(row, ClassTable::Name).data().toString();
        return seen;
    }
    QStringList seen() {
        QStringList seen = table() + wordsOf(page);
        seen << QString::number(currentImage(*images()));
        for (int n = 0; n < images()->imageCount(); ++n)
            seen << images()->imagePath(n);
        for (const ProbabilityEntry& entry : get<PredictionView>("resultDetail")->bars().entries())
            seen << entry.name << QString::number(entry.probability);
        return seen;
    }
};

// Knows nothing: its coming alone is another language.
class AnotherLanguage : public QTranslator {
  public:
    QString translate(const char*, const char*, const char*, int) const override { return {}; }
    bool isEmpty() const override { return false; }
};

}  // namespace

class RebuiltPagesTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void aFolderIsReadOnWithoutItsPage() {
        PageFixture fixture;
        fixture.project.setFolder({});
        auto first = std::make_unique<DataWindow>(fixture);
        HeldPool held;
        fixture.prompts.folder = fixture.images;
        first->press(first->get<QPushButton>("chooseInPanel"));
        QTRY_VERIFY(first->says(QStringLiteral("Reading the images")));
        const QStringList before = first->seen();
        first.reset();
        auto second = std::make_unique<DataWindow>(fixture);
        QCOMPARE(second->seen(), before);
        held.release();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(second->images()->imageCount(), 30);
        QVERIFY(second->get<QPushButton>("next")->isEnabled());
        QVERIFY(!second->says(QStringLiteral("Reading the images")));
    }

    void whatWasFoundIsThereWithoutAnyPage() {
        PageFixture fixture;
        fixture.project.setFolder({});
        auto first = std::make_unique<DataWindow>(fixture);
        {
            HeldPool held;
            fixture.project.setFolder(fixture.images);
            first.reset();
        }
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        DataWindow second(fixture);
        QCOMPARE(second.images()->imageCount(), 30);
    }

    void theNewPageCancelsTheReading() {
        PageFixture fixture;
        fixture.project.setFolder({});
        auto first = std::make_unique<DataWindow>(fixture);
        HeldPool held;
        fixture.prompts.folder = fixture.images;
        first->press(first->get<QPushButton>("chooseInPanel"));
        QTRY_VERIFY(first->says(QStringLiteral("Reading the images")));
        first.reset();
        DataWindow second(fixture);
        second.press(second.get<QPushButton>("cancelReading"));
        QVERIFY(second.says(QStringLiteral("Drop a folder")));
        QCOMPARE(fixture.project.folder(), QString());
        held.release();
        finishBackgroundWork();
        QVERIFY(!fixture.project.dataset());
        QVERIFY(second.says(QStringLiteral("Drop a folder")));
    }

    // Whoever looked on when that became known.
    void whyAFolderCannotBeReadIsStillSaid() {
        PageFixture fixture;
        fixture.project.setFolder({});
        auto first = std::make_unique<DataWindow>(fixture);
        {
            HeldPool held;
            fixture.project.setFolder(fixture.directory.filePath(QStringLiteral("missing")));
            first.reset();
        }
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.folder(), QString(), kPatienceMs);
        auto second = std::make_unique<DataWindow>(fixture);
        QVERIFY2(second->visibleErrors().contains(QStringLiteral("missing")),
                 qPrintable(second->visibleErrors()));
        const QStringList before = second->seen();
        second.reset();
        auto third = std::make_unique<DataWindow>(fixture);
        QCOMPARE(third->seen(), before);
        fixture.prompts.folder = fixture.images;
        third->press(third->get<QPushButton>("chooseInPanel"));
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        third.reset();
        DataWindow fourth(fixture);
        QCOMPARE(fourth.visibleErrors(), QString());
    }

    void aClassStaysChosenWhileItsFolderIsReadAgain() {
        PageFixture fixture;
        auto first = std::make_unique<DataWindow>(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        auto* classes = first->page.findChild<ClassTableView*>();
        QTest::mouseClick(classes->viewport(), Qt::LeftButton, {},
                          classes->visualItemRect(classes->item(1, 0)).center());
        QCOMPARE(first->images()->imageCount(), 10);
        HeldPool held;
        first->get<SeedBox>("splitSeed")->setValue(77);
        QTRY_VERIFY(first->get<ElidedLabel>("subtitle")->text().contains(QStringLiteral("reading again")));
        const QStringList before = first->seen();
        QVERIFY(first->images()->imagePath(0).contains(QStringLiteral("/blue/")));
        first.reset();
        auto second = std::make_unique<DataWindow>(fixture);
        QCOMPARE(second->seen(), before);
        held.release();
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        QCOMPARE(second->images()->imageCount(), 10);
        QVERIFY(second->images()->imagePath(0).contains(QStringLiteral("/blue/")));
        QVERIFY(second->get<QPushButton>("next")->isEnabled());
    }

    void theResultsAreShownAtOnce() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        auto first = std::make_unique<ResultsWindow>(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(first->showsResults(), kPatienceMs);
        first->classes()->sortByColumn(ClassTable::Name, Qt::DescendingOrder);
        QCOMPARE(first->table().last(), QStringLiteral("amber"));
        const QModelIndex row =
            first->classes()->model()->index(first->classes()->rowOf(1), ClassTable::Name);
        QTest::mouseClick(first->classes()->viewport(), Qt::LeftButton, {},
                          first->classes()->visualRect(row).center());
        finishBackgroundWork();
        QVERIFY(first->images()->imageCount() >= 2);
        QTest::mouseClick(first->images()->viewport(), Qt::LeftButton, {},
                          first->images()->imageRect(1).center());
        finishBackgroundWork();
        const QStringList table = first->table();
        const QStringList before = first->seen();
        QCOMPARE(first->classes()->selectedClass(), 1);
        QCOMPARE(currentImage(*first->images()), 1);
        first.reset();
        auto second = std::make_unique<ResultsWindow>(fixture);
        QVERIFY(second->showsResults());
        QCOMPARE(second->table(), table);
        finishBackgroundWork();
        QCOMPARE(second->seen(), before);

        QTest::mouseClick(second->confusion(), Qt::LeftButton, {},
                          second->confusion()->cellRect(2, 1).center());
        finishBackgroundWork();
        const QStringList ofCell = second->seen();
        QVERIFY(ofCell.contains(QStringLiteral("2 1")));
        second.reset();
        auto third = std::make_unique<ResultsWindow>(fixture);
        finishBackgroundWork();
        QCOMPARE(third->seen(), ofCell);
    }

    // Not what was looked at in the run before.
    void anotherRunsResultsBeginAnew() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        auto first = std::make_unique<ResultsWindow>(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY_WITH_TIMEOUT(first->showsResults(), kPatienceMs);
        Q_EMIT first->classes()->classChosen(1);
        first.reset();
        fixture.project.setCurrentRun(fixture.trainScanned(1));
        ResultsWindow second(fixture);
        QVERIFY(!second.showsResults());
        QTRY_VERIFY_WITH_TIMEOUT(second.showsResults(), kPatienceMs);
        QCOMPARE(second.classes()->selectedClass(), -1);
        finishBackgroundWork();
        QVERIFY(second.says(QStringLiteral("MISTAKES")));
    }

    void theWindowStaysOnItsPageAndTheTrainingGoesOn() {
        PageFixture fixture;
        fixture.scan();
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 300;
        fixture.project.setConfig(config);
        MainWindow window(fixture.project, fixture.prompts);
        window.show();
        window.showPage(MainWindow::Train);
        const auto curve = [&window] {
            return window.findChild<TrainPage*>()->findChild<CurvePlot*>(QStringLiteral("lossPlot"));
        };
        QTest::mouseClick(window.findChild<QPushButton*>(QStringLiteral("startTraining")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(curve()->validationCount() >= 2, kPatienceMs);
        const int before = curve()->validationCount();
        const QPointer<TrainPage> page = window.findChild<TrainPage*>();
        window.buildAnew();
        QVERIFY(page.isNull());
        QCOMPARE(window.page(), MainWindow::Train);
        QVERIFY(window.findChild<TrainPage*>()->isVisible());
        QVERIFY(window.controller().isActive());
        QVERIFY(curve()->validationCount() >= before);
        QTRY_VERIFY_WITH_TIMEOUT(curve()->validationCount() > before, kPatienceMs);
        QTest::mouseClick(window.findChild<QPushButton*>(QStringLiteral("stopTraining")), Qt::LeftButton);
        QTRY_VERIFY_WITH_TIMEOUT(!window.controller().isActive(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(
            window.findChild<QPushButton*>(QStringLiteral("continueTraining"))->isVisible(), kPatienceMs);
    }

    void anExportGoesOnWhenTheWindowIsBuiltAnew() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        MainWindow window(fixture.project, fixture.prompts);
        window.show();
        fixture.project.setCurrentRun(run);
        window.showPage(MainWindow::Export);
        const auto start = [&window] {
            return window.findChild<QPushButton*>(QStringLiteral("startExport"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(start()->isEnabled(), kPatienceMs);
        window.findChild<QLineEdit*>(QStringLiteral("exportFolder"))
            ->setText(fixture.directory.filePath(QStringLiteral("models")));
        HeldPool held;
        QTest::mouseClick(start(), Qt::LeftButton);
        window.buildAnew();
        QVERIFY(!start()->isEnabled());
        // It is asked for as before.
        fixture.prompts.yes = false;
        QVERIFY(!window.close());
        QCOMPARE(fixture.prompts.questions.size(), 1);
        held.release();
        QTRY_COMPARE_WITH_TIMEOUT(window.findChild<ProofList*>(QStringLiteral("proof"))->provenCount(), 1,
                                  kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(start()->isEnabled(), kPatienceMs);
    }

    void aSearchGoesOnWhenTheWindowIsBuiltAnew() {
        PageFixture fixture;
        MainWindow window(fixture.project, fixture.prompts);
        window.show();
        window.showPage(MainWindow::Train);
        const auto find = [&window] {
            return window.findChild<QPushButton*>(QStringLiteral("findLearningRate"));
        };
        QTRY_VERIFY_WITH_TIMEOUT(find()->isEnabled(), kPatienceMs);
        HeldPool held;
        find()->click();
        const QPointer<LearningRateView> before = window.findChild<LearningRateView*>();
        QVERIFY(before && before->isVisible());
        window.buildAnew();
        QVERIFY(before.isNull());
        const auto view = [&window] { return window.findChild<LearningRateView*>(); };
        QTRY_VERIFY(view() != nullptr && view()->isVisible());
        held.release();
        QTRY_VERIFY_WITH_TIMEOUT(
            view()->findChild<QPushButton*>(QStringLiteral("useLearningRate"))->isVisible(), kPatienceMs);
        view()->reject();
    }

    // So that the window does not stand still for all five.
    void theShownPageIsBuiltFirstAndTheOthersFollow() {
        PageFixture fixture;
        MainWindow window(fixture.project, fixture.prompts);
        window.show();
        window.showPage(MainWindow::Train);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        window.buildAnew();
        QVERIFY(window.findChild<TrainPage*>()->isVisible());
        QVERIFY(window.findChild<DataPage*>() == nullptr);
        QVERIFY(window.findChild<ResultsPage*>() == nullptr);
        // Whoever is quicker finds it all the same.
        window.showPage(MainWindow::Results);
        QVERIFY(window.findChild<ResultsPage*>() != nullptr);
        QVERIFY(window.findChild<ResultsPage*>()->isVisible());
        QTRY_VERIFY(window.findChild<DataPage*>() && window.findChild<NetworkPage*>() &&
                    window.findChild<ExportPage*>() && window.findChild<RunsPage*>());
        QCOMPARE(window.page(), MainWindow::Results);
        QVERIFY(window.findChild<ResultsPage*>()->isVisible());
        QCOMPARE(window.findChild<QStackedWidget*>(QStringLiteral("pages"))->count(), 6);
        const std::vector<std::pair<MainWindow::Page, QWidget*>> all{
            {MainWindow::Data, window.findChild<DataPage*>()},
            {MainWindow::Network, window.findChild<NetworkPage*>()},
            {MainWindow::Train, window.findChild<TrainPage*>()},
            {MainWindow::Results, window.findChild<ResultsPage*>()},
            {MainWindow::Export, window.findChild<ExportPage*>()},
            {MainWindow::Runs, window.findChild<RunsPage*>()}};
        for (const auto& [page, widget] : all) {
            window.showPage(page);
            QVERIFY(widget->isVisible());
        }
        emit window.findChild<DataPage*>()->nextRequested();
        QCOMPARE(window.page(), MainWindow::Network);
    }

    void anotherLanguageBuildsThePagesAnew() {
        PageFixture fixture;
        MainWindow window(fixture.project, fixture.prompts);
        window.show();
        window.showPage(MainWindow::Network);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const QPointer<DataPage> page = window.findChild<DataPage*>();
        AnotherLanguage language;
        QVERIFY(QCoreApplication::installTranslator(&language));
        QTRY_VERIFY(page.isNull());
        QCOMPARE(window.page(), MainWindow::Network);
        QTRY_VERIFY(window.findChild<DataPage*>() != nullptr);
        QCOMPARE(window.findChild<DataPage*>()->findChild<ThumbnailGrid*>()->imageCount(), 30);
    }
};

QTEST_MAIN(RebuiltPagesTest)
#include "RebuiltPagesTest.moc"
