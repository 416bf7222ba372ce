// SPDX-License-Identifier: GPL-3.0-or-later
// The plot of the Train page by itself, as a hand moves over it; what is computed from its curves; its files.
#include <QAccessible>
#include <QApplication>
#include <QImage>
#include <QMouseEvent>
#include <QRegularExpression>
#include <QScopeGuard>
#include <QSet>
#include <QThread>
#include <QWheelEvent>
#include <QtTest/QtTest>
#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <vector>

#include "tests/ui/support/PageFixture.h"
#include "ui/plots/AxisSteps.h"
#include "ui/plots/Curve.h"
#include "ui/plots/CurvePlot.h"
#include "ui/plots/QCustomPlotInclude.h"
#include "ui/style/Theme.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::PageFixture;

namespace {

// Lies in a plot and sees what that is drawn on.
class Witness : public QCPAbstractItem {
  public:
    explicit Witness(QCustomPlot* plot) : QCPAbstractItem(plot) {}
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

    std::vector<QPaintEngine::Type> seen;

  protected:
    void draw(QCPPainter* painter) override { seen.push_back(painter->paintEngine()->type()); }
};

// On a thread that is not the window's.
QByteArray madeElsewhere(const FileMaker& make) {
    QByteArray bytes;
    const std::unique_ptr<QThread> thread(QThread::create([&] { bytes = make(); }));
    thread->start();
    thread->wait();
    return bytes;
}

}  // namespace

class CurvePlotTest : public QObject {
    Q_OBJECT

  private:
    // Ten epochs of a loss on the screen: train from 2.0 down to 0.2, validation half of that.
    struct Shown {
        explicit Shown(CurvePlot::Kind kind = CurvePlot::Kind::Loss) : plot(kind) {
            plot.resize(600, 300);
            plot.setEpochs(10);
            for (int epoch = 1; epoch <= 10; ++epoch) {
                plot.addTrain(epoch, 2.2 - 0.2 * epoch);
                plot.addValidation(epoch, 1.1 - 0.1 * epoch);
            }
            plot.show();
            settle();
        }
        void settle() {
            plot.refresh();
            QTest::qWait(20);  // drawing is put off to the event loop
        }
        QWidget* area() { return plot.findChild<QWidget*>(QStringLiteral("plotArea")); }
        void wheel(const QPoint& at, int steps) {
            QWheelEvent event(at, area()->mapToGlobal(at), {}, QPoint(0, 120 * steps), Qt::NoButton,
                              Qt::NoModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(area(), &event);
        }
        void mouse(QEvent::Type type, const QPoint& at, Qt::MouseButton button, Qt::MouseButtons buttons,
                   Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
            QMouseEvent event(type, at, area()->mapToGlobal(at), button, buttons, modifiers);
            QApplication::sendEvent(area(), &event);
        }
        void drag(const QPoint& from, const QPoint& to, Qt::KeyboardModifiers modifiers = Qt::NoModifier) {
            mouse(QEvent::MouseButtonPress, from, Qt::LeftButton, Qt::LeftButton, modifiers);
            mouse(QEvent::MouseMove, (from + to) / 2, Qt::NoButton, Qt::LeftButton, modifiers);
            mouse(QEvent::MouseMove, to, Qt::NoButton, Qt::LeftButton, modifiers);
            mouse(QEvent::MouseButtonRelease, to, Qt::LeftButton, Qt::NoButton, modifiers);
            QTest::qWait(20);
        }
        void hover(const QPoint& at) { mouse(QEvent::MouseMove, at, Qt::NoButton, Qt::NoButton); }
        void doubleClick(const QPoint& at) {
            mouse(QEvent::MouseButtonDblClick, at, Qt::LeftButton, Qt::LeftButton);
            mouse(QEvent::MouseButtonRelease, at, Qt::LeftButton, Qt::NoButton);
        }
        CurvePlot plot;
    };

    static bool isNear(double a, double b, double tolerance) { return std::abs(a - b) <= tolerance; }
    static bool seesEverything(const CurvePlot& plot) {
        const auto epochs = plot.epochRange();
        const auto values = plot.valueRange();
        return epochs.lower == 0.0 && epochs.upper == 10.0 && values.lower == 0.0 && values.upper == 2.0;
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void theWheelZoomsAndADoubleClickPutsBack() {
        Shown shown;
        QVERIFY(seesEverything(shown.plot));
        QVERIFY(!shown.plot.isZoomed());
        const QPoint middle = shown.plot.pointOf(5, 1);
        shown.wheel(middle, 1);
        const auto epochs = shown.plot.epochRange();
        const auto values = shown.plot.valueRange();
        QVERIFY(shown.plot.isZoomed());
        QVERIFY(epochs.lower > 0.0 && epochs.upper < 10.0);
        QVERIFY(values.lower > 0.0 && values.upper < 2.0);
        // What is under the cursor stays there.
        QVERIFY((shown.plot.pointOf(5, 1) - middle).manhattanLength() <= 2);

        // The run goes on, and the view stays.
        shown.plot.addTrain(10, 1.9);
        shown.settle();
        QCOMPARE(shown.plot.epochRange().lower, epochs.lower);
        QCOMPARE(shown.plot.valueRange().upper, values.upper);

        shown.doubleClick(middle);
        QVERIFY(!shown.plot.isZoomed());
        QVERIFY(seesEverything(shown.plot));
    }

    void theValuesAreReadByKeys() {
        Shown shown;
        const auto told = [&shown] {
            return QAccessible::queryAccessibleInterface(&shown.plot)->text(QAccessible::Value);
        };
        QVERIFY((shown.plot.focusPolicy() & Qt::TabFocus) != 0);
        QTest::keyClick(&shown.plot, Qt::Key_Right);
        QCOMPARE(shown.plot.readout(), QStringLiteral("Epoch 1\ntrain 2\nvalidation 1"));
        QTest::keyClick(&shown.plot, Qt::Key_Right);
        QCOMPARE(shown.plot.readout(), QStringLiteral("Epoch 2\ntrain 1.8\nvalidation 0.9"));
        QTest::keyClick(&shown.plot, Qt::Key_End);
        QTest::keyClick(&shown.plot, Qt::Key_Left);
        QCOMPARE(told(), QStringLiteral("Epoch 9, train 0.4, validation 0.2"));
        QTest::keyClick(&shown.plot, Qt::Key_Home);
        QTest::keyClick(&shown.plot, Qt::Key_Left);  // there is none before it
        QCOMPARE(told(), QStringLiteral("Epoch 1, train 2, validation 1"));
        // The run goes on, and what is read stays.
        shown.plot.addValidation(10, 0.5);
        shown.settle();
        QCOMPARE(shown.plot.readout(), QStringLiteral("Epoch 1\ntrain 2\nvalidation 1"));
        QTest::keyClick(&shown.plot, Qt::Key_Escape);
        QCOMPARE(shown.plot.readout(), QString());
        QCOMPARE(told(), QString());
    }

    void keysZoomAboutWhatIsRead() {
        Shown shown;
        QTest::keyClick(&shown.plot, Qt::Key_End);
        for (int n = 0; n < 4; ++n)
            QTest::keyClick(&shown.plot, Qt::Key_Plus);
        QVERIFY(shown.plot.isZoomed());
        QVERIFY(shown.plot.epochRange().lower > 5.0);
        QCOMPARE(shown.plot.epochRange().upper, 10.0);
        QVERIFY(shown.plot.readout().startsWith(QStringLiteral("Epoch 10")));
        // What is read is seen.
        QTest::keyClick(&shown.plot, Qt::Key_Home);
        QVERIFY(shown.plot.epochRange().lower < 1.001 && shown.plot.epochRange().upper < 10.0);
        QVERIFY(shown.plot.readout().startsWith(QStringLiteral("Epoch 1\n")));
        const double lower = shown.plot.valueRange().lower;
        QTest::keyClick(&shown.plot, Qt::Key_Up);
        QVERIFY(shown.plot.valueRange().lower > lower);
        QTest::keyClick(&shown.plot, Qt::Key_0);
        QVERIFY(seesEverything(shown.plot));
        QVERIFY(shown.plot.readout().startsWith(QStringLiteral("Epoch 1\n")));
        QTest::keyClick(&shown.plot, Qt::Key_Plus);
        for (int n = 0; n < 10; ++n)
            QTest::keyClick(&shown.plot, Qt::Key_Minus);
        QVERIFY(seesEverything(shown.plot) && !shown.plot.isZoomed());
        // Without anything to end, Escape is for what the plot lies in.
        QTest::keyClick(&shown.plot, Qt::Key_Escape);
        QKeyEvent again(QEvent::KeyPress, Qt::Key_Escape, Qt::NoModifier);
        QCoreApplication::sendEvent(&shown.plot, &again);
        QVERIFY(!again.isAccepted());
    }

    void zoomingOutEndsWithEverything() {
        Shown shown;
        shown.wheel(shown.plot.pointOf(5, 1), 3);
        shown.wheel(shown.plot.pointOf(5, 1), -30);
        QCOMPARE(shown.plot.epochRange().lower, 0.0);
        QCOMPARE(shown.plot.epochRange().upper, 10.0);
        QVERIFY(!shown.plot.isZoomed());
    }

    void aDragMovesAndNeverLosesTheCurves() {
        Shown shown;
        shown.wheel(shown.plot.pointOf(5, 1), 4);
        QTest::qWait(20);
        const auto before = shown.plot.epochRange();
        const QPoint from = shown.plot.pointOf(5, 1);
        const QPoint to = shown.plot.pointOf(4, 1);
        shown.drag(from, to);
        const auto after = shown.plot.epochRange();
        QVERIFY(isNear(after.lower, before.lower + 1, 0.1));
        QVERIFY(isNear(after.upper - after.lower, before.upper - before.lower, 1e-9));
        for (int i = 0; i < 20; ++i)
            shown.drag(QPoint(400, 150), QPoint(100, 150));
        QCOMPARE(shown.plot.epochRange().upper, 10.0);
        QVERIFY(isNear(shown.plot.epochRange().upper - shown.plot.epochRange().lower,
                       before.upper - before.lower, 1e-9));
    }

    void aDragWithShiftZoomsToARectangle() {
        Shown shown;
        shown.drag(shown.plot.pointOf(2, 1.5), shown.plot.pointOf(6, 0.5), Qt::ShiftModifier);
        QVERIFY(isNear(shown.plot.epochRange().lower, 2, 0.1));
        QVERIFY(isNear(shown.plot.epochRange().upper, 6, 0.1));
        QVERIFY(isNear(shown.plot.valueRange().lower, 0.5, 0.05));
        QVERIFY(isNear(shown.plot.valueRange().upper, 1.5, 0.05));
        shown.plot.showEverything();
        QVERIFY(seesEverything(shown.plot));
        // Another run is another view.
        shown.wheel(shown.plot.pointOf(5, 1), 2);
        shown.plot.clear();
        QVERIFY(!shown.plot.isZoomed());
    }

    void theValuesUnderTheCursorAreSaid() {
        Shown shown;
        QCOMPARE(shown.plot.readout(), QString());
        shown.plot.markBest(7);
        shown.hover(shown.plot.pointOf(3.2, 1.0));
        QCOMPARE(shown.plot.readout(), QStringLiteral("Epoch 3\ntrain 1.6\nvalidation 0.8"));
        shown.hover(shown.plot.pointOf(7, 0.1));
        QCOMPARE(shown.plot.readout(), QStringLiteral("Epoch 7, the best\ntrain 0.8\nvalidation 0.4"));
        shown.hover(shown.plot.pointOf(0, 0.1));  // none there
        QCOMPARE(shown.plot.readout(), QString());
        shown.hover(shown.plot.pointOf(7, 0.1));
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(shown.area(), &leave);
        QCOMPARE(shown.plot.readout(), QString());

        // By hand: 0.5 * 2.0 = 1.0, of which half is the zero of the beginning; then 0.5 * 1.0 + 0.5 * 1.8 =
        // 1.4, of which 0.75 are the values'.
        shown.plot.setSmoothing(0.5);
        shown.hover(shown.plot.pointOf(2, 1.0));
        QVERIFY2(shown.plot.readout().contains(QStringLiteral("train 1.8, smoothed 1.87")),
                 qPrintable(shown.plot.readout()));

        Shown percent(CurvePlot::Kind::Percent);
        percent.plot.clear();
        percent.plot.addTrain(1, 0.12345);
        percent.settle();
        percent.hover(percent.plot.pointOf(1, 50));
        QCOMPARE(percent.plot.readout(), QStringLiteral("Epoch 1\ntrain 12.3 %"));
    }

    void smoothingAgainstNumbersByHand() {
        const std::vector<double> half = smoothed({1, 2, 3}, 0.5);
        QCOMPARE(half.size(), std::size_t{3});
        QVERIFY(isNear(half[0], 1.0, 1e-12));          // 0.5 / 0.5
        QVERIFY(isNear(half[1], 1.25 / 0.75, 1e-12));  // (0.25 + 1) / (1 - 0.25)
        QVERIFY(isNear(half[2], 2.125 / 0.875, 1e-12));
        QCOMPARE(smoothed({3, 1, 2}, 0.0), (std::vector<double>{3, 1, 2}));
        for (const double value : smoothed({5, 5, 5, 5}, 0.9))
            QVERIFY(isNear(value, 5.0, 1e-12));
        const double none = std::numeric_limits<double>::quiet_NaN();
        const std::vector<double> gap = smoothed({1, none, 2}, 0.5);
        QVERIFY(std::isnan(gap[1]));
        QVERIFY(isNear(gap[2], 1.25 / 0.75, 1e-12));  // as if it were not there
        QVERIFY(smoothed({}, 0.5).empty());
    }

    void theLogarithmicScale() {
        Shown shown;
        shown.plot.addTrain(11, 0.0);  // has no place there
        shown.plot.addValidation(11, 0.03);
        shown.plot.setEpochs(11);
        shown.plot.setLogarithmic(true);
        shown.settle();
        QVERIFY(shown.plot.isLogarithmic());
        QVERIFY(isNear(shown.plot.valueRange().lower, 0.02, 1e-12));
        QVERIFY(isNear(shown.plot.valueRange().upper, 2.0, 1e-12));
        const int low = shown.plot.pointOf(1, 0.02).y();
        const int middle = shown.plot.pointOf(1, 0.2).y();
        const int high = shown.plot.pointOf(1, 2.0).y();
        QVERIFY(std::abs((low - middle) - (middle - high)) <= 1);
        shown.wheel(QPoint(300, 150), 2);
        QVERIFY(shown.plot.valueRange().lower > 0.02);
        shown.plot.setLogarithmic(false);
        QVERIFY(isNear(shown.plot.valueRange().lower, 0.0, 1e-12));
        QVERIFY(!shown.plot.isZoomed());

        CurvePlot percent(CurvePlot::Kind::Percent);
        percent.setLogarithmic(true);
        QVERIFY(!percent.isLogarithmic());
    }

    void axesEndAtRoundNumbers() {
        QCOMPARE(epochStep(6), 1.0);
        QCOMPARE(epochStep(25), 5.0);
        QCOMPARE(epochStep(300), 50.0);
        QVERIFY(isNear(roundedUp(2.3), 3.0, 1e-12));
        QVERIFY(isNear(roundedUp(0.1), 0.1, 1e-12));
        QVERIFY(isNear(roundedUp(9.0), 10.0, 1e-12));
        QVERIFY(isNear(stepBelow(0.03), 0.02, 1e-12));
        QVERIFY(isNear(stepBelow(1e-4), 1e-4, 1e-12));
        QVERIFY(isNear(stepBelow(7.0), 5.0, 1e-12));
        QVERIFY(isNear(stepAbove(0.21), 0.5, 1e-12));
        QVERIFY(isNear(stepAbove(6.0), 10.0, 1e-12));
        QVERIFY(isNear(stepAbove(1e-4), 1e-4, 1e-12));
    }

    void anEpochThatIsDoneAgainReplacesWhatCameAfter() {
        CurvePlot plot(CurvePlot::Kind::Loss);
        for (int epoch = 1; epoch <= 4; ++epoch)
            plot.addTrain(epoch, 1.0);
        plot.addTrain(3, 0.5);
        QCOMPARE(plot.trainCount(), 3);
        QCOMPARE(plot.curves().front().values, (std::vector<double>{1.0, 1.0, 0.5}));
    }

    void otherCurvesInTheirPlace() {
        CurvePlot plot(CurvePlot::Kind::Percent);
        plot.setCurves({{QStringLiteral("a"), {1, 2}, {0.5, 1.0}},
                        {QStringLiteral("b"), {1}, {0.25}},
                        {QStringLiteral("c"), {}, {}}});
        QCOMPARE(plot.names(), (QStringList{QStringLiteral("a"), QStringLiteral("b"), QStringLiteral("c")}));
        plot.setCurves({{QStringLiteral("d"), {1}, {0.5}}});
        QCOMPARE(plot.names(), QStringList{QStringLiteral("d")});
        plot.addValidation(1, 0.5);  // there is none any more
        QCOMPARE(plot.curves().size(), std::size_t{1});
    }

    void theTableHasALineForEachEpoch() {
        const std::string table = toCsv({{QStringLiteral("train"), {1, 2}, {0.1, 2e-05}},
                                         {QStringLiteral("a, or b"), {2, 4}, {1.0 / 3, 1.0}}});
        QCOMPARE(QString::fromStdString(table), QStringLiteral("epoch,train,\"a, or b\"\n"
                                                               "1,0.1,\n"
                                                               "2,2e-05,0.3333333333333333\n"
                                                               "4,,1\n"));
        QCOMPARE(toCsv({}), std::string("epoch\n"));
    }

    void picturesOfEveryKind() {
        Shown shown;
        shown.plot.addPhase(4, QStringLiteral("fine-tune"));
        shown.plot.markBest(9);
        const QString title = QStringLiteral("Loss of a run");
        const QByteArray png = shown.plot.picture(PictureFormat::Png, title)();
        QVERIFY(png.startsWith("\x89PNG\r\n\x1a\n"));
        const QImage image = QImage::fromData(png);
        QVERIFY(image.width() >= 1280 && image.height() >= 800);
        const QByteArray pdf = shown.plot.picture(PictureFormat::Pdf, title)();
        QVERIFY(pdf.startsWith("%PDF-"));
        QVERIFY(pdf.trimmed().endsWith("%%EOF"));
        const QByteArray svg = shown.plot.picture(PictureFormat::Svg, title)();
        QVERIFY(svg.startsWith("<?xml"));
        QVERIFY(svg.trimmed().endsWith("</svg>"));
        // What stands beside the plot in the window stands within it here.
        for (const char* words : {"Loss of a run", "train", "validation", "epoch", "fine-tune", "best"})
            QVERIFY2(svg.contains(words), words);
        // And the window's plot is as it was.
        QTest::qWait(20);
        QVERIFY(seesEverything(shown.plot));
        QCOMPARE(shown.plot.phases(), QStringList{QStringLiteral("fine-tune")});
        QVERIFY(shown.plot.pointOf(10, 0).x() <= 600);
    }

    // It is put on paper, whatever the window looks like.
    void aSavedPictureIsLightInADarkWindow() {
        Shown shown;
        const QString title = QStringLiteral("Loss");
        const auto coloursOf = [](const QByteArray& svg) {
            QSet<QString> colours;
            const QRegularExpression colour(QStringLiteral("#[0-9a-f]{6}"));
            for (auto found = colour.globalMatch(QString::fromUtf8(svg)); found.hasNext();)
                colours.insert(found.next().captured());
            return colours;
        };
        const auto light = coloursOf(shown.plot.picture(PictureFormat::Svg, title)());
        QVERIFY(light.contains(Theme::instance().colours().accent.name()));  // of the curve
        const auto putBack = qScopeGuard([] { Theme::instance().apply(*qApp, false); });
        Theme::instance().apply(*qApp, true);
        shown.settle();
        const auto corner = [&] { return shown.area()->grab().toImage().pixelColor(1, 1); };
        QVERIFY(corner().lightness() < 64);
        const QImage image = QImage::fromData(shown.plot.picture(PictureFormat::Png, title)());
        QCOMPARE(image.pixelColor(1, 1).name(), QStringLiteral("#ffffff"));
        QCOMPARE(coloursOf(shown.plot.picture(PictureFormat::Svg, title)()), light);
        shown.settle();
        QVERIFY(corner().lightness() < 64);
        QVERIFY(Theme::instance().colours().surface.lightness() < 64);
    }

    // To draw it on dots or into a document takes longer than a frame; to note how it is drawn does not.
    void theWindowsThreadOnlyNotesHowAPictureIsDrawn() {
        Shown shown;
        auto* witness = new Witness(shown.plot.findChild<QCustomPlot*>(QStringLiteral("plotArea")));
        shown.settle();
        for (const auto format : {PictureFormat::Png, PictureFormat::Pdf, PictureFormat::Svg}) {
            witness->seen.clear();
            const FileMaker make = shown.plot.picture(format, QStringLiteral("Loss"));
            QVERIFY(witness->seen == std::vector{QPaintEngine::Picture});
            const QByteArray bytes = madeElsewhere(make);
            QVERIFY(bytes.size() > 1000);
            QCOMPARE(witness->seen.size(), std::size_t{1});
        }
    }

    void aPictureIsMadeElsewhereWhenItsPlotHasGone() {
        FileMaker png;
        FileMaker svg;
        {
            Shown shown;
            png = shown.plot.picture(PictureFormat::Png, QStringLiteral("Loss"));
            svg = shown.plot.picture(PictureFormat::Svg, QStringLiteral("Loss"));
        }
        const QImage image = QImage::fromData(madeElsewhere(png));
        QVERIFY(image.width() >= 1280 && image.height() >= 800);
        // The curve fills the picture, and is not drawn smaller or larger than the paper.
        const QColor accent = Theme::instance().colours().accent;
        int left = image.width();
        int right = 0;
        for (int y = 0; y < image.height(); ++y) {
            for (int x = 0; x < image.width(); ++x) {
                if (image.pixelColor(x, y) != accent) continue;
                left = std::min(left, x);
                right = std::max(right, x);
            }
        }
        QVERIFY2(left > 40 && left < image.width() / 4, qPrintable(QString::number(left)));
        QVERIFY2(right > image.width() * 9 / 10 && right < image.width() - 20,
                 qPrintable(QString::number(right)));
        const QByteArray drawing = madeElsewhere(svg);
        QVERIFY(drawing.contains("viewBox=\"0 0 640 400\""));
        QVERIFY(drawing.contains(accent.name().toLatin1()));
        QCOMPARE(madeElsewhere(svg), drawing);
    }

    void aPlotThatNobodyHasSeenIsSavedAsWell() {
        CurvePlot plot(CurvePlot::Kind::Loss);
        plot.addTrain(1, 1.0);
        plot.setSmoothing(0.6);
        QVERIFY(plot.picture(PictureFormat::Svg, QStringLiteral("Loss"))().contains("train"));
    }
};

QTEST_MAIN(CurvePlotTest)
#include "CurvePlotTest.moc"
