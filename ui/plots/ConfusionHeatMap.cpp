// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/ConfusionHeatMap.h"

#include <QApplication>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/style/Theme.h"
#include "ui/widgets/ToolTipText.h"

namespace graft::ui {

namespace {

constexpr int kGap = 3;
constexpr int kNamedCell = 11;     // from this height on a row has its name
constexpr int kDrawnCell = 9;      // smaller ones are pixels of a picture
constexpr int kSmallestMark = 7;   // of the chosen cell, however small it is
constexpr int kNamedClasses = 40;  // so many have their names beside them from the start
constexpr std::size_t kNamedZoom = 3;
// What a cell measures at least.
constexpr std::array kZooms{0, 3, 6, 12, 24, 46};
constexpr int kSmallestWithNumber = 22;
constexpr int kRowHeight = 33;
constexpr int kTallestRow = 48;
constexpr int kHeaderHeight = 22;
constexpr int kLongestLabel = 120;
constexpr int kLabelSpace = 12;
constexpr int kSmallestWhole = 80;

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
    connect(&Theme::instance(), &Theme::changed, this, [this] {
        m_overview = QImage();
        update();
    });
}

void ConfusionHeatMap::setMatrix(const QStringList& classes,
                                 const std::vector<std::vector<std::size_t>>& counts) {
    if (classes != m_counts.classes()) m_zoom = classes.size() <= kNamedClasses ? kNamedZoom : 0;
    m_counts = ConfusionCounts(classes, counts);
    m_overview = QImage();
    m_selected.reset();
    m_hovered.reset();
    updateLabelWidth();
    updateGeometry();
    update();
    Q_EMIT readoutChanged();
}

void ConfusionHeatMap::setSelectedCell(std::optional<Cell> cell) {
    m_selected = cell;
    update();
    Q_EMIT readoutChanged();
}

void ConfusionHeatMap::updateLabelWidth() {
    const QFontMetrics metrics(smallFont());
    int widest = 0;
    for (const QString& name : m_counts.classes())
        widest = std::max(widest, metrics.horizontalAdvance(name));
    m_labelWidth = std::min(widest, kLongestLabel) + kLabelSpace;
}

int ConfusionHeatMap::smallestCell() const {
    return kZooms[m_zoom];
}

double ConfusionHeatMap::cellWidth() const {
    if (classCount() == 0) return 0.0;
    return std::max<double>(smallestCell(), double(std::max(1, width() - labelSpace())) / classCount());
}

double ConfusionHeatMap::cellHeight() const {
    if (classCount() == 0) return 0.0;
    const double fitting = double(std::max(1, height() - kHeaderHeight)) / classCount();
    return std::clamp<double>(fitting, smallestCell(), kTallestRow);
}

bool ConfusionHeatMap::hasNames() const {
    return cellHeight() >= kNamedCell;
}

int ConfusionHeatMap::labelSpace() const {
    return hasNames() ? m_labelWidth : 0;
}

bool ConfusionHeatMap::isOverview() const {
    return std::min(cellWidth(), cellHeight()) < kDrawnCell;
}

bool ConfusionHeatMap::canZoomIn() const {
    return std::min(cellWidth(), cellHeight()) < kZooms.back();
}

void ConfusionHeatMap::zoomIn() {
    const double now = std::min(cellWidth(), cellHeight());
    const auto* larger = std::ranges::find_if(kZooms, [now](int size) { return size > now; });
    if (larger != kZooms.end())
        setZoom(static_cast<std::size_t>(larger - kZooms.begin()), m_hovered ? m_hovered : m_selected);
}

void ConfusionHeatMap::zoomOut() {
    if (m_zoom > 0) setZoom(m_zoom - 1, m_hovered ? m_hovered : m_selected);
}

void ConfusionHeatMap::showWhole() {
    setZoom(0, std::nullopt);
}

void ConfusionHeatMap::setZoom(std::size_t level, std::optional<Cell> about) {
    m_zoom = level;
    m_overview = QImage();
    updateGeometry();
    update();
    const Cell cell = about.value_or(Cell{});
    Q_EMIT zoomed(cell.truth, cell.predicted);
}

QRect ConfusionHeatMap::cellRect(int truth, int predicted) const {
    const int left = labelSpace() + static_cast<int>(std::lround(predicted * cellWidth()));
    const int right = labelSpace() + static_cast<int>(std::lround((predicted + 1) * cellWidth()));
    const int top = kHeaderHeight + static_cast<int>(std::lround(truth * cellHeight()));
    const int bottom = kHeaderHeight + static_cast<int>(std::lround((truth + 1) * cellHeight()));
    const int smaller = std::min(right - left, bottom - top);
    const int gap = smaller < kDrawnCell ? 0 : right - left < kSmallestWithNumber ? 1 : kGap;
    return {left, top, std::max(1, right - left - gap), std::max(1, bottom - top - gap)};
}

std::optional<ConfusionHeatMap::Cell> ConfusionHeatMap::cellAt(const QPoint& position) const {
    if (classCount() == 0 || position.x() < labelSpace() || position.y() < kHeaderHeight) return std::nullopt;
    const Cell cell{static_cast<int>((position.y() - kHeaderHeight) / cellHeight()),
                    static_cast<int>((position.x() - labelSpace()) / cellWidth())};
    if (cell.truth >= classCount() || cell.predicted >= classCount()) return std::nullopt;
    return cell;
}

QSize ConfusionHeatMap::minimumSizeHint() const {
    if (m_zoom == 0) return {kSmallestWhole, kHeaderHeight + kSmallestWhole};
    const int labels = smallestCell() >= kNamedCell ? m_labelWidth : 0;
    return {labels + classCount() * smallestCell(), kHeaderHeight + classCount() * smallestCell()};
}

QSize ConfusionHeatMap::sizeHint() const {
    const int rows = std::min(classCount(), 12) * kRowHeight;
    return QSize(m_labelWidth + classCount() * kSmallestWithNumber * 2, kHeaderHeight + rows)
        .expandedTo(minimumSizeHint());
}

QString ConfusionHeatMap::sentence(Cell cell) const {
    return m_counts.sentence(cell.truth, cell.predicted);
}

QString ConfusionHeatMap::readout() const {
    const std::optional<Cell>& cell = m_hovered ? m_hovered : m_selected;
    return cell ? sentence(*cell) : QString();
}

void ConfusionHeatMap::paintCell(QPainter& painter, Cell cell) const {
    const Colours& colours = Theme::instance().colours();
    const std::size_t count = m_counts.count(cell.truth, cell.predicted);
    const QColor fill = m_counts.colour(cell.truth, cell.predicted);
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
}

void ConfusionHeatMap::markCell(QPainter& painter, Cell cell) const {
    const Colours& colours = Theme::instance().colours();
    QRectF rect = cellRect(cell.truth, cell.predicted);
    const double wider = std::max(0.0, kSmallestMark - rect.width()) / 2;
    const double higher = std::max(0.0, kSmallestMark - rect.height()) / 2;
    rect.adjust(-wider, -higher, wider, higher);
    const double radius = rect.width() < kSmallestWithNumber ? 1.0 : 3.0;
    const bool isChosen = m_selected == cell;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(isChosen ? colours.text : colours.muted, isChosen ? 2.0 : 1.0));
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
}

void ConfusionHeatMap::paintOverview(QPainter& painter) {
    if (m_overview.isNull())
        m_overview = m_counts.overview({width() - labelSpace(), height() - kHeaderHeight});
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(
        QRectF(labelSpace(), kHeaderHeight, classCount() * cellWidth(), classCount() * cellHeight()),
        m_overview);
}

void ConfusionHeatMap::paintNames(QPainter& painter, const QRect& area) const {
    const QFontMetrics metrics = painter.fontMetrics();
    painter.setPen(Theme::instance().colours().muted);
    const auto indexAt = [this](double index) {
        return std::clamp(static_cast<int>(index), 0, classCount() - 1);
    };
    if (hasNames()) {
        const int last = indexAt((area.bottom() - kHeaderHeight) / cellHeight());
        for (int row = indexAt((area.top() - kHeaderHeight) / cellHeight()); row <= last; ++row) {
            const QRect cell = cellRect(row, 0);
            const QRect label(0, cell.top(), m_labelWidth - kLabelSpace + 4, cell.height());
            painter.drawText(label, Qt::AlignVCenter | Qt::AlignLeft,
                             metrics.elidedText(m_counts.classes()[row], Qt::ElideMiddle, label.width()));
        }
    }
    if (cellWidth() < 2 * kSmallestWithNumber) return;
    const int last = indexAt((area.right() - labelSpace()) / cellWidth());
    for (int column = indexAt((area.left() - labelSpace()) / cellWidth()); column <= last; ++column) {
        const QRect cell = cellRect(0, column);
        const QRect label(cell.left(), 0, cell.width(), kHeaderHeight - 4);
        painter.drawText(label, Qt::AlignCenter,
                         metrics.elidedText(m_counts.classes()[column], Qt::ElideMiddle, label.width()));
    }
}

void ConfusionHeatMap::paintEvent(QPaintEvent* event) {
    if (classCount() == 0) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(smallFont());
    paintNames(painter, event->rect());

    // With hundreds of classes only what is on the screen is drawn.
    const QRect area = event->rect();
    const auto clampIndex = [this](double index) {
        return std::clamp(static_cast<int>(index), 0, classCount() - 1);
    };
    const int firstRow = clampIndex((area.top() - kHeaderHeight) / cellHeight());
    const int lastRow = clampIndex((area.bottom() - kHeaderHeight) / cellHeight());
    const int firstColumn = clampIndex((area.left() - labelSpace()) / cellWidth());
    const int lastColumn = clampIndex((area.right() - labelSpace()) / cellWidth());
    if (isOverview()) {
        paintOverview(painter);
    } else {
        for (int row = firstRow; row <= lastRow; ++row) {
            for (int column = firstColumn; column <= lastColumn; ++column)
                paintCell(painter, {row, column});
        }
    }
    if (m_hovered) markCell(painter, *m_hovered);
    if (m_selected) markCell(painter, *m_selected);
    if (!hasFocus()) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(Theme::instance().colours().accent, 2.0));
    QRect ring = rect().adjusted(1, 1, -1, -1);
    if (m_selected) ring = cellRect(m_selected->truth, m_selected->predicted).adjusted(-2, -2, 2, 2);
    painter.drawRoundedRect(ring, 3, 3);
}

void ConfusionHeatMap::choose(Cell cell) {
    m_selected = cell;
    setAccessibleDescription(sentence(cell));
    update();
    Q_EMIT readoutChanged();
    Q_EMIT cellChosen(cell.truth, cell.predicted);
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

void ConfusionHeatMap::resizeEvent(QResizeEvent* event) {
    m_overview = QImage();
    QWidget::resizeEvent(event);
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
            QToolTip::showText(help->globalPos(), wrappedToolTip(sentence(*cell)), this);
        } else {
            QToolTip::hideText();
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace graft::ui
