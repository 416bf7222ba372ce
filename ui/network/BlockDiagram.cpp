// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BlockDiagram.h"

#include <QAccessible>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLocale>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <tuple>
#include <utility>

#include "ui/style/Icons.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

// "layer4" stays; of "features.7" the number is enough under a box.
QString shortName(const QString& stage) {
    const QString last = stage.section(QLatin1Char('.'), -1);
    return last.isEmpty() ? stage : last;
}

QString shapeText(const std::vector<std::int64_t>& shape) {
    if (shape.size() != 3) return {};
    // Put together by hand: QString::arg() takes the raised two for a digit of the place's number.
    const QString side = shape[1] == shape[2] ? QString::number(shape[1]) + QStringLiteral("\u00b2")
                                              : QString::number(shape[1]) + QStringLiteral("\u00d7") +
                                                    QString::number(shape[2]);
    return side + QStringLiteral(" \u00d7 ") + QString::number(shape[0]);
}

}  // namespace

BlockDiagram::BlockDiagram(QWidget* parent) : QWidget(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Blocks of the network"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void BlockDiagram::showNetwork(std::shared_ptr<const backbones::ModelSummary> summary, int classes) {
    const bool isSame = m_summary && summary && m_summary->name == summary->name &&
                        m_summary->units.size() == summary->units.size();  // a head may leave some out
    if (!isSame) m_current.reset();
    m_summary = std::move(summary);
    m_classes = classes;
    m_hovered.reset();
    arrange();
    if (hasFocus() && !m_current && m_summary && !m_summary->units.empty()) moveTo({0, 0});
}

void BlockDiagram::setPlan(const backbones::FreezePlan& plan) {
    if (plan == m_plan) return;
    m_plan = plan;
    if (m_current && m_summary) setAccessibleDescription(describe(*m_current));
    update();
}

void BlockDiagram::setEditable(bool on) {
    if (on == m_isEditable) return;
    m_isEditable = on;
    setCursor(Qt::ArrowCursor);  // until the pointer moves
    if (m_current && m_summary) setAccessibleDescription(describe(*m_current));
}

void BlockDiagram::arrange() {
    m_layout = m_summary ? BlockLayout::make(*m_summary, width()) : BlockLayout();
    setMinimumHeight(m_layout.height);
    update();
}

QRect BlockDiagram::unitRect(const QString& unit) const {
    for (std::size_t n = 0; n < m_layout.units.size(); ++n) {
        if (m_summary->units[n].name == unit.toStdString()) return m_layout.units[n];
    }
    return {};
}

QRect BlockDiagram::stageLabelRect(const QString& stage) const {
    for (const StageBox& box : m_layout.stages) {
        if (box.name == stage) return box.label;
    }
    return {};
}

std::optional<BlockDiagram::Target> BlockDiagram::targetAt(QPoint position) const {
    for (std::size_t s = 0; s < m_layout.stages.size(); ++s) {
        const StageBox& stage = m_layout.stages[s];
        if (stage.unitCount == 0) continue;  // the head is always trained
        if (stage.label.contains(position)) return Target{s, std::nullopt};
        for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n) {
            if (m_layout.units[n].contains(position)) return Target{s, n};
        }
    }
    return std::nullopt;
}

bool BlockDiagram::isStageFrozen(const StageBox& stage) const {
    for (std::size_t n = stage.firstUnit; n < stage.firstUnit + stage.unitCount; ++n) {
        if (!m_plan.isFrozen(m_summary->units[n].name)) return false;
    }
    return stage.unitCount > 0;
}

QString BlockDiagram::describe(const Target& target) const {
    const QLocale locale;
    const StageBox& stage = m_layout.stages[target.stage];
    if (!target.unit && !m_isEditable) {
        return isStageFrozen(stage) ? tr("Stage %1, frozen").arg(stage.name)
                                    : tr("Stage %1, trained").arg(stage.name);
    }
    if (!target.unit) {
        return isStageFrozen(stage) ? tr("Stage %1, frozen. Click to train it.").arg(stage.name)
                                    : tr("Stage %1, trained. Click to freeze it.").arg(stage.name);
    }
    const backbones::UnitSummary& unit = m_summary->units[*target.unit];
    return tr("%1, %2\n%3 parameters, %4 million multiply-adds\nOutput %5")
        .arg(QString::fromStdString(unit.name), m_plan.isFrozen(unit.name) ? tr("frozen") : tr("trained"),
             locale.toString(static_cast<qlonglong>(unit.parameters)),
             locale.toString(static_cast<double>(unit.multiplyAdds) / 1e6, 'f', 1),
             shapeText(unit.outputShape));
}

void BlockDiagram::toggle(const Target& target) {
    if (!m_isEditable) return;
    const StageBox& stage = m_layout.stages[target.stage];
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
    setPlan(plan);
    emit planEdited(m_plan);
}

void BlockDiagram::moveTo(const Target& target) {
    m_current = target;
    setAccessibleDescription(describe(target));
    QAccessibleEvent changed(this, QAccessible::DescriptionChanged);
    QAccessible::updateAccessibility(&changed);
    update();
}

QRect BlockDiagram::areaOf(const Target& target) const {
    return target.unit ? m_layout.units[*target.unit] : m_layout.stages[target.stage].label;
}

// A click is where it is: nothing scrolls under the mouse.
void BlockDiagram::moveByKeys(const Target& target) {
    moveTo(target);
    emit currentMoved(areaOf(target));
}

void BlockDiagram::mousePressEvent(QMouseEvent* event) {
    const auto target = targetAt(event->position().toPoint());
    if (event->button() != Qt::LeftButton || !target) return QWidget::mousePressEvent(event);
    moveTo(*target);
    toggle(*target);
}

void BlockDiagram::mouseMoveEvent(QMouseEvent* event) {
    const auto target = targetAt(event->position().toPoint());
    if (target == m_hovered) return;
    m_hovered = target;
    setCursor(target && m_isEditable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void BlockDiagram::leaveEvent(QEvent*) {
    m_hovered.reset();
    update();
}

void BlockDiagram::focusInEvent(QFocusEvent* event) {
    if (!m_current && m_summary && !m_summary->units.empty()) moveTo({0, 0});
    if (m_current && m_summary && event->reason() != Qt::MouseFocusReason)
        emit currentMoved(areaOf(*m_current));
    QWidget::focusInEvent(event);
}

void BlockDiagram::keyPressEvent(QKeyEvent* event) {
    if (!m_summary || m_summary->units.empty()) return QWidget::keyPressEvent(event);
    const Target now = m_current.value_or(Target{0, 0});
    const std::size_t lastStage = m_layout.stages.size() - 2;  // the head cannot be chosen
    const auto beside = [&](std::size_t stage) {
        // Keeps the height in the stack where the other stage is as tall.
        if (!now.unit) return Target{stage, std::nullopt};
        const StageBox& from = m_layout.stages[now.stage];
        const StageBox& to = m_layout.stages[stage];
        return Target{stage, to.firstUnit + std::min(*now.unit - from.firstUnit, to.unitCount - 1)};
    };
    const StageBox& stage = m_layout.stages[now.stage];
    switch (event->key()) {
        case Qt::Key_Left:
            if (now.stage > 0) moveByKeys(beside(now.stage - 1));
            return;
        case Qt::Key_Right:
            if (now.stage < lastStage) moveByKeys(beside(now.stage + 1));
            return;
        case Qt::Key_Up:
            if (!now.unit) {
                moveByKeys({now.stage, stage.firstUnit + stage.unitCount - 1});
            } else if (*now.unit > stage.firstUnit) {
                moveByKeys({now.stage, *now.unit - 1});
            }
            return;
        case Qt::Key_Down:
            if (!now.unit) return;
            if (*now.unit + 1 < stage.firstUnit + stage.unitCount) {
                moveByKeys({now.stage, *now.unit + 1});
            } else {
                moveByKeys({now.stage, std::nullopt});
            }
            return;
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            moveByKeys(now);
            toggle(now);
            return;
        default:
            QWidget::keyPressEvent(event);
    }
}

bool BlockDiagram::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    if (const auto target = targetAt(help->pos())) {
        QToolTip::showText(help->globalPos(), describe(*target), this, areaOf(*target));
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
    if (!m_summary) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t n = 0; n < m_layout.stages.size(); ++n) {
        paintStage(painter, n);
    }
    for (std::size_t n = 0; n < m_layout.units.size(); ++n) {
        paintUnit(painter, n);
    }

    const Colours& colours = Theme::instance().colours();
    painter.setPen(colours.trainable);
    painter.setBrush(colours.trainableTint);
    painter.drawRoundedRect(QRectF(m_layout.head).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    painter.setFont(Theme::smallFont());
    painter.drawText(m_layout.head, Qt::AlignCenter, tr("head"));

    if (hasFocus() && m_current) {
        const QRect area = m_current->unit ? m_layout.units[*m_current->unit]
                                           : m_layout.stages[m_current->stage].label.adjusted(4, 1, -4, -3);
        painter.setPen(QPen(colours.text, 1.5));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(QRectF(area).adjusted(-2.5, -2.5, 2.5, 2.5), 6, 6);
    }
}

void BlockDiagram::paintUnit(QPainter& painter, std::size_t unit) const {
    const Colours& colours = Theme::instance().colours();
    const bool frozen = m_plan.isFrozen(m_summary->units[unit].name);
    const QColor colour = frozen ? colours.frozen : colours.trainable;
    const QRectF box = QRectF(m_layout.units[unit]).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool hovered = m_hovered && m_hovered->stage < m_layout.stages.size() &&
                         (m_hovered->unit ? *m_hovered->unit == unit
                                          : unit >= m_layout.stages[m_hovered->stage].firstUnit &&
                                                unit < m_layout.stages[m_hovered->stage].firstUnit +
                                                           m_layout.stages[m_hovered->stage].unitCount);
    QPainterPath shape;
    shape.addRoundedRect(box, 4, 4);
    painter.fillPath(shape, frozen ? colours.frozenTint : colours.trainableTint);
    if (frozen) {
        // Hatched as well as blue: colour alone does not tell everybody.
        painter.save();
        painter.setClipPath(shape);
        QColor hatch = colour;
        hatch.setAlpha(70);
        painter.setPen(hatch);
        for (qreal x = box.left() - box.height(); x < box.right(); x += 6) {
            painter.drawLine(QPointF(x, box.bottom()), QPointF(x + box.height(), box.top()));
        }
        painter.restore();
    }
    painter.setPen(QPen(colour, hovered ? 2 : 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(shape);
    const int size = 14;
    const QPointF corner = box.center() - QPointF(size / 2.0, size / 2.0);
    painter.drawPixmap(corner, iconPixmap(frozen ? QStringLiteral("snowflake") : QStringLiteral("pencil"),
                                          size, colour, devicePixelRatioF()));
}

std::pair<QString, QString> BlockDiagram::headWords() const {
    if (m_classes == 0) return {tr("head"), {}};
    return {QLocale().toString(m_classes), m_classes == 1 ? tr("class") : tr("classes")};
}

void BlockDiagram::paintStage(QPainter& painter, std::size_t index) const {
    const Colours& colours = Theme::instance().colours();
    const StageBox& stage = m_layout.stages[index];
    painter.setPen(colours.line);
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(QRectF(stage.frame).adjusted(0.5, 0.5, -0.5, -0.5), 7, 7);

    QString name;
    QString below;
    if (stage.unitCount == 0) {
        std::tie(name, below) = headWords();
    } else {
        name = shortName(stage.name);
        below = shapeText(m_summary->units[stage.firstUnit + stage.unitCount - 1].outputShape);
    }
    const bool hovered = m_hovered && m_hovered->stage == index && !m_hovered->unit;
    QFont bold = Theme::bodyFont();
    bold.setBold(true);
    bold.setUnderline(hovered);
    painter.setFont(bold);
    painter.setPen(colours.text);
    const QRect upper(stage.label.left(), stage.label.top(), stage.label.width(), 19);
    painter.drawText(upper, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(name, Qt::ElideRight, upper.width()));
    painter.setFont(Theme::smallFont());
    painter.setPen(colours.muted);
    const QRect lower(upper.left(), upper.bottom() + 1, upper.width(), 15);
    if (painter.fontMetrics().horizontalAdvance(below) > lower.width()) below.remove(QLatin1Char(' '));
    painter.drawText(lower, Qt::AlignCenter,
                     painter.fontMetrics().elidedText(below, Qt::ElideRight, lower.width()));
}

}  // namespace graft::ui
