// SPDX-License-Identifier: GPL-3.0-or-later
// The geometry of the network's picture, for every backbone of the catalogue in the room that the page has
// for it: nothing overlaps, nothing sticks out, no word is cut off, every unit can be reached.
#include <QtTest/QtTest>
#include <algorithm>
#include <map>
#include <set>

#include "core/backbones/Catalogue.h"
#include "tests/ui/support/PageWindow.h"
#include "ui/network/BlockDiagram.h"
#include "ui/network/BlockLayout.h"
#include "ui/network/BlockText.h"
#include "ui/network/NetworkPage.h"

using namespace graft;
using namespace graft::ui;
using graft::ui::testing::kPatienceMs;
using graft::ui::testing::PageFixture;
using graft::ui::testing::PageWindow;

namespace {

constexpr int kSidebar = 200;

// All of them, as they are chosen: at the size of their first weights.
const std::vector<backbones::ModelSummary>& allNetworks() {
    static const std::vector<backbones::ModelSummary> all = [] {
        std::vector<backbones::ModelSummary> networks;
        std::set<std::string> seen;
        for (const backbones::CatalogueEntry& entry : backbones::catalogue()) {
            if (!seen.insert(entry.name).second) continue;
            auto summary = backbones::summarize(entry.name, entry.preprocess.cropSize, 6);
            if (!summary) qFatal("%s", summary.error().message.english().c_str());
            networks.push_back(std::move(*summary));
        }
        return networks;
    }();
    return all;
}

const backbones::ModelSummary& networkOf(const std::string& name) {
    const auto found = std::ranges::find(allNetworks(), name, &backbones::ModelSummary::name);
    if (found == allNetworks().end()) qFatal("no %s", name.c_str());
    return *found;
}

// A plain network of three stages, to be laid out by hand.
backbones::ModelSummary threeStages() {
    backbones::ModelSummary summary;
    summary.name = "three";
    const auto unit = [](const char* name, const char* stage, std::int64_t side, std::int64_t work) {
        return backbones::UnitSummary{name, stage, 10, {8, side, side}, work, backbones::Wiring::Plain};
    };
    summary.units = {unit("a.0", "a", 64, 100), unit("b.0", "b", 32, 400), unit("b.1", "b", 16, 200),
                     unit("c.0", "c", 8, 300)};
    return summary;
}

struct Made {
    BlockLayout layout;
    std::vector<BlockLabel> labels;
};

Made make(const backbones::ModelSummary& summary, const QSize& size, std::optional<std::size_t> open = {}) {
    NetworkFacts facts;
    facts.classes = QStringList{"a", "b", "c", "d", "e", "f"};
    Made made;
    made.labels = BlockText::labels(summary, facts, true, BlockText::Length::Short);
    made.layout = BlockLayout::make(summary, size, BlockText::wordsOf(made.labels), open);
    return made;
}

QString text(const QRect& r) {
    return QStringLiteral("%1,%2 %3x%4").arg(r.x()).arg(r.y()).arg(r.width()).arg(r.height());
}

// What is wrong with it; empty: nothing.
QStringList faultsOf(const backbones::ModelSummary& summary, const Made& made, const QSize& size) {
    const BlockLayout& layout = made.layout;
    QStringList faults;
    const auto say = [&](const QString& what) {
        faults << QString::fromStdString(summary.name) + ": " + what;
    };
    std::vector<std::pair<QString, QRect>> parts{{"picture", layout.picture}, {"head", layout.head}};
    for (std::size_t n = 0; n < layout.units.size(); ++n) {
        const bool isStripe = layout.stages[layout.stageOf(n)].folded;
        parts.emplace_back(QString::fromStdString(summary.units[n].name),
                           isStripe ? layout.units[n] : layout.areaOf(n));
    }
    for (const StageBody& stage : layout.stages) {
        if (!stage.fold.isEmpty()) parts.emplace_back("fold of " + stage.name, stage.fold);
        if (!stage.label.isEmpty()) parts.emplace_back("label of " + stage.name, stage.label);
    }
    parts.emplace_back("label of the picture", layout.pictureLabel);
    parts.emplace_back("label of the head", layout.headLabel);
    parts.emplace_back("top", layout.top);
    for (std::size_t a = 0; a < parts.size(); ++a) {
        const auto& [name, rect] = parts[a];
        if (rect.isEmpty() || !QRect(QPoint(0, 0), size).contains(rect))
            say(name + " is not within: " + text(rect));
        for (std::size_t b = a + 1; b < parts.size(); ++b) {
            if (rect.intersects(parts[b].second))
                say(name + " overlaps " + parts[b].first + ": " + text(rect) + " and " +
                    text(parts[b].second));
        }
    }
    if (layout.cuts.size() != summary.units.size() + 1) say("has not a line before each unit and the head");
    for (std::size_t n = 0; n < layout.cuts.size(); ++n) {
        if (layout.nearestCut(layout.cuts[n]) != n)
            say(QStringLiteral("the line cannot be dragged to %1").arg(n));
    }
    return faults;
}

QStringList cutWords(const Made& made) {
    QStringList cut;
    const auto check = [&](const QRect& area, const BlockLabel& label) {
        if (area.width() < label.width() - 4) cut << label.name;
    };
    check(made.layout.pictureLabel, made.labels.front());
    check(made.layout.headLabel, made.labels.back());
    for (std::size_t n = 0; n < made.layout.stages.size(); ++n)
        check(made.layout.stages[n].label, made.labels[n + 1]);
    return cut;
}

}  // namespace

class BlockLayoutTest : public QObject {
    Q_OBJECT

  private:
    QTemporaryDir m_dataHome;

    // What the page has for the picture, in a window of that size.
    QSize roomIn(const QSize& window) {
        PageFixture fixture;
        fixture.scan();
        PageWindow<NetworkPage> shown(fixture, window - QSize(kSidebar, 0));
        const auto* diagram = shown.page.findChild<BlockDiagram*>();
        [&] { QTRY_VERIFY_WITH_TIMEOUT(diagram->isVisible() && diagram->height() > 0, kPatienceMs); }();
        return diagram->size();
    }

  private slots:
    void initTestCase() {
        PageFixture::prepareApplication();
        PageFixture::keepWeightsIn(m_dataHome);
    }

    void everyBackboneHasRoom_data() {
        QTest::addColumn<QSize>("window");
        QTest::addColumn<QSize>("less");
        QTest::newRow("1280x720") << QSize(1280, 720) << QSize(0, 0);
        QTest::newRow("1280x720, with a strip below") << QSize(1280, 720) << QSize(0, 76);
        QTest::newRow("1920x1080") << QSize(1920, 1080) << QSize(0, 0);
        QTest::newRow("1920x1080, with a panel beside") << QSize(1920, 1080) << QSize(276, 0);
        QTest::newRow("the smallest window") << QSize(960, 640) << QSize(0, 0);
    }
    void everyBackboneHasRoom() {
        QFETCH(QSize, window);
        QFETCH(QSize, less);
        const QSize room = roomIn(window) - less;
        QVERIFY(allNetworks().size() >= 80);
        QStringList faults;
        for (const backbones::ModelSummary& summary : allNetworks()) {
            const Made made = make(summary, room);
            faults << faultsOf(summary, made, room);
            if (window.width() < 1280) continue;
            const QStringList cut = cutWords(made);
            if (!cut.isEmpty())
                faults << QString::fromStdString(summary.name) + " cuts off " +
                              cut.join(QStringLiteral(", "));
        }
        QVERIFY2(faults.isEmpty(), qPrintable(QStringLiteral("%1x%2\n").arg(room.width()).arg(room.height()) +
                                              faults.join(u'\n')));
    }

    // From the picture at the left edge to the head at the right one, and down to the words at the bottom.
    void theWholeRoomIsUsed() {
        for (const QSize& window : {QSize(1280, 720), QSize(1920, 1080)}) {
            const QSize room = roomIn(window);
            for (const backbones::ModelSummary& summary : allNetworks()) {
                const BlockLayout layout = make(summary, room).layout;
                const int left = std::min(layout.picture.left(), layout.pictureLabel.left());
                const int right = std::max(layout.head.right(), layout.headLabel.right());
                QVERIFY2(left <= 4 && right >= room.width() - 8, summary.name.c_str());
                int tallest = 0;
                for (const QRect& unit : layout.units)
                    tallest = std::max(tallest, unit.height());
                QVERIFY2(tallest >= room.height() / 3, summary.name.c_str());
            }
        }
    }

    void aMeasureOfEveryUnitAtTheUsualSize() {
        const QSize room = roomIn({1280, 720});
        for (const char* name :
             {"alexnet", "vgg16", "resnet18", "resnet50", "googlenet", "inception_v3", "mobilenet_v2",
              "efficientnet_b0", "convnext_tiny", "swin_t", "swin_b", "vit_b_16", "regnet_y_400mf",
              "shufflenet_v2_x1_0", "squeezenet1_1", "maxvit_t"})
            QVERIFY2(!make(networkOf(name), room).layout.isFolded(), name);
        const BlockLayout dense = make(networkOf("densenet201"), room).layout;
        QVERIFY(dense.stages[5].folded && dense.stages[5].name == QStringLiteral("denseblock3"));
        QVERIFY(!dense.stages[5].fold.isEmpty());
    }

    // A folded stage can be opened, and then each of its units can be hit.
    void whatIsFoldedIsUnfolded() {
        for (const QSize& window : {QSize(1280, 720), QSize(1920, 1080)}) {
            const QSize room = roomIn(window);
            QStringList faults;
            int opened = 0;
            for (const backbones::ModelSummary& summary : allNetworks()) {
                const BlockLayout closed = make(summary, room).layout;
                for (std::size_t n = 0; n < closed.stages.size(); ++n) {
                    if (!closed.stages[n].folded) continue;
                    ++opened;
                    const Made open = make(summary, room, n);
                    faults << faultsOf(summary, open, room);
                    const StageBody& stage = open.layout.stages[n];
                    if (stage.folded || stage.fold.isEmpty()) faults << "not unfolded: " + stage.name;
                    for (std::size_t k = 0; k < stage.unitCount; ++k) {
                        if (open.layout.units[stage.firstUnit + k].width() < 4)
                            faults << QString::fromStdString(summary.units[stage.firstUnit + k].name) +
                                          " is too narrow";
                    }
                }
            }
            QVERIFY2(faults.isEmpty(), qPrintable(faults.join(u'\n')));
            QVERIFY(opened > 0 || window.width() > 1280);
        }
    }

    // By hand: 64, 32, 16 and 8 pixels are one doubling apart, and 400 is twice 200.
    void heightsFollowTheMapAndWidthsTheWork() {
        const BlockLayout layout = make(threeStages(), {900, 400}).layout;
        const auto& u = layout.units;
        const int step = u[0].height() - u[1].height();
        QVERIFY(step > 10);
        QVERIFY(std::abs(u[1].height() - u[2].height() - step) <= 1);
        QVERIFY(std::abs(u[2].height() - u[3].height() - step) <= 1);
        QVERIFY2(std::abs(u[1].width() - 2 * u[2].width()) <= 3, qPrintable(text(u[1]) + " " + text(u[2])));
        QVERIFY2(std::abs(2 * u[3].width() - 3 * u[2].width()) <= 20, qPrintable(text(u[3])));
        for (const QRect& unit : u)
            QVERIFY(std::abs(unit.center().y() - layout.axis) <= 1);
        for (const backbones::ModelSummary& summary : allNetworks()) {
            const BlockLayout any = make(summary, {644, 380}).layout;
            for (std::size_t a = 0; a < any.units.size(); ++a) {
                const std::size_t b = (a + 1) % any.units.size();
                if (mapSide(summary.units[a].outputShape) > mapSide(summary.units[b].outputShape))
                    QVERIFY2(any.units[a].height() >= any.units[b].height(), summary.name.c_str());
            }
        }
    }

    void sidesAreOfMapsAndOfTokens() {
        QCOMPARE(mapSide({64, 56, 56}), 56.0);
        QCOMPARE(mapSide({768, 14, 14}), 14.0);
        QCOMPARE(mapSide({196, 768}), 14.0);
        QCOMPARE(mapSide({4096}), 1.0);
        QCOMPARE(BlockText::shape({512, 7, 7}), QStringLiteral("7\u00b2 \u00d7 512"));
        QCOMPARE(BlockText::shape({512, 7, 9}), QStringLiteral("7 \u00d7 9 \u00d7 512"));
        QCOMPARE(BlockText::shape({197, 768}), QStringLiteral("197 \u00d7 768"));
        QCOMPARE(BlockText::shape({4096}), QStringLiteral("4096"));
    }

    void aNetworkWithoutUnitsHasNoPicture() { QVERIFY(BlockLayout::make({}, {600, 300}, {}).stages.empty()); }
};

QTEST_MAIN(BlockLayoutTest)
#include "BlockLayoutTest.moc"
