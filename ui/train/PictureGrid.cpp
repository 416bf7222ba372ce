// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/train/PictureGrid.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

constexpr int kInRow = 3;
constexpr int kLargest = 84;  // side of a picture, device-independent pixels
constexpr int kSmallest = 44;
constexpr int kGap = 4;

int lengthOf(int side) {
    return kInRow * side + (kInRow - 1) * kGap;
}

}  // namespace

PictureGrid::PictureGrid(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Preferred);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

int PictureGrid::pictureSide() const {
    return static_cast<int>(std::lround(kLargest * devicePixelRatioF()));
}

void PictureGrid::setPictures(const std::vector<QImage>& pictures, const QString& description) {
    m_pictures = pictures;
    setToolTip(description);
    setAccessibleName(description);
    update();
}

QSize PictureGrid::sizeHint() const {
    return {lengthOf(kLargest), lengthOf(kLargest)};
}

QSize PictureGrid::minimumSizeHint() const {
    return {lengthOf(kSmallest), lengthOf(kSmallest)};
}

void PictureGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHints(QPainter::Antialiasing | QPainter::SmoothPixmapTransform);
    const int room = (std::min(width(), height()) - (kInRow - 1) * kGap) / kInRow;
    const int side = std::min(room, kLargest);
    for (std::size_t i = 0; i < m_pictures.size(); ++i) {
        const int place = static_cast<int>(i);
        const QRectF cell(place % kInRow * (side + kGap), place / kInRow * (side + kGap), side, side);
        QSizeF size = m_pictures[i].size();
        size.scale(cell.size(), Qt::KeepAspectRatio);
        QRectF target(QPointF(), size);
        target.moveCenter(cell.center());
        painter.drawImage(target, m_pictures[i]);
        if (i > 0) continue;
        painter.setPen(QPen(Theme::instance().colours().accent, 2));
        painter.drawRect(cell.adjusted(1, 1, -1, -1));
    }
}

}  // namespace graft::ui
