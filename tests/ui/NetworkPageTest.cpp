// SPDX-License-Identifier: GPL-3.0-or-later
// The Network page, driven as a person does: choose a backbone and weights.
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSemaphore>
#include <QSignalSpy>
#include <QTableView>
#include <QtEndian>
#include <QtTest/QtTest>
#include <algorithm>

#include "core/backbones/Catalogue.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/network/BackboneModel.h"
#include "ui/network/BackboneTable.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/NetworkPage.h"
#include "ui/session/Background.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/FigureRow.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

class NetworkPageTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<NetworkPage> {
        explicit Window(PageFixture& fixture)
            : PageWindow(fixture), project(fixture.project), prompts(fixture.prompts) {}
        QTableView* table() { return page.findChild<QTableView*>(QStringLiteral("backbones")); }
        BlockDiagram* diagram() { return page.findChild<BlockDiagram*>(); }
        FigureRow* figures() { return page.findChild<FigureRow*>(); }
        Pill* pill(const char* name) { return page.findChild<Pill*>(QLatin1String(name)); }
        int rowOf(const QString& title) {
            for (int row = 0; row < table()->model()->rowCount(); ++row) {
                if (text(row, 0) == title) return row;
            }
            return -1;
        }
        QString text(int row, int column) { return table()->model()->index(row, column).data().toString(); }
        void clickRow(int row) {
            const QRect cell = table()->visualRect(table()->model()->index(row, 0));
            QTest::mouseClick(table()->viewport(), Qt::LeftButton, {}, cell.center());
        }
        void press(const char* name) { QTest::mouseClick(pill(name), Qt::LeftButton); }
        void chooseModelOf(const QString& run) {
            prompts.file = run + QStringLiteral("/model.safetensors");
            press("weightsFromFile");
        }
        bool isMeasured() { return project.summary() != nullptr; }
        Project& project;
        graft::ui::testing::ScriptedPrompts& prompts;
    };

    // A safetensors file again, with "net." before every tensor's name.
    static void wrapNames(const QString& file, const QString& wrapped) {
        QFile in(file);
        QVERIFY(in.open(QIODevice::ReadOnly));
        const auto length = qFromLittleEndian<quint64>(in.read(8).constData());
        const QJsonObject names = QJsonDocument::fromJson(in.read(qint64(length))).object();
        QJsonObject others;
        for (auto it = names.begin(); it != names.end(); ++it)
            others.insert((it.key() == QLatin1String("__metadata__") ? "" : "net.") + it.key(), it.value());
        const QByteArray header = QJsonDocument(others).toJson(QJsonDocument::Compact);
        QByteArray size(8, 0);
        qToLittleEndian(quint64(header.size()), size.data());
        QFile out(wrapped);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(size + header + in.readAll());
    }

    // What FigureRow shows for so many parameters.
    static QString shown(std::int64_t count) {
        const double value = count < 1000        ? double(count)
                             : count < 1'000'000 ? double(count) / 1e3
                                                 : double(count) / 1e6;
        return QLocale().toString(value, 'f', count < 1000 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0);
    }

    // And lets its answers come, and what these begin.
    static void finishBackgroundWork() {
        for (int round = 0; round < 3; ++round) {
            QVERIFY(backgroundPool().waitForDone());
            QCoreApplication::processEvents();
        }
    }

    QTemporaryDir m_dataHome;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }

    void listsTheCatalogue() {
        PageFixture fixture;
        Window window(fixture);
        QCOMPARE(window.table()->model()->rowCount(), static_cast<int>(backbones::catalogue().size()));
        const int row = window.rowOf(QStringLiteral("ResNet-18"));
        QVERIFY(row >= 0);
        QCOMPARE(window.text(row, BackboneModel::Family), QStringLiteral("ResNet"));
        QCOMPARE(window.text(row, BackboneModel::Parameters), QStringLiteral("11.7"));
        QCOMPARE(window.text(row, BackboneModel::FileSize), QStringLiteral("47"));
        QCOMPARE(window.text(row, BackboneModel::Accuracy), QStringLiteral("69.8"));
        QCOMPARE(window.text(row, BackboneModel::MultiplyAdds), QStringLiteral("1.81"));
    }

    void tellsWhoseWeightsAreHere() {
        const QString folder = m_dataHome.filePath(QStringLiteral("graft/weights"));
        QVERIFY(QDir().mkpath(folder));
        QFile file(folder + QStringLiteral("/resnet34.safetensors"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        PageFixture fixture;
        Window window(fixture);
        const int here = window.rowOf(QStringLiteral("ResNet-34"));
        const int away = window.rowOf(QStringLiteral("ResNet-50"));
        QTRY_COMPARE_WITH_TIMEOUT(window.text(here, BackboneModel::Weights), QStringLiteral("here"),
                                  kPatienceMs);
        QCOMPARE(window.text(away, BackboneModel::Weights), QStringLiteral("to fetch"));
        QVERIFY(file.remove());
    }

    void choosesAmongTheWeightsOfABackbone() {
        const QString folder = m_dataHome.filePath(QStringLiteral("graft/weights"));
        QVERIFY(QDir().mkpath(folder));
        // It says nothing of a version: it counts as the first published one, as its preprocessing does.
        QFile file(folder + QStringLiteral("/resnet50.safetensors"));
        QVERIFY(file.open(QIODevice::WriteOnly));
        PageFixture fixture;
        Window window(fixture);
        const int second = window.rowOf(QStringLiteral("ResNet-50"));
        const int first = second + 1;
        QTRY_COMPARE_WITH_TIMEOUT(window.text(first, BackboneModel::Weights), QStringLiteral("here"),
                                  kPatienceMs);
        QCOMPARE(window.text(second, BackboneModel::Weights), QStringLiteral("to fetch"));
        window.clickRow(first);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().weightsFile, file.fileName().toStdString(),
                                  kPatienceMs);
        QVERIFY(window.pill("publishedWeights")->isChecked());
        window.press("randomWeights");
        QVERIFY(window.pill("publishedWeights")->isVisible());  // the row is still the one that is here
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().weightsFile, std::string(), kPatienceMs);
        window.press("publishedWeights");
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().weightsFile, file.fileName().toStdString(),
                                  kPatienceMs);
        window.clickRow(second);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().weightsFile, std::string(), kPatienceMs);
        QCOMPARE(fixture.project.config().backbone, std::string("resnet50"));
        QVERIFY(!window.pill("publishedWeights")->isVisible());
        QVERIFY(file.remove());
    }

    void offersWhatComesWithTheProgram() {
        PageFixture fixture;
        Window window(fixture);
        int row = 0;
        while (row < window.table()->model()->rowCount() &&
               window.table()->model()->index(row, 0).data(BackboneModel::TagRole) !=
                   QStringLiteral("Built-in"))
            ++row;
        QTRY_COMPARE_WITH_TIMEOUT(window.text(row, BackboneModel::Weights), QStringLiteral("built-in"),
                                  kPatienceMs);
        QCOMPARE(window.text(row - 1, BackboneModel::Title), window.text(row, BackboneModel::Title));
        QVERIFY(!window.says(QStringLiteral("Comes with Graft")));
        window.table()->scrollTo(window.table()->model()->index(row, 0));
        window.clickRow(row);
        QVERIFY(window.says(QStringLiteral("Comes with Graft")));
        QVERIFY(window.pill("publishedWeights")->isChecked());
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(QString::fromStdString(fixture.project.config().weightsFile)),
                                 kPatienceMs);

        // With nothing else on the machine it is also what the program begins with.
        Project fresh(m_dataHome.path());
        QVERIFY(fresh.takeBackbone(Project::findDefaultBackbone({}, {})));
        QCOMPARE(fresh.config().weightsFile, fixture.project.config().weightsFile);
        QVERIFY(!fresh.config().freeze.frozenUnits.empty());
    }

    // Neither of a file nor of random numbers.
    void adviceIsOfTheWeightsInUse() {
        PageFixture fixture;
        Window window(fixture);
        int row = 0;
        while (row < window.table()->model()->rowCount() &&
               window.table()->model()->index(row, 0).data(BackboneModel::TagRole) !=
                   QStringLiteral("Built-in"))
            ++row;
        QTRY_COMPARE_WITH_TIMEOUT(window.text(row, BackboneModel::Weights), QStringLiteral("built-in"),
                                  kPatienceMs);
        window.table()->scrollTo(window.table()->model()->index(row, 0));
        window.clickRow(row);
        QVERIFY(window.says(QStringLiteral("Comes with Graft")));
        window.press("randomWeights");
        QTRY_VERIFY_WITH_TIMEOUT(!window.says(QStringLiteral("Comes with Graft")), kPatienceMs);
        window.press("publishedWeights");
        QTRY_VERIFY_WITH_TIMEOUT(window.says(QStringLiteral("Comes with Graft")), kPatienceMs);
    }

    void whichRunAModelIsFromIsSaid() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        Window window(fixture);
        window.chooseModelOf(run);
        const QString wanted = QStringLiteral("from the run ") + QFileInfo(run).fileName();
        const auto isSaid = [&] {
            const auto labels = window.page.findChildren<ElidedLabel*>();
            return std::ranges::any_of(
                labels, [&](const ElidedLabel* label) { return label->text().contains(wanted); });
        };
        QTRY_VERIFY_WITH_TIMEOUT(isSaid(), kPatienceMs);
    }

    void theHeadHasNoClassesBeforeThereAreImages() {
        PageFixture fixture;
        fixture.project.setFolder({});
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        QCOMPARE(window.diagram()->labels().back().name, QStringLiteral("head"));
        QCOMPARE(window.diagram()->labels().back().shape, QString());
        fixture.project.setFolder(fixture.images);
        fixture.scan();
        QTRY_COMPARE_WITH_TIMEOUT(window.diagram()->labels().back().shape, QStringLiteral("3 classes"),
                                  kPatienceMs);
    }

    void searches() {
        PageFixture fixture;
        Window window(fixture);
        auto* search = window.page.findChild<QLineEdit*>(QStringLiteral("backboneSearch"));
        QTest::keyClicks(search, QStringLiteral("squeeze"));
        QCOMPARE(window.table()->model()->rowCount(), 2);
        QCOMPARE(fixture.project.config().backbone,
                 std::string("squeezenet1_1"));  // searching chooses nothing
        QTest::keyClicks(search, QStringLiteral("zzz"));
        QCOMPARE(window.table()->model()->rowCount(), 0);
    }

    void choosesABackbone() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        window.clickRow(window.rowOf(QStringLiteral("ResNet-18")));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().backbone, std::string("resnet18"), kPatienceMs);
        QCOMPARE(fixture.project.config().epochs, 2);  // what a person had set stays
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured() && fixture.project.summary()->name == "resnet18",
                                 kPatienceMs);
        QVERIFY(window.diagram()->unitRect(QStringLiteral("layer4.1")).isValid());
        QVERIFY(window.diagram()->rect().contains(window.diagram()->unitRect(QStringLiteral("layer4.1"))));
    }

    void refusesWeightsOfAnotherNetwork() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        fixture.choose(QStringLiteral("resnet18"));
        Window window(fixture);
        window.chooseModelOf(run);
        QVERIFY(QFile::exists(fixture.prompts.file));
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY2(window.visibleErrors().contains(QStringLiteral("not for this backbone")),
                 qPrintable(window.visibleErrors()));
        QCOMPARE(fixture.project.config().weightsFile, std::string());
        QVERIFY(window.pill("randomWeights")->isChecked());
        QVERIFY(!window.pill("weightsFromFile")->isChecked());
        // Neither the measured network nor another freeze plan takes the sentence away; another choice does.
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        window.press("preset0");
        QVERIFY(window.visibleErrors().contains(QStringLiteral("not for this backbone")));
        window.press("randomWeights");
        QCOMPARE(window.visibleErrors(), QString());
    }

    void saysWhatWasTakenFromAFile() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        Window window(fixture);
        fixture.prompts.file = fixture.directory.filePath(QStringLiteral("wrapped.safetensors"));
        wrapNames(run + QStringLiteral("/model.safetensors"), fixture.prompts.file);
        window.press("weightsFromFile");
        const QString sentence = QStringLiteral("The tensors under \"net.\" in the file were taken");
        QTRY_VERIFY_WITH_TIMEOUT(window.says(sentence), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        QVERIFY(window.says(sentence));
        window.press("randomWeights");
        QVERIFY(!window.says(sentence));
    }

    void saysWhyABackboneCannotBeChosen() {
        PageFixture fixture;
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        // No row of the catalogue's is refused by a whole installation: one that the engine does not know.
        emit window.page.findChild<BackboneTable*>()->chosen(QStringLiteral("resnet19"), {});
        QTRY_VERIFY_WITH_TIMEOUT(window.visibleErrors().contains(QStringLiteral("resnet19")), kPatienceMs);
        QCOMPARE(fixture.project.config().backbone, std::string("squeezenet1_1"));
        // Whoever asks: the window's start does it too.
        window.clickRow(window.rowOf(QStringLiteral("ResNet-18")));
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().backbone, std::string("resnet18"), kPatienceMs);
        QCOMPARE(window.visibleErrors(), QString());
        QVERIFY(!fixture.project.takeBackbone(Project::findDefaultBackbone(QStringLiteral("resnet19"), {})));
        QVERIFY(window.visibleErrors().contains(QStringLiteral("resnet19")));
        QCOMPARE(fixture.project.config().backbone, std::string("resnet18"));
    }

    void takesWeightsFromAFileAndGivesThemUp() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        Window window(fixture);
        window.chooseModelOf(run);
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().weightsFile, fixture.prompts.file.toStdString(),
                                  kPatienceMs);
        QCOMPARE(window.visibleErrors(), QString());
        QVERIFY(window.pill("weightsFromFile")->isChecked());
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        QVERIFY(window.pill("preset0")->isChecked());  // with weights only the head is trained by default
        window.press("randomWeights");
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().weightsFile, std::string(), kPatienceMs);
        QVERIFY(window.pill("randomWeights")->isChecked());
        QVERIFY(window.pill("preset3")->isChecked());
    }

    void aLateCheckDoesNotUndoANewerChoice() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        Window window(fixture);
        finishBackgroundWork();
        // The check waits for its thread until the other choice is made.
        const int threads = backgroundPool().maxThreadCount();
        QSemaphore chosen;
        backgroundPool().setMaxThreadCount(1);
        backgroundPool().start([&chosen] { chosen.acquire(); });
        window.chooseModelOf(run);
        QCoreApplication::processEvents();  // the question's answer
        window.press("randomWeights");
        chosen.release();
        finishBackgroundWork();
        backgroundPool().setMaxThreadCount(threads);
        QCOMPARE(fixture.project.config().weightsFile, std::string());
        QVERIFY(window.pill("randomWeights")->isChecked());
        QCOMPARE(window.visibleErrors(), QString());
    }

    void measuresAfterThereAndBack() {
        PageFixture fixture;
        const QString first = QString::fromStdString(fixture.project.config().backbone);
        fixture.choose(first);  // at its own size
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        finishBackgroundWork();
        fixture.choose(QStringLiteral("resnet18"));
        fixture.choose(first);  // before the other one is measured
        finishBackgroundWork();
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        QCOMPARE(QString::fromStdString(fixture.project.summary()->name), first);
    }

    void looksAtAFileThatNobodyChoseHere() {
        PageFixture fixture;
        const QString run = fixture.trainRun(1);
        Window window(fixture);
        fixture.project.takeBackbone(
            Project::findDefaultBackbone(QStringLiteral("resnet18"), run + "/model.safetensors"));
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY(window.visibleErrors().contains(QStringLiteral("not for this backbone")));
    }

    void keepsTheWeightsWhenTheQuestionIsCancelled() {
        PageFixture fixture;
        Window window(fixture);
        window.press("weightsFromFile");
        QCOMPARE(fixture.prompts.questions.size(), 1);
        QVERIFY(window.pill("randomWeights")->isChecked());
        QVERIFY(!window.pill("weightsFromFile")->isChecked());
    }

    void saysWhyANetworkCannotBeMeasured() {
        PageFixture fixture;
        settings::TrainConfig config = fixture.project.config();
        config.preprocess.cropSize = 2;
        fixture.project.setConfig(config);
        Window window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY(!window.pill("preset0")->isEnabled());
        config.preprocess.cropSize = 64;
        fixture.project.setConfig(config);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured(), kPatienceMs);
        QCOMPARE(window.visibleErrors(), QString());
    }

    void countsOneOutputWithBinaryCrossEntropy() {
        PageFixture fixture({"amber", "blue"});
        Window window(fixture);
        fixture.scan();
        QTRY_VERIFY_WITH_TIMEOUT(
            window.isMeasured() && fixture.project.summary()->headParameters == (512 + 1) * 2, kPatienceMs);
        settings::TrainConfig config = fixture.project.config();
        config.loss.kind = "binary_cross_entropy";
        fixture.project.setConfig(config);
        QTRY_VERIFY_WITH_TIMEOUT(window.isMeasured() && fixture.project.summary()->headParameters == 512 + 1,
                                 kPatienceMs);
        window.press("preset0");
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Trainable")), QStringLiteral("513"));
        // A hidden layer of three numbers, and one output behind it.
        config = fixture.project.config();
        config.head.kind = "mlp";
        config.head.hiddenUnits = 3;
        fixture.project.setConfig(config);
        QCOMPARE(window.figures()->valueOf(QStringLiteral("Trainable")), shown((512 + 1) * 3 + 3 + 1));
    }

    void fitsTheHeadToTheClasses() {
        PageFixture fixture;
        Window window(fixture);
        fixture.scan();
        QTRY_VERIFY_WITH_TIMEOUT(
            window.isMeasured() && fixture.project.summary()->headParameters == (512 + 1) * 3, kPatienceMs);
    }
};

QTEST_MAIN(NetworkPageTest)
#include "NetworkPageTest.moc"
