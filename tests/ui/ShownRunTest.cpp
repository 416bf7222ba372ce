// SPDX-License-Identifier: GPL-3.0-or-later
// What the Train page says of a run, from the run's events: without a window and without a training.
#include <QtTest/QtTest>

#include "ui/session/OpenedRun.h"
#include "ui/session/ShownRun.h"

using namespace graft;
using namespace graft::ui;

namespace {

using State = TrainingController::State;

training::EpochDone epoch(int number, double accuracy, std::size_t images,
                          std::optional<std::size_t> learnt = 0) {
    training::EpochDone done;
    done.epoch = number;
    done.valAccuracy = accuracy;
    done.best = accuracy >= 0.5;  // in these tests it is so; the run decides it, not the page
    done.trainImages = 80;
    done.validationImages = images;
    done.validationLearnt = learnt;
    return done;
}

ShownRun started(int epochs = 4) {
    ShownRun run(QStringLiteral("/runs/oak"), epochs);
    training::RunStarted event;
    event.runFolder = "/runs/oak";
    event.epochs = epochs;
    event.trainImages = 80;
    event.validationImages = 20;
    run.take(event);
    return run;
}

class ShownRunTest : public QObject {
    Q_OBJECT

  private slots:
    void nothingIsSaidOfNoRun() {
        QCOMPARE(ShownRun().status(State::Idle, false), QString());
        QCOMPARE(ShownRun().bestText(), QString());
    }

    void aRunThatGoesOn() {
        ShownRun run = started();
        QVERIFY(run.status(State::Running, false).contains(QStringLiteral("preparing")));
        run.take(epoch(1, 0.5, 20));
        training::BatchDone batch;
        batch.epoch = 2;
        batch.batch = 5;
        batch.batches = 10;
        batch.imagesPerSecond = 41.6;
        batch.secondsLeft = 125;
        run.take(batch);
        QCOMPARE(run.status(State::Running, false),
                 QStringLiteral("epoch 2 of 4 \u00b7 42 images/s \u00b7 about 2 min 5 s left"));
        // One epoch of 100 images, and half of the next one's 80 training images.
        QCOMPARE(run.progress(), (1 + 0.4) / 4);
        QVERIFY(run.status(State::Paused, false).contains(QStringLiteral("pausing")));
        QVERIFY(run.status(State::Paused, true).endsWith(QStringLiteral("paused")));
        QVERIFY(run.status(State::Stopping, false).contains(QStringLiteral("keeping what was learnt")));
    }

    // The first batches are slow, and while features are computed nobody knows how fast the others will be.
    void thereIsNoEstimateBeforeItIsOne() {
        ShownRun run = started();
        training::BatchDone batch;
        batch.epoch = 1;
        batch.batches = 100;
        batch.imagesPerSecond = 231580;
        batch.secondsLeft = 204;
        batch.batch = 3;
        run.take(batch);
        QCOMPARE(run.status(State::Running, false), QStringLiteral("epoch 1 of 4 \u00b7 231,580 images/s"));
        batch.batch = 50;
        run.take(batch);
        QVERIFY(run.status(State::Running, false).endsWith(QStringLiteral("about 3 min 24 s left")));

        training::CacheState cache;
        cache.used = true;
        run.take(cache);
        QCOMPARE(run.status(State::Running, false),
                 QStringLiteral("epoch 1 of 4 \u00b7 231,580 images/s with kept features"));
        run.take(epoch(1, 0.5, 20));
        batch.epoch = 2;
        batch.batch = 1;
        run.take(batch);
        QVERIFY(run.status(State::Running, false).endsWith(QStringLiteral("about 3 min 24 s left")));
    }

    void theEpochThatIsKeptIsSaidByItsFigure_data() {
        QTest::addColumn<int>("keep");
        QTest::addColumn<int>("by");
        QTest::addColumn<QString>("said");
        using settings::Figure;
        using settings::Keep;
        const auto row = [](const char* name, Keep keep, Figure by, const QString& said) {
            QTest::newRow(name) << static_cast<int>(keep) << static_cast<int>(by) << said;
        };
        row("accuracy", Keep::Best, Figure::Accuracy, QStringLiteral("best 75.0 % at epoch 2"));
        row("loss", Keep::Best, Figure::Loss, QStringLiteral("lowest loss 0.5 at epoch 2, 75.0 %"));
        row("balanced", Keep::Best, Figure::BalancedAccuracy,
            QStringLiteral("best balanced accuracy 62.5 % at epoch 2, 75.0 % of all"));
        row("f1", Keep::Best, Figure::MacroF1, QStringLiteral("best macro F1 60.0 % at epoch 2, 75.0 %"));
        row("last", Keep::Last, Figure::Accuracy, QStringLiteral("last 75.0 % at epoch 2"));
    }

    void theEpochThatIsKeptIsSaidByItsFigure() {
        QFETCH(int, keep);
        QFETCH(int, by);
        QFETCH(QString, said);
        ShownRun run(QStringLiteral("/runs/oak"), 4);
        training::RunStarted event;
        event.runFolder = "/runs/oak";
        event.validationImages = 20;
        event.stopping.keep = static_cast<settings::Keep>(keep);
        event.stopping.bestBy = static_cast<settings::Figure>(by);
        run.take(event);
        training::EpochDone kept = epoch(2, 0.75, 20);
        kept.valLoss = 0.5;
        kept.balancedAccuracy = 0.625;
        kept.macroF1 = 0.6;
        run.take(kept);
        training::EpochDone other = epoch(3, 0.9, 20);  // higher by a figure that does not count
        other.best = false;
        run.take(other);
        QCOMPARE(run.bestText(), said);
    }

    void whatTheBestFigureRestsOnIsPartOfIt_data() {
        QTest::addColumn<int>("images");
        QTest::addColumn<int>("learnt");  // -1: nothing says
        QTest::addColumn<QString>("said");
        QTest::newRow("all") << 20 << 0 << "best 75.0 % at epoch 1";
        QTest::newRow("fewer") << 18 << 0 << "best 75.0 % at epoch 1, of 18 of 20 validation images";
        QTest::newRow("learnt") << 20 << 5 << "best 75.0 % at epoch 1, 5 of 20 images trained on";
        QTest::newRow("perhaps learnt") << 20 << -1 << "best 75.0 % at epoch 1, of images perhaps trained on";
    }

    void whatTheBestFigureRestsOnIsPartOfIt() {
        QFETCH(int, images);
        QFETCH(int, learnt);
        QFETCH(QString, said);
        ShownRun run = started();
        const auto known =
            learnt < 0 ? std::nullopt : std::optional<std::size_t>(static_cast<std::size_t>(learnt));
        run.take(epoch(1, 0.75, static_cast<std::size_t>(images), known));
        run.take(epoch(2, 0.25, 20));
        QCOMPARE(run.bestText(), said);
        QVERIFY(run.bestBasis().startsWith(QString::number(images)));
    }

    void anEpochThatSawFewerImagesSaysSo() {
        ShownRun run = started();
        run.take(epoch(1, 0.75, 18));
        training::BatchDone batch;
        batch.epoch = 2;
        batch.batch = 1;
        batch.batches = 10;
        run.take(batch);
        // A sentence of its own: at the end of a long line nobody would read it.
        QCOMPARE(
            run.notices(),
            QStringList{QStringLiteral("Epoch 1 saw 80 of 80 training and 18 of 20 validation images.")});
        QVERIFY(!run.status(State::Running, false).contains(QStringLiteral("saw")));
    }

    void howItEnded() {
        ShownRun run = started();
        run.take(epoch(1, 0.5, 20));
        TrainingResult result;
        result.outcome = training::RunEnded::Outcome::Stopped;
        run.take(result);
        QVERIFY(!run.hasResults());
        QCOMPARE(run.status(State::Idle, false), QStringLiteral("oak \u00b7 stopped after epoch 1 of 4"));
        result.outcome = training::RunEnded::Outcome::Completed;
        result.message = Message("Stopped early: no better epoch for 3 epochs.");
        run.take(result);
        QVERIFY(run.hasResults());
        QCOMPARE(run.progress(), 1.0);
        QCOMPARE(run.status(State::Idle, false),
                 QStringLiteral("oak \u00b7 1 epoch \u00b7 Stopped early: no better epoch for 3 epochs."));
    }

    void aRunThatFailedIsNotCalledStopped() {
        ShownRun run = started();
        run.take(epoch(1, 0.5, 20));
        TrainingResult result;
        result.outcome = training::RunEnded::Outcome::Failed;
        result.error = Error{ErrorCode::Unwritable, Message("The disk is full."), {}};
        run.take(result);
        QVERIFY(run.hasFailed());
        QCOMPARE(run.status(State::Idle, false), QStringLiteral("oak \u00b7 failed after epoch 1 of 4"));
        run.goOn();
        QVERIFY(!run.hasFailed());

        OpenedRun opened;
        opened.run.folder = "/runs/elm";
        opened.run.config.epochs = 3;
        opened.run.epochs = {epoch(1, 0.25, 20)};
        opened.run.whyFailed = Message("The loss is not finite.");
        run.take(opened, true);
        QCOMPARE(run.whyFailed(), QStringLiteral("The loss is not finite."));
        QCOMPARE(run.status(State::Idle, false), QStringLiteral("elm \u00b7 failed after epoch 1 of 3"));
    }

    void aRunFromTheDisk() {
        OpenedRun opened;
        opened.run.folder = "/runs/elm";
        opened.run.config.epochs = 3;
        opened.run.epochs = {epoch(1, 0.25, 20), epoch(2, 0.5, 20)};
        opened.run.hasModel = true;
        opened.run.resumable = true;
        opened.trainImages = 80;
        opened.validationImages = 20;
        ShownRun run = started();
        run.take(opened, true);
        QCOMPARE(run.folder(), QStringLiteral("/runs/elm"));
        QVERIFY(run.isResumable());
        QCOMPARE(run.bestText(), QStringLiteral("best 50.0 % at epoch 2"));
        QCOMPARE(run.status(State::Idle, false), QStringLiteral("elm \u00b7 stopped after epoch 2 of 3"));
        QCOMPARE(run.progress(), 2.0 / 3);
        opened.run.isBeingTrained = true;
        opened.run.resumable = false;
        opened.run.whyNotResumable = "Another Graft is training it.";
        run.take(opened, false);
        QCOMPARE(run.status(State::Idle, false),
                 QStringLiteral("elm \u00b7 2 of 3 epochs \u00b7 Another Graft is training it."));
    }
};

}  // namespace

QTEST_GUILESS_MAIN(ShownRunTest)
#include "ShownRunTest.moc"
