// SPDX-License-Identifier: GPL-3.0-or-later
// Says which line of a CurvePlot is which: a piece of the line and its name.
#pragma once

#include <QWidget>

namespace graft::ui {

class CurveLegend : public QWidget {
    Q_OBJECT

  public:
    explicit CurveLegend(QWidget* parent = nullptr);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

  protected:
    void paintEvent(QPaintEvent* event) override;
};

}  // namespace graft::ui
