// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keys do to the picture of the network.
#include <QKeyEvent>
#include <QMouseEvent>
#include <algorithm>
#include <utility>

#include "ui/network/BlockDiagram.h"
#include "ui/network/PlanPresets.h"

namespace graft::ui {

namespace {
constexpr int kBesideLine = 3;  // of the line where the training begins, that takes hold of it
}  // namespace

BlockDiagram::Spot BlockDiagram::spotAt(QPoint position) const {
    for (std::size_t s = 0; s < m_layout.stages.size(); ++s) {
        if (m_layout.stages[s].fold.contains(position)) return {.target = {}, .fold = s};
    }
    if (!m_layout.cuts.empty()) {
        const int x = m_layout.cuts[frozenPrefix(*m_summary, m_plan)];
        const QRect label = m_layout.headLabel;
        const bool isBeside = std::abs(position.x() - x) <= kBesideLine && position.y() < label.top();
        if (isBeside || lineTag().contains(position)) return {.isLine = true};
    }
    if (hasPicture() && m_layout.picture.contains(position)) return {.isPicture = true};
    for (std::size_t s = 0; s < m_layout.stages.size(); ++s) {
        const StageBody& stage = m_layout.stages[s];
        if (stage.label.contains(position) || (stage.folded && stage.body.contains(position)))
            return {.target = BlockTarget{s}};
        for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n) {
            if (m_layout.areaOf(n).contains(position)) return {.target = BlockTarget{s, n}};
        }
    }
    return {};
}

void BlockDiagram::edit(const backbones::FreezePlan& plan) {
    m_drag.reset();
    setPlan(plan);
    emit planEdited(m_plan);
}

// Also where it is looked at only.
void BlockDiagram::choose(const BlockTarget& target) {
    moveTo(target);
    emit stageChosen(m_layout.stages[target.stage].name);
}

void BlockDiagram::toggle(const BlockTarget& target) {
    if (!m_isEditable) return;
    const StageBody& stage = m_layout.stages[target.stage];
    backbones::FreezePlan plan = m_plan;
    if (target.unit) {
        const std::string& name = m_summary->units[*target.unit].name;
        if (plan.frozenUnits.erase(name) == 0) plan.frozenUnits.insert(name);
    } else {
        const bool thaw = isStageFrozen(stage);
        for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n) {
            const std::string& name = m_summary->units[n].name;
            thaw ? void(plan.frozenUnits.erase(name)) : void(plan.frozenUnits.insert(name));
        }
    }
    edit(plan);
}

void BlockDiagram::trainFrom(std::size_t unit) {
    if (!m_isEditable) return;
    const backbones::FreezePlan plan = trainedFrom(unit, m_plan, m_summary->units);
    if (plan != m_plan) edit(plan);
}

void BlockDiagram::dragTo(int x) {
    const std::size_t cut = m_layout.nearestCut(x);
    if (cut == m_drag->cut) return;
    m_drag->cut = cut;
    m_plan = trainedFrom(cut, m_drag->before, m_summary->units);
    update();
    emit planPreviewed(m_plan);
}

void BlockDiagram::giveUpDrag() {
    if (!m_drag) return;
    m_plan = std::exchange(m_drag, {})->before;
    update();
    emit planPreviewed(m_plan);
}

void BlockDiagram::mousePressEvent(QMouseEvent* event) {
    const Spot spot = spotAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || spot == Spot()) return QWidget::mousePressEvent(event);
    if (spot.fold) return unfold(m_layout.stages[*spot.fold].folded ? spot.fold : std::nullopt);
    if (spot.isLine) {
        if (m_isEditable) m_drag = Drag{m_plan, frozenPrefix(*m_summary, m_plan)};
        return update();
    }
    if (spot.isPicture) return emit pictureChosen();
    choose(*spot.target);
    toggle(*spot.target);
}

void BlockDiagram::mouseMoveEvent(QMouseEvent* event) {
    const QPoint position = event->position().toPoint();
    if (m_drag) return dragTo(position.x());
    hover(spotAt(position));
}

void BlockDiagram::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !m_drag) return QWidget::mouseReleaseEvent(event);
    const Drag drag = *std::exchange(m_drag, {});
    if (m_plan != drag.before) emit planEdited(m_plan);
    hover(spotAt(event->position().toPoint()));
    update();
}

void BlockDiagram::hover(const Spot& spot) {
    if (spot == m_hovered) return;
    m_hovered = spot;
    const bool isHand = spot.fold || spot.isPicture || (spot.target && m_isEditable);
    setCursor(spot.isLine && m_isEditable ? Qt::SplitHCursor
              : isHand                    ? Qt::PointingHandCursor
                                          : Qt::ArrowCursor);
    update();
}

void BlockDiagram::leaveEvent(QEvent*) {
    hover({});
}

void BlockDiagram::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    if (!m_current && m_summary && !m_summary->units.empty()) moveTo({0, 0});
}

std::size_t BlockDiagram::firstUnitOf(const BlockTarget& target) const {
    return target.unit.value_or(m_layout.stages[target.stage].firstUnit);
}

// A stage is unfolded as long as one of its units is the current one.
void BlockDiagram::moveByKeys(const BlockTarget& target) {
    if (target.unit && m_layout.stages[target.stage].folded)
        unfold(target.stage);
    else if (!target.unit || m_open != target.stage)
        unfold({});
    moveTo(target);
}

// Left and right as the picture flows, from unit to unit or from stage to stage; up to the stage, down into
// it.
std::optional<BlockTarget> BlockDiagram::targetOfKey(int key) const {
    const BlockTarget now = m_current.value_or(BlockTarget{0, 0});
    const std::size_t last = now.unit ? m_layout.units.size() - 1 : m_layout.stages.size() - 1;
    const std::size_t at = now.unit.value_or(now.stage);
    const auto to = [&](std::size_t n) {
        return now.unit ? BlockTarget{m_layout.stageOf(n), n} : BlockTarget{n};
    };
    switch (key) {
        case Qt::Key_Left:
            return to(at > 0 ? at - 1 : 0);
        case Qt::Key_Right:
            return to(std::min(at + 1, last));
        case Qt::Key_Home:
            return to(0);
        case Qt::Key_End:
            return to(last);
        case Qt::Key_Up:
            return BlockTarget{now.stage};
        case Qt::Key_Down:
            return BlockTarget{now.stage, firstUnitOf(now)};
        default:
            return {};
    }
}

void BlockDiagram::keyPressEvent(QKeyEvent* event) {
    if (m_layout.stages.empty()) return QWidget::keyPressEvent(event);
    const int key = event->key();
    const BlockTarget now = m_current.value_or(BlockTarget{0, 0});
    if (event->modifiers() == Qt::ControlModifier && (key == Qt::Key_Left || key == Qt::Key_Right)) {
        const std::size_t cut = frozenPrefix(*m_summary, m_plan);
        if (key == Qt::Key_Left && cut > 0) trainFrom(cut - 1);
        if (key == Qt::Key_Right && cut < m_layout.units.size()) trainFrom(cut + 1);
        return;
    }
    if (event->modifiers() & ~Qt::KeyboardModifiers(Qt::KeypadModifier)) return QWidget::keyPressEvent(event);
    if (const auto target = targetOfKey(key)) return moveByKeys(*target);
    switch (key) {
        case Qt::Key_Space:
            choose(now);
            return toggle(now);
        case Qt::Key_Return:
        case Qt::Key_Enter:
            choose(now);
            return trainFrom(firstUnitOf(now));
        case Qt::Key_Escape:
            if (m_drag) return giveUpDrag();
            if (m_open) return moveByKeys({now.stage});
            break;
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

}  // namespace graft::ui
