// SPDX-License-Identifier: GPL-3.0-or-later
// An Export page that is built anew in the middle of its work shows what the one before showed, and the work
// goes on.
#include <QCheckBox>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QtTest/QtTest>
#include <memory>

#include "core/inference/Predictor.h"
#include "tests/ui/support/HeldPool.h"
#include "tests/ui/support/PageFixture.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/export/DropZone.h"
#include "ui/export/ExportPage.h"
#include "ui/export/ProofList.h"
#include "ui/widgets/ElidedLabel.h"
#include "ui/widgets/InlineError.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/PredictionView.h"
#include "ui/widgets/ThumbnailGrid.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::finishBackgroundWork;
using graft::ui::testing::HeldPool;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;
using graft::ui::testing::sampleImage;

namespace {

struct Window : PageWindow<ExportPage> {
    using PageWindow::PageWindow;
    QPushButton* start() { return get<QPushButton>("startExport"); }
    QPushButton* cancel() { return get<QPushButton>("cancelExport"); }
    ProofList* proof() { return get<ProofList>("proof"); }
    ThumbnailGrid* images() { return get<ThumbnailGrid>("tryImages"); }
    PredictionView* detail() { return get<PredictionView>("tryDetail"); }
    void tick(const char* format) {
        QTest::mouseClick(get<QCheckBox>(format), Qt::LeftButton, {}, QPoint(8, 8));
    }

    // What a person sees of the export, line by line.
    QStringList form() {
        QStringList seen{get<ElidedLabel>("subtitle")->text(), start()->text(),
                         get<QLineEdit>("exportFolder")->text(), get<QLineEdit>("exportName")->text()};
        for (const QCheckBox* box : page.findChildren<QCheckBox*>())
            if (box->isChecked()) seen << box->objectName();
        for (const QPushButton* button : page.findChildren<QPushButton*>())
            if (button->isVisible() && button->isEnabled()) seen << button->objectName();
        for (const Pill* pill : proof()->findChildren<Pill*>())
            seen << pill->text();
        for (int n = 0; !proof()->textOf(n).isEmpty(); ++n)
            seen << proof()->textOf(n);
        return seen << visibleErrors();
    }
    // And of the pictures that were tried.
    QStringList tried() {
        QStringList seen;
        const QAbstractItemModel* model = images()->model();
        for (int n = 0; n < images()->imageCount(); ++n)
            seen << images()->imagePath(n)
                 << model->index(n / model->columnCount(), n % model->columnCount())
                        .data(Qt::ToolTipRole)
                        .toString();
        const QModelIndex current = images()->currentIndex();
        seen << QString::number(current.isValid() ? current.row() * model->columnCount() + current.column()
                                                  : -1);
        seen << detail()->remark();
        for (const ProbabilityEntry& entry : detail()->bars().entries())
            seen << entry.name << QString::number(entry.probability);
        return seen << visibleErrors();
    }
};

}  // namespace

class RebuiltExportTest : public QObject {
    Q_OBJECT

  private:
    std::unique_ptr<PageFixture> m_fixture;
    QString m_run;

    std::unique_ptr<Window> window() { return std::make_unique<Window>(*m_fixture); }
    QString folder(const char* name) { return m_fixture->directory.filePath(QLatin1String(name)); }
    // A page on the run, with two formats and a name of the person's own.
    std::unique_ptr<Window> filledIn(const QString& target) {
        auto first = window();
        m_fixture->project.setCurrentRun(m_run);
        finishBackgroundWork();
        first->tick("safetensors");
        first->type("exportFolder", target);
        first->type("exportName", QStringLiteral("colours"));
        return first;
    }
    // Pictures of the first two classes, in a folder of their own.
    QString newPictures() {
        const QString pictures = folder("new");
        QDir().mkpath(pictures);
        if (!sampleImage(0, 500).save(pictures + "/a.png") || !sampleImage(1, 501).save(pictures + "/b.png"))
            qFatal("cannot write the pictures");
        return pictures;
    }
    void give(Window& window, const QStringList& paths) {
        m_fixture->prompts.files = paths;
        QTest::mouseClick(window.get<DropZone>("tryDrop"), Qt::LeftButton);
        QCoreApplication::processEvents();  // the question's answer
    }

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        m_fixture = std::make_unique<PageFixture>();
        m_run = m_fixture->trainRun(1);
    }
    void cleanupTestCase() { m_fixture.reset(); }
    void cleanup() {
        m_fixture->project.setCurrentRun({});
        m_fixture->forgetPages();
        finishBackgroundWork();
    }

    void theFormStaysAsItWasFilledIn() {
        auto first = filledIn(folder("form"));
        first->tick("torchscript");
        const QStringList before = first->form();
        QVERIFY2(before.contains(QStringLiteral("colours")), qPrintable(before.join(u'\n')));
        QVERIFY(before.contains(QStringLiteral("safetensors")));
        QVERIFY(!before.contains(QStringLiteral("torchscript")));
        first.reset();
        auto second = window();
        QCOMPARE(second->form(), before);
        finishBackgroundWork();
        QCOMPARE(second->form(), before);
    }

    void anExportGoesOnWithoutItsPage() {
        auto first = filledIn(folder("models"));
        HeldPool held;
        first->press(first->start());
        const QStringList before = first->form();
        QVERIFY2(before.contains(QStringLiteral("cancelExport")), qPrintable(before.join(u'\n')));
        QVERIFY(before.contains(QStringLiteral("will be written and checked")));
        first.reset();
        auto second = window();
        QCOMPARE(second->form(), before);

        held.release();
        QTRY_COMPARE_WITH_TIMEOUT(second->proof()->provenCount(), 2, kPatienceMs);
        QTRY_VERIFY_WITH_TIMEOUT(!second->cancel()->isVisible(), kPatienceMs);
        QVERIFY2(second->proof()->textOf(0).startsWith(QStringLiteral("6 of 6 the same class")),
                 qPrintable(second->proof()->textOf(0)));
        for (const char* name : {"models/colours.pt", "models/colours.safetensors"})
            QVERIFY(inference::Predictor::open(folder(name).toStdString(), "cpu").has_value());
    }

    void whatItProvedIsShownWhoeverLookedOn() {
        auto first = filledIn(folder("proven"));
        {
            HeldPool held;
            first->press(first->start());
            first.reset();
        }
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(folder("proven/colours.safetensors.json")), kPatienceMs);
        auto second = window();
        QTRY_COMPARE_WITH_TIMEOUT(second->proof()->provenCount(), 2, kPatienceMs);
        finishBackgroundWork();
        const QStringList before = second->form();
        QVERIFY(!before.contains(QStringLiteral("cancelExport")));
        second.reset();
        auto third = window();
        QCOMPARE(third->form(), before);
        finishBackgroundWork();
        QCOMPARE(third->form(), before);
    }

    void theNewPageCancelsTheExport() {
        auto first = filledIn(folder("cancelled"));
        HeldPool held;
        first->press(first->start());
        first.reset();
        auto second = window();
        second->press(second->cancel());
        held.release();
        QTRY_VERIFY_WITH_TIMEOUT(!second->cancel()->isVisible(), kPatienceMs);
        QCOMPARE(second->proof()->textOf(0), QStringLiteral("No file was written."));
        QCOMPARE(second->proof()->textOf(1), QString());  // it was not begun
        auto third = window();
        QCOMPARE(third->proof()->textOf(0), QStringLiteral("No file was written."));
        QCOMPARE(third->proof()->textOf(1), QString());
        QVERIFY(!QFile::exists(folder("cancelled/colours.pt")));
    }

    // Another run's page begins without it.
    void theProofGoesWithItsRun() {
        auto first = filledIn(folder("gone"));
        first->press(first->start());
        QTRY_COMPARE_WITH_TIMEOUT(first->proof()->provenCount(), 2, kPatienceMs);
        first.reset();
        m_fixture->project.setCurrentRun(m_fixture->trainScanned(1));
        auto second = window();
        QTRY_VERIFY_WITH_TIMEOUT(second->start()->isEnabled(), kPatienceMs);
        QCOMPARE(second->proof()->textOf(0), QString());
    }

    void picturesAreTriedWithoutTheirPage() {
        auto first = filledIn(folder("tried"));
        const QString pictures = newPictures();
        HeldPool held;
        give(*first, {pictures});
        first.reset();
        auto second = window();
        QVERIFY(second->get<DropZone>("tryDrop")->isEnabled());
        held.release();
        QTRY_COMPARE_WITH_TIMEOUT(second->images()->imageCount(), 2, kPatienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(second->detail()->bars().entries().size(), std::size_t{3}, kPatienceMs);
        auto predictor = inference::Predictor::open(m_run.toStdString(), "cpu");
        QVERIFY(predictor.has_value());
        const auto expected = predictor->predict((pictures + "/a.png").toStdString());
        QVERIFY(expected.has_value());
        QCOMPARE(second->detail()->bars().entries().front().name.toStdString(), expected->front().name);

        // The second picture is looked at.
        QTest::mouseClick(second->images()->viewport(), Qt::LeftButton, {},
                          second->images()->imageRect(1).center());
        QTRY_COMPARE_WITH_TIMEOUT(second->detail()->bars().entries().size(), std::size_t{3}, kPatienceMs);
        finishBackgroundWork();
        const QStringList before = second->tried();
        QVERIFY(before.contains(QStringLiteral("1")) && before.contains(pictures + "/b.png"));
        second.reset();
        auto third = window();
        QCOMPARE(third->tried(), before);
        finishBackgroundWork();
        QCOMPARE(third->tried(), before);
    }

    void whatCouldNotBeTriedIsStillSaid() {
        auto first = filledIn(folder("nothing"));
        const QString empty = folder("empty");
        QVERIFY(QDir().mkpath(empty));
        give(*first, {empty});
        QTRY_VERIFY_WITH_TIMEOUT(first->visibleErrors().contains(QStringLiteral("There is no picture in it")),
                                 kPatienceMs);
        const QStringList before = first->tried();
        first.reset();
        auto second = window();
        QCOMPARE(second->tried(), before);
    }
};

QTEST_MAIN(RebuiltExportTest)
#include "RebuiltExportTest.moc"
