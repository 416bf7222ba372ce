// SPDX-License-Identifier: GPL-3.0-or-later
// A Train page that is built while a run goes on, as another language needs it, shows what the one before
// showed.
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest/QtTest>
#include <algorithm>
#include <memory>
#include <variant>

#include "core/training/RunFolder.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/plots/CurvePlot.h"
#include "ui/session/Background.h"
#include "ui/session/RunHistory.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;

namespace {

// What a person sees of a run.
struct Seen {
    int trained = 0;
    int validated = 0;
    int live = 0;
    int progress = 0;
    QString status;
    QString best;
    QString error;
    QStringList buttons;
    bool operator==(const Seen&) const = default;
};

struct Window {
    explicit Window(PageFixture& fixture) : page(fixture.project, fixture.controller, fixture.prompts) {
        page.resize(1080, 800);
        page.show();
    }
    template <class T>
    T* get(const char* name) {
        return page.findChild<T*>(QLatin1String(name));
    }
    void press(const char* name) { QTest::mouseClick(get<QPushButton>(name), Qt::LeftButton); }
    int epochs() { return get<CurvePlot>("lossPlot")->validationCount(); }
    Seen seen() {
        Seen seen;
        const auto* plot = get<CurvePlot>("accuracyPlot");
        seen.trained = plot->trainCount();
        seen.validated = plot->validationCount();
        seen.live = plot->liveCount();
        seen.progress = get<QProgressBar>("trainProgress")->value();
        seen.status = get<ElidedLabel>("subtitle")->text();
        seen.best = get<QLabel>("bestAccuracy")->text();
        seen.error = page.findChild<InlineError*>(QString(), Qt::FindDirectChildrenOnly)->text();
        for (const char* name : {"againTraining", "continueTraining", "pauseTraining", "stopTraining",
                                 "startTraining", "nextToResults"}) {
            const auto* button = get<QPushButton>(name);
            if (button->isVisible()) seen.buttons << button->text();
        }
        return seen;
    }
    TrainPage page;
};

QByteArray described(const Seen& seen) {
    return QStringLiteral("%1 %2 %3 %4 | %5 | %6 | %7 | %8")
        .arg(seen.trained)
        .arg(seen.validated)
        .arg(seen.live)
        .arg(seen.progress)
        .arg(seen.status, seen.best, seen.error, seen.buttons.join(QLatin1Char(',')))
        .toUtf8();
}

void setEpochs(Project& project, int epochs) {
    settings::TrainConfig config = project.config();
    config.epochs = epochs;
    project.setConfig(config);
}

void settle() {
    backgroundPool().waitForDone();
    QCoreApplication::processEvents();
}

training::BatchDone batch(int epoch, std::size_t number) {
    training::BatchDone done;
    done.epoch = epoch;
    done.batch = number;
    done.batches = 4;
    return done;
}

training::EpochDone epoch(int number) {
    training::EpochDone done;
    done.epoch = number;
    done.valAccuracy = 0.5;
    done.best = number == 1;
    return done;
}

training::RunStarted started(int firstEpoch) {
    training::RunStarted event;
    event.runFolder = "/runs/oak";
    event.epochs = 3;
    event.firstEpoch = firstEpoch;
    return event;
}

template <class Event>
std::ptrdiff_t countOf(const RunHistory& history) {
    return std::ranges::count_if(history.events(), [](const training::TrainEvent& event) {
        return std::holds_alternative<Event>(event);
    });
}

}  // namespace

class RebuiltPageTest : public QObject {
    Q_OBJECT

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    // A person sees no difference, and the new page goes on where the old one was.
    void aPageThatIsBuiltInMidRunShowsTheSame() {
        PageFixture fixture;
        fixture.scan();
        setEpochs(fixture.project, 300);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        auto first = std::make_unique<Window>(fixture);
        settle();
        first->press("startTraining");
        QTRY_VERIFY_WITH_TIMEOUT(first->epochs() >= 2, kPatienceMs);
        first->press("pauseTraining");
        QTRY_VERIFY_WITH_TIMEOUT(fixture.controller.isAtRest(), kPatienceMs);
        const Seen before = first->seen();
        QVERIFY(before.validated >= 2 && before.progress > 0);
        QVERIFY2(before.status.contains(QStringLiteral("paused")), qPrintable(before.status));
        first.reset();

        Window second(fixture);
        QVERIFY2(second.seen() == before, described(second.seen()) + "\nbefore: " + described(before));
        settle();
        QVERIFY2(second.seen() == before, described(second.seen()) + "\nbefore: " + described(before));
        second.press("pauseTraining");  // go on
        QTRY_VERIFY_WITH_TIMEOUT(second.epochs() > before.validated, kPatienceMs);
        second.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(second.get<QPushButton>("continueTraining")->isVisible(), kPatienceMs);
        const auto run = training::openRun(fixture.project.currentRun().toStdString());
        QVERIFY(run.has_value());
        QCOMPARE(second.epochs(), static_cast<int>(run->epochs.size()));
    }

    // The epochs before the stop are the disk's.
    void soDoesOneOfARunThatWasContinued() {
        PageFixture fixture;
        fixture.scan();
        setEpochs(fixture.project, 300);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        {
            Window window(fixture);
            window.press("startTraining");
            QTRY_VERIFY_WITH_TIMEOUT(window.epochs() >= 2, kPatienceMs);
            window.press("stopTraining");
            QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        }
        auto first = std::make_unique<Window>(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(first->get<QPushButton>("continueTraining")->isVisible(), kPatienceMs);
        const int done = first->epochs();
        QVERIFY(done >= 2);
        first->press("continueTraining");
        QTRY_VERIFY_WITH_TIMEOUT(first->epochs() > done, kPatienceMs);
        first->press("pauseTraining");
        QTRY_VERIFY_WITH_TIMEOUT(fixture.controller.isAtRest(), kPatienceMs);
        const Seen before = first->seen();
        first.reset();
        Window second(fixture);
        QVERIFY2(second.seen() == before, described(second.seen()) + "\nbefore: " + described(before));
        fixture.controller.stop();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 2, kPatienceMs);
    }

    void soDoesOneAfterAFailure() {
        PageFixture fixture;
        fixture.project.setCurrentRun(fixture.trainRun(1));
        fixture.scan();
        auto first = std::make_unique<Window>(fixture);
        settle();
        settings::TrainConfig config = fixture.project.config();
        config.weightsFile = fixture.directory.filePath(QStringLiteral("missing.safetensors")).toStdString();
        fixture.project.setConfig(config);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        first->press(first->get<QPushButton>("startTraining")->isVisible() ? "startTraining"
                                                                           : "againTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        settle();
        const Seen before = first->seen();
        QVERIFY2(before.error.contains(QStringLiteral("missing.safetensors")), qPrintable(before.error));
        first.reset();
        Window second(fixture);
        settle();
        QVERIFY2(second.seen() == before, described(second.seen()) + "\nbefore: " + described(before));
    }

    void aFinishedRunIsShownAgain() {
        PageFixture fixture;
        fixture.scan();
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        auto first = std::make_unique<Window>(fixture);
        first->press("startTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(first->get<QPushButton>("nextToResults")->isVisible(), kPatienceMs);
        settle();
        const Seen before = first->seen();
        QCOMPARE(before.validated, 2);
        first.reset();
        Window second(fixture);
        settle();
        QVERIFY2(second.seen() == before, described(second.seen()) + "\nbefore: " + described(before));
    }

    // Results and Export show it, whether or not anybody looked on.
    void aRunThatEndsWhileThereIsNoPageIsTheCurrentOne() {
        PageFixture fixture;
        fixture.scan();
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        QSignalSpy listed(&fixture.project, &Project::runsChanged);
        auto first = std::make_unique<Window>(fixture);
        first->press("startTraining");
        first.reset();
        QVERIFY(fixture.controller.isActive());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QVERIFY(!fixture.controller.runFolder().isEmpty());
        QCOMPARE(fixture.project.currentRun(), fixture.controller.runFolder());
        QCOMPARE(listed.count(), 1);
        Window second(fixture);
        settle();
        QVERIFY(second.get<QPushButton>("nextToResults")->isVisible());
        QCOMPARE(second.epochs(), 2);
    }

    void whatWasChosenWhileThereWasNoPageStaysChosen() {
        PageFixture fixture;
        const QString older = fixture.trainRun(1);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        auto first = std::make_unique<Window>(fixture);
        first->press("startTraining");
        first.reset();
        QVERIFY(fixture.controller.isActive());
        fixture.project.setCurrentRun(older);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QCOMPARE(fixture.project.currentRun(), older);
        Window second(fixture);
        settle();
        QVERIFY2(second.seen().status.contains(QStringLiteral("another run is chosen")),
                 qPrintable(second.seen().status));
        QCOMPARE(second.epochs(), 2);
    }

    // Of an epoch that is over nothing is kept but what is drawn of it.
    void theHistoryHoldsNoMoreThanIsDrawn() {
        Project project(QStringLiteral("/runs"));
        TrainingController controller(project);
        const RunHistory& history = controller.history();
        controller.history().begin(QStringLiteral("/runs/oak"), 3);
        training::CacheState cache;
        cache.message = Message("The features are kept.");
        Q_EMIT controller.eventsArrived({started(1), cache, batch(1, 1), batch(1, 2)});
        QCOMPARE(countOf<training::BatchDone>(history), std::ptrdiff_t{2});
        Q_EMIT controller.eventsArrived({batch(1, 3), epoch(1), batch(2, 1)});
        QCOMPARE(countOf<training::BatchDone>(history), std::ptrdiff_t{1});
        QCOMPARE(history.epochsDone(), 1);
        QVERIFY(history.cache() && history.cache()->message == cache.message);
        QCOMPARE(history.run().bestText(), QStringLiteral("best 50.0 % at epoch 1"));

        // The half of an epoch before a stop is done again.
        controller.history().goOn();
        QVERIFY(!history.cache());
        Q_EMIT controller.eventsArrived({started(2)});
        QCOMPARE(countOf<training::BatchDone>(history), std::ptrdiff_t{0});
        QCOMPARE(history.epochsDone(), 1);

        TrainingResult result;
        result.outcome = training::RunEnded::Outcome::Failed;
        result.error = Error{ErrorCode::Unwritable, Message("The disk is full."), {}};
        Q_EMIT controller.finished(result);
        QVERIFY(history.failure() && history.failure()->message == result.error->message);
        controller.history().begin(QStringLiteral("/runs/elm"), 3);
        QVERIFY(!history.failure());
        QVERIFY(history.events().empty());
        QCOMPARE(history.run().folder(), QStringLiteral("/runs/elm"));
    }
};

QTEST_MAIN(RebuiltPageTest)
#include "RebuiltPageTest.moc"
