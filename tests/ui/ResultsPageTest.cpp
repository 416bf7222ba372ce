// SPDX-License-Identifier: GPL-3.0-or-later
// The Results page on a run whose predictions are known, so that every figure can be said beforehand.
#include <QFile>
#include <QFontMetrics>
#include <QHeaderView>
#include <QImage>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QStackedWidget>
#include <QtTest/QtTest>
#include <algorithm>
#include <utility>

#include "core/evaluation/Evaluation.h"
#include "core/training/Trainer.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/plots/ConfusionHeatMap.h"
#include "ui/results/ClassTable.h"
#include "ui/results/ResultsPage.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/FigureRow.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/PredictionView.h"
#include "ui/widgets/ThumbnailGrid.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class ResultsPageTest : public QObject {
    Q_OBJECT

  private:
    // Nine images: amber 3 of 3 right, blue 1 right and 2 taken for cyan, cyan 3 of 3 right.
    static evaluation::Evaluation knownEvaluation() {
        std::vector<evaluation::Prediction> predictions;
        const auto add = [&predictions](const char* path, int truth, int predicted, float sure) {
            std::vector<float> probabilities(3, (1.0F - sure) / 2.0F);
            probabilities[static_cast<std::size_t>(predicted)] = sure;
            predictions.push_back({path, truth, predicted, probabilities});
        };
        add("amber/000.png", 0, 0, 0.9F);
        add("amber/001.png", 0, 0, 0.8F);
        add("amber/002.png", 0, 0, 0.7F);
        add("blue/000.png", 1, 1, 0.6F);
        add("blue/001.png", 1, 2, 0.55F);
        add("blue/002.png", 1, 2, 0.95F);
        add("cyan/000.png", 2, 2, 0.9F);
        add("cyan/001.png", 2, 2, 0.8F);
        add("cyan/002.png", 2, 2, 0.7F);
        return evaluation::scorePredictions(predictions, {"amber", "blue", "cyan"}, 0.4321);
    }

    static void write(const QString& path, const std::string& text) {
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(QByteArray::fromStdString(text));
    }

    static void overwriteEvaluation(const QString& run) {
        const evaluation::Evaluation evaluation = knownEvaluation();
        write(run + "/evaluation.json", evaluation::toJson(evaluation));
        write(run + "/predictions.csv", evaluation::toCsv(evaluation));
    }

    struct Window : PageWindow<ResultsPage> {
        using PageWindow::PageWindow;
        bool showsResults() { return page.findChild<QStackedWidget*>()->currentIndex() == 1; }
        QString subtitle() { return page.findChild<ElidedLabel*>(QStringLiteral("subtitle"))->text(); }
    };

    // The first and the last column that is not all of one colour, that of the corner; none: the first is
    // behind the last.
    static std::pair<int, int> inkOf(const QImage& image) {
        int first = image.width();
        int last = -1;
        const QRgb ground = image.pixel(0, 0);
        for (int x = 0; x < image.width(); ++x) {
            for (int y = 0; y < image.height(); ++y) {
                if (image.pixel(x, y) == ground) continue;
                first = std::min(first, x);
                last = x;
            }
        }
        return {first, last};
    }

    std::unique_ptr<PageFixture> m_fixture;
    QString m_run;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        m_fixture = std::make_unique<PageFixture>();
        m_run = m_fixture->trainRun(1);
        overwriteEvaluation(m_run);
    }
    void cleanupTestCase() { m_fixture.reset(); }
    void cleanup() { m_fixture->project.setCurrentRun({}); }

    void saysWhatToDoWithoutARun() {
        Window window(*m_fixture);
        QVERIFY(!window.showsResults());
        QVERIFY(!window.get<QPushButton>("nextToExport")->isEnabled());
    }

    void figuresAreTheEvaluations() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        QTRY_VERIFY(window.showsResults());
        QVERIFY2(window.subtitle().endsWith(QStringLiteral("9 validation images")),
                 qPrintable(window.subtitle()));
        auto* figures = window.get<FigureRow>("figures");
        QCOMPARE(figures->valueOf(QStringLiteral("Accuracy")), QStringLiteral("77.8"));
        QCOMPARE(figures->valueOf(QStringLiteral("Loss")), QStringLiteral("0.432"));
        // F1: amber 1, blue 2*1*(1/3)/(4/3) = 0.5, cyan 2*0.6/1.6 = 0.75; supports are equal.
        QCOMPARE(figures->valueOf(QStringLiteral("Macro F1")), QStringLiteral("75.0"));
        QCOMPARE(figures->valueOf(QStringLiteral("Weighted F1")), QStringLiteral("75.0"));
        QCOMPARE(figures->valueOf(QStringLiteral("Top-5")), QString());

        auto* table = window.get<ClassTable>("classTable");
        const int row = table->rowOf(2);
        const auto cell = [&](ClassTable::Column column) {
            return table->model()->index(row, column).data().toString();
        };
        QCOMPARE(cell(ClassTable::Name), QStringLiteral("cyan"));
        QCOMPARE(cell(ClassTable::Images), QStringLiteral("3"));
        QCOMPARE(cell(ClassTable::Precision), QStringLiteral("60.0"));
        QCOMPARE(cell(ClassTable::Recall), QStringLiteral("100.0"));
        QCOMPARE(cell(ClassTable::F1), QStringLiteral("75.0"));
        QCOMPARE(table->model()->index(row, ClassTable::Bar).data(Qt::UserRole).toDouble(), 0.75);
    }

    // A mean over what is not there would look like one over all.
    void aClassWithoutImagesHasNoFigures() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        // Of cyan there is none; one blue image is taken for it.
        std::vector<evaluation::Prediction> predictions;
        predictions.push_back({"amber/000.png", 0, 0, {0.8F, 0.1F, 0.1F}});
        predictions.push_back({"blue/000.png", 1, 1, {0.1F, 0.8F, 0.1F}});
        predictions.push_back({"blue/001.png", 1, 2, {0.1F, 0.1F, 0.8F}});
        const auto evaluation = evaluation::scorePredictions(predictions, {"amber", "blue", "cyan"}, 0.4321);
        write(run + "/evaluation.json", evaluation::toJson(evaluation));
        write(run + "/predictions.csv", evaluation::toCsv(evaluation));
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY(window.showsResults());

        auto* table = window.get<ClassTable>("classTable");
        for (const auto column : {ClassTable::Precision, ClassTable::Recall, ClassTable::F1}) {
            QCOMPARE(table->model()->index(table->rowOf(2), column).data().toString(),
                     QStringLiteral("\u2013"));
        }
        QCOMPARE(table->model()->index(table->rowOf(2), ClassTable::Images).data().toInt(), 0);
        QVERIFY(!table->model()->index(table->rowOf(2), ClassTable::Bar).data(Qt::UserRole).isValid());
        for (const auto column :
             {ClassTable::Precision, ClassTable::Recall, ClassTable::F1, ClassTable::Bar}) {
            table->sortByColumn(column, Qt::AscendingOrder);
            QCOMPARE(table->rowOf(2), 2);
            table->sortByColumn(column, Qt::DescendingOrder);
            QCOMPARE(table->rowOf(2), 2);
        }
        QCOMPARE(table->rowOf(0), 0);  // the others as ever: F1 1 before 2/3

        // F1: amber 1, blue 2/3.
        auto* figures = window.get<FigureRow>("figures");
        QCOMPARE(figures->valueOf(QStringLiteral("Macro F1")), QStringLiteral("83.3"));
        QStringList tips;
        for (const QWidget* figure : figures->findChildren<QWidget*>())
            tips << figure->toolTip();
        const QString said = tips.join(u'\n');
        QVERIFY2(said.contains(QStringLiteral("over the 2 of 3 classes that have validation images")),
                 qPrintable(said));
        QVERIFY(window.says(QStringLiteral("2 of 3 have validation images")));
    }

    void figuresOfFewerImagesSaySo() {
        PageFixture fixture;
        fixture.scan();
        fixture.loseValidationImage();
        const QString run = fixture.trainScanned(1);
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY(window.showsResults());
        QVERIFY2(window.subtitle().contains(QStringLiteral("5 of 6 validation images")),
                 qPrintable(window.subtitle()));
    }

    void imagesAreShownFromWhereTheyLieNow() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        overwriteEvaluation(run);
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY(window.showsResults());
        auto* images = window.get<ThumbnailGrid>("resultImages");
        QTRY_COMPARE(images->imageCount(), 2);
        QVERIFY(images->imagePath(0).startsWith(fixture.images + u'/'));

        const QString moved = fixture.directory.filePath(QStringLiteral("moved"));
        QVERIFY(QDir().rename(fixture.images, moved));
        runtime::RunControl control;
        training::ResumeOptions options;
        options.dataFolder = moved.toStdString();
        const auto told = training::resumeRun(
            run.toStdString(), [](const auto&) {}, control, options);
        QVERIFY2(told, told ? "" : told.error().sentence().c_str());
        fixture.project.notifyRunsChanged();  // as when a run has ended
        QTRY_VERIFY2(images->imagePath(0).startsWith(moved + u'/'), qPrintable(images->imagePath(0)));
    }

    void aPictureThatIsGoneIsSaid() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        overwriteEvaluation(run);
        QVERIFY(QFile::remove(fixture.images + QStringLiteral("/blue/002.png")));
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY(window.showsResults());
        auto* picture = window.get<QLabel>("predictionPicture");  // of the first mistake
        QTRY_VERIFY2(picture->text().startsWith(QStringLiteral("002.png: There is no such file")),
                     qPrintable(picture->text()));
    }

    void imagesThatAreGoneAreLocated() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        overwriteEvaluation(run);
        const QString moved = fixture.directory.filePath(QStringLiteral("moved"));
        QVERIFY(QDir().rename(fixture.images, moved));
        Window window(fixture);
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY(window.showsResults());
        auto* locate = window.get<QPushButton>("locateRunImages");
        QVERIFY(locate->isVisible());
        QVERIFY(window.says(QStringLiteral("images are not in")));
        auto* images = window.get<ThumbnailGrid>("resultImages");
        QTRY_COMPARE(images->imageCount(), 2);
        const QModelIndex first = images->model()->index(0, 0);
        QTRY_COMPARE(first.data(Qt::AccessibleDescriptionRole).toString(), QStringLiteral("not there"));
        fixture.prompts.folder = moved;
        window.press(locate);
        QTRY_VERIFY(!locate->isVisible());
        QTRY_VERIFY2(images->imagePath(0).startsWith(moved + u'/'), qPrintable(images->imagePath(0)));
        QTRY_COMPARE(images->loadedCount(), 2);
    }

    void figuresAreNeverCut() {
        Window window(*m_fixture, QSize(760, 640));  // what a window of 960 x 640 leaves
        m_fixture->project.setCurrentRun(m_run);
        QTRY_VERIFY(window.showsResults());
        auto* table = window.get<ClassTable>("classTable");
        table->setSelectedClass(-1);
        const int letters = QFontMetrics(table->font()).horizontalAdvance(QStringLiteral("100.0"));
        for (const auto column : {ClassTable::Precision, ClassTable::Recall, ClassTable::F1}) {
            const QModelIndex cell = table->model()->index(table->rowOf(0), column);  // amber: all right
            QCOMPARE(cell.data().toString(), QStringLiteral("100.0"));
            const QRect place = table->visualRect(cell).adjusted(0, 4, 0, -4);
            const QImage image = table->viewport()->grab(place).toImage();
            const auto [first, last] = inkOf(image);
            QVERIFY2(last - first > (letters - 8) * image.devicePixelRatio(),
                     qPrintable(QStringLiteral("%1: %2 of %3 px")
                                    .arg(static_cast<int>(column))
                                    .arg(last - first)
                                    .arg(letters)));
        }
        QFont small = table->horizontalHeader()->font();
        small.setPixelSize(11);
        for (const auto column : {ClassTable::Images, ClassTable::Precision, ClassTable::Recall}) {
            const QString word = table->model()->headerData(column, Qt::Horizontal).toString();
            QVERIFY2(table->columnWidth(column) >= QFontMetrics(small).horizontalAdvance(word) + 12,
                     qPrintable(word));
        }
        QVERIFY(table->columnWidth(ClassTable::Name) >= 100);
    }

    void aMatrixOfManyClassesHasNamesAllAround() {
        QStringList names;
        std::vector<std::vector<std::size_t>> counts(13, std::vector<std::size_t>(13, 0));
        for (std::size_t n = 0; n < counts.size(); ++n) {
            names << QStringLiteral("flower %1").arg(n);
            counts[n][n] = 4;
        }
        ConfusionHeatMap matrix;
        matrix.setMatrix(names, counts);
        matrix.resize(380, 215);
        matrix.show();
        const QImage image = matrix.grab().toImage();
        QVERIFY(matrix.hasNames());
        for (int n = 0; n < 13; ++n) {
            const QRect column = matrix.cellRect(0, n);
            const auto [left, right] = inkOf(image.copy(column.left(), 0, column.width(), column.top() - 2));
            QVERIFY2(left <= right, qPrintable(names[n]));
            const QRect row = matrix.cellRect(n, 0);
            const auto [from, to] = inkOf(image.copy(0, row.top(), row.left() - 8, row.height()));
            QVERIFY2(from <= to, qPrintable(names[n]));
        }
    }

    void mistakesComeFirst() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        auto* images = window.get<ThumbnailGrid>("resultImages");
        QTRY_COMPARE(images->imageCount(), 2);
        // The one that the model was most certain of stands first.
        QVERIFY(images->imagePath(0).endsWith(QStringLiteral("blue/002.png")));
        QVERIFY(QFile::exists(images->imagePath(0)));
        QTRY_COMPARE(images->loadedCount(), 2);
    }

    void aClickOnACellListsItsImages() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        QTRY_VERIFY(window.showsResults());
        auto* confusion = window.get<ConfusionHeatMap>("confusion");
        auto* images = window.get<ThumbnailGrid>("resultImages");

        QTest::mouseClick(confusion, Qt::LeftButton, {}, confusion->cellRect(0, 0).center());
        QTRY_COMPARE(images->imageCount(), 3);
        QVERIFY(images->imagePath(0).contains(QStringLiteral("/amber/")));

        QTest::mouseClick(confusion, Qt::LeftButton, {}, confusion->cellRect(1, 2).center());
        QTRY_COMPARE(images->imageCount(), 2);
        QVERIFY(images->imagePath(1).contains(QStringLiteral("/blue/")));
        auto* detail = window.get<PredictionView>("resultDetail");
        QTRY_COMPARE(detail->bars().entries().size(), std::size_t{3});
        QCOMPARE(detail->bars().entries().front().name, QStringLiteral("cyan"));
        QVERIFY(std::abs(detail->bars().entries().front().probability - 0.95) < 1e-3);
        QVERIFY(detail->remark().contains(QStringLiteral("blue")));

        // Rows are the truth: the mirrored cell holds nothing.
        QTest::mouseClick(confusion, Qt::LeftButton, {}, confusion->cellRect(2, 1).center());
        QTRY_COMPARE(images->imageCount(), 0);

        QTest::mouseClick(window.get<Pill>("allMistakes"), Qt::LeftButton);
        QTRY_COMPARE(images->imageCount(), 2);
        QVERIFY(!confusion->selectedCell());
    }

    void theMatrixWorksByKeyboard() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        QTRY_VERIFY(window.showsResults());
        auto* confusion = window.get<ConfusionHeatMap>("confusion");
        QSignalSpy chosen(confusion, &ConfusionHeatMap::cellChosen);
        confusion->setSelectedCell(ConfusionHeatMap::Cell{1, 1});
        QTest::keyClick(confusion, Qt::Key_Right);
        QCOMPARE(chosen.count(), 1);
        QCOMPARE(chosen[0][0].toInt(), 1);
        QCOMPARE(chosen[0][1].toInt(), 2);
        QTest::keyClick(confusion, Qt::Key_Right);  // the edge
        QCOMPARE(confusion->selectedCell()->predicted, 2);
    }

    void aClickOnAClassListsItsImages() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        QTRY_VERIFY(window.showsResults());
        auto* table = window.get<ClassTable>("classTable");
        auto* images = window.get<ThumbnailGrid>("resultImages");
        const QRect row = table->visualRect(table->model()->index(table->rowOf(1), ClassTable::Name));
        QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, row.center());
        QTRY_COMPARE(images->imageCount(), 3);
        QVERIFY(images->imagePath(0).endsWith(QStringLiteral("blue/002.png")));  // wrong ones first
        QVERIFY(images->imagePath(2).endsWith(QStringLiteral("blue/000.png")));
        QCOMPARE(table->selectedClass(), 1);
    }

    void aRunWithoutAnEvaluationIsSaid() {
        Window window(*m_fixture);
        QDir().mkpath(m_fixture->directory.filePath(QStringLiteral("runs/broken")));
        m_fixture->project.setCurrentRun(m_fixture->directory.filePath(QStringLiteral("runs/broken")));
        QVERIFY(!window.showsResults());
        QTRY_VERIFY(
            !window.page.findChild<QStackedWidget*>()->currentWidget()->property("text").toString().contains(
                QStringLiteral("being read")));
        QVERIFY(!window.showsResults());
    }

    void nextIsAsked() {
        Window window(*m_fixture);
        m_fixture->project.setCurrentRun(m_run);
        QTRY_VERIFY(window.showsResults());
        QSignalSpy next(&window.page, &ResultsPage::nextRequested);
        QTest::mouseClick(window.get<QPushButton>("nextToExport"), Qt::LeftButton);
        QCOMPARE(next.count(), 1);
    }
};

QTEST_MAIN(ResultsPageTest)
#include "ResultsPageTest.moc"
