// SPDX-License-Identifier: GPL-3.0-or-later
// A confusion matrix as a heat map: rows are the truth, columns what the model said. Right answers are green,
// wrong ones red, the stronger the larger their share of the row. A cell is chosen by mouse or by the arrow
// keys. Put it into a QScrollArea.
//
// Of many classes the whole is seen first, in cells of a few pixels, and the names of the one under the
// pointer are said; + and - (or the wheel with Ctrl) zoom, 0 shows the whole again, a drag moves.
#pragma once

#include <QImage>
#include <QPoint>
#include <QStringList>
#include <QWidget>
#include <cstddef>
#include <optional>
#include <vector>

#include "ui/plots/ConfusionCounts.h"

class QPainter;

namespace graft::ui {

class ConfusionHeatMap : public QWidget {
    Q_OBJECT

  public:
    explicit ConfusionHeatMap(QWidget* parent = nullptr);

    // counts[truth][predicted], as many rows and columns as there are classes.
    void setMatrix(const QStringList& classes, const std::vector<std::vector<std::size_t>>& counts);

    struct Cell {
        int truth = 0;
        int predicted = 0;
        bool operator==(const Cell&) const = default;
    };
    std::optional<Cell> selectedCell() const { return m_selected; }
    // Shows a cell as chosen without a signal; nothing takes the mark away.
    void setSelectedCell(std::optional<Cell> cell);

    // Where a cell is drawn, in this widget's coordinates.
    QRect cellRect(int truth, int predicted) const;

    // Larger and smaller cells, about the chosen one or that under the pointer.
    void zoomIn();
    void zoomOut();
    void showWhole();
    bool canZoomIn() const;
    bool isWhole() const { return m_zoom == 0; }
    bool hasNames() const;    // beside the rows and over the columns; where they would touch, of some
    QString readout() const;  // of the cell under the pointer, else of the chosen one; empty: neither

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void cellChosen(int truth, int predicted);
    // The cells have another size, and this one is to be seen.
    void zoomed(int truth, int predicted);
    void dragged(const QPoint& by);
    // Keys have moved the choice to what is here, in this widget's coordinates; in the first row and column
    // with the names.
    void currentMoved(const QRect& area);
    void readoutChanged();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

  private:
    int classCount() const { return m_counts.classCount(); }
    int smallestCell() const;
    double cellWidth() const;
    double cellHeight() const;
    double cellHeightBelow(int header) const;
    bool hasUprightNames() const;     // over the columns, which are too narrow for others
    int headerHeight() const;         // above the cells
    int indexAt(double index) const;  // of a row or column, within the matrix
    int labelSpace() const;           // left of the cells
    bool isOverview() const;
    void setZoom(std::size_t level, std::optional<Cell> about);
    void hover(std::optional<Cell> cell);
    void paintOverview(QPainter& painter);
    void paintNames(QPainter& painter, const QRect& area) const;
    void paintRowNames(QPainter& painter, const QRect& area) const;
    void paintUpright(QPainter& painter, int middle, const QString& name) const;
    void markCell(QPainter& painter, Cell cell) const;
    std::optional<Cell> cellAt(const QPoint& position) const;
    void choose(Cell cell);
    void chooseByKeys(Cell cell);
    void updateLabelWidth();
    QString sentence(Cell cell) const;
    void paintCell(QPainter& painter, Cell cell) const;

    ConfusionCounts m_counts;
    std::optional<Cell> m_selected;
    std::optional<Cell> m_hovered;
    int m_labelWidth = 0;
    int m_uprightHeight = 0;
    std::size_t m_zoom = 0;  // a level; 0: the whole
    QImage m_overview;       // null: to be drawn
    std::optional<QPoint> m_pressed;
    bool m_isDragged = false;
};

}  // namespace graft::ui
