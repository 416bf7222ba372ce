// SPDX-License-Identifier: GPL-3.0-or-later
// Which classes are taken for which: as a matrix, which can be zoomed, or as a list of the worst pairs.
#pragma once

#include <QString>
#include <QStringList>
#include <cstddef>
#include <optional>
#include <vector>

#include "ui/plots/ConfusionHeatMap.h"
#include "ui/session/ConfusedPairs.h"
#include "ui/widgets/Card.h"

class QScrollArea;

namespace graft::ui {

class PairList;
class Pill;
class ShrinkingLabel;

class ConfusionCard : public Card {
    Q_OBJECT
  public:
    explicit ConfusionCard(QWidget* parent = nullptr);

    void setMatrix(const QStringList& classes, const std::vector<std::vector<std::size_t>>& counts,
                   const std::vector<ConfusedPair>& pairs);
    // Without a signal.
    void setSelectedCell(std::optional<ConfusionHeatMap::Cell> cell);
    void showPairs(bool pairs);

  signals:
    void cellChosen(int truth, int predicted);
    void pairsShown(bool pairs);

  private:
    void buildHeader();
    void buildMatrix();
    void follow();
    void scrollTo(int truth, int predicted);

    ConfusionHeatMap* m_matrix = nullptr;
    QScrollArea* m_scroll = nullptr;
    ShrinkingLabel* m_readout = nullptr;
    PairList* m_pairs = nullptr;
    Pill* m_smaller = nullptr;
    Pill* m_larger = nullptr;
    Pill* m_whole = nullptr;
    Pill* m_asPairs = nullptr;
    int m_classes = 0;
};

}  // namespace graft::ui
