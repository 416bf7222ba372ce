// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/ConfusionHeatMap.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kGap = 3;
constexpr int kMinimumCell = 12;
constexpr int kSmallestWithNumber = 22;
constexpr int kRowHeight = 33;
constexpr int kTallestRow = 48;
constexpr int kHeaderHeight = 22;
constexpr int kLongestLabel = 120;
constexpr int kLabelSpace = 12;

QColor blend(const QColor& from, const QColor& to, double share) {
    const auto mix = [share](int a, int b) { return static_cast<int>(std::lround(a + (b - a) * share)); };
    return {mix(from.red(), to.red()), mix(from.green(), to.green()), mix(from.blue(), to.blue())};
}

QFont smallFont() {
    QFont font = Theme::instance().bodyFont();
    font.setPixelSize(11);
    return font;
}

}  // namespace

ConfusionHeatMap::ConfusionHeatMap(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    setSizePolicy(policy);
    setAccessibleName(tr("Confusion matrix"));
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ConfusionHeatMap::setMatrix(const QStringList& classes,
                                 const std::vector<std::vector<std::size_t>>& counts) {
    m_classes = classes;
    m_counts = counts;
    m_counts.resize(static_cast<std::size_t>(classes.size()));
    m_rowTotals.assign(m_counts.size(), 0);
    for (std::size_t row = 0; row < m_counts.size(); ++row) {
        m_counts[row].resize(m_counts.size(), 0);
        for (const std::size_t count : m_counts[row])
            m_rowTotals[row] += count;
    }
    m_selected.reset();
    m_hovered.reset();
    updateLabelWidth();
    updateGeometry();
    update();
}

void ConfusionHeatMap::setSelectedCell(std::optional<Cell> cell) {
    m_selected = cell;
    update();
}

void ConfusionHeatMap::updateLabelWidth() {
    const QFontMetrics metrics(smallFont());
    int widest = 0;
    for (const QString& name : m_classes)
        widest = std::max(widest, metrics.horizontalAdvance(name));
    m_labelWidth = std::min(widest, kLongestLabel) + kLabelSpace;
}

double ConfusionHeatMap::cellWidth() const {
    return classCount() == 0 ? 0.0
                             : std::max<double>(kMinimumCell, double(width() - m_labelWidth) / classCount());
}

double ConfusionHeatMap::cellHeight() const {
    if (classCount() == 0) return 0.0;
    return std::clamp<double>(double(height() - kHeaderHeight) / classCount(), kMinimumCell, kTallestRow);
}

QRect ConfusionHeatMap::cellRect(int truth, int predicted) const {
    const int left = m_labelWidth + static_cast<int>(std::lround(predicted * cellWidth()));
    const int right = m_labelWidth + static_cast<int>(std::lround((predicted + 1) * cellWidth()));
    const int top = kHeaderHeight + static_cast<int>(std::lround(truth * cellHeight()));
    const int bottom = kHeaderHeight + static_cast<int>(std::lround((truth + 1) * cellHeight()));
    const int gap = right - left < kSmallestWithNumber ? 1 : kGap;
    return {left, top, right - left - gap, bottom - top - gap};
}

std::optional<ConfusionHeatMap::Cell> ConfusionHeatMap::cellAt(const QPoint& position) const {
    if (classCount() == 0 || position.x() < m_labelWidth || position.y() < kHeaderHeight) return std::nullopt;
    const Cell cell{static_cast<int>((position.y() - kHeaderHeight) / cellHeight()),
                    static_cast<int>((position.x() - m_labelWidth) / cellWidth())};
    if (cell.truth >= classCount() || cell.predicted >= classCount()) return std::nullopt;
    return cell;
}

QSize ConfusionHeatMap::minimumSizeHint() const {
    return {m_labelWidth + classCount() * kMinimumCell, kHeaderHeight + classCount() * kMinimumCell};
}

QSize ConfusionHeatMap::sizeHint() const {
    const int rows = std::min(classCount(), 12) * kRowHeight;
    return QSize(m_labelWidth + classCount() * kSmallestWithNumber * 2, kHeaderHeight + rows)
        .expandedTo(minimumSizeHint());
}

QString ConfusionHeatMap::sentence(Cell cell) const {
    const auto count =
        m_counts[static_cast<std::size_t>(cell.truth)][static_cast<std::size_t>(cell.predicted)];
    const std::size_t total = m_rowTotals[static_cast<std::size_t>(cell.truth)];
    const QString share =
        total == 0 ? QString() : tr(" (%1 %)").arg(100.0 * double(count) / double(total), 0, 'f', 1);
    if (cell.truth == cell.predicted) {
        return tr("%1: %2 of %3 right%4").arg(m_classes[cell.truth]).arg(count).arg(total).arg(share);
    }
    return tr("%1 taken for %2: %3 of %4%5")
        .arg(m_classes[cell.truth], m_classes[cell.predicted])
        .arg(count)
        .arg(total)
        .arg(share);
}

void ConfusionHeatMap::paintCell(QPainter& painter, Cell cell) const {
    const Colours& colours = Theme::instance().colours();
    const auto count =
        m_counts[static_cast<std::size_t>(cell.truth)][static_cast<std::size_t>(cell.predicted)];
    const std::size_t total = m_rowTotals[static_cast<std::size_t>(cell.truth)];
    const double share = total == 0 ? 0.0 : double(count) / double(total);
    const bool right = cell.truth == cell.predicted;

    // An empty cell is nearly the card; a share of a quarter already reads as much confusion.
    const QColor base = blend(colours.surface, colours.line, 0.45);
    const double strength = right ? share : std::min(1.0, std::sqrt(share) * 1.15);
    const QColor full = right ? colours.accent : colours.wrong;
    const QColor fill = count == 0 ? base : blend(base, full, 0.12 + 0.76 * strength);

    const QRectF rect = cellRect(cell.truth, cell.predicted);
    const double radius = rect.width() < kSmallestWithNumber ? 1.0 : 3.0;
    painter.setPen(Qt::NoPen);
    painter.setBrush(fill);
    painter.drawRoundedRect(rect, radius, radius);

    const QString text = QString::number(count);
    if (rect.height() >= 14 && painter.fontMetrics().horizontalAdvance(text) + 4 <= rect.width()) {
        // Whichever of text and surface stands out more on the fill.
        const auto distance = [&fill](const QColor& ink) {
            return std::abs(ink.lightness() - fill.lightness());
        };
        const QColor ink =
            distance(colours.text) >= distance(colours.surface) ? colours.text : colours.surface;
        painter.setPen(count == 0 ? colours.muted : ink);
        painter.drawText(rect, Qt::AlignCenter, text);
    }
    if (m_selected == cell || m_hovered == cell) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(
            QPen(m_selected == cell ? colours.text : colours.muted, m_selected == cell ? 2.0 : 1.0));
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    }
}

void ConfusionHeatMap::paintEvent(QPaintEvent* event) {
    if (classCount() == 0) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(smallFont());
    const Colours& colours = Theme::instance().colours();
    const QFontMetrics metrics = painter.fontMetrics();

    // With hundreds of classes only what is on the screen is drawn.
    const QRect area = event->rect();
    const auto clampIndex = [this](double index) {
        return std::clamp(static_cast<int>(index), 0, classCount() - 1);
    };
    const int firstRow = clampIndex((area.top() - kHeaderHeight) / cellHeight());
    const int lastRow = clampIndex((area.bottom() - kHeaderHeight) / cellHeight());
    const int firstColumn = clampIndex((area.left() - m_labelWidth) / cellWidth());
    const int lastColumn = clampIndex((area.right() - m_labelWidth) / cellWidth());

    painter.setPen(colours.muted);
    if (cellHeight() >= 11.0) {
        for (int row = firstRow; row <= lastRow; ++row) {
            const QRect cell = cellRect(row, 0);
            const QRect label(0, cell.top(), m_labelWidth - kLabelSpace + 4, cell.height());
            painter.drawText(label, Qt::AlignVCenter | Qt::AlignLeft,
                             metrics.elidedText(m_classes[row], Qt::ElideRight, label.width()));
        }
    }
    if (cellWidth() >= 2 * kSmallestWithNumber) {
        for (int column = firstColumn; column <= lastColumn; ++column) {
            const QRect cell = cellRect(0, column);
            const QRect label(cell.left(), 0, cell.width(), kHeaderHeight - 4);
            painter.drawText(label, Qt::AlignCenter,
                             metrics.elidedText(m_classes[column], Qt::ElideRight, label.width()));
        }
    }
    for (int row = firstRow; row <= lastRow; ++row) {
        for (int column = firstColumn; column <= lastColumn; ++column)
            paintCell(painter, {row, column});
    }
    if (hasFocus() && !m_selected) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colours.accent, 1.0));
        painter.drawRoundedRect(rect().adjusted(0, 0, -1, -1), 3, 3);
    }
}

void ConfusionHeatMap::choose(Cell cell) {
    m_selected = cell;
    setAccessibleDescription(sentence(cell));
    update();
    Q_EMIT cellChosen(cell.truth, cell.predicted);
}

void ConfusionHeatMap::mousePressEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->position().toPoint());
    if (event->button() == Qt::LeftButton && cell) choose(*cell);
}

void ConfusionHeatMap::mouseMoveEvent(QMouseEvent* event) {
    const auto cell = cellAt(event->position().toPoint());
    if (cell == m_hovered) return;
    m_hovered = cell;
    setCursor(cell ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void ConfusionHeatMap::leaveEvent(QEvent* event) {
    m_hovered.reset();
    update();
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
        case Qt::Key_Space:
        case Qt::Key_Return:
        case Qt::Key_Enter:
            break;
        default:
            return QWidget::keyPressEvent(event);
    }
    // The first key of all chooses the first cell.
    if (!m_selected) return choose({0, 0});
    choose({std::clamp(m_selected->truth + step.truth, 0, classCount() - 1),
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
            QToolTip::showText(help->globalPos(), sentence(*cell), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace graft::ui
