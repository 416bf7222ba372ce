// SPDX-License-Identifier: GPL-3.0-or-later
// The window as it was left: one start of the program after another.
#include "tests/support/PlainRun.h"

#include <QAction>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QtTest/QtTest>

#include "core/backbones/ModelSummary.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "ui/main/MainWindow.h"
#include "ui/main/WindowAsLeft.h"
#include "ui/session/SessionStart.h"
#include "ui/widgets/InlineError.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::makeSampleFolder;
using graft::ui::testing::PageFixture;
using graft::ui::testing::ScriptedPrompts;

class RestartTest : public QObject {
    Q_OBJECT

  private:
    // From its start to its end, as main() does it.
    struct Program {
        Program(const QString& runs, const SessionStart::Wanted& wanted = {})
            : project(runs), start(project, wanted), window(project, prompts) {
            showAsLeft(window, project);
            window.show();
            start.lookUp();
        }
        QString errors() {
            QStringList texts;
            for (const InlineError* error : window.findChildren<InlineError*>()) {
                if (error->isVisible()) texts << error->text();
            }
            return texts.join(QLatin1Char('\n'));
        }
        QMenu* recent() { return window.findChild<QPushButton*>(QStringLiteral("recent"))->menu(); }

        ScriptedPrompts prompts;
        Project project;
        SessionStart start;
        MainWindow window;
    };

    QString folderOf(const QString& name) {
        const QString folder = m_home->filePath(name);
        if (!makeSampleFolder(folder, {QStringLiteral("amber"), QStringLiteral("blue")}, 5))
            qFatal("cannot write the sample images");
        return folder;
    }
    QString runs() const { return m_home->filePath(QStringLiteral("runs")); }

    // A start in which a person sets something, and leaves the window on the Network page.
    void leave(const QString& folder) {
        Program program(runs(), {folder, QStringLiteral("squeezenet1_1"), {}});
        QTRY_VERIFY_WITH_TIMEOUT(program.project.hasBackbone(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(program.project.dataset(), kPatienceMs);
        settings::TrainConfig config = program.project.config();
        config.epochs = 17;
        config.seed = 18446744073709551614ULL;
        config.freeze = backbones::freezeAll(backbones::listUnits(config.backbone).value());
        program.project.setConfig(config);
        program.window.showPage(MainWindow::Network);
        QVERIFY(program.window.close());
    }

    std::unique_ptr<QTemporaryDir> m_home;

  private slots:
    void initTestCase() { PageFixture::prepareApplication(); }
    void init() {
        QSettings().clear();
        m_home = std::make_unique<QTemporaryDir>();
        PageFixture::keepWeightsIn(*m_home);
    }

    void everythingComesBack() {
        const QString folder = folderOf(QStringLiteral("hymenoptera"));
        leave(folder);
        Program again(runs());
        const auto isAsLeft = [&] {
            const settings::TrainConfig& config = again.project.config();
            return config.backbone == "squeezenet1_1" && config.epochs == 17 &&
                   config.seed == 18446744073709551614ULL && !config.freeze.frozenUnits.empty() &&
                   again.project.folder() == folder;
        };
        QVERIFY(isAsLeft());  // before anything was looked up
        QCOMPARE(again.window.page(), MainWindow::Network);
        QCOMPARE(again.window.windowTitle(), QStringLiteral("hymenoptera \u2013 Graft"));
        QTRY_VERIFY_WITH_TIMEOUT(again.project.hasBackbone(), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(again.project.dataset(), kPatienceMs);
        QVERIFY(isAsLeft());
        QVERIFY(again.start.ignored().isEmpty());
        // What a person set is told from what came with the backbone.
        QVERIFY(again.project.defaults().epochs != 17);
        QVERIFY(again.project.defaults().freeze != again.project.config().freeze);
    }

    void theRunThatWasShownIsShownAgain() {
        const QString folder = folderOf(QStringLiteral("left"));
        QString run;
        {
            Program program(runs(), {folder, QStringLiteral("squeezenet1_1"), {}});
            QTRY_VERIFY_WITH_TIMEOUT(program.project.dataset(), kPatienceMs);
            settings::TrainConfig config = PageFixture::quickConfig();
            config.datasetFolder = folder.toStdString();
            run = runs() + QStringLiteral("/one");
            test::writePlainRun(run.toStdString(), config, {0.5}, "2026-01-01 10:00:00");
            program.project.setCurrentRun(run);
        }
        {
            Program again(runs());
            QTRY_COMPARE_WITH_TIMEOUT(again.project.currentRun(), run, kPatienceMs);
        }
        QVERIFY(QDir(run).removeRecursively());
        Program again(runs());
        QTRY_VERIFY_WITH_TIMEOUT(again.project.dataset(), kPatienceMs);
        graft::ui::testing::finishBackgroundWork();
        QCOMPARE(again.project.currentRun(), QString());
    }

    void theCommandLineWins() {
        leave(folderOf(QStringLiteral("left")));
        const QString other = folderOf(QStringLiteral("other"));
        Program again(runs(), {other, QStringLiteral("resnet18"), {}});
        QCOMPARE(again.project.folder(), other);
        QTRY_COMPARE_WITH_TIMEOUT(again.project.config().backbone, std::string("resnet18"), kPatienceMs);
        QCOMPARE(again.project.config().epochs, 17);
    }

    void aFolderThatIsGoneIsSaid() {
        const QString folder = folderOf(QStringLiteral("left"));
        leave(folder);
        QVERIFY(QDir(folder).removeRecursively());
        Program again(runs());
        QTRY_COMPARE_WITH_TIMEOUT(again.window.page(), MainWindow::Data, kPatienceMs);
        QTRY_VERIFY2(again.errors().contains(QStringLiteral("left: There is no such folder")),
                     qPrintable(again.errors()));
        QVERIFY(again.prompts.questions.isEmpty());
        QCOMPARE(again.project.config().epochs, 17);
    }

    void aWeightFileThatIsGoneIsSaidAndTheSettingsStay() {
        leave(folderOf(QStringLiteral("left")));
        QSettings kept;
        QJsonObject json =
            QJsonDocument::fromJson(kept.value(QStringLiteral("last/settings")).toString().toUtf8()).object();
        json[QStringLiteral("seed")] = 3;
        json[QStringLiteral("weights_file")] = m_home->filePath(QStringLiteral("gone.safetensors"));
        kept.setValue(QStringLiteral("last/settings"), QString::fromUtf8(QJsonDocument(json).toJson()));
        Program again(runs());
        QTRY_VERIFY_WITH_TIMEOUT(again.project.hasBackbone(), kPatienceMs);
        QTRY_VERIFY2(again.errors().contains(QStringLiteral("gone.safetensors")), qPrintable(again.errors()));
        QCOMPARE(again.project.config().weightsFile, std::string());
        QCOMPARE(again.project.config().backbone, std::string("squeezenet1_1"));
        QCOMPARE(again.project.config().epochs, 17);
    }

    void whatIsDamagedIsIgnored() {
        leave(folderOf(QStringLiteral("left")));
        QSettings kept;
        const QString key = QStringLiteral("last/settings");
        const QString whole = kept.value(key).toString();
        QString newer = whole;
        newer.replace(newer.indexOf(QLatin1Char('{')), 1, QStringLiteral("{\"of_tomorrow\": 1,"));
        kept.setValue(key, newer);
        {
            Program again(runs());
            QCOMPARE(again.start.ignored(), QStringList{QStringLiteral("of_tomorrow")});
            QCOMPARE(again.project.config().epochs, 17);
        }
        kept.setValue(key, whole.left(whole.size() / 2));
        kept.setValue(QStringLiteral("last/page"), 77);
        Program again(runs());
        QCOMPARE(again.window.page(), MainWindow::Data);
        QTRY_VERIFY_WITH_TIMEOUT(again.project.hasBackbone(), kPatienceMs);
        QVERIFY(again.project.folder().isEmpty());
        QCOMPARE(again.window.windowTitle(), QStringLiteral("Graft"));
    }

    void recentFoldersAreOffered() {
        const QString first = folderOf(QStringLiteral("first"));
        const QString second = folderOf(QStringLiteral("second"));
        {
            Program program(runs(), {first, QStringLiteral("squeezenet1_1"), {}});
            QTRY_VERIFY_WITH_TIMEOUT(program.project.dataset(), kPatienceMs);
            program.project.setFolder(second);
            QTRY_VERIFY_WITH_TIMEOUT(program.project.dataset(), kPatienceMs);
        }
        QVERIFY(QDir(first).removeRecursively());
        Program again(runs());
        again.project.setFolder({});
        QMenu* menu = again.recent();
        menu->popup({});
        QCOMPARE(menu->actions().size(), 2);
        QCOMPARE(menu->actions()[0]->data().toString(), second);
        QCOMPARE(menu->actions()[1]->data().toString(), first);
        QTRY_VERIFY_WITH_TIMEOUT(!menu->actions()[1]->isEnabled(), kPatienceMs);
        QVERIFY(menu->actions()[0]->isEnabled());
        menu->actions()[0]->trigger();
        menu->close();
        QCOMPARE(again.project.folder(), second);
        QTRY_VERIFY_WITH_TIMEOUT(again.project.dataset(), kPatienceMs);
    }

    void theFirstSizeFitsTheScreen() {
        // 1366 x 768, of which a panel takes 40; a title bar has to fit too.
        const QSize small = MainWindow::firstSize({1366, 728});
        QVERIFY(small.width() <= 1366 && small.height() <= 728 - 30);
        QCOMPARE(MainWindow::firstSize({2560, 1400}), QSize(1280, 800));
        QCOMPARE(MainWindow::firstSize({800, 600}), QSize(960, 640));
    }
};

QTEST_MAIN(RestartTest)
#include "RestartTest.moc"
