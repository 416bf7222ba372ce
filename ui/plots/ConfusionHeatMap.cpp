// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/plots/ConfusionHeatMap.h"

#include <QPaintEvent>
#include <QPainter>
#include <algorithm>
#include <array>
#include <cmath>

#include "ui/style/Theme.h"

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
constexpr int kLongestUpright = 48;  // of a column's name that stands upright
constexpr int kUprightSpace = 6;
constexpr int kLongestLabel = 120;
constexpr int kLabelSpace = 12;
constexpr int kSmallestWhole = 80;

QFont smallFont() {
    QFont font = Theme::instance().bodyFont();
    font.setPixelSize(11);
    return font;
}

// What a name needs in a row of names, without touching its neighbours.
int nameHeight(const QFontMetrics& metrics) {
    return metrics.capHeight() + metrics.descent() + 1;
}

// Every how many-th name has room, where each has so many pixels.
int nameStep(const QFontMetrics& metrics, double room) {
    return std::max(1, static_cast<int>(std::ceil(nameHeight(metrics) / std::max(1.0, room))));
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
    m_uprightHeight = std::max(kHeaderHeight, std::min(widest, kLongestUpright) + kUprightSpace);
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
    return cellHeightBelow(headerHeight());
}

double ConfusionHeatMap::cellHeightBelow(int header) const {
    const double fitting = double(std::max(1, height() - header)) / classCount();
    return std::clamp<double>(fitting, smallestCell(), kTallestRow);
}

// Whatever the header turns out to be.
bool ConfusionHeatMap::hasNames() const {
    return classCount() > 0 && cellHeightBelow(m_uprightHeight) >= kNamedCell;
}

bool ConfusionHeatMap::hasUprightNames() const {
    return hasNames() && cellWidth() < 2 * kSmallestWithNumber;
}

int ConfusionHeatMap::headerHeight() const {
    return hasUprightNames() ? m_uprightHeight : kHeaderHeight;
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

int ConfusionHeatMap::indexAt(double index) const {
    return std::clamp(static_cast<int>(index), 0, classCount() - 1);
}

QRect ConfusionHeatMap::cellRect(int truth, int predicted) const {
    const int left = labelSpace() + static_cast<int>(std::lround(predicted * cellWidth()));
    const int right = labelSpace() + static_cast<int>(std::lround((predicted + 1) * cellWidth()));
    const int top = headerHeight() + static_cast<int>(std::lround(truth * cellHeight()));
    const int bottom = headerHeight() + static_cast<int>(std::lround((truth + 1) * cellHeight()));
    const int smaller = std::min(right - left, bottom - top);
    const int gap = smaller < kDrawnCell ? 0 : right - left < kSmallestWithNumber ? 1 : kGap;
    return {left, top, std::max(1, right - left - gap), std::max(1, bottom - top - gap)};
}

std::optional<ConfusionHeatMap::Cell> ConfusionHeatMap::cellAt(const QPoint& position) const {
    if (classCount() == 0 || position.x() < labelSpace() || position.y() < headerHeight())
        return std::nullopt;
    const Cell cell{static_cast<int>((position.y() - headerHeight()) / cellHeight()),
                    static_cast<int>((position.x() - labelSpace()) / cellWidth())};
    if (cell.truth >= classCount() || cell.predicted >= classCount()) return std::nullopt;
    return cell;
}

QSize ConfusionHeatMap::minimumSizeHint() const {
    if (m_zoom == 0) return {kSmallestWhole, kHeaderHeight + kSmallestWhole};
    const bool isNamed = smallestCell() >= kNamedCell;
    const int labels = isNamed ? m_labelWidth : 0;
    const int header = isNamed && smallestCell() < 2 * kSmallestWithNumber ? m_uprightHeight : kHeaderHeight;
    return {labels + classCount() * smallestCell(), header + classCount() * smallestCell()};
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
        m_overview = m_counts.overview({width() - labelSpace(), height() - headerHeight()});
    painter.setRenderHint(QPainter::SmoothPixmapTransform, false);
    painter.drawImage(
        QRectF(labelSpace(), headerHeight(), classCount() * cellWidth(), classCount() * cellHeight()),
        m_overview);
}

void ConfusionHeatMap::paintNames(QPainter& painter, const QRect& area) const {
    painter.setPen(Theme::instance().colours().muted);
    if (hasNames()) paintRowNames(painter, area);
    const bool isUpright = hasUprightNames();
    if (!isUpright && cellWidth() < 2 * kSmallestWithNumber) return;
    const QFontMetrics metrics = painter.fontMetrics();
    const int step = isUpright ? nameStep(metrics, cellWidth()) : 1;
    const int last = indexAt((area.right() - labelSpace()) / cellWidth());
    const int first = indexAt((area.left() - labelSpace()) / cellWidth());
    for (int column = first - first % step; column <= last; column += step) {
        const QRect cell = cellRect(0, column);
        const QString& name = m_counts.classes()[column];
        if (isUpright) {
            paintUpright(painter, cell.center().x(), name);
        } else {
            const QRect label(cell.left(), 0, cell.width(), headerHeight() - 4);
            painter.drawText(label, Qt::AlignCenter,
                             metrics.elidedText(name, Qt::ElideMiddle, label.width()));
        }
    }
}

void ConfusionHeatMap::paintRowNames(QPainter& painter, const QRect& area) const {
    const QFontMetrics metrics = painter.fontMetrics();
    const int step = nameStep(metrics, cellHeight());
    const int last = indexAt((area.bottom() - headerHeight()) / cellHeight());
    const int first = indexAt((area.top() - headerHeight()) / cellHeight());
    for (int row = first - first % step; row <= last; row += step) {
        const QRect cell = cellRect(row, 0);
        const QRect label(0, cell.top(), m_labelWidth - kLabelSpace + 4, cell.height());
        painter.drawText(label, Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip,
                         metrics.elidedText(m_counts.classes()[row], Qt::ElideMiddle, label.width()));
    }
}

// From the cells up, in the middle of a column.
void ConfusionHeatMap::paintUpright(QPainter& painter, int middle, const QString& name) const {
    const QFontMetrics metrics = painter.fontMetrics();
    const int length = headerHeight() - kUprightSpace;
    painter.save();
    painter.translate(middle, headerHeight() - kUprightSpace / 2);
    painter.rotate(-90);
    painter.drawText(QRect(0, -metrics.height() / 2, length, metrics.height()),
                     Qt::AlignVCenter | Qt::AlignLeft | Qt::TextDontClip,
                     metrics.elidedText(name, Qt::ElideMiddle, length));
    painter.restore();
}

void ConfusionHeatMap::paintEvent(QPaintEvent* event) {
    if (classCount() == 0) return;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(smallFont());
    paintNames(painter, event->rect());

    // With hundreds of classes only what is on the screen is drawn.
    const QRect area = event->rect();
    const int firstRow = indexAt((area.top() - headerHeight()) / cellHeight());
    const int lastRow = indexAt((area.bottom() - headerHeight()) / cellHeight());
    const int firstColumn = indexAt((area.left() - labelSpace()) / cellWidth());
    const int lastColumn = indexAt((area.right() - labelSpace()) / cellWidth());
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

void ConfusionHeatMap::resizeEvent(QResizeEvent* event) {
    m_overview = QImage();
    QWidget::resizeEvent(event);
}

}  // namespace graft::ui
