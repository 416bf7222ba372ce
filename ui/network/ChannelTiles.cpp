// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/ChannelTiles.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <array>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kInRow = 4;
constexpr int kGap = 6;
constexpr int kLargest = 84;
constexpr int kSmallest = 40;

// From dark blue over green to yellow, evenly brighter: read without colours, too.
QRgb colourOf(std::uint8_t value) {
    static constexpr std::array<std::array<int, 3>, 5> kStops{
        {{22, 26, 48}, {38, 78, 112}, {40, 135, 122}, {130, 190, 92}, {250, 232, 120}}};
    const double place = value / 255.0 * (kStops.size() - 1);
    const auto stop = std::min(static_cast<std::size_t>(place), kStops.size() - 2);
    const double share = place - static_cast<double>(stop);
    const auto mix = [&](std::size_t c) {
        return qRound(kStops[stop][c] + (kStops[stop + 1][c] - kStops[stop][c]) * share);
    };
    return qRgb(mix(0), mix(1), mix(2));
}

QImage tileOf(const inference::ChannelView& channel) {
    QImage tile(channel.width, channel.height, QImage::Format_RGB32);
    for (int y = 0; y < channel.height; ++y) {
        auto* row = reinterpret_cast<QRgb*>(tile.scanLine(y));
        for (int x = 0; x < channel.width; ++x)
            row[x] = colourOf(channel.values[static_cast<std::size_t>(y * channel.width + x)]);
    }
    return tile;
}

}  // namespace

ChannelTiles::ChannelTiles(QWidget* parent) : QWidget(parent) {
    QSizePolicy policy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ChannelTiles::showChannels(const std::vector<inference::ChannelView>& channels) {
    m_tiles.clear();
    m_channels.clear();
    for (const inference::ChannelView& channel : channels) {
        m_tiles.push_back(tileOf(channel));
        m_channels.push_back(channel.channel);
    }
    setAccessibleName(tr("%1 channels as pictures").arg(m_tiles.size()));
    updateGeometry();
    update();
}

int ChannelTiles::sideFor(int width) const {
    return std::clamp((width - (kInRow - 1) * kGap) / kInRow, kSmallest, kLargest);
}

int ChannelTiles::heightForWidth(int width) const {
    const int rows = (shown() + kInRow - 1) / kInRow;
    return rows == 0 ? 0 : rows * (sideFor(width) + kGap) - kGap;
}

QSize ChannelTiles::sizeHint() const {
    const int width = kInRow * (70 + kGap) - kGap;
    return {width, heightForWidth(width)};
}

QSize ChannelTiles::minimumSizeHint() const {
    return {kInRow * (kSmallest + kGap) - kGap, kSmallest};
}

QRect ChannelTiles::tileRect(int tile) const {
    const int side = sideFor(width());
    return {tile % kInRow * (side + kGap), tile / kInRow * (side + kGap), side, side};
}

bool ChannelTiles::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (int n = 0; n < shown(); ++n) {
        if (!tileRect(n).contains(help->pos())) continue;
        QToolTip::showText(
            help->globalPos(),
            tr("Channel %1, %2 of the strongest").arg(m_channels[static_cast<std::size_t>(n)]).arg(n + 1),
            this, tileRect(n));
        return true;
    }
    QToolTip::hideText();
    event->ignore();
    return true;
}

void ChannelTiles::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    for (int n = 0; n < shown(); ++n) {
        const QRectF area = tileRect(n);
        QPainterPath shape;
        shape.addRoundedRect(area, 4, 4);
        painter.setClipPath(shape);
        painter.drawImage(area, m_tiles[static_cast<std::size_t>(n)]);
    }
}

}  // namespace graft::ui
