// SPDX-License-Identifier: GPL-3.0-or-later
// The search for a learning rate, from the click on the Train page to the setting; and a Train page that is
// built anew in the middle of it.
#include <QDir>
#include <QLabel>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QtTest/QtTest>
#include <memory>
#include <optional>
#include <string>

#include "core/backbones/ModelSummary.h"
#include "core/settings/Settings.h"
#include "core/training/FindLearningRate.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/plots/RatePlot.h"
#include "ui/session/Background.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/RateSearch.h"
#include "ui/train/LearningRateView.h"
#include "ui/train/SettingsPanel.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/InlineError.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::HeldPool;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;

class LearningRateTest : public QObject {
    Q_OBJECT

  private:
    struct Page {
        explicit Page(PageFixture& fixture) : page(fixture.project, fixture.controller, fixture.prompts) {
            page.resize(1080, 800);
            page.show();
        }
        // The click on the panel's button, however it is hidden or locked.
        LearningRateView* ask() {
            emit page.findChild<SettingsPanel*>()->findLearningRateRequested();
            return view();
        }
        LearningRateView* view() { return page.findChild<LearningRateView*>(); }
        bool showsView() { return view() != nullptr && view()->isVisible(); }
        TrainPage page;
    };

    static RateSearch& searchOf(PageFixture& fixture) { return projectPart<RateSearch>(fixture.project); }
    // What a person sees of a search.
    static QStringList seen(LearningRateView& view) {
        const auto* plot = view.findChild<RatePlot*>();
        QStringList seen = plot->marks();
        seen << QString::number(plot->count()) << errorIn(view);
        for (const QLabel* label : view.findChildren<QLabel*>())
            if (label->isVisible()) seen << label->text();
        for (const QPushButton* button : view.findChildren<QPushButton*>())
            if (button->isVisible()) seen << button->text() + (button->isEnabled() ? "" : " (off)");
        return seen;
    }
    // So that a search goes on until it is stopped.
    static void takeLargePictures(PageFixture& fixture) {
        settings::TrainConfig config = fixture.project.config();
        config.preprocess.resizeSize = 200;
        config.preprocess.cropSize = 192;
        fixture.project.setConfig(config);
    }

    static QPushButton* button(LearningRateView& view, const char* name) {
        return view.findChild<QPushButton*>(QLatin1String(name));
    }
    static QString errorIn(LearningRateView& view) {
        const auto* error = view.findChild<InlineError*>();
        return error->isVisible() ? error->text() : QString();
    }
    static void waitForThePool() {
        QTRY_COMPARE_WITH_TIMEOUT(backgroundPool().activeThreadCount(), 0, kPatienceMs);
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    void oneClickFindsARateAndAnotherUsesIt() {
        PageFixture fixture;
        fixture.scan();
        Page window(fixture);
        const settings::TrainConfig before = fixture.project.config();
        auto* find = window.page.findChild<QPushButton*>(QStringLiteral("findLearningRate"));
        QVERIFY(find != nullptr);
        find->click();
        QPointer<LearningRateView> view = window.page.findChild<LearningRateView*>();
        QVERIFY(view != nullptr);
        QVERIFY(view->isVisible());
        QVERIFY(button(*view, "stopLearningRate")->isVisible());
        QVERIFY(!button(*view, "useLearningRate")->isVisible());
        auto* plot = view->findChild<RatePlot*>();
        QTRY_VERIFY_WITH_TIMEOUT(plot->count() > 2, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(button(*view, "useLearningRate")->isVisible(), kPatienceMs);
        QVERIFY(!button(*view, "stopLearningRate")->isVisible());
        QVERIFY(plot->count() > 15);
        QVERIFY(plot->marks().front().startsWith(QStringLiteral("suggested ")));

        const QString said = button(*view, "useLearningRate")->text();  // "Use 0.0032"
        bool isNumber = false;
        const double rate = said.section(QLatin1Char(' '), -1).toDouble(&isNumber);
        QVERIFY2(isNumber && rate > 1e-7 && rate < 10, qPrintable(said));
        QVERIFY(plot->marks().front().endsWith(said.section(QLatin1Char(' '), -1)));
        button(*view, "useLearningRate")->click();
        QCOMPARE(fixture.project.config().optimizer.learningRate, rate);
        settings::TrainConfig after = fixture.project.config();
        after.optimizer.learningRate = before.optimizer.learningRate;
        QCOMPARE(settings::toJson(after), settings::toJson(before));
        QTRY_VERIFY(!view);
        // Neither a run nor anything else has come of it.
        QVERIFY(!QDir(fixture.project.runsRoot()).exists() || QDir(fixture.project.runsRoot()).isEmpty());
    }

    void closedInTheMiddleItStops() {
        PageFixture fixture;
        fixture.scan();
        LearningRateView view(fixture.project);
        RateSearch* search = &searchOf(fixture);
        auto* plot = view.findChild<RatePlot*>();
        std::optional<training::FoundRate> ended;
        connect(search, &RateSearch::finished, &view, [&](const RateResult& result) {
            if (result.found) ended = *result.found;
        });
        connect(search, &RateSearch::eventsArrived, &view, [&] {
            if (plot->count() > 0 && view.isVisible()) view.reject();
        });
        view.open();
        view.begin();
        QTRY_VERIFY_WITH_TIMEOUT(ended.has_value(), kPatienceMs);
        QVERIFY(!view.isVisible());
        QVERIFY(ended->stopped);
        QVERIFY(ended->curve.size() < 100);
        QVERIFY(!search->isActive());
    }

    void theStopButtonKeepsWhatThereIs() {
        PageFixture fixture;
        fixture.scan();
        LearningRateView view(fixture.project);
        RateSearch* search = &searchOf(fixture);
        QSignalSpy ended(search, &RateSearch::finished);
        view.open();
        view.begin();
        QTRY_VERIFY_WITH_TIMEOUT(view.findChild<RatePlot*>()->count() > 0, kPatienceMs);
        button(view, "stopLearningRate")->click();
        QTRY_COMPARE_WITH_TIMEOUT(ended.count(), 1, kPatienceMs);
        QVERIFY(view.isVisible());
        QVERIFY(view.findChild<RatePlot*>()->count() > 0);
        QVERIFY(!button(view, "stopLearningRate")->isVisible());
    }

    void aDyingProjectLeavesNobodyBehind() {
        {
            PageFixture fixture;
            fixture.scan();
            LearningRateView view(fixture.project);
            view.open();
            view.begin();
        }
        waitForThePool();
    }

    void aPageThatIsBuiltAnewShowsTheSearchAndStopsIt() {
        PageFixture fixture;
        fixture.scan();
        takeLargePictures(fixture);
        RateSearch& search = searchOf(fixture);
        auto window = std::make_unique<Page>(fixture);
        const QPointer<LearningRateView> first = window->ask();
        auto* plot = first->findChild<RatePlot*>();
        QTRY_VERIFY_WITH_TIMEOUT(plot->count() > 2, kPatienceMs);
        const int found = plot->count();
        window.reset();
        QVERIFY(!first);
        QVERIFY(search.isActive());

        window = std::make_unique<Page>(fixture);
        QTRY_VERIFY(window->showsView());
        LearningRateView& view = *window->view();
        plot = view.findChild<RatePlot*>();
        QVERIFY(plot->count() >= found);
        QVERIFY(button(view, "stopLearningRate")->isVisible());
        QVERIFY(search.isActive());
        button(view, "stopLearningRate")->click();
        window.reset();
        window = std::make_unique<Page>(fixture);
        // It may have ended meanwhile; else it is still being stopped.
        QTRY_VERIFY(window->showsView());
        QVERIFY(!search.isActive() || !button(*window->view(), "stopLearningRate")->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(!search.isActive(), kPatienceMs);
        QVERIFY(search.result() && search.result()->found);
        QVERIFY(search.result()->found->stopped);
        QCOMPARE(window->view()->findChild<RatePlot*>()->count(),
                 static_cast<int>(search.result()->found->curve.size()));
        QVERIFY(!button(*window->view(), "stopLearningRate")->isVisible());
    }

    void whatWasFoundIsOfferedOnTheNewPage() {
        PageFixture fixture;
        fixture.scan();
        auto window = std::make_unique<Page>(fixture);
        LearningRateView* view = window->ask();
        QTRY_VERIFY_WITH_TIMEOUT(button(*view, "useLearningRate")->isVisible(), kPatienceMs);
        const QStringList before = seen(*view);
        window.reset();
        window = std::make_unique<Page>(fixture);
        QTRY_VERIFY(window->showsView());
        view = window->view();
        QCOMPARE(seen(*view), before);
        const QString said = button(*view, "useLearningRate")->text();
        button(*view, "useLearningRate")->click();
        QCOMPARE(fixture.project.config().optimizer.learningRate,
                 said.section(QLatin1Char(' '), -1).toDouble());
        // What was closed stays closed, and the next click searches anew.
        window.reset();
        window = std::make_unique<Page>(fixture);
        QTest::qWait(20);
        QVERIFY(window->view() == nullptr);
        view = window->ask();
        QVERIFY(!button(*view, "useLearningRate")->isVisible());
        QVERIFY(searchOf(fixture).isActive());
    }

    void whatIsFoundWithoutAnyPageIsShownByTheNext() {
        PageFixture fixture;
        fixture.scan();
        auto window = std::make_unique<Page>(fixture);
        {
            HeldPool held;
            const QStringList before = seen(*window->ask());
            window.reset();
            window = std::make_unique<Page>(fixture);
            QTRY_VERIFY(window->showsView());
            QCOMPARE(seen(*window->view()), before);
            window.reset();
        }
        QTRY_VERIFY_WITH_TIMEOUT(searchOf(fixture).result(), kPatienceMs);
        window = std::make_unique<Page>(fixture);
        QTRY_VERIFY(window->showsView());
        QVERIFY(button(*window->view(), "useLearningRate")->isVisible());
        QVERIFY(window->view()->findChild<RatePlot*>()->count() > 15);
    }

    void whyThereIsNoneIsStillSaidOnTheNewPage() {
        PageFixture fixture;
        auto window = std::make_unique<Page>(fixture);
        window->ask();  // the images are not read yet
        window.reset();
        window = std::make_unique<Page>(fixture);
        QTRY_VERIFY(window->showsView());
        QVERIFY2(errorIn(*window->view()).contains(QStringLiteral("being read")),
                 qPrintable(errorIn(*window->view())));
        // Nothing is begun that nobody has asked for.
        window.reset();
        fixture.scan();
        window = std::make_unique<Page>(fixture);
        QTest::qWait(20);
        QVERIFY(window->view() == nullptr);
        QVERIFY(!searchOf(fixture).hasBegun());
    }

    void isOfferedOnlyWhereItCanBeHad() {
        PageFixture fixture;
        Page window(fixture);
        auto* find = window.page.findChild<QPushButton*>(QStringLiteral("findLearningRate"));
        QVERIFY(!find->isEnabled());
        QVERIFY2(find->toolTip().contains(QStringLiteral("being read")), qPrintable(find->toolTip()));
        fixture.scan();
        QVERIFY(find->isEnabled());
        QVERIFY2(find->toolTip().contains(QStringLiteral("suggests one")), qPrintable(find->toolTip()));
        settings::TrainConfig config = fixture.project.config();
        config.schedule.warmupEpochs = config.epochs;
        fixture.project.setConfig(config);
        QVERIFY(!find->isEnabled());
        config.schedule.warmupEpochs = 0;
        fixture.project.setConfig(config);
        QVERIFY(find->isEnabled());

        config.epochs = 1000;
        config.runFolder = fixture.project.newRunFolder().toStdString();
        fixture.controller.start(config, fixture.project.dataset());
        QVERIFY(!find->isEnabled());
        QVERIFY2(find->toolTip().contains(QStringLiteral("A training is going on")),
                 qPrintable(find->toolTip()));
        fixture.controller.stop();
        QTRY_VERIFY_WITH_TIMEOUT(find->isEnabled(), kPatienceMs);
    }

    void isNotOfferedWhereNoneWouldBeUsed() {
        PageFixture fixture;
        fixture.scan();
        fixture.project.setSummary(std::make_shared<const backbones::ModelSummary>(
            backbones::summarize("squeezenet1_1", 64).value()));
        Page window(fixture);
        auto* find = window.page.findChild<QPushButton*>(QStringLiteral("findLearningRate"));
        const settings::TrainConfig usual = fixture.project.config();
        QVERIFY(find->isEnabled());

        settings::TrainConfig config = usual;
        config.optimizer.kind = "lbfgs";
        fixture.project.setConfig(config);
        QVERIFY(!find->isEnabled());
        QVERIFY2(find->toolTip().contains(QStringLiteral("needs no learning rate")),
                 qPrintable(find->toolTip()));
        LearningRateView* view = window.ask();
        QVERIFY2(errorIn(*view).contains(QStringLiteral("needs no learning rate")),
                 qPrintable(errorIn(*view)));
        QVERIFY(!searchOf(fixture).isActive());
        delete view;

        config = usual;
        config.own["phases.kind"] = std::string("own");
        config.own["phases.list"] = std::string("1 all lr=0.25; rest none");
        fixture.project.setConfig(config);
        QVERIFY(!find->isEnabled());
        QVERIFY2(find->toolTip().contains(QStringLiteral("(lr=0.25)")), qPrintable(find->toolTip()));
        config.own["phases.list"] = std::string("1 all; rest none lr=0.25");
        fixture.project.setConfig(config);
        QVERIFY(find->isEnabled());
    }

    void saysWhyItIsNotThere() {
        PageFixture fixture;
        Page window(fixture);
        LearningRateView* view = window.ask();  // the images are not read yet
        QVERIFY(view->isVisible());
        QVERIFY2(errorIn(*view).contains(QStringLiteral("being read")), qPrintable(errorIn(*view)));
        QVERIFY(!searchOf(fixture).isActive());
        delete view;

        fixture.scan();
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 1000;
        config.runFolder = fixture.project.newRunFolder().toStdString();
        fixture.controller.start(config, fixture.project.dataset());
        view = window.ask();
        QVERIFY2(errorIn(*view).contains(QStringLiteral("A training is going on")),
                 qPrintable(errorIn(*view)));
        QVERIFY(!searchOf(fixture).isActive());
        delete view;
        fixture.controller.stop();
        QTRY_VERIFY_WITH_TIMEOUT(!fixture.controller.isActive(), kPatienceMs);

        config = fixture.project.config();
        config.batchSize = 512;
        fixture.project.setConfig(config);
        view = window.ask();
        QTRY_VERIFY_WITH_TIMEOUT(errorIn(*view).contains(QStringLiteral("A step takes 512")), kPatienceMs);
        QVERIFY(!button(*view, "useLearningRate")->isVisible());
    }
};

QTEST_MAIN(LearningRateTest)
#include "LearningRateTest.moc"
