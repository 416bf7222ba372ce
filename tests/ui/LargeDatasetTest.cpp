// SPDX-License-Identifier: GPL-3.0-or-later
// Data sets of many images: they are counted beside the window, and every image can be reached although none
// is looked at before it is seen.
#include <QPushButton>
#include <QScrollBar>
#include <QtTest/QtTest>
#include <memory>

#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/dataset/ClassFilter.h"
#include "ui/dataset/ClassTableView.h"
#include "ui/dataset/DataPage.h"
#include "ui/dataset/ProblemList.h"
#include "ui/main/MainWindow.h"
#include "ui/main/StepButton.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/ThumbnailGrid.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

namespace {

constexpr std::size_t kPerClass = 50'000;

std::string pathOf(const std::string& name, std::size_t n) {
    const std::string digits = std::to_string(n);
    return name + '/' + std::string(6 - digits.size(), '0') + digits + ".png";
}

// In memory only: every tenth image is for validation.
std::shared_ptr<data::DatasetIndex> largeDataset(const QString& root) {
    auto dataset = std::make_shared<data::DatasetIndex>();
    dataset->root = root.toStdString();
    dataset->classes = {"ash", "elm", "oak"};
    for (int c = 0; c < 3; ++c) {
        for (std::size_t n = 0; n < kPerClass; ++n) {
            const auto split = n % 10 == 9 ? data::Split::Validation : data::Split::Train;
            dataset->samples.push_back(
                {pathOf(dataset->classes[static_cast<std::size_t>(c)], n), c, split, 100, "0"});
        }
    }
    return dataset;
}

}  // namespace

class LargeDatasetTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void theSummaryCountsWhatIsThere() {
        const auto dataset = largeDataset(QStringLiteral("/nowhere"));
        dataset->samples[3].split = data::Split::Test;
        const auto summary = DatasetSummary::of(*dataset);
        QCOMPARE(summary->all.train, 3 * kPerClass / 10 * 9 - 1);
        QCOMPARE(summary->all.validation, 3 * kPerClass / 10);
        QCOMPARE(summary->all.test, std::size_t{1});
        QCOMPARE(summary->perClass.size(), std::size_t{3});
        QCOMPARE(summary->perClass[0].test, std::size_t{1});
        QCOMPARE(summary->perClass[2].train, kPerClass / 10 * 9);
        QCOMPARE(summary->imagesOf[1].size(), kPerClass);
        QCOMPARE(summary->imagesOf[1].front(), kPerClass);
        QCOMPARE(summary->imagesOf[1].back(), 2 * kPerClass - 1);
        QVERIFY(!summary->obstacle);
        dataset->classes.resize(1);
        dataset->samples.resize(kPerClass);
        QVERIFY(DatasetSummary::of(*dataset)->obstacle);
    }

    void whoReadsAFolderCountsIt() {
        PageFixture fixture;
        PageWindow<DataPage> window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset(), kPatienceMs);
        const auto summary = fixture.project.datasetSummary();
        QCOMPARE(summary->all.train, std::size_t{24});
        QCOMPARE(summary->all.validation, std::size_t{6});
        fixture.project.setFolder({});
        QVERIFY(!fixture.project.datasetSummary());
    }

    // Shown with a summary of other numbers, which only who counts for himself does not show.
    void thePagesCountNothing() {
        PageFixture fixture;
        fixture.scan();
        const auto dataset = std::make_shared<data::DatasetIndex>(*fixture.project.dataset());
        DatasetSummary other = *fixture.project.datasetSummary();
        other.all = {1234, 567, 89};
        for (auto& count : other.perClass)
            count = {4321, 0, 1};
        fixture.project.setDataset(dataset, std::make_shared<const DatasetSummary>(other));

        TrainPage train(fixture.project, fixture.controller, fixture.prompts);
        auto* said = train.findChild<ElidedLabel*>(QStringLiteral("subtitle"));
        QVERIFY2(said->text().contains(QStringLiteral("1,234 training and 567 validation images")),
                 qPrintable(said->text()));
        PageWindow<DataPage> data(fixture);
        QVERIFY(data.says(QStringLiteral("1,234 images to train on, 567 to check")));
        auto* classes = data.page.findChild<ClassTableView*>();
        QCOMPARE(classes->item(0, 2)->text(), QStringLiteral("4321"));
        QVERIFY(!classes->isColumnHidden(4));
        QVERIFY(train.findChild<QPushButton*>(QStringLiteral("startTraining"))->isEnabled());

        other.obstacle = Error{ErrorCode::NoValidation, "Nothing is left to check with.", {}};
        fixture.project.setDataset(std::make_shared<data::DatasetIndex>(*dataset),
                                   std::make_shared<const DatasetSummary>(other));
        QVERIFY(!train.findChild<QPushButton*>(QStringLiteral("startTraining"))->isEnabled());
        const auto* why = train.findChild<QLabel*>(QStringLiteral("startObstacle"));
        QVERIFY2(why->text().contains(QStringLiteral("Nothing is left to check with.")),
                 qPrintable(why->text()));
        QVERIFY2(data.visibleErrors().contains(QStringLiteral("Nothing is left to check with.")),
                 qPrintable(data.visibleErrors()));
        QVERIFY(!data.get<QPushButton>("next")->isEnabled());
        MainWindow window(fixture.project, fixture.prompts);
        QVERIFY(!window.findChild<StepButton*>(QStringLiteral("step0"))->isDone());
    }

    void everyImageOfALargeSetCanBeReached() {
        PageFixture fixture;
        const auto dataset = largeDataset(fixture.images);
        fixture.project.setDataset(dataset, DatasetSummary::of(*dataset));
        PageWindow<DataPage> window(fixture);
        auto* images = window.page.findChild<ThumbnailGrid*>();
        const auto absolute = [&](const std::string& path) {
            return fixture.images + QLatin1Char('/') + QString::fromStdString(path);
        };
        const int perClass = static_cast<int>(kPerClass);
        QCOMPARE(images->imageCount(), 3 * perClass);
        QCOMPARE(images->imagePath(0), absolute("ash/000000.png"));
        QCOMPARE(images->imagePath(perClass), absolute("elm/000000.png"));
        QCOMPARE(images->imagePath(3 * perClass - 1), absolute("oak/049999.png"));
        QCOMPARE(images->imagePath(3 * perClass), QString());
        images->scrollToBottom();
        QVERIFY(images->viewport()->rect().contains(images->imageRect(3 * perClass - 1)));

        window.page.findChild<ClassFilter*>()->choose(1);
        QCOMPARE(images->imageCount(), perClass);
        QCOMPARE(images->imagePath(0), absolute("elm/000000.png"));
        QCOMPARE(images->imagePath(perClass - 1), absolute("elm/049999.png"));
        images->scrollToBottom();
        QVERIFY(images->viewport()->rect().contains(images->imageRect(perClass - 1)));
    }

    void onlyWhatIsSeenIsMade() {
        constexpr std::size_t kImages = 1'000'000;
        std::size_t made = 0;
        ThumbnailGrid grid;
        grid.resize(800, 600);
        grid.show();
        QVERIFY(QTest::qWaitForWindowExposed(&grid));
        grid.setImages(kImages, [&made](std::size_t n) {
            ++made;
            return ThumbnailItem{QStringLiteral("/nowhere/%1.png").arg(n), {}, QString::number(n)};
        });
        QCOMPARE(grid.imageCount(), static_cast<int>(kImages));
        QTRY_VERIFY(made > 0);
        grid.scrollToBottom();
        QCoreApplication::processEvents();
        QVERIFY(grid.viewport()->rect().contains(grid.imageRect(kImages - 1)));
        QCOMPARE(grid.imagePath(kImages - 1), QStringLiteral("/nowhere/999999.png"));
        // Other columns and other sizes, and still the last one is the last.
        const int side = grid.imageRect(kImages - 1).width();
        for (const int width : {430, 457, 1210}) {
            grid.resize(width, 600);
            QCoreApplication::processEvents();
            grid.scrollToBottom();
            QVERIFY(grid.viewport()->rect().contains(grid.imageRect(kImages - 1)));
            QCOMPARE(grid.verticalScrollBar()->value(), grid.verticalScrollBar()->maximum());
            // The first row is as wide as the view, but for what is left of a tile.
            grid.scrollToTop();
            const int columns = grid.model()->columnCount();
            QVERIFY(grid.viewport()->rect().contains(grid.imageRect(columns - 1)));
            QVERIFY(grid.viewport()->width() - grid.imageRect(columns - 1).right() < side);
            QCOMPARE(grid.imageRect(columns).left(), 0);
            QCOMPARE(grid.imageRect(columns).top(), grid.imageRect(0).top() + grid.rowHeight(0));
        }
        QVERIFY2(made < kImages / 100, qPrintable(QString::number(made)));
    }

    void problemsBeyondTheFirstAreCounted() {
        PageFixture fixture;
        fixture.scan();
        data::DatasetIndex dataset = *fixture.project.dataset();
        constexpr int kProblems = 60'000;
        for (int n = 0; n < kProblems; ++n) {
            dataset.problems.push_back({"ash/" + std::to_string(n) + ".png",
                                        data::ProblemCode::UnreadableImage,
                                        Message::words("Reason number " + std::to_string(n) + "."), true});
        }
        dataset.problems.push_back({"elm", data::ProblemCode::FewImages, "It is small.", false});
        dataset.unused.push_back({"notes.txt", data::PassedOverReason::NoPicture, "It is no picture.", 1});
        ProblemList list;
        list.showDataset(DatasetSummary::of(dataset));
        const auto text = [&list](int row) {
            return list.model()->index(row, 0).data(Qt::AccessibleTextRole).toString();
        };
        QCOMPARE(list.problemCount(), 2000 + 1 + 1);
        QCOMPARE(text(0), QStringLiteral("warning: elm. It is small."));
        QCOMPARE(text(1), QStringLiteral("left out: ash/0.png. Reason number 0."));
        QVERIFY2(text(2000).contains(QStringLiteral("58001 more")), qPrintable(text(2000)));
        QCOMPARE(text(2001), QStringLiteral("not used: notes.txt. It is no picture."));
    }
};

QTEST_MAIN(LargeDatasetTest)
#include "LargeDatasetTest.moc"
