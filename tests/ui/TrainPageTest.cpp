// SPDX-License-Identifier: GPL-3.0-or-later
// The Train page and the session behind it, driven as a person does.
#include <QComboBox>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QStandardItemModel>
#include <QtTest/QtTest>
#include <algorithm>
#include <limits>

#include "core/backbones/ModelSummary.h"
#include "core/data/augment/Augmentation.h"
#include "core/runtime/Device.h"
#include "core/settings/Settings.h"
#include "core/training/FeatureCache.h"
#include "core/training/RunFolder.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/SampleImages.h"
#include "ui/plots/CurvePlot.h"
#include "ui/session/Background.h"
#include "ui/session/ErrorText.h"
#include "ui/session/ProjectPart.h"
#include "ui/session/SettingsTaker.h"
#include "ui/train/SettingRow.h"
#include "ui/train/TrainPage.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/FoldHeader.h"
#include "ui/widgets/InlineError.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;

class TrainPageTest : public QObject {
    Q_OBJECT

  private:
    struct Window {
        explicit Window(PageFixture& fixture) : page(fixture.project, fixture.controller, fixture.prompts) {
            // All rows can be seen; the augmentations' draw pictures, and open where they are looked at.
            for (auto* fold : page.findChildren<FoldHeader*>())
                fold->setChecked(fold->objectName() != QStringLiteral("foldAugmentation"));
            page.resize(1080, 800);
            page.show();
        }
        void openGroup(const char* name) {
            page.findChild<FoldHeader*>(QStringLiteral("fold") + QLatin1String(name))->setChecked(true);
        }
        QPushButton* button(const char* name) { return page.findChild<QPushButton*>(QLatin1String(name)); }
        QLineEdit* edit(const char* name) { return page.findChild<QLineEdit*>(QLatin1String(name)); }
        QComboBox* box(const char* name) { return page.findChild<QComboBox*>(QLatin1String(name)); }
        CurvePlot* plot(const char* name) { return page.findChild<CurvePlot*>(QLatin1String(name)); }
        QString subtitle() { return page.findChild<ElidedLabel*>(QStringLiteral("subtitle"))->text(); }
        QString notices() { return page.findChild<QLabel*>(QStringLiteral("runNotices"))->text(); }
        bool rowIsShown(const char* name) {
            return page.findChild<QWidget*>(QLatin1String(name) + QStringLiteral("Row"))->isVisibleTo(&page);
        }
        QString errorBeside(const char* name) {
            auto* row = page.findChild<QWidget*>(QLatin1String(name) + QStringLiteral("Row"));
            auto* error = row->findChild<InlineError*>();
            return error->isVisible() ? error->text() : QString();
        }
        void type(const char* name, const QString& text) {
            QLineEdit* field = edit(name);
            field->setFocus();
            field->selectAll();
            QTest::keyClicks(field, text);
            QTest::keyClick(field, Qt::Key_Return);
        }
        void press(const char* name) { QTest::mouseClick(button(name), Qt::LeftButton); }
        TrainPage page;
    };

    // Every setting by its path in config.json: "optimizer.momentum".
    static QMap<QString, QJsonValue> settingsOf(const settings::TrainConfig& config) {
        QMap<QString, QJsonValue> settings;
        const QByteArray json = QByteArray::fromStdString(settings::toJson(config));
        const QJsonObject object = QJsonDocument::fromJson(json).object();
        for (auto entry = object.begin(); entry != object.end(); ++entry) {
            if (!entry->isObject()) {
                settings[entry.key()] = *entry;
                continue;
            }
            const QJsonObject group = entry->toObject();
            for (auto member = group.begin(); member != group.end(); ++member)
                settings[entry.key() + QLatin1Char('.') + member.key()] = *member;
        }
        return settings;
    }

    // That is allowed by itself.
    static settings::Value anotherValue(const settings::Field& field, const settings::Value& value) {
        switch (field.kind) {
            case settings::Kind::Switch:
                return !std::get<bool>(value);
            case settings::Kind::Whole:
                if (const auto* seed = std::get_if<std::uint64_t>(&value)) return *seed + 1;
                return std::get<std::int64_t>(value) + 1;
            case settings::Kind::Number:
                return std::get<double>(value) / 2 + 0.01;
            case settings::Kind::Colour:
                return settings::Rgb{0.25F, 0.5F, 0.75F};
            case settings::Kind::Choice:
                return field.choices[std::get<std::string>(value) == field.choices[0].name ? 1 : 0].name;
            case settings::Kind::Text:
                break;
        }
        return std::get<std::string>(value) + "1";
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }

    // A run must not start with the settings that were there before.
    void noRunStartsWhileARecipeIsLookedUp() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        QVERIFY(window.button("startTraining")->isEnabled());
        QVERIFY(fixture.project.config().optimizer.kind != "adam");
        QComboBox* recipes = window.box("recipe");
        recipes->setCurrentIndex(recipes->findData(QStringLiteral("last-block")));
        QVERIFY(!window.button("startTraining")->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(window.button("startTraining")->isEnabled(), kPatienceMs);
        QCOMPARE(fixture.project.config().optimizer.kind, std::string("adam"));
    }

    void startWaitsForImages() {
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(!window.button("startTraining")->isEnabled());
        fixture.scan();
        QVERIFY(window.button("startTraining")->isEnabled());
        QVERIFY2(window.subtitle().contains(QStringLiteral("24 training and 6 validation images")),
                 qPrintable(window.subtitle()));
    }

    void settingsReachTheProject() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("epochs", QStringLiteral("17"));
        window.type("optimizer.learning_rate", QStringLiteral("2,5e-4"));
        window.type("preprocess.crop", QStringLiteral("66"));
        window.box("optimizer.kind")->setFocus();
        QTest::keyClicks(window.box("optimizer.kind"), QStringLiteral("AdamW"));
        const settings::TrainConfig& config = fixture.project.config();
        QCOMPARE(config.epochs, 17);
        QCOMPARE(config.optimizer.learningRate, 2.5e-4);
        QCOMPARE(config.preprocess.cropSize, 66);
        QCOMPARE(config.optimizer.kind, std::string("adamw"));
    }

    void onlySettingsThatApplyAreShown() {
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(window.rowIsShown("optimizer.momentum"));
        QVERIFY(window.rowIsShown("optimizer.nesterov"));
        QVERIFY(!window.rowIsShown("schedule.gamma"));
        QVERIFY(!window.rowIsShown("head.hidden_units"));
        QTest::keyClicks(window.box("optimizer.kind"), QStringLiteral("Adam"));
        QVERIFY(!window.rowIsShown("optimizer.momentum"));
        QVERIFY(!window.rowIsShown("optimizer.nesterov"));
        QTest::keyClicks(window.box("schedule.kind"), QStringLiteral("step"));
        QVERIFY(window.rowIsShown("schedule.gamma"));
        QVERIFY(window.rowIsShown("schedule.step_epochs"));
        QTest::keyClicks(window.box("head.kind"), QStringLiteral("hidden"));
        QVERIFY(window.rowIsShown("head.hidden_units"));
        QVERIFY(window.rowIsShown("head.dropout"));
    }

    // One that stands in this test alone: a row of the table is all that a setting needs.
    void aNewSettingIsARowOfThePanel() {
        const QString key = QStringLiteral("optimizer.test_temperature");
        if (settings::find(key.toStdString()) == nullptr) {
            settings::add({
                .key = key.toStdString(),
                .label = "Test temperature",
                .help = "Of this test alone",
                .field = settings::ownNumber(key.toStdString(), 1.5, settings::above(0, 100)),
                .applies = {.key = "optimizer.kind", .values = {"adam"}},
                .whenAbsent = 1.5,
            });
        }
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        QVERIFY(!window.rowIsShown("optimizer.test_temperature"));
        QTest::keyClicks(window.box("optimizer.kind"), QStringLiteral("Adam"));
        QVERIFY(window.rowIsShown("optimizer.test_temperature"));
        window.type("optimizer.test_temperature", QStringLiteral("0"));
        QVERIFY(!window.errorBeside("optimizer.test_temperature").isEmpty());
        QVERIFY(!window.button("startTraining")->isEnabled());
        window.type("optimizer.test_temperature", QStringLiteral("2.5"));
        QCOMPARE(settings::ownValue(fixture.project.config(), key.toStdString(), 1.5), 2.5);
        QCOMPARE(settingsOf(fixture.project.config()).value(key).toDouble(), 2.5);
        QVERIFY(window.button("startTraining")->isEnabled());
    }

    void aNewOptimizerIsAChoiceOfThePanel() {
        const std::string key = "optimizer.test_power";
        if (settings::find(key) == nullptr) {
            settings::addMethod("optimizer.kind",
                                {.name = "test-optimizer",
                                 .label = "Test optimizer",
                                 .help = "Of this test alone",
                                 .settings = {{
                                     .key = key,
                                     .label = "Test power",
                                     .help = "Of this test alone",
                                     .field = settings::ownNumber(key, 0.5, settings::from(0, 2)),
                                     .whenAbsent = 0.5,
                                 }},
                                 .uses = {"optimizer.learning_rate", "optimizer.momentum"}});
        }
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(!window.rowIsShown("optimizer.test_power"));
        QTest::keyClicks(window.box("optimizer.kind"), QStringLiteral("Test"));
        QCOMPARE(fixture.project.config().optimizer.kind, std::string("test-optimizer"));
        QVERIFY(window.rowIsShown("optimizer.test_power"));
        QVERIFY(window.rowIsShown("optimizer.momentum"));
        QVERIFY(!window.rowIsShown("optimizer.nesterov"));
    }

    void aNewAugmentationHasRowsInThePanel() {
        if (settings::find("augment.test_snow") == nullptr) {
            settings::addAugmentation({
                .name = "test_snow",
                .knobs = {{.name = "test_snow",
                           .option = "--test-snow",
                           .label = "Test snow",
                           .help = "Of this test alone",
                           .usual = 0.0},
                          {.name = "test_shade",
                           .option = "--test-shade",
                           .label = "Test shade",
                           .help = "Of this test alone",
                           .usual = std::int64_t{255},
                           .highest = 255,
                           .isDetail = true}},
                .bytes = [](base::Image&, const data::Dials&, base::RandomStream&) {},
            });
        }
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(!window.rowIsShown("augment.test_snow"));
        window.openGroup("Augmentation");
        QVERIFY(window.rowIsShown("augment.test_snow"));
        QVERIFY(!window.rowIsShown("augment.test_shade"));
        window.type("augment.test_snow", QStringLiteral("0.25"));
        QVERIFY(window.rowIsShown("augment.test_shade"));
        window.type("augment.test_shade", QStringLiteral("256"));
        QVERIFY(!window.errorBeside("augment.test_shade").isEmpty());
        window.type("augment.test_shade", QStringLiteral("7"));
        const data::AugmentOptions& augment = fixture.project.config().augment;
        QCOMPARE(std::get<double>(augment.more.at("test_snow")), 0.25);
        QCOMPARE(std::get<std::int64_t>(augment.more.at("test_shade")), std::int64_t{7});
    }

    void aWrongValueIsNamedBesideItsControl_data() {
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("text");
        QTest::newRow("zero epochs") << "epochs"
                                     << "0";
        QTest::newRow("negative batch size") << "batch_size"
                                             << "-3";
        QTest::newRow("no number") << "optimizer.learning_rate"
                                   << "fast";
        QTest::newRow("zero learning rate") << "optimizer.learning_rate"
                                            << "0";
        QTest::newRow("momentum of one") << "optimizer.momentum"
                                         << "1";
        QTest::newRow("warm-up longer than the run") << "schedule.warmup_epochs"
                                                     << "9";
        QTest::newRow("crop larger than the picture") << "preprocess.crop"
                                                      << "100";
    }

    void aWrongValueIsNamedBesideItsControl() {
        QFETCH(QString, field);
        QFETCH(QString, text);
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        const QByteArray name = field.toLatin1();
        QCOMPARE(window.errorBeside(name), QString());
        const QString before = window.edit(name)->text();

        window.type(name, text);
        QVERIFY(!window.errorBeside(name).isEmpty());
        QVERIFY(!window.button("startTraining")->isEnabled());

        window.type(name, before);
        QCOMPARE(window.errorBeside(name), QString());
        QVERIFY(window.button("startTraining")->isEnabled());
    }

    // Start is closed until then, and a press on it takes no focus from the field.
    void whatIsMendedIsTakenAtOnce() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("optimizer.learning_rate", QStringLiteral("-5"));
        QTest::keyClick(window.edit("optimizer.learning_rate"), Qt::Key_Return);
        QVERIFY(!window.button("startTraining")->isEnabled());
        QLineEdit* field = window.edit("optimizer.learning_rate");
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QStringLiteral("0.02"));
        QVERIFY(window.button("startTraining")->isEnabled());
        QCOMPARE(fixture.project.config().optimizer.learningRate, 0.02);
        QCOMPARE(field->text(), QStringLiteral("0.02"));
    }

    // From a run, a recipe or an undo.
    void aValueFromElsewhereTakesThePlaceOfAWrongOne() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("epochs", QStringLiteral("0.03"));
        QTest::keyClick(window.edit("epochs"), Qt::Key_Return);
        QVERIFY(!window.button("startTraining")->isEnabled());
        settings::TrainConfig run = fixture.project.config();
        run.epochs = 200;
        projectPart<SettingsTaker>(fixture.project).take(run);
        QCOMPARE(window.edit("epochs")->text(), QStringLiteral("200"));
        // The same value as before the wrong one, too.
        window.type("epochs", QStringLiteral("0.03"));
        QTest::keyClick(window.edit("epochs"), Qt::Key_Return);
        projectPart<SettingsTaker>(fixture.project).take(run);
        QCOMPARE(window.edit("epochs")->text(), QStringLiteral("200"));
        QVERIFY(window.button("startTraining")->isEnabled());
    }

    void aHiddenSettingDoesNotStandInTheWay() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("optimizer.momentum", QStringLiteral("7"));
        QVERIFY(!window.button("startTraining")->isEnabled());
        QTest::keyClicks(window.box("optimizer.kind"), QStringLiteral("Adam"));
        QVERIFY(window.button("startTraining")->isEnabled());
    }

    void trainsToTheEnd() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        QSignalSpy runs(&fixture.project, &Project::runsChanged);
        window.press("startTraining");
        QVERIFY(fixture.controller.state() == TrainingController::State::Running);
        QVERIFY(window.edit("epochs")->isEnabled());  // of the next run
        QVERIFY(window.button("pauseTraining")->isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);

        QCOMPARE(window.plot("accuracyPlot")->trainCount(), 2);
        QCOMPARE(window.plot("accuracyPlot")->validationCount(), 2);
        QCOMPARE(window.plot("lossPlot")->validationCount(), 2);
        QCOMPARE(window.plot("lossPlot")->liveCount(), 0);
        auto* progress = window.page.findChild<QProgressBar*>(QStringLiteral("trainProgress"));
        QCOMPARE(progress->value(), progress->maximum());
        QVERIFY(runs.count() >= 1);

        const QString folder = fixture.project.currentRun();
        const auto run = training::openRun(folder.toStdString());
        QVERIFY(run.has_value());
        QVERIFY(run->completed);
        QVERIFY(run->hasModel);
        const QString best = QStringLiteral("best %1 %").arg(run->valAccuracy * 100.0, 0, 'f', 1);
        const QString shown = window.page.findChild<QLabel*>(QStringLiteral("bestAccuracy"))->text();
        QVERIFY2(shown.startsWith(best), qPrintable(shown));

        QVERIFY(window.button("nextToResults")->isVisible());
        QSignalSpy next(&window.page, &TrainPage::nextRequested);
        window.press("nextToResults");
        QCOMPARE(next.count(), 1);
    }

    void theFeatureCacheIsShownAndCleared() {
        PageFixture fixture;
        qputenv("XDG_CACHE_HOME", fixture.directory.filePath(QStringLiteral("cache")).toLocal8Bit());
        fixture.scan();
        settings::TrainConfig config = fixture.project.config();
        config.freeze = backbones::freezeAll(backbones::listUnits(config.backbone).value());
        fixture.project.setConfig(config);
        Window window(fixture);
        auto* usage = window.page.findChild<QLabel*>(QStringLiteral("cacheUsage"));
        QTRY_COMPARE_WITH_TIMEOUT(usage->text(), QStringLiteral("Nothing is kept."), kPatienceMs);
        QVERIFY(!window.button("clearCache")->isEnabled());
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        window.press("startTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(usage->text().endsWith(QStringLiteral("kept")), kPatienceMs);
        QVERIFY(training::featureCacheUsage().bytes > 0);
        window.press("clearCache");
        QTRY_COMPARE_WITH_TIMEOUT(usage->text(), QStringLiteral("Nothing is kept."), kPatienceMs);
        QCOMPARE(training::featureCacheUsage().files, std::size_t{0});
    }

    void allCanBeSetWhileARunGoesOn() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("epochs", QStringLiteral("1000"));
        window.press("startTraining");
        QVERIFY(fixture.controller.isActive());
        const auto rows = window.page.findChildren<SettingRow*>();
        QVERIFY(rows.size() > 20);
        for (const auto* row : rows)
            QVERIFY2(row->editor()->isEnabled(), row->setting().key.c_str());
        for (const char* name : {"recipe", "augmentationPreset"})
            QVERIFY(window.page.findChild<QComboBox*>(QString::fromLatin1(name))->isEnabled());
        window.press("stopTraining");
        QTRY_VERIFY_WITH_TIMEOUT(!fixture.controller.isActive(), kPatienceMs);
    }

    void keptFeaturesStayWhileARunGoesOn() {
        PageFixture fixture;
        qputenv("XDG_CACHE_HOME", fixture.directory.filePath(QStringLiteral("cache")).toLocal8Bit());
        fixture.scan();
        settings::TrainConfig config = fixture.project.config();
        config.freeze = backbones::freezeAll(backbones::listUnits(config.backbone).value());
        fixture.project.setConfig(config);
        Window window(fixture);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        window.press("startTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("clearCache")->isEnabled(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("againTraining")->isVisible(), kPatienceMs);
        window.type("epochs", QStringLiteral("10000"));
        window.press("againTraining");
        QVERIFY(!window.button("clearCache")->isEnabled());
        QVERIFY2(window.button("clearCache")->toolTip().contains(QStringLiteral("A training is going on")),
                 qPrintable(window.button("clearCache")->toolTip()));
        QTRY_VERIFY_WITH_TIMEOUT(window.plot("lossPlot")->validationCount() >= 1, kPatienceMs);
        QVERIFY(!window.button("clearCache")->isEnabled());
        window.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 2, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("clearCache")->isEnabled(), kPatienceMs);
    }

    void aPlotShowsTheEpochThatIsNotOver() {
        CurvePlot plot(CurvePlot::Kind::Loss);
        plot.addLive(0.5, 2.0);
        plot.addLive(1.0, 1.5);
        QCOMPARE(plot.liveCount(), 2);
        plot.addTrain(1, 1.5);
        QCOMPARE(plot.liveCount(), 0);
        plot.addLive(1.25, 1.0);
        QCOMPARE(plot.liveCount(), 1);
        plot.dropLiveAfter(1.0);  // the run goes on from the end of the first epoch
        QCOMPARE(plot.liveCount(), 0);
        plot.addTrain(2, std::numeric_limits<double>::quiet_NaN());  // a diverged run does not break the plot
        QCOMPARE(plot.trainCount(), 1);
    }

    void pausesAndGoesOn() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("epochs", QStringLiteral("500"));
        int batches = 0;
        connect(&fixture.controller, &TrainingController::eventsArrived, this,
                [&batches](const std::vector<training::TrainEvent>& events) {
                    for (const auto& event : events)
                        batches += std::holds_alternative<training::BatchDone>(event);
                });
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        window.press("startTraining");
        QTRY_VERIFY_WITH_TIMEOUT(batches > 0, kPatienceMs);
        window.press("pauseTraining");
        QTRY_VERIFY_WITH_TIMEOUT(fixture.controller.isAtRest(), kPatienceMs);
        QVERIFY(window.subtitle().contains(QStringLiteral("paused")));
        QCOMPARE(window.button("pauseTraining")->text(), QStringLiteral("Resume"));

        const int atRest = batches;
        QSignalSpy quiet(&fixture.controller, &TrainingController::eventsArrived);
        QVERIFY(!quiet.wait(300));  // nothing comes while it rests
        QCOMPARE(batches, atRest);

        window.press("pauseTraining");
        QTRY_VERIFY_WITH_TIMEOUT(batches > atRest, kPatienceMs);
        window.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
    }

    void aStoppedRunIsContinued() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("epochs", QStringLiteral("6"));
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        // A person who stops as soon as the first epoch is through.
        connect(&fixture.controller, &TrainingController::eventsArrived, &window.page,
                [&window, &finished](const std::vector<training::TrainEvent>& events) {
                    for (const auto& event : events) {
                        const auto* epoch = std::get_if<training::EpochDone>(&event);
                        if (epoch && epoch->epoch == 1 && finished.isEmpty()) window.press("stopTraining");
                    }
                });
        window.press("startTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        const QString folder = fixture.project.currentRun();
        QVERIFY(!training::openRun(folder.toStdString())->completed);
        const int epochsBefore = window.plot("lossPlot")->validationCount();
        QVERIFY(epochsBefore >= 1 && epochsBefore < 6);

        QTRY_VERIFY(window.button("continueTraining")->isVisible());
        window.press("continueTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 2, kPatienceMs);
        const auto run = training::openRun(folder.toStdString());
        QVERIFY(run->completed);
        QCOMPARE(run->epochs.size(), std::size_t{6});
        QCOMPARE(window.plot("lossPlot")->validationCount(), 6);
        QCOMPARE(fixture.project.currentRun(), folder);
    }

    void continueIsOfferedOnlyWhereItWorks() {
        if (runtime::availableDevices().size() > 1) QSKIP("a GPU is here");
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        settings::TrainConfig config = fixture.project.config();
        config.device = "auto";
        fixture.project.setConfig(config);
        window.type("epochs", QStringLiteral("300"));
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        window.press("startTraining");
        QTRY_VERIFY_WITH_TIMEOUT(window.plot("lossPlot")->validationCount() >= 1, kPatienceMs);
        window.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        QTRY_VERIFY(window.button("continueTraining")->isVisible());

        const QString run = fixture.project.currentRun();
        QFile decisions(run + QStringLiteral("/decisions.json"));
        QVERIFY(decisions.open(QIODevice::ReadWrite));
        QByteArray onGpu = decisions.readAll();
        QVERIFY(onGpu.contains("\"device\": \"cpu\""));
        onGpu.replace("\"device\": \"cpu\"", "\"device\": \"cuda\"");
        decisions.resize(0);
        decisions.write(onGpu);
        decisions.close();
        fixture.project.setCurrentRun(QString());
        fixture.project.setCurrentRun(run);
        auto* error = window.page.findChild<InlineError*>(QString(), Qt::FindDirectChildrenOnly);
        QTRY_VERIFY2(error->text().contains(QStringLiteral("begun on a GPU")), qPrintable(error->text()));
        QVERIFY(!window.button("continueTraining")->isVisible());

        // Nor is one that ended before its first epoch taken for no run at all.
        for (const char* file : {"metrics.jsonl", "model.safetensors", "model.safetensors.json",
                                 "evaluation.json", "predictions.csv", "checkpoint/state.safetensors"})
            QVERIFY2(QFile::remove(run + QLatin1Char('/') + QLatin1String(file)), file);
        fixture.project.setCurrentRun(QString());
        fixture.project.setCurrentRun(run);
        QTRY_VERIFY2(window.subtitle().contains(QStringLiteral("before its first epoch")),
                     qPrintable(window.subtitle()));
        QVERIFY2(error->text().contains(QStringLiteral("begun on a GPU")), qPrintable(error->text()));
        QVERIFY(!window.button("continueTraining")->isVisible());
    }

    void aRunWhoseFolderHasMovedIsContinuedWithTheChosenOne() {
        PageFixture fixture;
        fixture.scan();
        Window window(fixture);
        window.type("epochs", QStringLiteral("300"));
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        window.press("startTraining");
        QTRY_VERIFY_WITH_TIMEOUT(window.plot("lossPlot")->validationCount() >= 1, kPatienceMs);
        window.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        const QString moved = fixture.images + QStringLiteral(" moved");
        QVERIFY(QDir().rename(fixture.images, moved));
        fixture.project.setFolder(moved);
        QTRY_VERIFY(window.button("continueTraining")->isVisible());
        window.press("continueTraining");
        QTRY_VERIFY_WITH_TIMEOUT(window.subtitle().contains(QStringLiteral("images/s")), kPatienceMs);
        window.press("stopTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 2, kPatienceMs);
        const auto run = training::openRun(fixture.project.currentRun().toStdString());
        QCOMPARE(QString::fromStdString(run->config.datasetFolder), moved);
    }

    void aRemedyIsSaidOnce() {
        const auto described = [](ErrorCode code, const char* sentence) {
            return ErrorText::describe(Error{code, sentence, {}});
        };
        QCOMPARE(described(ErrorCode::NotFound, "There is no run here; give the folder of a run."),
                 QStringLiteral("There is no run here; give the folder of a run."));
        QVERIFY(described(ErrorCode::NotFound, "There is no such file.")
                    .contains(QStringLiteral("choose another")));
        // A library's words help nobody, however many sentences they are.
        QVERIFY(described(ErrorCode::Internal, "LibTorch failed: sizes differ; expected 3. Got 4.")
                    .contains(QStringLiteral("log.txt")));
    }

    void aFailureIsSaid_data() {
        QTest::addColumn<bool>("anotherRunIsOpen");
        QTest::newRow("no run") << false;
        QTest::newRow("beside another run") << true;
    }

    void aFailureIsSaid() {
        QFETCH(bool, anotherRunIsOpen);
        PageFixture fixture;
        if (anotherRunIsOpen) fixture.project.setCurrentRun(fixture.trainRun(1));
        fixture.scan();
        Window window(fixture);
        backgroundPool().waitForDone();
        QCoreApplication::processEvents();
        settings::TrainConfig config = fixture.project.config();
        config.weightsFile = fixture.directory.filePath(QStringLiteral("missing.safetensors")).toStdString();
        fixture.project.setConfig(config);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        const char* start = anotherRunIsOpen ? "againTraining" : "startTraining";
        QTRY_VERIFY_WITH_TIMEOUT(window.button(start)->isVisible(), kPatienceMs);
        window.press(start);
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        backgroundPool().waitForDone();
        QCoreApplication::processEvents();
        auto* error = window.page.findChild<InlineError*>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(error->isVisible());
        QVERIFY2(error->text().contains(QStringLiteral("missing.safetensors")), qPrintable(error->text()));
        // The run that was looked at before is there again.
        QVERIFY(window.button(start)->isVisible());
    }

    void whatAPersonChangedStaysWithAnotherBackbone() {
        PageFixture fixture;
        fixture.choose(QStringLiteral("resnet18"));
        const auto before = settingsOf(fixture.project.config());
        settings::TrainConfig config = fixture.project.config();
        for (const settings::Setting& setting : settings::all())
            setting.field.set(config, anotherValue(setting.field, setting.field.get(config)));
        fixture.project.setConfig(config);
        const auto changed = settingsOf(config);
        fixture.choose(QStringLiteral("shufflenet_v2_x1_0"));
        const auto after = settingsOf(fixture.project.config());
        QCOMPARE(after["backbone"].toString(), QStringLiteral("shufflenet_v2_x1_0"));
        const QStringList ofTheBackbone = {"format", "backbone", "weights_file", "frozen_units",
                                           "dataset_folder"};
        for (auto setting = changed.begin(); setting != changed.end(); ++setting) {
            if (ofTheBackbone.contains(setting.key()) || setting.key().startsWith("preprocess.")) continue;
            QVERIFY2(before[setting.key()] != *setting,
                     qPrintable(setting.key() + " is not changed by this test"));
            QVERIFY2(after[setting.key()] == *setting, qPrintable(setting.key() + " did not stay"));
        }
        // What nobody changed is the new backbone's own again.
        QCOMPARE(fixture.project.config().preprocess.cropSize, 224);
    }

    void float16IsOfferedOnlyWithAGpu() {
        PageFixture fixture;
        Window window(fixture);
        const auto devices = runtime::availableDevices();
        const bool hasGpu = std::ranges::any_of(devices, [](const auto& device) { return device.isCuda(); });
        auto* model = qobject_cast<QStandardItemModel*>(window.box("precision")->model());
        QStandardItem* item = model->item(window.box("precision")->findData(QStringLiteral("float16")));
        QTRY_COMPARE_WITH_TIMEOUT(item->isEnabled(), hasGpu, kPatienceMs);
        // A run's settings may bring it along: what is wrong then stands beside a control.
        settings::TrainConfig config = fixture.project.config();
        config.precision = settings::Precision::Float16;
        config.device = "cpu";
        fixture.project.setConfig(config);
        QVERIFY((window.errorBeside("precision") + window.errorBeside("device")).contains("needs a GPU"));
    }

    void aFailureInALaterEpochStaysToBeRead() {
        PageFixture fixture;
        qputenv("XDG_CACHE_HOME", fixture.directory.filePath(QStringLiteral("cache")).toLocal8Bit());
        fixture.scan();
        Window window(fixture);
        settings::TrainConfig config = fixture.project.config();
        config.freeze = backbones::freezeAll(backbones::listUnits(config.backbone).value());
        config.cache.variants = config.epochs = 1000;  // each epoch reads the images again
        fixture.project.setConfig(config);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        window.press("startTraining");
        QTRY_VERIFY_WITH_TIMEOUT(window.plot("lossPlot")->validationCount() >= 3, kPatienceMs);
        QVERIFY(QDir(fixture.images).removeRecursively());
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        backgroundPool().waitForDone();
        QCoreApplication::processEvents();
        auto* error = window.page.findChild<InlineError*>(QString(), Qt::FindDirectChildrenOnly);
        QVERIFY(error->isVisible());
        QVERIFY2(error->text().contains(QStringLiteral("can no longer be read")), qPrintable(error->text()));
        const auto run = training::openRun(fixture.project.currentRun().toStdString());
        QVERIFY(run.has_value());
        QCOMPARE(window.plot("lossPlot")->validationCount(), static_cast<int>(run->epochs.size()));
    }

    void aStopBeforeTheRunIsThereKeepsTheOneThatWasShown() {
        PageFixture fixture;
        const QString before = fixture.trainRun(1);
        fixture.scan();
        Window window(fixture);
        fixture.project.setCurrentRun(before);
        QTRY_COMPARE(window.plot("accuracyPlot")->trainCount(), 1);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        window.press("againTraining");
        fixture.controller.stop();
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        backgroundPool().waitForDone();
        QCoreApplication::processEvents();
        const QString current = fixture.project.currentRun();
        QVERIFY2(QFileInfo::exists(current + QStringLiteral("/config.json")), qPrintable(current));
        if (current == before) QTRY_COMPARE(window.plot("accuracyPlot")->trainCount(), 1);
        QVERIFY(!window.page.findChild<InlineError*>(QString(), Qt::FindDirectChildrenOnly)->isVisible());
    }

    void aRunOfFewerImagesIsNotSaidToHaveLostAny() {
        PageFixture fixture;
        const QString small = fixture.trainRun(1);
        for (quint32 n = 0; n < 40; ++n)
            QVERIFY(graft::ui::testing::sampleImage(2, 1000 + n)
                        .save(fixture.images + QStringLiteral("/blue/more%1.png").arg(n)));
        fixture.scan();
        Window window(fixture);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        settings::TrainConfig config = fixture.project.config();
        config.epochs = 1;
        fixture.project.setConfig(config);
        window.press("startTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        fixture.project.setCurrentRun(small);
        QTRY_VERIFY(window.subtitle().contains(QFileInfo(small).fileName()));
        QVERIFY2(!window.notices().contains(QStringLiteral("saw")), qPrintable(window.notices()));
    }

    void aRunFromTheListSaysThatItLackedImages() {
        PageFixture fixture;
        fixture.scan();
        fixture.loseValidationImage();
        const QString folder = fixture.trainScanned(2);
        Window window(fixture);
        fixture.project.setCurrentRun(folder);
        QTRY_COMPARE(window.plot("accuracyPlot")->trainCount(), 2);
        const QString saw = QStringLiteral("Epoch 2 saw 24 of 24 training and 5 of 6 validation images.");
        QVERIFY2(window.notices().contains(saw), qPrintable(window.notices()));
    }

    void aStoppedRunSaysThatItLackedImages() {
        PageFixture fixture;
        fixture.scan();
        fixture.loseValidationImage();
        const QString saw = QStringLiteral("5 of 6 validation images");
        {
            Window window(fixture);
            window.type("epochs", QStringLiteral("300"));
            QSignalSpy finished(&fixture.controller, &TrainingController::finished);
            window.press("startTraining");
            QTRY_VERIFY_WITH_TIMEOUT(window.plot("lossPlot")->validationCount() >= 1, kPatienceMs);
            window.press("pauseTraining");
            QTRY_VERIFY_WITH_TIMEOUT(fixture.controller.isAtRest(), kPatienceMs);
            QVERIFY2(window.notices().contains(saw), qPrintable(window.notices()));
            window.press("stopTraining");
            QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
            QTRY_VERIFY(window.button("continueTraining")->isVisible());
            QVERIFY2(window.subtitle().contains(QStringLiteral("stopped after")),
                     qPrintable(window.subtitle()));
            QVERIFY2(window.notices().contains(saw), qPrintable(window.notices()));
            QVERIFY2(window.notices().contains(QStringLiteral("is not there any more")),
                     qPrintable(window.notices()));
        }
        // As the window after it finds the run.
        Window window(fixture);
        QTRY_VERIFY(window.button("continueTraining")->isVisible());
        QVERIFY2(window.subtitle().contains(QStringLiteral("stopped after")), qPrintable(window.subtitle()));
        QVERIFY2(window.notices().contains(saw), qPrintable(window.notices()));
    }

    void aRunFromTheListIsShown() {
        PageFixture fixture;
        const QString folder = fixture.trainRun(3);
        Window window(fixture);
        fixture.project.setCurrentRun(folder);
        QTRY_COMPARE(window.plot("accuracyPlot")->trainCount(), 3);
        QVERIFY(window.subtitle().contains(QFileInfo(folder).fileName()));
    }

    // A disk that is not mounted leaves its folder behind.
    void aRunWhoseFolderIsEmptyIsContinuedWithTheChosenOne() {
        PageFixture fixture;
        const QString run = fixture.stoppedRun();
        const QString moved = fixture.moveImages();
        QVERIFY(QDir().mkpath(fixture.images));
        fixture.project.setFolder(moved);
        fixture.project.setCurrentRun(run);
        continueToTheEnd(fixture, run);
        QCOMPARE(QString::fromStdString(training::readDataset(run.toStdString())->root), moved);
    }

    void theChosenFolderIsLeftAloneWhereTheRunsImagesAreInTheirs() {
        PageFixture fixture;
        const QString before = QDir::currentPath();
        QVERIFY(QDir::setCurrent(fixture.directory.path()));
        const QString run = fixture.stoppedRun(QStringLiteral("pictures"));  // as graft-cli train pictures
        QVERIFY(QDir::setCurrent(before));
        const auto stopped = training::openRun(run.toStdString());
        QCOMPARE(QString::fromStdString(stopped->config.datasetFolder), fixture.images);
        // As older versions wrote it.
        QFile config(run + QStringLiteral("/config.json"));
        QVERIFY(config.open(QIODevice::ReadWrite));
        QByteArray text = config.readAll();
        text.replace("\"" + fixture.images.toUtf8() + "\"", "\"pictures\"");
        QVERIFY(config.resize(0) && config.seek(0) && config.write(text) == text.size());
        config.close();
        QCOMPARE(training::openRun(run.toStdString())->config.datasetFolder, std::string("pictures"));

        // One image less is no reason either to look among others that bear the same names.
        fixture.loseValidationImage();
        const QString others = fixture.directory.filePath(QStringLiteral("others"));
        QVERIFY(graft::ui::testing::makeSampleFolder(others, {"amber", "blue", "cyan"}, 10, 48));
        fixture.project.setFolder(others);
        fixture.project.setCurrentRun(run);
        continueToTheEnd(fixture, run);
        QCOMPARE(QString::fromStdString(training::readDataset(run.toStdString())->root), fixture.images);
    }

  private:
    // In a window of its own, which says what went wrong.
    static void continueToTheEnd(PageFixture& fixture, const QString& run) {
        Window window(fixture);
        QSignalSpy finished(&fixture.controller, &TrainingController::finished);
        QTRY_VERIFY_WITH_TIMEOUT(window.button("continueTraining")->isVisible(), kPatienceMs);
        window.press("continueTraining");
        QTRY_COMPARE_WITH_TIMEOUT(finished.count(), 1, kPatienceMs);
        const auto opened = training::openRun(run.toStdString());
        QVERIFY2(opened && opened->completed, qPrintable(window.subtitle()));
    }
};

QTEST_MAIN(TrainPageTest)
#include "TrainPageTest.moc"
