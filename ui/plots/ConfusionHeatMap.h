// SPDX-License-Identifier: GPL-3.0-or-later
// A confusion matrix as a heat map: rows are the truth, columns what the model said. Right answers are green,
// wrong ones red, the stronger the larger their share of the row. A cell is chosen by mouse or by the arrow
// keys. Put it into a QScrollArea: with many classes it is larger than a page.
#pragma once

#include <QPoint>
#include <QStringList>
#include <QWidget>
#include <cstddef>
#include <optional>
#include <vector>

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

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void cellChosen(int truth, int predicted);

  protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    bool event(QEvent* event) override;

  private:
    int classCount() const { return static_cast<int>(m_classes.size()); }
    double cellWidth() const;
    double cellHeight() const;
    std::optional<Cell> cellAt(const QPoint& position) const;
    void choose(Cell cell);
    void updateLabelWidth();
    QString sentence(Cell cell) const;
    void paintCell(QPainter& painter, Cell cell) const;

    QStringList m_classes;
    std::vector<std::vector<std::size_t>> m_counts;
    std::vector<std::size_t> m_rowTotals;
    std::optional<Cell> m_selected;
    std::optional<Cell> m_hovered;
    int m_labelWidth = 0;
};

}  // namespace graft::ui
