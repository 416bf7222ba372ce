// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BlockPainter.h"

#include <QPainterPath>
#include <QPolygonF>
#include <algorithm>
#include <array>

#include "ui/network/BlockInk.h"
#include "ui/style/Icons.h"
#include "ui/style/Theme.h"

namespace graft::ui {

using namespace ink;

namespace {

constexpr int kRoomForIcon = 16;  // else one icon stands for several units
constexpr int kHatch = 6;
constexpr int kTagPadding = 8;
constexpr int kHandle = 16;  // of the tag, what says that it is dragged

}  // namespace

BlockPainter::BlockPainter(QPainter& painter, const BlockScene& scene)
    : m_painter(painter),
      m_scene(scene),
      m_layout(scene.layout),
      m_cut(frozenPrefix(scene.summary, scene.plan)) {
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
}

void BlockPainter::paint() {
    paintPicture();
    paintArrows();
    for (const StageBody& stage : m_layout.stages) {
        if (stage.fold.isEmpty()) paintWiring(stage);
        for (std::size_t n = 0; n < stage.unitCount; ++n)
            paintUnit(stage.firstUnit + n, stage);
    }
    paintHead();
    paintPrefix();
    paintLine();
    for (std::size_t n = 0; n < m_layout.stages.size(); ++n) {
        paintIcons(m_layout.stages[n]);
        paintFold(n);
        const bool hovered = m_scene.hovered == BlockTarget{n, std::nullopt};
        paintLabel(m_layout.stages[n].label, m_scene.labels[n + 1], hovered, m_scene.seen == n);
    }
    paintLabel(m_layout.pictureLabel, m_scene.labels.front(), false, false);
    paintLabel(m_layout.headLabel, m_scene.labels.back(), false, false);
    paintRing();
}

QColor BlockPainter::colourOf(bool frozen) const {
    return frozen ? colours().frozen : colours().trainable;
}

bool BlockPainter::isFrozen(std::size_t unit) const {
    return m_scene.plan.isFrozen(m_scene.summary.units[unit].name);
}

bool BlockPainter::isHovered(std::size_t unit) const {
    if (!m_scene.hovered) return false;
    if (m_scene.hovered->unit) return *m_scene.hovered->unit == unit;
    return m_layout.stageOf(unit) == m_scene.hovered->stage;
}

// From one body to the next, on the axis.
void BlockPainter::paintArrows() {
    m_painter.setPen(QPen(faded(colours().muted, 170), 1));
    m_painter.setBrush(Qt::NoBrush);
    const qreal y = m_layout.axis + 0.5;
    for (std::size_t n = 0; n <= m_layout.stages.size(); ++n) {
        const int left = n == 0 ? m_layout.picture.right() : m_layout.stages[n - 1].body.right();
        const int right = n == m_layout.stages.size() ? m_layout.head.left() : m_layout.stages[n].body.left();
        if (right - left < 8) continue;
        const QPointF from(left + 3, y);
        const QPointF to(right - 2, y);
        m_painter.drawLine(from, to);
        m_painter.drawPolyline(QPolygonF{to + QPointF(-3, -3), to, to + QPointF(-3, 3)});
    }
}

void BlockPainter::arc(qreal left, qreal right, qreal bottom, qreal height) {
    QPainterPath path(QPointF(left, bottom));
    // A cubic with both handles at that height rises to three quarters of it.
    const qreal handle = bottom - height * 4 / 3;
    const qreal in = (right - left) / 5;
    path.cubicTo(left + in, handle, right - in, handle, right, bottom);
    m_painter.drawPath(path);
}

// Over each unit what leads past it: one bow for what is added, a fan of bows for what all later units are
// given too, two for branches.
void BlockPainter::paintWiring(const StageBody& stage) {
    m_painter.setPen(QPen(faded(colours().muted, 200), 1.1));
    m_painter.setBrush(Qt::NoBrush);
    std::optional<std::size_t> firstDense;
    std::size_t dense = 0;
    for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n)
        dense += m_scene.summary.units[n].wiring == backbones::Wiring::Dense ? 1 : 0;
    for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n) {
        const QRect area = m_layout.areaOf(n);
        const qreal left = area.left() + m_layout.depth;
        const qreal right = area.right() + 1;
        const qreal bottom = area.top() - 2;
        const qreal height = std::min<qreal>(stage.wiring.height() - 5, 5 + (right - left) / 4);
        switch (m_scene.summary.units[n].wiring) {
            case backbones::Wiring::Plain:
                break;
            case backbones::Wiring::Residual:
                arc(left, right, bottom, height);
                break;
            case backbones::Wiring::Branches:
                arc(left, right, bottom, height);
                arc(left, right, bottom, height / 2.4);
                break;
            case backbones::Wiring::Dense: {
                if (!firstDense) firstDense = n;
                const auto share = static_cast<qreal>(n + 1 - *firstDense) / static_cast<qreal>(dense);
                const QRect first = m_layout.areaOf(*firstDense);
                arc(first.left() + m_layout.depth, right, bottom, 4 + (stage.wiring.height() - 9) * share);
                break;
            }
        }
    }
}

void BlockPainter::paintUnit(std::size_t unit, const StageBody& stage) {
    const bool frozen = isFrozen(unit);
    const QColor colour = colourOf(frozen);
    const QColor tint = frozen ? colours().frozenTint : colours().trainableTint;
    const QRectF front = edgeOf(m_layout.units[unit]);
    const qreal depth = m_layout.depth;
    const QPointF back(depth, -depth);
    const QPolygonF top{front.topLeft(), front.topLeft() + back, front.topRight() + back, front.topRight()};
    const QPolygonF side{front.topRight(), front.topRight() + back, front.bottomRight() + back,
                         front.bottomRight()};
    const bool isLast = unit + 1 == stage.firstUnit + stage.unitCount;
    const bool isStripe = stage.folded;
    const bool isThin = isStripe && front.width() < 5;
    m_painter.setPen(isThin ? QPen(Qt::NoPen) : QPen(colour, 1));
    m_painter.setBrush(mixed(tint, colour, 0.22));
    m_painter.drawPolygon(top);
    if (!isStripe || isLast) {
        m_painter.setBrush(mixed(tint, colour, 0.36));
        m_painter.drawPolygon(side);
    }
    m_painter.fillRect(isThin ? QRectF(m_layout.units[unit]) : front, tint);
    if (frozen) {
        // Hatched as well as blue: colour alone does not tell everybody.
        m_painter.save();
        m_painter.setClipRect(front);
        m_painter.setPen(faded(colour, 95));
        // The lines go on from stripe to stripe.
        const qreal start = std::floor((front.left() - front.height()) / kHatch) * kHatch;
        for (qreal x = start; x < front.right(); x += kHatch)
            m_painter.drawLine(QPointF(x, front.bottom()), QPointF(x + front.height(), front.top()));
        m_painter.restore();
    }
    m_painter.setBrush(Qt::NoBrush);
    const bool hovered = isHovered(unit) && m_scene.isEditable;
    if (isThin) {
        m_painter.setPen(QPen(colour, 1));
        m_painter.drawLine(front.topLeft(), front.topRight());
        m_painter.drawLine(front.bottomLeft(), front.bottomRight());
        if (unit == stage.firstUnit) m_painter.drawLine(front.topLeft(), front.bottomLeft());
        m_painter.setPen(QPen(faded(colour, 110), 1));
        if (!isLast) m_painter.drawLine(front.topRight(), front.bottomRight());
    }
    if (!isThin || hovered) {
        m_painter.setPen(QPen(colour, hovered && !isThin ? 2 : 1));
        m_painter.drawRect(front);
    }
}

// On each body; where these are too thin, one on all that stand side by side and are alike.
void BlockPainter::paintIcons(const StageBody& stage) {
    const std::size_t end = stage.firstUnit + stage.unitCount;
    for (std::size_t first = stage.firstUnit; first < end;) {
        const bool frozen = isFrozen(first);
        std::size_t last = first;
        const auto fits = [&](std::size_t n) {
            return !stage.folded && m_layout.units[n].width() >= kRoomForIcon;
        };
        while (!fits(first) && last + 1 < end && isFrozen(last + 1) == frozen && !fits(last + 1))
            ++last;
        const QRect area = m_layout.units[first] | m_layout.units[last];
        const QPointF middle(area.left() + area.width() / 2.0, m_layout.axis + 0.5);
        const QColor colour = colourOf(frozen);
        if (!fits(first)) {
            m_painter.setPen(QPen(colour, 1));
            m_painter.setBrush(frozen ? colours().frozenTint : colours().trainableTint);
            m_painter.drawEllipse(middle, kIcon / 2.0 + 2.5, kIcon / 2.0 + 2.5);
        }
        m_painter.drawPixmap(middle - QPointF(kIcon / 2.0, kIcon / 2.0),
                             iconPixmap(frozen ? QStringLiteral("snowflake") : QStringLiteral("pencil"),
                                        kIcon, wordsIn(colour), m_painter.device()->devicePixelRatioF()));
        first = last + 1;
    }
}

void BlockPainter::paintFold(std::size_t index) {
    const StageBody& stage = m_layout.stages[index];
    if (stage.fold.isEmpty()) return;
    const bool hovered = m_scene.foldHovered == index;
    m_painter.setPen(QPen(hovered ? colours().accent : colours().line, 1));
    m_painter.setBrush(hovered ? colours().accentTint : colours().window);
    const QRectF pill = edgeOf(stage.fold);
    m_painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2);
    constexpr int kChevron = 10;
    const QColor colour = hovered ? colours().accent : colours().muted;
    m_painter.setFont(Theme::smallFont());
    m_painter.setPen(colour);
    const QString count = QStringLiteral("\u00d7%1").arg(stage.unitCount);
    const int words = m_painter.fontMetrics().horizontalAdvance(count);
    const bool hasChevron = stage.fold.width() >= words + kChevron + 8;
    const int left = stage.fold.left() + (stage.fold.width() - words - (hasChevron ? kChevron + 2 : 0)) / 2;
    m_painter.drawText(QRect(left, stage.fold.top(), words + 1, stage.fold.height()), Qt::AlignCenter, count);
    if (!hasChevron) return;
    m_painter.drawPixmap(
        QPointF(left + words + 2, stage.fold.top() + (stage.fold.height() - kChevron) / 2.0),
        iconPixmap(stage.folded ? QStringLiteral("chevron-down") : QStringLiteral("chevron-up"), kChevron,
                   colour, m_painter.device()->devicePixelRatioF()));
}

void BlockPainter::paintLabel(const QRect& area, const BlockLabel& label, bool isHovered, bool isMarked) {
    const int line = area.height() / 3;
    if (area.width() < line) return;  // no word would be left
    QFont bold = Theme::cardTitleFont();
    bold.setUnderline(isHovered && m_scene.isEditable);
    m_painter.setFont(bold);
    m_painter.setPen(isMarked ? colours().accent : colours().text);
    QRect row(area.left(), area.top(), area.width(), line);
    m_painter.drawText(row, Qt::AlignCenter,
                       m_painter.fontMetrics().elidedText(label.name, Qt::ElideMiddle, row.width()));
    m_painter.setFont(Theme::smallFont());
    m_painter.setPen(colours().muted);
    for (const QString& words : {label.shape, label.share}) {
        row.translate(0, line);
        m_painter.drawText(row, Qt::AlignCenter,
                           m_painter.fontMetrics().elidedText(words, Qt::ElideRight, row.width()));
    }
}

// A bar over what is frozen from the start on.
void BlockPainter::paintPrefix() {
    if (m_cut == 0) return;
    const QRect tag = tagRect(m_layout, m_cut, m_scene.isEditable);
    const int left = m_layout.areaOf(0).left();
    const int right = std::min(tag.left(), m_layout.cuts[m_cut]) - 5;
    const QRect bar(left, m_layout.top.top(), right - left, m_layout.top.height());
    if (bar.width() < kIcon + 8) return;
    const bool isKept = m_scene.facts.keepsFeatures;
    const QRectF shape = edgeOf(bar);
    m_painter.setPen(isKept ? QPen(Qt::NoPen) : QPen(colours().frozen, 1, Qt::DashLine));
    m_painter.setBrush(isKept ? QBrush(colours().frozenTint) : QBrush(Qt::NoBrush));
    m_painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2);
    m_painter.setFont(Theme::smallFont());
    const QFontMetrics metrics = m_painter.fontMetrics();
    QString words;
    for (const QString& candidate : BlockText::prefixWords(isKept)) {
        if (!words.isEmpty() || metrics.horizontalAdvance(candidate) + kIcon + 20 > bar.width()) continue;
        words = candidate;
    }
    const int width = kIcon + (words.isEmpty() ? 0 : 5 + metrics.horizontalAdvance(words));
    const int x = bar.left() + (bar.width() - width) / 2;
    m_painter.drawPixmap(QPointF(x, bar.top() + (bar.height() - kIcon) / 2.0),
                         iconPixmap(QStringLiteral("snowflake"), kIcon, wordsIn(colours().frozen),
                                    m_painter.device()->devicePixelRatioF()));
    m_painter.setPen(wordsIn(colours().frozen));
    m_painter.drawText(QRect(x + kIcon + 5, bar.top(), bar.right() - x, bar.height()),
                       Qt::AlignLeft | Qt::AlignVCenter, words);
}

QRect BlockPainter::tagRect(const BlockLayout& layout, std::size_t cut, bool isEditable) {
    const QFontMetrics metrics(Theme::smallFont());
    const int width = metrics.horizontalAdvance(BlockText::tr("train from here")) + 2 * kTagPadding +
                      (isEditable ? kHandle : 0);
    const int left =
        std::clamp(layout.cuts[cut] - 2 * kTagPadding, 0, std::max(0, layout.top.right() + 1 - width));
    return {left, layout.top.top(), width, layout.top.height()};
}

void BlockPainter::paintLine() {
    const bool isActive = m_scene.isDragging || m_scene.isLineHovered;
    const QRect tag = tagRect(m_layout, m_cut, m_scene.isEditable);
    const qreal x = m_layout.cuts[m_cut] + 0.5;
    int bottom = m_layout.picture.bottom();
    for (const StageBody& stage : m_layout.stages)
        bottom = std::max(bottom, stage.body.bottom());
    m_painter.setPen(QPen(colours().trainable, isActive ? 2.5 : 1.5, Qt::DashLine));
    m_painter.drawLine(QPointF(x, tag.bottom()), QPointF(x, bottom + 4));
    m_painter.setPen(isActive ? QPen(colours().trainable, 1.5) : QPen(Qt::NoPen));
    m_painter.setBrush(colours().trainableTint);
    const QRectF shape = edgeOf(tag);
    m_painter.drawRoundedRect(shape, shape.height() / 2, shape.height() / 2);
    m_painter.setFont(Theme::smallFont());
    const QColor words = wordsIn(colours().trainable);
    m_painter.setPen(words);
    m_painter.drawText(tag.adjusted(kTagPadding, 0, -kTagPadding, 0), Qt::AlignLeft | Qt::AlignVCenter,
                       BlockText::tr("train from here"));
    if (!m_scene.isEditable) return;
    // Two arrows, to the left and to the right.
    m_painter.setBrush(Qt::NoBrush);
    m_painter.setPen(QPen(words, 1.2));
    const QPointF middle(tag.right() - kTagPadding - 3.5, tag.center().y() + 0.5);
    m_painter.drawLine(middle - QPointF(5, 0), middle + QPointF(5, 0));
    for (const int way : {-1, 1}) {
        const QPointF tip = middle + QPointF(way * 5.5, 0);
        m_painter.drawPolyline(QPolygonF{tip + QPointF(-way * 3, -3), tip, tip + QPointF(-way * 3, 3)});
    }
}

void BlockPainter::paintRing() {
    if (!m_scene.current) return;
    const BlockTarget& current = *m_scene.current;
    const QRect area = current.unit
                           ? m_layout.areaOf(*current.unit)
                           : m_layout.stages[current.stage].body | m_layout.stages[current.stage].label;
    m_painter.setPen(QPen(colours().text, 1.5));
    m_painter.setBrush(Qt::NoBrush);
    m_painter.drawRoundedRect(QRectF(area).adjusted(-2.5, -2.5, 2.5, 2.5), 5, 5);
}

}  // namespace graft::ui
