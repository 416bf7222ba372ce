// SPDX-License-Identifier: GPL-3.0-or-later
// Fetching weights from the Network page, from a server of the test's own.
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QtTest/QtTest>

#include "core/backbones/Catalogue.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "tests/ui/support/ServedWeights.h"
#include "ui/network/NetworkPage.h"
#include "ui/network/WeightsPanel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;
using graft::ui::testing::ServedWeights;

namespace {}  // namespace

class FetchTest : public QObject {
    Q_OBJECT

  private:
    struct Window : PageWindow<NetworkPage> {
        using PageWindow::PageWindow;
        QPushButton* fetch() { return page.findChild<QPushButton*>(QStringLiteral("fetchWeights")); }
        QPushButton* cancel() { return page.findChild<QPushButton*>(QStringLiteral("cancelFetch")); }
        QProgressBar* progress() { return page.findChild<QProgressBar*>(QStringLiteral("fetchProgress")); }
        WeightsPanel* panel() { return page.findChild<WeightsPanel*>(); }
        QStringList column() {
            auto* table = page.findChild<QTableView*>(QStringLiteral("backbones"));
            QStringList texts;
            for (int row = 0; row < table->model()->rowCount(); ++row) {
                texts << table->model()->index(row, table->model()->columnCount() - 1).data().toString();
            }
            return texts;
        }
        // The page shows the catalogue's own entry again whenever something changes.
        void fetchEntry(const backbones::CatalogueEntry& entry) {
            panel()->showState(entry, {}, {});
            press(fetch());
        }
    };

    std::unique_ptr<ServedWeights> m_weights;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        m_weights = std::make_unique<ServedWeights>();
    }
    void cleanupTestCase() { m_weights.reset(); }
    void init() { m_weights->removeAll(); }

    void fetchesAndUsesTheWeights() {
        m_weights->behave("good");
        PageFixture fixture;
        Window window(fixture);
        QVERIFY(window.fetch()->isVisible());
        QCOMPARE(window.fetch()->text(), QStringLiteral("Fetch (4.9 MB)"));
        QVERIFY(!window.progress()->isVisible());
        QVERIFY(!window.column().contains(QStringLiteral("here")));
        window.fetchEntry(m_weights->entry());
        QVERIFY(!window.fetch()->isVisible());
        QVERIFY(window.progress()->isVisible());
        QTRY_VERIFY_WITH_TIMEOUT(!fixture.project.config().weightsFile.empty(), kPatienceMs);
        const QString file = m_weights->folder() + QStringLiteral("/squeezenet1_1-b8a52dc0.pth");
        QCOMPARE(QString::fromStdString(fixture.project.config().weightsFile), file);
        QCOMPARE(m_weights->filesThere(), QStringList{QFileInfo(file).fileName()});
        QTRY_VERIFY_WITH_TIMEOUT(window.column().contains(QStringLiteral("here")), kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(
            window.page.findChild<Pill*>(QStringLiteral("publishedWeights"))->isChecked(), kPatienceMs);
        QVERIFY(!window.fetch()->isVisible());
        QVERIFY(!window.progress()->isVisible());
        QCOMPARE(window.visibleErrors(), QString());
    }

    void saysWhatWentWrong() {
        m_weights->behave("good");  // with bytes that are not the published ones
        PageFixture fixture;
        Window window(fixture);
        window.press(window.fetch());
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY2(window.visibleErrors().contains(QStringLiteral("other bytes")),
                 qPrintable(window.visibleErrors()));
        QVERIFY(window.fetch()->isVisible());
        QVERIFY(!window.progress()->isVisible());
        QCOMPARE(m_weights->filesThere(), QStringList());
        QCOMPARE(fixture.project.config().weightsFile, std::string());

        // It belongs to these weights only, and goes with the next try.
        const QString before = window.visibleErrors();
        window.panel()->showState(*backbones::findBackbone("resnet18"), {}, {});
        QCOMPARE(window.visibleErrors(), QString());
        window.panel()->showState(*backbones::findBackbone("squeezenet1_1"), {}, {});
        QCOMPARE(window.visibleErrors(), before);
        m_weights->behave("stalls");
        window.press(window.fetch());
        QCOMPARE(window.visibleErrors(), QString());
    }

    // And that what came, which is no weights at all, was looked at all the same.
    void saysWhereNoChecksumIsPublished() {
        m_weights->behave("good");
        PageFixture fixture;
        Window window(fixture);
        const QString noChecksum = QStringLiteral("No checksum is published");
        const QString commerce = QStringLiteral("Not for commercial use");
        QVERIFY(!window.says(noChecksum));
        QVERIFY(!window.says(commerce));
        backbones::CatalogueEntry entry = m_weights->entry();
        entry.sha256Prefix.clear();
        entry.licence = "CC-BY-NC-4.0";
        window.panel()->showState(entry, {}, {});
        QVERIFY(window.says(noChecksum));
        QVERIFY(window.says(QStringLiteral("Not for commercial use (CC-BY-NC-4.0).")));
        const QString file = m_weights->folder() + QStringLiteral("/squeezenet1_1-b8a52dc0.pth");
        window.panel()->showState(entry, file, file);
        QVERIFY(window.says(noChecksum));
        window.panel()->showState(entry, file, {});  // random numbers have neither
        QVERIFY(!window.says(noChecksum));
        QVERIFY(!window.says(commerce));

        window.fetchEntry(entry);
        QTRY_VERIFY_WITH_TIMEOUT(!window.visibleErrors().isEmpty(), kPatienceMs);
        QVERIFY2(window.visibleErrors().contains(QStringLiteral("not the weights of squeezenet1_1")),
                 qPrintable(window.visibleErrors()));
        QCOMPARE(m_weights->filesThere(), QStringList());
    }

    void stopsWhenTold() {
        m_weights->behave("stalls");
        PageFixture fixture;
        Window window(fixture);
        window.fetchEntry(m_weights->entry());
        QTRY_COMPARE_WITH_TIMEOUT(window.progress()->value(), 500, kPatienceMs);
        window.press(window.cancel());
        QVERIFY(!window.cancel()->isEnabled());
        QTRY_VERIFY_WITH_TIMEOUT(window.fetch()->isVisible(), kPatienceMs);
        QVERIFY(!window.progress()->isVisible());
        QCOMPARE(window.visibleErrors(), QString());
        QVERIFY(m_weights->filesThere().contains(QStringLiteral("squeezenet1_1-b8a52dc0.pth.part")));

        m_weights->behave("good");
        window.fetchEntry(m_weights->entry());
        QTRY_VERIFY_WITH_TIMEOUT(!fixture.project.config().weightsFile.empty(), kPatienceMs);
        QVERIFY(m_weights->server().requests().back().find("bytes=100000-") != std::string::npos);
        QCOMPARE(m_weights->filesThere(), QStringList{QStringLiteral("squeezenet1_1-b8a52dc0.pth")});
    }

    void leavesAnotherChoiceAlone() {
        m_weights->behave("stalls");
        PageFixture fixture;
        Window window(fixture);
        window.fetchEntry(m_weights->entry());
        QTRY_COMPARE_WITH_TIMEOUT(window.progress()->value(), 500, kPatienceMs);
        fixture.choose(QStringLiteral("resnet18"));
        QVERIFY(window.progress()->isVisible());  // it goes on, and says for which
        QVERIFY(!window.fetch()->isVisible());
        window.press(window.cancel());
        QTRY_VERIFY_WITH_TIMEOUT(window.fetch()->isVisible(), kPatienceMs);
        QCOMPARE(window.fetch()->text(), QStringLiteral("Fetch (46.8 MB)"));
        QCOMPARE(fixture.project.config().backbone, std::string("resnet18"));
        QCOMPARE(fixture.project.config().weightsFile, std::string());
    }

    void keepsWhatWasSetMeanwhile() {
        m_weights->behave("good");
        PageFixture fixture;
        Window window(fixture);
        window.fetchEntry(m_weights->entry());
        settings::TrainConfig config = fixture.project.config();
        config.preprocess.cropSize = 48;
        config.freeze.frozenUnits = {"fire2"};
        fixture.project.setConfig(config);
        QTRY_VERIFY_WITH_TIMEOUT(!fixture.project.config().weightsFile.empty(), kPatienceMs);
        QCOMPARE(fixture.project.config().preprocess.cropSize, 48);
        QCOMPARE(fixture.project.config().freeze.frozenUnits, std::set<std::string>{"fire2"});
    }

    void closesInTheMiddle() {
        m_weights->behave("stalls");
        PageFixture fixture;
        {
            Window window(fixture);
            window.press(window.fetch());
            QTRY_VERIFY_WITH_TIMEOUT(!m_weights->filesThere().isEmpty(), kPatienceMs);
        }
        QVERIFY(!m_weights->filesThere().contains(QStringLiteral("squeezenet1_1-b8a52dc0.pth")));
    }
};

QTEST_MAIN(FetchTest)
#include "FetchTest.moc"
