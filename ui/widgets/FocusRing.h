// SPDX-License-Identifier: GPL-3.0-or-later
// Shows that a widget has the focus whose children cover it: a ring over them, which lets every click
// through.
#pragma once

#include <QWidget>

namespace graft::ui {

class FocusRing : public QWidget {
    Q_OBJECT
  public:
    explicit FocusRing(QWidget& around);  // after its children; it belongs to it

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace graft::ui
