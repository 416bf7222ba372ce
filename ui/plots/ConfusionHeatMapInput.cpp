// SPDX-License-Identifier: GPL-3.0-or-later
// What mouse and keys do with the matrix.
#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>

#include "ui/plots/ConfusionHeatMap.h"
#include "ui/widgets/ToolTipText.h"

namespace graft::ui {

void ConfusionHeatMap::choose(Cell cell) {
    m_selected = cell;
    setAccessibleDescription(sentence(cell));
    update();
    Q_EMIT readoutChanged();
    Q_EMIT cellChosen(cell.truth, cell.predicted);
}

void ConfusionHeatMap::chooseByKeys(Cell cell) {
    choose(cell);
    QRect area = cellRect(cell.truth, cell.predicted);
    if (cell.predicted == 0) area.setLeft(0);
    if (cell.truth == 0) area.setTop(0);
    Q_EMIT currentMoved(area);
}

void ConfusionHeatMap::hover(std::optional<Cell> cell) {
    if (cell == m_hovered) return;
    m_hovered = cell;
    setCursor(cell ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
    Q_EMIT readoutChanged();
}

void ConfusionHeatMap::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton) return;
    m_pressed = event->globalPosition().toPoint();  // the widget itself moves under a drag
    m_isDragged = false;
}

void ConfusionHeatMap::mouseMoveEvent(QMouseEvent* event) {
    const QPoint now = event->globalPosition().toPoint();
    if (m_pressed && !m_isDragged)
        m_isDragged = (now - *m_pressed).manhattanLength() >= QApplication::startDragDistance();
    if (!m_pressed || !m_isDragged) return hover(cellAt(event->position().toPoint()));
    const QPoint by = now - *m_pressed;
    m_pressed = now;
    setCursor(Qt::ClosedHandCursor);
    Q_EMIT dragged(by);
}

void ConfusionHeatMap::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !m_pressed) return;
    m_pressed.reset();
    const auto cell = cellAt(event->position().toPoint());
    if (m_isDragged) return setCursor(cell ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (cell) choose(*cell);
}

void ConfusionHeatMap::wheelEvent(QWheelEvent* event) {
    if (!event->modifiers().testFlag(Qt::ControlModifier)) return event->ignore();  // who scrolls it
    if (event->angleDelta().y() > 0) zoomIn();
    if (event->angleDelta().y() < 0) zoomOut();
    event->accept();
}

void ConfusionHeatMap::leaveEvent(QEvent* event) {
    hover(std::nullopt);
    QWidget::leaveEvent(event);
}

void ConfusionHeatMap::keyPressEvent(QKeyEvent* event) {
    if (classCount() == 0) return QWidget::keyPressEvent(event);
    Cell step{0, 0};
    switch (event->key()) {
        case Qt::Key_Left:
            step.predicted = -1;
            break;
        case Qt::Key_Right:
            step.predicted = 1;
            break;
        case Qt::Key_Up:
            step.truth = -1;
            break;
        case Qt::Key_Down:
            step.truth = 1;
            break;
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            return zoomIn();
        case Qt::Key_Minus:
            return zoomOut();
        case Qt::Key_0:
            return showWhole();
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    // The first key of all chooses the first cell.
    if (!m_selected) return chooseByKeys({0, 0});
    chooseByKeys({std::clamp(m_selected->truth + step.truth, 0, classCount() - 1),
                  std::clamp(m_selected->predicted + step.predicted, 0, classCount() - 1)});
}

void ConfusionHeatMap::focusInEvent(QFocusEvent* event) {
    QWidget::focusInEvent(event);
    update();
}

void ConfusionHeatMap::focusOutEvent(QFocusEvent* event) {
    QWidget::focusOutEvent(event);
    update();
}

bool ConfusionHeatMap::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        if (const auto cell = cellAt(help->pos())) {
            QToolTip::showText(help->globalPos(), wrappedToolTip(sentence(*cell)), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace graft::ui
