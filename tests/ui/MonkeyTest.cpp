// SPDX-License-Identifier: GPL-3.0-or-later
// Random hands: they click, type, drop, resize and take files away wherever it happens, and afterwards the
// whole job can be done. The same seed gives the same hands; what they meet depends on the machine.
// GRAFT_MONKEY_ACTIONS: how many (2000); GRAFT_MONKEY_SEED: another course.
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QPointer>
#include <QRandomGenerator>
#include <QTimer>
#include <QWheelEvent>
#include <QtTest/QtTest>
#include <iterator>
#include <utility>
#include <vector>

#include "core/training/RunCatalogue.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/WholeWindow.h"
#include "ui/session/ExportJob.h"
#include "ui/session/ProjectPart.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::ScriptedPrompts;
using graft::ui::testing::WholeWindow;

namespace {

constexpr quint32 kActions = 2000;
// What a small machine trains in passing; the hands could ask for more than there is.
constexpr std::int64_t kMostParameters = 6'000'000;
constexpr int kMostPixels = 128;
constexpr int kMostImages = 64;

quint32 asked(const char* variable, quint32 usual) {
    bool isNumber = false;
    const uint value = qEnvironmentVariable(variable).toUInt(&isNumber);
    return isNumber ? value : usual;
}

QString nameOf(const QWidget* widget) {
    if (widget == nullptr) return QStringLiteral("nothing");
    return QStringLiteral("%1 %2").arg(QLatin1String(widget->metaObject()->className()),
                                       widget->objectName());
}

class Monkey {
  public:
    Monkey(PageFixture& fixture, WholeWindow& window, quint32 seed)
        : m_fixture(fixture), m_window(window), m_random(seed) {
        // A menu and a list that are open keep the hands waiting: it goes on within.
        m_within.setInterval(40);
        QObject::connect(&m_within, &QTimer::timeout, [this] {
            if (QWidget* popup = QApplication::activePopupWidget()) useWithin(*popup);
        });
        m_within.start();
    }

    void act() {
        tame();
        m_fixture.prompts.yes = oneOf(2);
        m_fixture.prompts.folder = anyPath();
        m_fixture.prompts.file = anyPath();
        m_fixture.prompts.files = {anyPath(), anyPath()};
        m_fixture.prompts.saveFolder = anyPath();
        m_fixture.prompts.saveFile = m_fixture.directory.filePath(QStringLiteral("saved/%1").arg(below(5)));
        switch (below(20)) {
            case 0:
                return drop();
            case 1:
                return resize();
            case 2:
                return changeFiles();
            case 3:
                return turnWheel();
            case 4:
                return openPage();
            case 5:
                return type();
            case 6:
            case 7:
            case 8:
            case 9:
                return pressKey();
            case 10:
                return oneOf(40) ? changeLanguage() : waitABit();
            case 11:
                return oneOf(40) ? static_cast<void>(m_window.page.close()) : waitABit();
            default:
                return click();
        }
    }

    // What was done, for whoever looks for the fault.
    QString lastly() const {
        return m_done.mid(std::max<qsizetype>(0, m_done.size() - 8)).join(QStringLiteral("; "));
    }
    // Runs whose files went behind the window's back.
    const QStringList& removed() const { return m_removed; }

  private:
    quint32 below(quint32 end) { return m_random.bounded(end); }
    bool oneOf(quint32 many) { return below(many) == 0; }

    // Nothing that is chosen may need more than the machine has.
    void tame() {
        Project& project = m_fixture.project;
        const auto summary = project.summary();
        const settings::TrainConfig& config = project.config();
        const bool isLarge = !summary || summary->parameters > kMostParameters ||
                             config.preprocess.cropSize > kMostPixels ||
                             config.preprocess.resizeSize > 2 * kMostPixels || config.batchSize > kMostImages;
        if (!isLarge) return;
        if (project.isChoosing()) project.dropChoice();
        m_fixture.choose(QStringLiteral("squeezenet1_1"));
        project.setConfig(PageFixture::quickConfig());
    }

    void note(const char* what, const QWidget* widget) {
        m_done << QStringLiteral("%1 %2").arg(QLatin1String(what), nameOf(widget));
    }

    QPoint placeIn(const QWidget& widget) {
        return {static_cast<int>(below(static_cast<quint32>(std::max(1, widget.width())))),
                static_cast<int>(below(static_cast<quint32>(std::max(1, widget.height()))))};
    }

    QWidget* anyWidget() {
        std::vector<QWidget*> widgets;
        for (QWidget* widget : m_window.page.findChildren<QWidget*>())
            if (widget->isVisible() && !widget->visibleRegion().isEmpty()) widgets.push_back(widget);
        return widgets.empty() ? nullptr : widgets[below(static_cast<quint32>(widgets.size()))];
    }

    Qt::KeyboardModifiers anyModifiers() {
        if (oneOf(6)) return Qt::ControlModifier;
        return oneOf(8) ? Qt::ShiftModifier : Qt::NoModifier;
    }

    void openPage() {
        const auto page = static_cast<MainWindow::Page>(below(MainWindow::Runs + 1));
        m_done << QStringLiteral("page %1").arg(page);
        m_window.open(page);
    }

    void click() {
        QWidget* widget = anyWidget();
        if (widget == nullptr) return;
        const QPoint place = placeIn(*widget);
        note("click", widget);
        const Qt::MouseButton button = oneOf(12) ? Qt::RightButton : Qt::LeftButton;
        if (oneOf(6)) {
            QTest::mouseDClick(widget, button, anyModifiers(), place);
        } else if (oneOf(8)) {
            const QPointer<QWidget> guard = widget;
            QTest::mousePress(widget, button, {}, place);
            if (guard) QTest::mouseMove(guard, placeIn(*guard));
            if (guard) QTest::mouseRelease(guard, button, {}, placeIn(*guard));
        } else {
            QTest::mouseClick(widget, button, anyModifiers(), place);
        }
    }

    QWidget& focused() {
        QWidget* focus = QApplication::focusWidget();
        return focus != nullptr ? *focus : m_window.page;
    }

    void pressKey() {
        note("key", &focused());
        static constexpr Qt::Key kKeys[] = {
            Qt::Key_Tab,  Qt::Key_Tab, Qt::Key_Backtab, Qt::Key_Return, Qt::Key_Space,    Qt::Key_Escape,
            Qt::Key_Up,   Qt::Key_Up,  Qt::Key_Down,    Qt::Key_Down,   Qt::Key_Left,     Qt::Key_Right,
            Qt::Key_Home, Qt::Key_End, Qt::Key_PageUp,  Qt::Key_Delete, Qt::Key_PageDown, Qt::Key_F2};
        static constexpr Qt::Key kWithControl[] = {Qt::Key_Z, Qt::Key_Y, Qt::Key_A, Qt::Key_C, Qt::Key_V,
                                                   Qt::Key_F, Qt::Key_D, Qt::Key_R, Qt::Key_1, Qt::Key_2,
                                                   Qt::Key_3, Qt::Key_4, Qt::Key_5};
        if (oneOf(4))
            return QTest::keyClick(&focused(), kWithControl[below(std::size(kWithControl))],
                                   oneOf(4) ? Qt::ControlModifier | Qt::ShiftModifier : Qt::ControlModifier);
        QTest::keyClick(&focused(), kKeys[below(std::size(kKeys))], anyModifiers());
    }

    void type() {
        note("type", &focused());
        static const QStringList kTexts = {
            "0", "1",  "7",           "0.5", "-3",    "1e9",   "a",  "squeeze", "\u00e4\u00df\u4e2d",
            "/", "..", "<b>bold</b>", "a b", "%1 %2", "amber", "   "};
        const QString text = kTexts[below(static_cast<quint32>(kTexts.size()))];
        for (const QChar letter : text) {  // QTest knows those of ASCII alone
            QWidget& field = focused();
            QKeyEvent press(QEvent::KeyPress, Qt::Key_unknown, Qt::NoModifier, QString(letter));
            QCoreApplication::sendEvent(&field, &press);
        }
    }

    void turnWheel() {
        QWidget* widget = anyWidget();
        if (widget == nullptr) return;
        const QPoint place = placeIn(*widget);
        QWheelEvent wheel(place, widget->mapToGlobal(place), {}, {0, oneOf(2) ? 120 : -120}, Qt::NoButton,
                          anyModifiers(), Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(widget, &wheel);
    }

    void resize() {
        note("resize", &m_window.page);
        m_window.page.resize(static_cast<int>(960 + below(900)), static_cast<int>(640 + below(500)));
    }

    // Folders of images, runs, what is no folder, and what is not there.
    QString anyPath() {
        switch (below(8)) {
            case 0:
            case 1:
            case 2:
                return m_fixture.images;
            case 3:
                return other();
            case 4:
                return m_fixture.directory.filePath(QStringLiteral("not there"));
            case 5:
                return m_fixture.images + QStringLiteral("/amber");
            case 6: {
                const QDir runs(m_fixture.project.runsRoot());
                const QStringList names = runs.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
                if (names.isEmpty()) return {};
                return runs.filePath(names[below(static_cast<quint32>(names.size()))]);
            }
            default: {
                const QDir folder(m_fixture.images + QStringLiteral("/blue"));
                const QStringList names = folder.entryList(QDir::Files);
                return names.isEmpty() ? QString() : folder.filePath(names.front());
            }
        }
    }
    QString other() const { return m_fixture.directory.filePath(QStringLiteral("other pictures")); }

    void drop() {
        QMimeData data;
        QList<QUrl> urls;
        for (quint32 n = 1 + (oneOf(4) ? below(3) : 0); n > 0; --n)
            urls << QUrl::fromLocalFile(anyPath());
        data.setUrls(urls);
        QWidget* under = anyWidget();
        if (under == nullptr) return;
        note("drop", under);
        const QPointer<QWidget> guard = under;
        const QPoint place = placeIn(*under);
        QDragEnterEvent enters(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(under, &enters);
        QDropEvent drops(place, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        if (guard) QCoreApplication::sendEvent(guard, &drops);
    }

    // As another program may, at any time.
    void changeFiles() {
        const QString blue = m_fixture.images + QStringLiteral("/blue");
        switch (below(5)) {
            case 0: {
                const QStringList names = QDir(blue).entryList(QDir::Files);
                if (names.size() > 2) QFile::remove(blue + QLatin1Char('/') + names.back());
                return;
            }
            case 1:
                QFile::copy(blue + QLatin1Char('/') + QDir(blue).entryList(QDir::Files).value(0),
                            blue + QStringLiteral("/more-%1.png").arg(below(50)));
                return;
            case 2:
                QDir().rename(m_fixture.images + QStringLiteral("/cyan"), m_fixture.images + "/gone");
                return;
            case 3:
                QDir().rename(m_fixture.images + QStringLiteral("/gone"), m_fixture.images + "/cyan");
                return;
            default:
                if (oneOf(4)) removeRun();
        }
    }

    void removeRun() {
        const QString run = m_fixture.project.currentRun();
        if (run.isEmpty()) return;
        m_removed << QDir::cleanPath(run);
        QDir(run).removeRecursively();
    }

    void changeLanguage() {
        note("language", &m_window.page);
        QEvent change(QEvent::LanguageChange);
        QCoreApplication::sendEvent(&m_window.page, &change);
    }
    void waitABit() { QTest::qWait(static_cast<int>(below(200))); }

    void useWithin(QWidget& popup) {
        note("within", &popup);
        switch (below(5)) {
            case 0:
                return QTest::mouseClick(&popup, Qt::LeftButton, {}, placeIn(popup));
            case 1:
                return QTest::keyClick(&popup, Qt::Key_Return);
            case 2:
                return QTest::keyClick(&popup, Qt::Key_Escape);
            default:
                return QTest::keyClick(&popup, Qt::Key_Down);
        }
    }

    PageFixture& m_fixture;
    WholeWindow& m_window;
    QRandomGenerator m_random;
    QTimer m_within;
    QStringList m_removed;
    QStringList m_done;
};

}  // namespace

class MonkeyTest : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir m_home;

  public:
    // Before the application: Qt Test ends what takes more than five minutes.
    static void initMain() { qputenv("QTEST_FUNCTION_TIMEOUT", "36000000"); }

  private:
    static bool ownsFocus(const WholeWindow& window) {
        const QWidget* focus = QApplication::focusWidget();
        return focus != nullptr && window.page.isAncestorOf(focus);
    }

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        // What the hands reach beside the window's own folders: nothing of whoever runs the test.
        qputenv("HOME", m_home.path().toUtf8());
        PageFixture::keepWeightsIn(m_home);
        qputenv("GRAFT_WEIGHTS_MIRROR", "http://127.0.0.1:9");  // nobody listens
    }

    void whateverHappensTheJobCanBeDone() {
        const quint32 seed = asked("GRAFT_MONKEY_SEED", 1);
        const quint32 actions = asked("GRAFT_MONKEY_ACTIONS", kActions);
        PageFixture fixture;
        QVERIFY(graft::ui::testing::makeSampleFolder(
            fixture.directory.filePath(QStringLiteral("other pictures")), {"red", "green"}, 12));
        WholeWindow window(fixture);
        QStringList removed;
        {
            Monkey monkey(fixture, window, seed);
            for (quint32 n = 0; n < actions; ++n) {
                monkey.act();
                QCoreApplication::processEvents();
                if (!window.page.isVisible()) window.page.show();  // it was closed
                // A menu that is closed leaves it there on this platform.
                if (QApplication::activePopupWidget() == nullptr && !ownsFocus(window))
                    window.page.activateWindow();
                const auto canBeSeen = [&window] {
                    return !ownsFocus(window) || QApplication::focusWidget()->isVisible();
                };
                QTRY_VERIFY2(canBeSeen(),
                             qPrintable(QStringLiteral("after %1 actions: %2; the focus is in %3")
                                            .arg(n)
                                            .arg(monkey.lastly(), nameOf(QApplication::focusWidget()))));
            }
            removed = monkey.removed();
            while (QWidget* popup = QApplication::activePopupWidget())
                popup->close();
        }
        window.page.controller().stop();
        projectPart<ExportJob>(fixture.project).cancel();
        QTRY_VERIFY_WITH_TIMEOUT(!window.page.controller().isActive(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!projectPart<ExportJob>(fixture.project).isActive(), kPatienceMs);
        finishBackgroundWork();

        const auto runs = training::listCatalogue(fixture.project.runsRoot().toStdString());
        QVERIFY(runs);
        for (const training::CataloguedRun& run : runs->runs)
            if (!removed.contains(QDir::cleanPath(QString::fromStdString(run.folder))))
                QVERIFY2(run.card, run.card ? "" : run.card.error().sentence().c_str());

        // Now somebody who knows what he does.
        QVERIFY(graft::ui::testing::makeSampleFolder(fixture.directory.filePath(QStringLiteral("fresh")),
                                                     {"amber", "blue"}, 10));
        fixture.choose(QStringLiteral("squeezenet1_1"));
        fixture.project.setConfig(PageFixture::quickConfig());
        fixture.project.setFolder(fixture.directory.filePath(QStringLiteral("fresh")));
        window.page.showPage(MainWindow::Train);  // a press could be the second one of the hands' last
        QPushButton* start = nullptr;
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.dataset() != nullptr, kPatienceMs);
        const auto begins = [&] {
            for (const char* name : {"startTraining", "againTraining"}) {
                QPushButton* button = window.button(name);
                if (button != nullptr && button->isEnabled()) start = button;
            }
            return start != nullptr;
        };
        // What is typed and wrong still stands in its field, and says so.
        QTRY_VERIFY2_WITH_TIMEOUT(begins() || window.button("putBackAll") != nullptr,
                                  qPrintable(window.get<QLabel>("startObstacle")->text()), kPatienceMs);
        if (!begins()) window.press(window.button("putBackAll"));
        QTRY_VERIFY2_WITH_TIMEOUT(begins(), qPrintable(window.get<QLabel>("startObstacle")->text()),
                                  kPatienceMs);
        QSignalSpy finished(&window.page.controller(), &TrainingController::finished);
        const auto epochs = static_cast<std::size_t>(fixture.project.config().epochs);
        start->click();
        const QString run = window.page.controller().runFolder();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        const auto done = training::openRun(run.toStdString());
        QVERIFY2(done, done ? "" : done.error().sentence().c_str());
        QCOMPARE(done->epochs.size(), epochs);
        QCOMPARE(fixture.project.currentRun(), run);
    }
};

QTEST_MAIN(MonkeyTest)
#include "MonkeyTest.moc"
