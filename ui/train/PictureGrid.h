// SPDX-License-Identifier: GPL-3.0-or-later
// Nine small pictures in three rows; the first has a frame. They get smaller where there is less room.
#pragma once

#include <QImage>
#include <QString>
#include <QWidget>
#include <vector>

namespace graft::ui {

class PictureGrid : public QWidget {
    Q_OBJECT
  public:
    explicit PictureGrid(QWidget* parent = nullptr);

    int pictureSide() const;  // at most, in the screen's pixels
    void setPictures(const std::vector<QImage>& pictures, const QString& description);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  protected:
    void paintEvent(QPaintEvent* event) override;

  private:
    std::vector<QImage> m_pictures;
};

}  // namespace graft::ui
