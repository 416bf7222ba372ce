// SPDX-License-Identifier: GPL-3.0-or-later
// The network as it flows, from the picture to the head: what is frozen in it and what is trained, and hands
// on it. A click freezes or thaws a unit, or a stage by its name or where its units are folded into it; the
// line where the training begins is dragged; and all of it goes by keys. What is drawn is BlockPainter's,
// where it lies BlockLayout's.
#pragma once

#include <QPixmap>
#include <QRect>
#include <QString>
#include <QWidget>
#include <memory>
#include <optional>
#include <vector>

#include "core/backbones/FreezePlan.h"
#include "core/backbones/ModelSummary.h"
#include "ui/network/BlockLayout.h"
#include "ui/network/BlockText.h"

namespace graft::ui {

class BlockDiagram : public QWidget {
    Q_OBJECT
  public:
    explicit BlockDiagram(QWidget* parent = nullptr);

    void showNetwork(std::shared_ptr<const backbones::ModelSummary> summary, const NetworkFacts& facts);
    void setPlan(const backbones::FreezePlan& plan);
    // Off: it is looked at only, since the plan is made elsewhere.
    void setEditable(bool on);
    bool isEditable() const { return m_isEditable; }
    // A person's own at the start of it; null: none.
    void setPicture(const QPixmap& picture);
    bool hasPicture() const { return !m_picture.isNull(); }
    // The stage whose view of the picture is shown elsewhere; empty: none.
    void setSeen(const QString& stage);
    const backbones::FreezePlan& plan() const { return m_plan; }

    // For whoever looks at it: where things are, and what is written below them.
    const BlockLayout& blocks() const { return m_layout; }
    const std::vector<BlockLabel>& labels() const { return m_labels; }
    QRect unitRect(const QString& unit) const;
    QRect stageLabelRect(const QString& stage) const;
    QRect lineTag() const;  // to drag the line by

    QSize sizeHint() const override { return {640, 320}; }
    QSize minimumSizeHint() const override { return {320, 190}; }

  signals:
    void planEdited(const graft::backbones::FreezePlan& plan);
    // While the line is dragged: what letting go would make of it.
    void planPreviewed(const graft::backbones::FreezePlan& plan);
    void stageChosen(const QString& stage);  // by whatever was done to it or to a unit of it
    void pictureChosen();

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

  private:
    // What the mouse is over.
    struct Spot {
        std::optional<BlockTarget> target = {};
        std::optional<std::size_t> fold = {};  // the stage that a click unfolds, or folds again
        bool isLine = false;
        bool isPicture = false;
        bool operator==(const Spot&) const = default;
    };
    struct Drag {
        backbones::FreezePlan before;
        std::size_t cut;
    };

    Spot spotAt(QPoint position) const;
    QString describe(const BlockTarget& target) const;
    QRect areaOf(const BlockTarget& target) const;
    void arrange();
    void unfold(std::optional<std::size_t> stage);
    void hover(const Spot& spot);
    void choose(const BlockTarget& target);
    void toggle(const BlockTarget& target);
    void trainFrom(std::size_t unit);
    void edit(const backbones::FreezePlan& plan);
    void dragTo(int x);
    void giveUpDrag();
    void moveTo(const BlockTarget& target);
    void moveByKeys(const BlockTarget& target);
    std::optional<BlockTarget> targetOfKey(int key) const;
    std::size_t firstUnitOf(const BlockTarget& target) const;
    bool isStageFrozen(const StageBody& stage) const;

    std::shared_ptr<const backbones::ModelSummary> m_summary;
    NetworkFacts m_facts;
    backbones::FreezePlan m_plan;
    BlockLayout m_layout;
    std::vector<BlockLabel> m_labels;
    Spot m_hovered;
    std::optional<BlockTarget> m_current;
    std::optional<std::size_t> m_open;  // a stage that is unfolded at the cost of the others
    std::optional<Drag> m_drag;
    QPixmap m_picture;
    QString m_seen;
    bool m_isEditable = true;
};

}  // namespace graft::ui
