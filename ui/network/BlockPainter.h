// SPDX-License-Identifier: GPL-3.0-or-later
// Draws a network as BlockLayout lays it: frozen units ice blue, hatched, with a snowflake; trained ones
// orange, plain, with a pencil; and where the training begins.
#pragma once

#include <QPainter>
#include <QPixmap>
#include <QRect>
#include <optional>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "ui/network/BlockLayout.h"
#include "ui/network/BlockText.h"

namespace graft::ui {

// Everything that is seen of it.
struct BlockScene {
    const backbones::ModelSummary& summary;
    const BlockLayout& layout;
    const std::vector<BlockLabel>& labels;
    const NetworkFacts& facts;
    backbones::FreezePlan plan;
    QPixmap picture;  // null: there is none
    bool isEditable = true;
    bool isDragging = false;  // the line where the training begins
    bool isLineHovered = false;
    std::optional<BlockTarget> hovered;
    std::optional<BlockTarget> current;  // with a ring around it
    std::optional<std::size_t> seen;     // the stage whose view of the picture is shown
    std::optional<std::size_t> foldHovered;
};

class BlockPainter {
  public:
    BlockPainter(QPainter& painter, const BlockScene& scene);

    void paint();

    // The tag at the line where the training begins, for such a cut.
    static QRect tagRect(const BlockLayout& layout, std::size_t cut, bool isEditable);

  private:
    QColor colourOf(bool frozen) const;
    bool isFrozen(std::size_t unit) const;
    bool isHovered(std::size_t unit) const;
    void paintArrows();
    void paintWiring(const StageBody& stage);
    void paintUnit(std::size_t unit, const StageBody& stage);
    void paintIcons(const StageBody& stage);
    void paintFold(std::size_t stage);
    void paintLabel(const QRect& area, const BlockLabel& label, bool isHovered, bool isMarked);
    void paintPicture();
    void paintHead();
    void paintPrefix();
    void paintLine();
    void paintRing();
    void arc(qreal left, qreal right, qreal bottom, qreal height);

    QPainter& m_painter;
    const BlockScene& m_scene;
    const BlockLayout& m_layout;
    std::size_t m_cut;
};

}  // namespace graft::ui
