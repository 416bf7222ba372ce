// SPDX-License-Identifier: GPL-3.0-or-later
// Channels of a map as small pictures in rows, dark where they are low and bright where they are high.
#pragma once

#include <QImage>
#include <QWidget>
#include <vector>

#include "core/inference/StageViews.h"

namespace graft::ui {

class ChannelTiles : public QWidget {
    Q_OBJECT
  public:
    explicit ChannelTiles(QWidget* parent = nullptr);

    void showChannels(const std::vector<inference::ChannelView>& channels);
    int shown() const { return static_cast<int>(m_tiles.size()); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override;

  protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

  private:
    QRect tileRect(int tile) const;
    int sideFor(int width) const;

    std::vector<QImage> m_tiles;
    std::vector<std::size_t> m_channels;
};

}  // namespace graft::ui
