// SPDX-License-Identifier: GPL-3.0-or-later
// The settings of the Train page: what stands first, groups, defaults that are put back, presets, recipes,
// and the preview of the augmentations.
#include <QAccessible>
#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalSpy>
#include <QWheelEvent>
#include <QtTest/QtTest>
#include <algorithm>

#include "core/settings/Settings.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/session/Background.h"
#include "ui/train/AugmentationPreview.h"
#include "ui/train/SettingRow.h"
#include "ui/train/SettingsPanel.h"
#include "ui/widgets/FoldHeader.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class SettingsPanelTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<SettingsPanel> {
        explicit Window(PageFixture& fixture) : PageWindow(fixture, {280, 700}) {}
        SettingRow* row(const char* key) {
            return page.findChild<SettingRow*>(QLatin1String(key) + QStringLiteral("Row"));
        }
        bool isSeen(const char* key) { return row(key)->isVisibleTo(&page); }
        FoldHeader* head(const char* group) {
            return page.findChild<FoldHeader*>(QStringLiteral("fold") + QLatin1String(group));
        }
        QComboBox* box(const char* name) { return page.findChild<QComboBox*>(QLatin1String(name)); }
        QPushButton* button(const char* name) { return page.findChild<QPushButton*>(QLatin1String(name)); }
        AugmentationPreview* preview() { return page.findChild<AugmentationPreview*>(); }
        FormRow* form(const char* name) { return page.findChild<FormRow*>(QLatin1String(name)); }
        void press(const char* name) { QTest::mouseClick(button(name), Qt::LeftButton); }
        void type(const char* key, const QString& text) {
            auto* field = page.findChild<QLineEdit*>(QLatin1String(key));
            field->setFocus();
            field->selectAll();
            QTest::keyClicks(field, text);
            QTest::keyClick(field, Qt::Key_Return);
        }
        // As from the list; false where there is no such entry.
        bool choose(const char* name, const QString& entry) {
            const int index = box(name)->findData(entry);
            if (index >= 0) box(name)->setCurrentIndex(index);
            return index >= 0;
        }
        QString chosen(const char* name) { return box(name)->currentData().toString(); }
        void trigger(const char* action) { page.findChild<QAction*>(QLatin1String(action))->trigger(); }
        // Until the pictures are those of the settings.
        bool waitForPictures() {
            return QTest::qWaitFor([this] { return preview()->isSettled(); }, kPatienceMs);
        }
        std::vector<QImage> variants() {
            const std::vector<QImage>& pictures = preview()->pictures();
            return pictures.empty() ? pictures : std::vector<QImage>(pictures.begin() + 1, pictures.end());
        }
    };

    // Everything is as the backbone brings it, but the folder.
    static void putDefaults(PageFixture& fixture) {
        settings::TrainConfig config = fixture.project.defaults();
        config.datasetFolder = fixture.project.config().datasetFolder;
        fixture.project.setConfig(config);
    }

    static int different(const std::vector<QImage>& pictures) {
        std::vector<QImage> kinds;
        for (const QImage& picture : pictures) {
            if (std::ranges::find(kinds, picture) == kinds.end()) kinds.push_back(picture);
        }
        return static_cast<int>(kinds.size());
    }

    static void finishBackgroundWork() {
        for (int round = 0; round < 3; ++round) {
            QVERIFY(backgroundPool().waitForDone());
            QCoreApplication::processEvents();
        }
    }

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }
    void init() {
        QSettings().clear();
        QDir(qEnvironmentVariable("XDG_CONFIG_HOME") + QStringLiteral("/graft")).removeRecursively();
    }

    void whatMostPeopleNeedIsSeenWhileAllGroupsAreClosed() {
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(window.isSeen("epochs"));
        QVERIFY(window.isSeen("optimizer.learning_rate"));
        QVERIFY(window.box("recipe")->isVisibleTo(&window.page));
        QVERIFY(window.box("augmentationPreset")->isVisibleTo(&window.page));
        int seen = 0;
        for (const auto* row : window.page.findChildren<SettingRow*>())
            seen += row->isVisibleTo(&window.page);
        QCOMPARE(seen, 2);
        QCOMPARE(window.row("epochs")->help(), QStringLiteral("How often every training image is seen"));
    }

    void everySettingOfTheTableIsARowOnce() {
        PageFixture fixture;
        Window window(fixture);
        for (const settings::Setting& setting : settings::all()) {
            const auto rows = window.page.findChildren<SettingRow*>(QString::fromStdString(setting.key) +
                                                                    QStringLiteral("Row"));
            QVERIFY2(rows.size() == (setting.inPanel ? 1 : 0), setting.key.c_str());
        }
    }

    void groupsOpenAndAreFoundAsTheyWereLeft() {
        PageFixture fixture;
        {
            Window window(fixture);
            QVERIFY(!window.isSeen("optimizer.momentum"));
            QTest::mouseClick(window.head("Optimizer"), Qt::LeftButton);
            QVERIFY(window.isSeen("optimizer.momentum"));
            QVERIFY(window.isSeen("optimizer.kind"));
            QVERIFY(!window.isSeen("schedule.kind"));
            QCOMPARE(
                window.row("optimizer.momentum")->help(),
                QStringLiteral("How much of the last step goes into the next; PyTorch and Keras leave it at "
                               "0 unless it is given, with RMSprop too"));
        }
        {
            Window window(fixture);
            QVERIFY(window.isSeen("optimizer.momentum"));
            QVERIFY(!window.isSeen("schedule.kind"));
            QTest::mouseClick(window.head("Optimizer"), Qt::LeftButton);
        }
        Window window(fixture);
        QVERIFY(!window.isSeen("optimizer.momentum"));
    }

    void aHeadIsReachedByKeysAndReadAloud() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        FoldHeader* head = window.head("Optimizer");
        QVERIFY((head->focusPolicy() & Qt::TabFocus) != 0);
        QTest::keyClick(head, Qt::Key_Space);
        QVERIFY(window.isSeen("optimizer.momentum"));
        window.type("optimizer.momentum", QStringLiteral("0.5"));
        QTest::keyClick(head, Qt::Key_Return);
        QVERIFY(!window.isSeen("optimizer.momentum"));
        const auto* read = QAccessible::queryAccessibleInterface(head);
        QVERIFY(read != nullptr);
        QCOMPARE(read->text(QAccessible::Name), QStringLiteral("Optimizer, 1 changed"));
        QCOMPARE(read->text(QAccessible::Description), QStringLiteral("closed"));
        head->click();
        QCOMPARE(read->text(QAccessible::Description), QStringLiteral("open"));
        const auto* field = QAccessible::queryAccessibleInterface(window.row("optimizer.momentum")->editor());
        QCOMPARE(field->text(QAccessible::Name), QStringLiteral("Momentum"));
        QVERIFY(field->text(QAccessible::Description).contains(QStringLiteral("not the default")));
    }

    void whatDiffersIsMarkedAndPutBack() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        window.head("Optimizer")->setChecked(true);
        QVERIFY(!window.row("optimizer.momentum")->isMarked());
        QCOMPARE(window.head("Optimizer")->remark(), QString());
        window.type("optimizer.momentum", QStringLiteral("0.5"));
        QCOMPARE(fixture.project.config().optimizer.momentum, 0.5);
        QVERIFY(window.row("optimizer.momentum")->isMarked());
        QCOMPARE(window.head("Optimizer")->remark(), QStringLiteral("1 changed"));
        QCOMPARE(window.button("optimizer.momentumPutBack")->text(), QStringLiteral("Put back 0.9"));
        window.press("optimizer.momentumPutBack");
        QCOMPARE(fixture.project.config().optimizer.momentum, 0.9);
        QVERIFY(!window.row("optimizer.momentum")->isMarked());
        QVERIFY(!window.button("optimizer.momentumPutBack")->isVisible());
        QCOMPARE(window.head("Optimizer")->remark(), QString());
    }

    void aGroupIsPutBackAsAWhole() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        window.head("Optimizer")->setChecked(true);
        window.head("Training")->setChecked(true);
        window.type("batch_size", QStringLiteral("8"));
        window.type("optimizer.learning_rate", QStringLiteral("0.5"));
        window.type("optimizer.momentum", QStringLiteral("0.5"));
        window.type("optimizer.weight_decay", QStringLiteral("0.25"));
        window.type("optimizer.layer_decay", QStringLiteral("much"));
        QVERIFY(!window.page.isValid());
        QCOMPARE(window.head("Optimizer")->remark(), QStringLiteral("2 changed"));
        window.press("putBackOptimizer");
        const settings::TrainConfig& config = fixture.project.config();
        QCOMPARE(config.optimizer.momentum, 0.9);
        QCOMPARE(config.optimizer.weightDecay, 0.0);
        QCOMPARE(config.batchSize, 8);                 // of another group
        QCOMPARE(config.optimizer.learningRate, 0.5);  // stands above the groups
        QVERIFY(window.page.isValid());
        auto* field = window.page.findChild<QLineEdit*>(QStringLiteral("optimizer.layer_decay"));
        QCOMPARE(field->text(), QStringLiteral("1"));
        QVERIFY(!window.button("putBackOptimizer")->isVisible());
    }

    void aWrongValueOpensItsGroup() {
        PageFixture fixture;
        putDefaults(fixture);
        {
            Window window(fixture);
            settings::TrainConfig config = fixture.project.config();
            config.schedule.warmupEpochs = config.epochs;
            fixture.project.setConfig(config);
            QVERIFY(!window.page.isValid());
            QVERIFY(window.isSeen("schedule.warmup_epochs"));
            QVERIFY(window.row("schedule.warmup_epochs")->error().contains(QStringLiteral("warm-up")));
            config.schedule.warmupEpochs = 0;
            fixture.project.setConfig(config);
            QVERIFY(window.page.isValid());
        }
        Window window(fixture);
        QVERIFY(!window.isSeen("schedule.warmup_epochs"));
    }

    void theFinderIsAskedFor() {
        PageFixture fixture;
        Window window(fixture);
        QSignalSpy asked(&window.page, &SettingsPanel::findLearningRateRequested);
        window.press("findLearningRate");
        QCOMPARE(asked.count(), 1);
    }

    void theWheelScrollsAndChangesNothing() {
        PageFixture fixture;
        Window window(fixture);
        window.head("Optimizer")->setChecked(true);
        QComboBox* box = window.box("optimizer.kind");
        QWheelEvent wheel(QPointF(5, 5), box->mapToGlobal(QPointF(5, 5)), QPoint(), QPoint(0, -120),
                          Qt::NoButton, Qt::NoModifier, Qt::NoScrollPhase, false);
        QCoreApplication::sendEvent(box, &wheel);
        QCOMPARE(fixture.project.config().optimizer.kind, std::string("sgd"));
    }

    void aPresetSetsAllAugmentations() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        QCOMPARE(window.chosen("augmentationPreset"), QStringLiteral("standard"));
        QVERIFY(window.choose("augmentationPreset", QStringLiteral("photo")));
        const data::AugmentOptions& augment = fixture.project.config().augment;
        QCOMPARE(std::get<double>(augment.more.at("rotation")), 10.0);
        QVERIFY(augment.randomResizedCrop);
        auto* rotation = window.page.findChild<QLineEdit*>(QStringLiteral("augment.rotation"));
        QCOMPARE(rotation->text(), QStringLiteral("10"));
        window.type("augment.rotation", QStringLiteral("33"));
        QCOMPARE(window.box("augmentationPreset")->currentText(), QStringLiteral("own"));
        const int withOwn = window.box("augmentationPreset")->count();
        QVERIFY(window.choose("augmentationPreset", QStringLiteral("none")));
        QVERIFY(!fixture.project.config().augment.randomResizedCrop);
        QVERIFY(!fixture.project.config().augment.horizontalFlip);
        QVERIFY(fixture.project.config().augment.more.empty());
        QCOMPARE(window.box("augmentationPreset")->count(), withOwn - 1);
    }

    // What article 002 says: Adam, 10 epochs, batches of 32, the last block trained.
    void aRecipeSetsWhatItIsAbout() {
        PageFixture fixture;
        putDefaults(fixture);
        settings::TrainConfig config = fixture.project.config();
        config.preprocess.cropSize = 64;
        config.device = "cpu";
        config.batchSize = 5;
        config.optimizer.weightDecay = 0.125;
        fixture.project.setConfig(config);
        Window window(fixture);
        QCOMPARE(window.box("recipe")->currentText(), QStringLiteral("own settings"));
        QVERIFY(window.choose("recipe", QStringLiteral("last-block")));
        const settings::TrainConfig& now = fixture.project.config();
        QTRY_COMPARE_WITH_TIMEOUT(now.optimizer.kind, std::string("adam"), kPatienceMs);
        QCOMPARE(now.epochs, 10);
        QCOMPARE(now.batchSize, 32);
        QCOMPARE(now.optimizer.weightDecay, 0.0);
        QVERIFY(!now.freeze.frozenUnits.empty());
        QVERIFY(now.freeze != fixture.project.defaults().freeze);
        // No recipe is about these.
        QCOMPARE(now.preprocess.cropSize, 64);
        QCOMPARE(now.device, std::string("cpu"));
        QCOMPARE(now.datasetFolder, fixture.images.toStdString());

        QCOMPARE(window.chosen("recipe"), QStringLiteral("last-block"));
        QCOMPARE(window.chosen("optimizer.kind"), QStringLiteral("adam"));
        QVERIFY(!window.form("recipeRow")->help().isEmpty());
        window.head("Optimizer")->setChecked(true);
        QVERIFY(!window.isSeen("optimizer.momentum"));
        window.type("epochs", QStringLiteral("11"));
        QCOMPARE(window.box("recipe")->currentText(), QStringLiteral("own settings"));
        QVERIFY(window.choose("recipe", QString()));  // the backbone's defaults
        QCOMPARE(now.optimizer.kind, std::string("sgd"));
        QVERIFY(now.freeze == fixture.project.defaults().freeze);
        QCOMPARE(now.preprocess.cropSize, 64);
        QVERIFY(!window.form("recipeRow")->isMarked());
    }

    void ownSettingsAreSavedAndFoundAgain() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        window.type("epochs", QStringLiteral("7"));
        window.type("optimizer.momentum", QStringLiteral("0.75"));
        window.trigger("saveRecipe");
        window.press("writeRecipe");
        QVERIFY(window.form("recipeRow")->error().contains(QStringLiteral("name")));
        window.type("recipeName", QStringLiteral("Short runs!"));
        const QString file =
            qEnvironmentVariable("XDG_CONFIG_HOME") + QStringLiteral("/graft/recipes/short-runs.json");
        QTRY_VERIFY_WITH_TIMEOUT(window.box("recipe")->findData(file) >= 0, kPatienceMs);
        QCOMPARE(window.form("recipeRow")->error(), QString());
        QTRY_COMPARE_WITH_TIMEOUT(window.chosen("recipe"), file, kPatienceMs);
        QCOMPARE(window.box("recipe")->currentText(), QStringLiteral("Short runs!"));
        QVERIFY(!window.page.findChild<QLineEdit*>(QStringLiteral("recipeName"))->isVisible());

        putDefaults(fixture);
        Window next(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(next.box("recipe")->findData(file) >= 0, kPatienceMs);
        QVERIFY(next.choose("recipe", file));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().epochs, 7, kPatienceMs);
        QCOMPARE(fixture.project.config().optimizer.momentum, 0.75);
    }

    void anotherOfTheSameNameIsReplacedOnlyWhereThatIsWanted() {
        PageFixture fixture;
        putDefaults(fixture);
        Window window(fixture);
        const QString file =
            qEnvironmentVariable("XDG_CONFIG_HOME") + QStringLiteral("/graft/recipes/mine.json");
        const auto save = [&](const QString& epochs) {
            window.type("epochs", epochs);
            window.trigger("saveRecipe");
            window.type("recipeName", QStringLiteral("Mine"));
            QTest::qWait(1);
            finishBackgroundWork();
        };
        const auto contents = [&] {
            QFile recipe(file);
            return recipe.open(QIODevice::ReadOnly) ? recipe.readAll() : QByteArray();
        };
        save(QStringLiteral("7"));
        QVERIFY(contents().contains("\"epochs\": 7"));
        fixture.prompts.yes = false;
        save(QStringLiteral("8"));
        QVERIFY(contents().contains("\"epochs\": 7"));
        QVERIFY2(fixture.prompts.questions.last().contains(QStringLiteral("Mine")),
                 qPrintable(fixture.prompts.questions.last()));
        fixture.prompts.yes = true;
        save(QStringLiteral("9"));
        QTRY_VERIFY_WITH_TIMEOUT(contents().contains("\"epochs\": 9"), kPatienceMs);
    }

    void aRecipeThatWasSentIsOpened() {
        PageFixture fixture;
        putDefaults(fixture);
        const QString file = fixture.directory.filePath(QStringLiteral("sent.json"));
        QFile sent(file);
        QVERIFY(sent.open(QIODevice::WriteOnly));
        sent.write(R"({"graft_recipe": 1, "label": "From a friend", "settings": {"epochs": 3}})");
        sent.close();
        Window window(fixture);
        fixture.prompts.file = file;
        window.trigger("openRecipe");
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().epochs, 3, kPatienceMs);
        QCOMPARE(window.box("recipe")->currentText(), QStringLiteral("From a friend"));

        QVERIFY(sent.open(QIODevice::WriteOnly | QIODevice::Truncate));
        sent.write("no recipe");
        sent.close();
        window.trigger("openRecipe");
        QTRY_VERIFY_WITH_TIMEOUT(window.form("recipeRow")->error().contains(QStringLiteral("sent.json")),
                                 kPatienceMs);
        QCOMPARE(fixture.project.config().epochs, 3);
    }

    void aFileThatIsNoRecipeIsNamed() {
        const QString folder = qEnvironmentVariable("XDG_CONFIG_HOME") + QStringLiteral("/graft/recipes");
        QVERIFY(QDir().mkpath(folder));
        QFile damaged(folder + QStringLiteral("/damaged.json"));
        QVERIFY(damaged.open(QIODevice::WriteOnly));
        damaged.write("{");
        damaged.close();
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.form("recipeRow")->error().contains(QStringLiteral("damaged.json")),
                                 kPatienceMs);
    }

    void thePreviewShowsWhatTheAugmentationsDo() {
        PageFixture fixture;
        putDefaults(fixture);
        fixture.scan();
        Window window(fixture);
        finishBackgroundWork();
        QVERIFY(!window.preview()->isVisible());
        QVERIFY(window.preview()->pictures().empty());  // nobody looks
        QVERIFY(window.choose("augmentationPreset", QStringLiteral("photo")));
        window.head("Augmentation")->setChecked(true);
        QVERIFY(window.preview()->isVisible());
        QVERIFY(window.waitForPictures());
        QCOMPARE(window.variants().size(), std::size_t{8});
        QCOMPARE(different(window.variants()), 8);
        const QImage original = window.preview()->pictures().front();

        QVERIFY(window.choose("augmentationPreset", QStringLiteral("none")));
        QVERIFY(window.waitForPictures());
        QCOMPARE(window.variants().size(), std::size_t{8});
        QCOMPARE(different(window.variants()), 1);
        QCOMPARE(window.preview()->pictures().front(), original);
    }

    void thePreviewFollowsEveryChange() {
        PageFixture fixture;
        putDefaults(fixture);
        fixture.scan();
        Window window(fixture);
        QVERIFY(window.choose("augmentationPreset", QStringLiteral("none")));
        window.head("Augmentation")->setChecked(true);
        QVERIFY(window.waitForPictures());
        const std::vector<QImage> before = window.variants();
        window.type("augment.rotation", QStringLiteral("90"));
        window.type("augment.rotation", QStringLiteral("45"));  // while the other is drawn
        QVERIFY(window.waitForPictures());
        const std::vector<QImage> turned = window.variants();
        QCOMPARE(different(turned), 8);
        QVERIFY(turned != before);
        window.type("augment.rotation", QStringLiteral("0"));
        QVERIFY(window.waitForPictures());
        QVERIFY(window.variants() == before);

        const QImage original = window.preview()->pictures().front();
        window.press("anotherImage");
        QVERIFY(window.waitForPictures());
        QVERIFY(window.preview()->pictures().front() != original);
    }

    void thePreviewSaysWhyItShowsNothing() {
        PageFixture fixture;
        putDefaults(fixture);
        fixture.project.setFolder({});
        Window window(fixture);
        window.head("Augmentation")->setChecked(true);
        QVERIFY(window.preview()->pictures().empty());
        QVERIFY2(window.preview()->sentence().contains(QStringLiteral("Data page")),
                 qPrintable(window.preview()->sentence()));
        QVERIFY(!window.button("anotherImage")->isEnabled());

        fixture.project.setFolder(fixture.images);
        fixture.scan();
        for (const data::Sample& sample : fixture.project.dataset()->samples) {
            QFile damaged(QString::fromStdString(fixture.project.dataset()->absolutePath(sample)));
            QVERIFY(damaged.open(QIODevice::WriteOnly | QIODevice::Truncate));
            damaged.write("no picture");
        }
        QVERIFY(window.waitForPictures());  // of the one that was read before
        window.press("anotherImage");
        QVERIFY(window.waitForPictures());
        QVERIFY2(window.preview()->sentence().contains(QStringLiteral(".png")),
                 qPrintable(window.preview()->sentence()));
        QVERIFY(window.button("anotherImage")->isEnabled());
    }
};

QTEST_MAIN(SettingsPanelTest)
#include "SettingsPanelTest.moc"
