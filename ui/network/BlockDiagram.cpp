// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BlockDiagram.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <utility>

#include "ui/network/BlockPainter.h"
#include "ui/style/Theme.h"

namespace graft::ui {

BlockDiagram::BlockDiagram(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Blocks of the network"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void BlockDiagram::showNetwork(std::shared_ptr<const backbones::ModelSummary> summary,
                               const NetworkFacts& facts) {
    if (summary == m_summary && facts == m_facts) return;
    const bool isSame = m_summary && summary && m_summary->name == summary->name &&
                        m_summary->units.size() == summary->units.size();  // a head may leave some out
    if (!isSame) {
        m_current.reset();
        m_open.reset();
        m_drag.reset();
    }
    m_summary = std::move(summary);
    m_facts = facts;
    m_hovered = {};
    arrange();
    if (hasFocus() && !m_current && m_summary && !m_summary->units.empty()) moveTo({0, 0});
    if (m_current && m_summary) setAccessibleDescription(describe(*m_current));
}

void BlockDiagram::setPlan(const backbones::FreezePlan& plan) {
    if (plan == m_plan) return;
    m_drag.reset();
    m_plan = plan;
    if (m_current && m_summary) setAccessibleDescription(describe(*m_current));
    update();
}

void BlockDiagram::setEditable(bool on) {
    if (on == m_isEditable) return;
    giveUpDrag();
    m_isEditable = on;
    setCursor(Qt::ArrowCursor);  // until the pointer moves
    if (m_current && m_summary) setAccessibleDescription(describe(*m_current));
    update();
}

void BlockDiagram::setPicture(const QPixmap& picture) {
    const bool isOther = picture.isNull() != m_picture.isNull();
    m_picture = picture;
    if (isOther) arrange();
    update();
}

void BlockDiagram::setSeen(const QString& stage) {
    if (stage == m_seen) return;
    m_seen = stage;
    update();
}

// With all of its words where there is room for them.
void BlockDiagram::arrange() {
    m_layout = {};
    m_labels.clear();
    update();
    if (!m_summary || m_summary->units.empty()) return;
    for (const auto length : {BlockText::Length::Long, BlockText::Length::Short}) {
        m_labels = BlockText::labels(*m_summary, m_facts, hasPicture(), length);
        m_layout = BlockLayout::make(*m_summary, size(), BlockText::wordsOf(m_labels), m_open);
        if (!m_open && !m_layout.staggered && !m_layout.isFolded() && m_layout.depth == BlockLayout::kDeepest)
            break;
    }
}

void BlockDiagram::unfold(std::optional<std::size_t> stage) {
    if (m_open == stage) return;
    m_open = stage;
    arrange();
}

QRect BlockDiagram::unitRect(const QString& unit) const {
    for (std::size_t n = 0; n < m_layout.units.size(); ++n) {
        if (m_summary->units[n].name == unit.toStdString()) return m_layout.units[n];
    }
    return {};
}

QRect BlockDiagram::stageLabelRect(const QString& stage) const {
    for (const StageBody& body : m_layout.stages) {
        if (body.name == stage) return body.label;
    }
    return {};
}

QRect BlockDiagram::lineTag() const {
    if (m_layout.cuts.empty()) return {};
    return BlockPainter::tagRect(m_layout, frozenPrefix(*m_summary, m_plan), m_isEditable);
}

bool BlockDiagram::isStageFrozen(const StageBody& stage) const {
    for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n) {
        if (!m_plan.isFrozen(m_summary->units[n].name)) return false;
    }
    return stage.unitCount > 0;
}

QString BlockDiagram::describe(const BlockTarget& target) const {
    if (target.unit) return BlockText::unit(*m_summary, *target.unit, m_plan, m_facts);
    const StageBody& stage = m_layout.stages[target.stage];
    const QString facts = BlockText::stage(*m_summary, stage, m_plan);
    if (!m_isEditable) return facts;
    return facts + QLatin1Char('\n') +
           (isStageFrozen(stage) ? tr("Click to train it.") : tr("Click to freeze it."));
}

QRect BlockDiagram::areaOf(const BlockTarget& target) const {
    if (target.unit) return m_layout.areaOf(*target.unit);
    return m_layout.stages[target.stage].body | m_layout.stages[target.stage].label;
}

void BlockDiagram::moveTo(const BlockTarget& target) {
    m_current = target;
    setAccessibleDescription(describe(target));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    update();
}

bool BlockDiagram::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const Spot spot = spotAt(help->pos());
    if (spot.isPicture) {
        QToolTip::showText(help->globalPos(),
                           tr("One of your pictures as the network is fed it. Click for another."), this,
                           m_layout.picture);
    } else if (spot.isLine) {
        QToolTip::showText(help->globalPos(),
                           m_isEditable
                               ? tr("Drag it: what is before the line stays frozen, what is after it "
                                    "is trained (Ctrl+\u2190, Ctrl+\u2192)")
                               : tr("What is before the line is frozen"),
                           this, lineTag());
    } else if (spot.fold) {
        const StageBody& stage = m_layout.stages[*spot.fold];
        QToolTip::showText(help->globalPos(),
                           stage.folded ? tr("Shows each of its %1 units").arg(stage.unitCount)
                                        : tr("Folds its units again"),
                           this, stage.fold);
    } else if (spot.target) {
        QToolTip::showText(help->globalPos(), describe(*spot.target), this, areaOf(*spot.target));
    } else {
        QToolTip::hideText();
        event->ignore();
    }
    return true;
}

void BlockDiagram::resizeEvent(QResizeEvent*) {
    arrange();
}

void BlockDiagram::paintEvent(QPaintEvent*) {
    if (m_layout.stages.empty()) return;
    std::optional<std::size_t> seen;
    for (std::size_t n = 0; n < m_layout.stages.size(); ++n) {
        if (m_layout.stages[n].name == m_seen) seen = n;
    }
    QPainter painter(this);
    BlockPainter(painter, {.summary = *m_summary,
                           .layout = m_layout,
                           .labels = m_labels,
                           .facts = m_facts,
                           .plan = m_plan,
                           .picture = m_picture,
                           .isEditable = m_isEditable,
                           .isDragging = m_drag.has_value(),
                           .isLineHovered = m_hovered.isLine,
                           .hovered = m_hovered.target,
                           .current = hasFocus() ? m_current : std::nullopt,
                           .seen = seen,
                           .foldHovered = m_hovered.fold})
        .paint();
}

}  // namespace graft::ui
