// SPDX-License-Identifier: GPL-3.0-or-later
// A widget that is scrolled up and down where it has too little height, and never sideways.
#pragma once

#include <QScrollArea>

namespace graft::ui {

class HeightScroll : public QScrollArea {
    Q_OBJECT
  public:
    explicit HeightScroll(QWidget* content, QWidget* parent = nullptr);

    QSize minimumSizeHint() const override;
};

}  // namespace graft::ui
