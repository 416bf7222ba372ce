// SPDX-License-Identifier: GPL-3.0-or-later
// What the window says: one way to write each kind of figure, names as they are, reasons where one looks.
#include <QCompleter>
#include <QDirIterator>
#include <QFile>
#include <QFileDialog>
#include <QHelpEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QToolTip>
#include <QtTest/QtTest>
#include <algorithm>

#include "core/data/ImageListing.h"
#include "core/evaluation/Evaluation.h"
#include "core/training/RunFolder.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/prompts/QtUserPrompts.h"
#include "ui/results/ClassTable.h"
#include "ui/results/ResultsPage.h"
#include "ui/session/ErrorText.h"
#include "ui/session/FigureText.h"
#include "ui/session/MessageText.h"
#include "ui/train/CachePanel.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/PredictionView.h"
#include "ui/widgets/ThumbnailGrid.h"
#include "ui/widgets/ToolTipText.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class WordsTest : public QObject {
    Q_OBJECT

  private:
    struct Train {
        explicit Train(PageFixture& fixture) : page(fixture.project, fixture.controller, fixture.prompts) {
            page.resize(760, 640);
            page.show();
        }
        QLabel* reason() { return page.findChild<QLabel*>(QStringLiteral("startObstacle")); }
        QPushButton* start() { return page.findChild<QPushButton*>(QStringLiteral("startTraining")); }

        TrainPage page;
    };

    // A run whose images of blue are one right and two wrong; of amber and cyan one each.
    static QString knownRun(PageFixture& fixture) {
        const QString run = fixture.trainRun(1);
        std::vector<evaluation::Prediction> predictions;
        predictions.push_back({"amber/000.png", 0, 0, {0.67F, 0.2F, 0.13F}});
        predictions.push_back({"blue/000.png", 1, 1, {0.1F, 0.8F, 0.1F}});
        predictions.push_back({"blue/001.png", 1, 2, {0.2F, 0.2F, 0.6F}});
        predictions.push_back({"blue/002.png", 1, 2, {0.0F, 0.05F, 0.95F}});
        predictions.push_back({"cyan/000.png", 2, 0, {0.9F, 0.05F, 0.05F}});
        const auto evaluation = evaluation::scorePredictions(predictions, {"amber", "blue", "cyan"}, 0.4);
        QFile json(run + QStringLiteral("/evaluation.json"));
        QFile csv(run + QStringLiteral("/predictions.csv"));
        if (!json.open(QIODevice::WriteOnly) || !csv.open(QIODevice::WriteOnly)) qFatal("cannot write");
        json.write(QByteArray::fromStdString(evaluation::toJson(evaluation)));
        csv.write(QByteArray::fromStdString(evaluation::toCsv(evaluation)));
        return run;
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void figuresAreWrittenInOneWay() {
        QCOMPARE(FigureText::percent(0.67), QStringLiteral("67.0 %"));
        QCOMPARE(FigureText::percent(1.0), QStringLiteral("100.0 %"));
        QCOMPARE(FigureText::count(231580), QStringLiteral("231,580"));
        QCOMPARE(FigureText::images(1), QStringLiteral("1 image"));
        QCOMPARE(FigureText::images(4236), QStringLiteral("4,236 images"));
        training::EpochDone epoch;
        epoch.validationImages = 1;
        epoch.validationLearnt = 1;
        QCOMPARE(FigureText::basis(epoch), QStringLiteral("1 validation image, 1 of which was trained on"));
    }

    void classNamesAreNeverCapitals() {
        PageFixture fixture;
        const QString run = knownRun(fixture);
        PageWindow<ResultsPage> window(fixture);
        fixture.project.setCurrentRun(run);
        auto* images = window.get<ThumbnailGrid>("resultImages");
        QTRY_COMPARE_WITH_TIMEOUT(images->imageCount(), 3, kPatienceMs);
        const auto captionOf = [images](int index) {
            const int columns = images->model()->columnCount();
            return images->model()->index(index / columns, index % columns).data(Qt::AccessibleTextRole);
        };
        QCOMPARE(captionOf(0).toString(), QStringLiteral("cyan 95.0 %"));
        auto* table = window.get<ClassTable>("classTable");
        const auto choose = [&](int classIndex, int count) {
            const QModelIndex row = table->model()->index(table->rowOf(classIndex), ClassTable::Name);
            QTest::mouseClick(table->viewport(), Qt::LeftButton, {}, table->visualRect(row).center());
            QTRY_COMPARE_WITH_TIMEOUT(images->imageCount(), count, kPatienceMs);
        };
        choose(1, 3);
        auto* subject = window.get<QWidget>("imagesCard")->findChild<QLabel*>(QStringLiteral("cardSubject"));
        QTRY_COMPARE_WITH_TIMEOUT(subject->text(), QStringLiteral("blue"), kPatienceMs);
        QVERIFY(subject->isVisible());
        QTRY_VERIFY(window.says(QStringLiteral("3 images, the 2 wrong ones first")));
        choose(2, 1);
        QTRY_VERIFY(window.says(QStringLiteral("1 image, wrong")));
        choose(0, 1);
        QTRY_VERIFY(window.says(QStringLiteral("1 image, right")));
    }

    void theReasonStandsBesideStart() {
        PageFixture fixture;
        fixture.scan();
        Train window(fixture);
        QVERIFY(window.start()->isEnabled() && !window.reason()->isVisible());
        // A setting that is scrolled away afterwards.
        auto* epochs = window.page.findChild<QLineEdit*>(QStringLiteral("epochs"));
        epochs->setText(QStringLiteral("many"));
        Q_EMIT epochs->editingFinished();
        QVERIFY(!window.start()->isEnabled());
        QVERIFY(window.reason()->isVisible());
        QVERIFY2(window.reason()->text().contains(QStringLiteral("Epochs")),
                 qPrintable(window.reason()->text()));
        QCOMPARE(window.start()->toolTip(), window.reason()->text());
        const auto isBelowStart = [&window] {
            const int bottom = window.start()->mapTo(&window.page, QPoint(0, window.start()->height())).y();
            return window.reason()->y() >= bottom && window.reason()->y() < bottom + 80;
        };
        QTRY_VERIFY(isBelowStart());
        epochs->setText(QStringLiteral("3"));
        Q_EMIT epochs->editingFinished();
        QVERIFY(window.start()->isEnabled() && !window.reason()->isVisible());
        QVERIFY(window.start()->toolTip().isEmpty());

        fixture.project.setFolder({});
        QVERIFY(window.reason()->isVisible());
        QVERIFY(window.reason()->text().contains(QStringLiteral("Data page")));
    }

    // Nothing else in the page says it again.
    void adviceIsGivenOnce() {
        const Error few{
            ErrorCode::TooFewClasses,
            "The folder has only the class \"a\" with usable images; training needs at least two. Put "
            "the images of each class into a folder of its own, named like the class.",
            "/pictures"};
        QCOMPARE(ErrorText::describe(few).count(QStringLiteral("into a folder of its own")), 1);
    }

    void aPictureOfAnotherFormatIsNotCalledDamaged() {
        const QTemporaryDir folder;
        QFile file(folder.filePath(QStringLiteral("IMG_1.jxl")));
        QVERIFY(file.open(QIODevice::WriteOnly) && file.write("\xff\x0a and so on") > 0);
        file.close();
        const data::FileLook look = data::lookAtFile(file.fileName().toStdString());
        QVERIFY(look.content == data::FileContent::OtherFormat);
        const QString said =
            ErrorText::describe(Error{ErrorCode::BadFormat, look.message, file.fileName().toStdString()});
        QVERIFY2(said.contains(QStringLiteral("JPEG XL")) && !said.contains(QStringLiteral("damaged")),
                 qPrintable(said));
    }

    // Whatever sentence of core tells a person to type something, the window says it in its own way.
    void noSentenceSendsToTheCommandLine() {
        static const QRegularExpression marked(
            QStringLiteral("GRAFT_TEXT\\(((?:\\s*\"(?:[^\"\\\\]|\\\\.)*\")+)\\s*\\)"));
        static const QRegularExpression literal(QStringLiteral("\"((?:[^\"\\\\]|\\\\.)*)\""));
        static const QRegularExpression option(QStringLiteral("(^|[\\s(])--[a-z]"));
        const auto isForTheCommandLine = [](const QString& words) {
            return words.contains(QStringLiteral("graft-cli")) || option.match(words).hasMatch() ||
                   words.contains(QStringLiteral("no config.json); give the folder")) ||
                   words.contains(QStringLiteral("resume it there"));
        };
        int found = 0;
        QDirIterator files(QStringLiteral(GRAFT_SOURCE_DIR "/core"),
                           {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                           QDirIterator::Subdirectories);
        while (files.hasNext()) {
            QFile file(files.next());
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QString source = QString::fromUtf8(file.readAll());
            for (auto sentence = marked.globalMatch(source); sentence.hasNext();) {
                const QString pieces = sentence.next().captured(1);
                QString id;
                for (auto piece = literal.globalMatch(pieces); piece.hasNext();)
                    id += piece.next().captured(1);
                id.replace(QStringLiteral("\\\""), QStringLiteral("\""));
                if (!isForTheCommandLine(id)) continue;
                ++found;
                const QString said = text(Message(id.toStdString().c_str()));
                QVERIFY2(!isForTheCommandLine(said), qPrintable(file.fileName() + u'\n' + said));
            }
        }
        QVERIFY(found > 20);
    }

    void neitherDoesWhatARunHasKept() {
        const QString said = text(Message::words(
            "/pictures: 9 of the 24 training images are not there any more, the first is a/1.png: The run "
            "has "
            "stopped and nothing that it learnt is lost: put them back and continue it. If their folder has "
            "moved, choose it on the Data page first, or give it to graft-cli resume with --data FOLDER."));
        QVERIFY2(said.startsWith(QStringLiteral("/pictures: 9 of the 24")), qPrintable(said));
        QVERIFY2(said.contains(QStringLiteral("Locate the images")), qPrintable(said));
        QVERIFY2(!said.contains(QStringLiteral("graft-cli")), qPrintable(said));
    }

    void aRunThatIsGoneIsFoundAgainInTheWindow() {
        const QTemporaryDir folder;
        const auto run = training::openRun(folder.filePath(QStringLiteral("renamed")).toStdString());
        QVERIFY(!run);
        const QString said = ErrorText::describe(run.error());
        QVERIFY2(said.contains(QStringLiteral("Open a run\u2026")), qPrintable(said));
    }

    // A class may be called as it likes.
    void namesAreNotTakenForMarkup() {
        const QString name = QStringLiteral("<b>bold</b> <img src=x>");
        PredictionView view;
        view.showPrediction(QStringLiteral("/none.png"), name, name, {});
        view.show();
        for (const QLabel* label : view.findChildren<QLabel*>())
            QCOMPARE(label->textFormat(), Qt::PlainText);
        QWidget page;
        auto* label = new QLabel(name, &page);
        page.show();
        QCOMPARE(label->textFormat(), Qt::PlainText);

        QtUserPrompts prompts;
        prompts.confirm(&page, name + QStringLiteral(" is there already."), QStringLiteral("Replace"),
                        QStringLiteral("Keep"), [](bool) {});
        auto* box = page.findChild<QMessageBox*>();
        QVERIFY(box);
        QCOMPARE(box->textFormat(), Qt::PlainText);
        box->reject();
    }

    void theCachePanelDoesNotDenyItself() {
        const QTemporaryDir cache;
        const QByteArray usual = qgetenv("XDG_CACHE_HOME");
        const auto putBack = qScopeGuard([&usual] { qputenv("XDG_CACHE_HOME", usual); });
        qputenv("XDG_CACHE_HOME", cache.path().toLocal8Bit());
        CachePanel panel;
        panel.show();
        auto* usage = panel.findChild<QLabel*>(QStringLiteral("cacheUsage"));
        QTRY_COMPARE_WITH_TIMEOUT(usage->text(), QStringLiteral("Nothing is kept."), kPatienceMs);
        training::CacheState state;
        state.used = true;
        state.message = Message("Features behind conv are cached: 40 of 4236 are there, 1 MB in all.");
        panel.showState(state);
        finishBackgroundWork();  // what it finds on the disk
        QVERIFY2(!usage->text().contains(QStringLiteral("Nothing")), qPrintable(usage->text()));
        panel.forget();
        QCOMPARE(usage->text(), QStringLiteral("Nothing is kept."));
    }

    void tooltipsStayOnTheScreen() {
        const QString longName = QString(400, QLatin1Char('x')) + QStringLiteral("/and an end");
        const QString wrapped = wrappedToolTip(longName + QStringLiteral("\nsecond line"));
        const QFontMetrics metrics(QToolTip::font());
        const QStringList lines = wrapped.split(QLatin1Char('\n'));
        QVERIFY(lines.size() > 2);
        for (const QString& line : lines)
            QVERIFY(metrics.horizontalAdvance(line) <= kToolTipWidth + 2);
        QCOMPARE(lines.last(), QStringLiteral("second line"));
        QString joined = wrapped;
        joined.remove(QLatin1Char('\n')).remove(QLatin1Char(' '));
        QVERIFY(joined.startsWith(QString(400, QLatin1Char('x'))));
        QCOMPARE(wrappedToolTip(QStringLiteral("short")), QStringLiteral("short"));

        // And so for every widget of the program.
        ToolTipWrapper::install();
        QLabel label(QStringLiteral("text"));
        label.setToolTip(longName);
        label.show();
        QHelpEvent help(QEvent::ToolTip, QPoint(2, 2), label.mapToGlobal(QPoint(2, 2)));
        QCoreApplication::sendEvent(&label, &help);
        QVERIFY(QToolTip::text().contains(QLatin1Char('\n')));
        QToolTip::hideText();
    }

    // Dark letters on a window without a ground are dark on black.
    void theListOfAFileDialogHasAGround_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void theListOfAFileDialogHasAGround() {
        QFETCH(bool, dark);
        Theme::instance().apply(*qApp, dark);
        QFileDialog dialog;
        dialog.setOption(QFileDialog::DontUseNativeDialog);
        auto* field = dialog.findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
        QVERIFY(field && field->completer());
        QWidget* list = field->completer()->popup();
        list->ensurePolished();
        list->resize(240, 160);
        const QImage image = list->grab().toImage().convertToFormat(QImage::Format_ARGB32);
        const QRgb ground = Theme::instance().colours().surface.rgba();
        int count = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x)
                count += image.pixel(x, y) == ground ? 1 : 0;
        }
        Theme::instance().apply(*qApp, false);
        QVERIFY2(count > image.width() * image.height() / 2, qPrintable(QString::number(count)));
    }
};

QTEST_MAIN(WordsTest)
#include "WordsTest.moc"
