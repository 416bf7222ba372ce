// SPDX-License-Identifier: GPL-3.0-or-later
// The loss over the learning rate, on a logarithmic axis, with rates marked on it. QCustomPlot stays inside.
#pragma once

#include <QString>
#include <QStringList>
#include <QWidget>
#include <vector>

class QCustomPlot;
class QCPGraph;
class QCPItemStraightLine;
class QCPItemText;
class QCPItemTracer;

namespace graft::ui {

class RatePlot : public QWidget {
    Q_OBJECT

  public:
    // first, last: the ends of the axis, above 0.
    RatePlot(double first, double last, QWidget* parent = nullptr);

    // Rising rates. What is not finite is left out.
    void add(double rate, double loss);
    // A point of the curve, with its name. main: the one that is meant; the others are faint.
    void mark(double rate, const QString& name, bool main);
    // Draws once; call it after a batch of additions.
    void refresh();

    int count() const;
    QStringList marks() const;

    QSize sizeHint() const override { return {560, 300}; }
    QSize minimumSizeHint() const override { return {320, 180}; }

  protected:
    void changeEvent(QEvent* event) override;

  private:
    struct Mark {
        QCPItemStraightLine* line = nullptr;
        QCPItemTracer* point = nullptr;
        QCPItemText* name = nullptr;
        bool main = false;
    };

    void applyTheme();

    QCustomPlot* m_plot = nullptr;
    QCPGraph* m_curve = nullptr;
    std::vector<Mark> m_marks;
};

}  // namespace graft::ui
