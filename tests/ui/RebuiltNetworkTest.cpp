// SPDX-License-Identifier: GPL-3.0-or-later
// A Network page that is built anew in the middle of a download, of a look at a weight file or of a search
// shows what the one before showed, and the work goes on.
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QTableView>
#include <QtTest/QtTest>
#include <memory>

#include "core/backbones/Catalogue.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "tests/ui/support/ServedWeights.h"
#include "ui/network/BackboneModel.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/NetworkPage.h"
#include "ui/network/WeightsPanel.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/FigureRow.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::HeldPool;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;
using graft::ui::testing::ServedWeights;

namespace {

struct Window : PageWindow<NetworkPage> {
    using PageWindow::PageWindow;
    QPushButton* fetch() { return get<QPushButton>("fetchWeights"); }
    QPushButton* cancel() { return get<QPushButton>("cancelFetch"); }
    QProgressBar* progress() { return get<QProgressBar>("fetchProgress"); }
    QTableView* table() { return get<QTableView>("backbones"); }
    QLineEdit* search() { return get<QLineEdit>("backboneSearch"); }
    void pressPill(const char* name) { press(get<Pill>(name)); }
    void fetchEntry(const backbones::CatalogueEntry& entry) {
        page.findChild<WeightsPanel*>()->showState(entry, {}, {});
        press(fetch());
    }
    // What a person sees of the weights, line by line.
    QStringList weights() {
        const auto* panel = page.findChild<WeightsPanel*>();
        QStringList seen;
        for (const QLabel* label : panel->findChildren<QLabel*>())
            if (label->isVisible()) seen << label->text();
        for (const ElidedLabel* label : panel->findChildren<ElidedLabel*>())
            if (label->isVisible()) seen << label->text();
        for (const Pill* pill : panel->findChildren<Pill*>())
            if (pill->isVisible()) seen << pill->text() + (pill->isChecked() ? " chosen" : "");
        for (const QPushButton* button : panel->findChildren<QPushButton*>())
            if (button->isVisible()) seen << button->text() + (button->isEnabled() ? "" : " (off)");
        if (progress()->isVisible()) seen << QString::number(progress()->value());
        return seen;
    }
    // The list as it is shown, with the row that is chosen.
    QStringList rows() {
        QStringList seen{search()->text()};
        for (int row = 0; row < table()->model()->rowCount(); ++row) {
            const QModelIndex index = table()->model()->index(row, 0);
            const bool isChosen = table()->selectionModel()->isRowSelected(row, {});
            seen << index.data().toString() + ' ' + index.data(BackboneModel::TagRole).toString() +
                        (isChosen ? " chosen" : "");
        }
        return seen;
    }
    void sortBy(int column) {
        QHeaderView* header = table()->horizontalHeader();
        QTest::mouseClick(header->viewport(), Qt::LeftButton, {},
                          QPoint(header->sectionViewportPosition(column) + header->sectionSize(column) / 2,
                                 header->height() / 2));
    }
};

}  // namespace

class RebuiltNetworkTest : public QObject {
    Q_OBJECT

  private:
    static std::unique_ptr<Window> window(PageFixture& fixture) { return std::make_unique<Window>(fixture); }

    std::unique_ptr<ServedWeights> m_weights;

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        m_weights = std::make_unique<ServedWeights>();
    }
    void cleanupTestCase() { m_weights.reset(); }
    void init() { m_weights->removeAll(); }

    void aDownloadGoesOnWithoutItsPage() {
        m_weights->behave("good");
        PageFixture fixture;
        auto first = window(fixture);
        finishBackgroundWork();
        HeldPool held;
        first->fetchEntry(m_weights->entry());
        QVERIFY(first->progress()->isVisible());
        const QStringList before = first->weights();
        first.reset();
        auto second = window(fixture);
        QCOMPARE(second->weights(), before);

        held.release();
        const QString file = m_weights->folder() + QStringLiteral("/squeezenet1_1-b8a52dc0.pth");
        QTRY_COMPARE_WITH_TIMEOUT(QString::fromStdString(fixture.project.config().weightsFile), file,
                                  kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(second->get<Pill>("publishedWeights")->isChecked(), kPatienceMs);
        QVERIFY(!second->progress()->isVisible());
        QCOMPARE(second->visibleErrors(), QString());
    }

    void whatWasFetchedIsUsedWithoutAnyPage() {
        m_weights->behave("good");
        PageFixture fixture;
        auto first = window(fixture);
        finishBackgroundWork();
        {
            HeldPool held;
            first->fetchEntry(m_weights->entry());
            first.reset();
        }
        QTRY_VERIFY_WITH_TIMEOUT(!fixture.project.config().weightsFile.empty(), kPatienceMs);
        auto second = window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(second->get<Pill>("publishedWeights")->isChecked(), kPatienceMs);
    }

    void theNewPageShowsAndCancelsTheDownload() {
        m_weights->behave("stalls");
        PageFixture fixture;
        auto first = window(fixture);
        first->fetchEntry(m_weights->entry());
        QTRY_COMPARE_WITH_TIMEOUT(first->progress()->value(), 500, kPatienceMs);
        first.reset();
        auto second = window(fixture);
        QVERIFY(second->progress()->isVisible());
        QCOMPARE(second->progress()->value(), 500);
        QVERIFY(second->weights().join(u'\n').contains(QStringLiteral("0.1 of 0.2 MB")));
        second->press(second->cancel());
        QVERIFY(!second->cancel()->isEnabled());
        {
            auto third = window(fixture);  // while it is stopping, or after
            QVERIFY(!third->cancel()->isEnabled());
        }
        QTRY_VERIFY_WITH_TIMEOUT(second->fetch()->isVisible(), kPatienceMs);
        QVERIFY(!second->progress()->isVisible());
        QCOMPARE(second->visibleErrors(), QString());
    }

    void whyADownloadFailedIsStillSaid() {
        m_weights->behave("good");  // with bytes that are not the published ones
        PageFixture fixture;
        auto first = window(fixture);
        finishBackgroundWork();
        {
            HeldPool held;
            first->press(first->fetch());
            first.reset();
        }
        auto second = window(fixture);
        QTRY_VERIFY_WITH_TIMEOUT(second->visibleErrors().contains(QStringLiteral("other bytes")),
                                 kPatienceMs);
        finishBackgroundWork();
        const QStringList before = second->weights();
        second.reset();
        auto third = window(fixture);
        QCOMPARE(third->weights(), before);
    }

    void aFileIsLookedAtWithoutThePage() {
        PageFixture fixture;
        fixture.prompts.file = fixture.trainRun(1) + QStringLiteral("/model.safetensors");
        auto first = window(fixture);
        finishBackgroundWork();
        HeldPool held;
        first->pressPill("weightsFromFile");
        QCoreApplication::processEvents();  // the question's answer
        QVERIFY(first->weights().join(u'\n').contains(QStringLiteral("Checking model.safetensors")));
        first.reset();
        auto second = window(fixture);
        QVERIFY(second->weights().join(u'\n').contains(QStringLiteral("Checking model.safetensors")));
        held.release();
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().weightsFile, fixture.prompts.file.toStdString(),
                                  kPatienceMs);
        QVERIFY(second->get<Pill>("weightsFromFile")->isChecked());
        QVERIFY(!second->weights().join(u'\n').contains(QStringLiteral("Checking")));
    }

    // Until another choice is made.
    void whyAFileWasRefusedIsStillSaid() {
        PageFixture fixture;
        fixture.prompts.file = fixture.trainRun(1) + QStringLiteral("/model.safetensors");
        fixture.choose(QStringLiteral("resnet18"));
        auto first = window(fixture);
        finishBackgroundWork();
        {
            HeldPool held;
            first->pressPill("weightsFromFile");
            QCoreApplication::processEvents();
            first.reset();
        }
        finishBackgroundWork();
        auto second = window(fixture);
        const QString refusal = second->visibleErrors();
        QVERIFY2(refusal.contains(QStringLiteral("not for this backbone")), qPrintable(refusal));
        second->pressPill("randomWeights");
        QCOMPARE(second->visibleErrors(), QString());
        auto third = window(fixture);
        QCOMPARE(third->visibleErrors(), QString());
    }

    void theListStaysAsItWasLeft() {
        PageFixture fixture;
        auto first = window(fixture);
        finishBackgroundWork();
        QTest::keyClicks(first->search(), QStringLiteral("resnet-50"));
        first->sortBy(BackboneModel::Accuracy);
        // The one of two published weights that is not the default.
        const auto other = static_cast<int>(first->rows().indexOf(QStringLiteral("ResNet-50 V1"))) - 1;
        QVERIFY2(other >= 0, qPrintable(first->rows().join(u'\n')));
        QTest::mouseClick(first->table()->viewport(), Qt::LeftButton, {},
                          first->table()->visualRect(first->table()->model()->index(other, 0)).center());
        QTRY_COMPARE_WITH_TIMEOUT(fixture.project.config().backbone, std::string("resnet50"), kPatienceMs);
        finishBackgroundWork();
        const QStringList before = first->rows();
        const QStringList weights = first->weights();
        QVERIFY2(before.filter(QStringLiteral("V1 chosen")).size() == 1, qPrintable(before.join(u'\n')));
        first.reset();
        auto second = window(fixture);
        QCOMPARE(second->rows(), before);
        QCOMPARE(second->weights(), weights);
        finishBackgroundWork();
        QCOMPARE(second->rows(), before);
        QCOMPARE(second->weights(), weights);
        second->get<Pill>("hereOnly")->click();
        second->search()->clear();
        const QStringList here = second->rows();
        auto third = window(fixture);
        QCOMPARE(third->rows(), here);
    }

    // It is not measured again.
    void theNetworkIsDrawnAtOnce() {
        PageFixture fixture;
        fixture.scan();
        auto first = window(fixture);
        finishBackgroundWork();
        const auto seen = [](Window& shown) {
            const auto* figures = shown.page.findChild<FigureRow*>();
            return QStringList{figures->valueOf(QStringLiteral("Trainable")),
                               figures->valueOf(QStringLiteral("Frozen")),
                               shown.page.findChild<BlockDiagram*>()->accessibleDescription()};
        };
        const auto summary = fixture.project.summary();
        QVERIFY(summary);
        const QStringList before = seen(*first);
        first.reset();
        auto second = window(fixture);
        QCOMPARE(seen(*second), before);
        finishBackgroundWork();
        QCOMPARE(fixture.project.summary(), summary);
        QCOMPARE(seen(*second), before);
    }

    void theMeasuringGoesOnWithoutItsPage() {
        PageFixture fixture;
        auto first = window(fixture);
        finishBackgroundWork();
        {
            HeldPool held;
            fixture.choose(QStringLiteral("resnet18"));
            first.reset();
        }
        QTRY_VERIFY_WITH_TIMEOUT(fixture.project.summary(), kPatienceMs);
        QCOMPARE(fixture.project.summary()->name, std::string("resnet18"));
    }
};

QTEST_MAIN(RebuiltNetworkTest)
#include "RebuiltNetworkTest.moc"
