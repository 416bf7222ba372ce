// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/ConfusionCard.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>
#include <utility>

#include "ui/results/PairList.h"
#include "ui/style/Theme.h"
#include "ui/widgets/Pill.h"
#include "ui/widgets/ShrinkingLabel.h"

namespace graft::ui {

namespace {
constexpr int kFewClasses = 12;  // whose matrix has nothing to zoom
constexpr int kAround = 4;       // that is seen around the cell that keys have reached
}  // namespace

ConfusionCard::ConfusionCard(QWidget* parent) : Card(tr("Confusion"), parent) {
    buildMatrix();
    m_pairs = new PairList(this);
    m_pairs->setObjectName(QStringLiteral("pairs"));
    body()->addWidget(m_pairs, 1);
    buildHeader();

    const auto tell = [this](int truth, int predicted) {
        setSelectedCell(ConfusionHeatMap::Cell{truth, predicted});
        emit cellChosen(truth, predicted);
    };
    connect(m_matrix, &ConfusionHeatMap::cellChosen, this, tell);
    connect(m_pairs, &PairList::pairChosen, this, tell);
    connect(m_matrix, &ConfusionHeatMap::readoutChanged, this,
            [this] { m_readout->setText(m_matrix->readout()); });
    connect(m_matrix, &ConfusionHeatMap::zoomed, this, &ConfusionCard::scrollTo);
    connect(m_matrix, &ConfusionHeatMap::currentMoved, m_scroll, [this](const QRect& area) {
        const QPoint middle = area.center();
        m_scroll->ensureVisible(middle.x(), middle.y(), area.width() / 2 + kAround,
                                area.height() / 2 + kAround);
    });
    connect(m_matrix, &ConfusionHeatMap::dragged, this, [this](const QPoint& by) {
        QScrollBar* across = m_scroll->horizontalScrollBar();
        QScrollBar* down = m_scroll->verticalScrollBar();
        across->setValue(across->value() - by.x());
        down->setValue(down->value() - by.y());
    });
    showPairs(false);
}

void ConfusionCard::buildMatrix() {
    m_matrix = new ConfusionHeatMap;
    m_matrix->setObjectName(QStringLiteral("confusion"));
    m_scroll = new QScrollArea(this);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFocusPolicy(Qt::NoFocus);  // the matrix has it
    m_scroll->setWidget(m_matrix);
    m_scroll->viewport()->setAutoFillBackground(false);
    m_matrix->setAutoFillBackground(false);
    body()->addWidget(m_scroll, 1);
    m_readout = new ShrinkingLabel(this, Qt::ElideMiddle);
    m_readout->setObjectName(QStringLiteral("muted"));
    m_readout->setAccessibleName(tr("The cell of the matrix"));
    m_readout->setFont(Theme::smallFont());
    body()->addWidget(m_readout);
}

void ConfusionCard::buildHeader() {
    header()->addStretch(1);
    const auto add = [this](const QString& text, const char* name, const QString& tip) {
        auto* pill = new Pill(text, PillKind::Neutral, this);
        pill->setClickable(true);
        pill->setObjectName(QString::fromLatin1(name));
        pill->setToolTip(tip);
        pill->setAccessibleName(tip);
        header()->addWidget(pill);
        return pill;
    };
    m_smaller = add(QStringLiteral("\u2212"), "smallerCells", tr("Smaller cells"));
    m_larger = add(QStringLiteral("+"), "largerCells", tr("Larger cells"));
    m_whole = add(tr("all"), "wholeMatrix", tr("The whole matrix"));
    m_asPairs = add(tr("worst pairs"), "worstPairs", tr("The pairs of classes that are confused most often"));
    m_asPairs->setCheckable(true);
    connect(m_smaller, &Pill::clicked, m_matrix, &ConfusionHeatMap::zoomOut);
    connect(m_larger, &Pill::clicked, m_matrix, &ConfusionHeatMap::zoomIn);
    connect(m_whole, &Pill::clicked, m_matrix, &ConfusionHeatMap::showWhole);
    connect(m_asPairs, &Pill::toggled, this, [this](bool pairs) {
        follow();
        emit pairsShown(pairs);
    });
}

void ConfusionCard::setMatrix(const QStringList& classes, const std::vector<std::vector<std::size_t>>& counts,
                              const std::vector<ConfusedPair>& pairs) {
    m_classes = static_cast<int>(classes.size());
    m_matrix->setMatrix(classes, counts);
    m_pairs->setPairs(classes, pairs);
    follow();
}

void ConfusionCard::setSelectedCell(std::optional<ConfusionHeatMap::Cell> cell) {
    m_matrix->setSelectedCell(cell);
    m_pairs->setSelected(cell ? std::optional(std::pair(cell->truth, cell->predicted)) : std::nullopt);
}

void ConfusionCard::showPairs(bool pairs) {
    m_asPairs->setChecked(pairs);
    follow();
}

void ConfusionCard::follow() {
    const bool pairs = m_asPairs->isChecked();
    m_scroll->setVisible(!pairs);
    m_readout->setVisible(!pairs);
    m_pairs->setVisible(pairs);
    const bool canZoom = !pairs && m_classes > kFewClasses;
    for (Pill* pill : {m_smaller, m_larger, m_whole})
        pill->setVisible(canZoom);
    m_smaller->setEnabled(!m_matrix->isWhole());
    m_whole->setEnabled(!m_matrix->isWhole());
    setHint(pairs ? QString() : tr("rows are the truth"));
}

// The matrix has its new size only when it has been laid out.
void ConfusionCard::scrollTo(int truth, int predicted) {
    follow();
    QTimer::singleShot(0, this, [this, truth, predicted] {
        const QPoint place = m_matrix->cellRect(truth, predicted).center();
        const QSize seen = m_scroll->viewport()->size();
        m_scroll->ensureVisible(place.x(), place.y(), seen.width() / 2, seen.height() / 2);
    });
}

}  // namespace graft::ui
