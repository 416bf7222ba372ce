// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/FigureRow.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/style/Theme.h"
#include "ui/widgets/ShrinkingLabel.h"

namespace graft::ui {

namespace {

constexpr int kRoomOfEach = 132;  // for large figures
constexpr int kLeastOfEach = 64;
constexpr int kMostInOneRow = 4;  // however little room there is
constexpr int kRoomInOneRow = 96;

QFont narrowFont() {
    QFont font = Theme::titleFont();
    font.setPixelSize(18);
    return font;
}

QWidget* makeFigure(const Figure& figure, bool isNarrow, QWidget* parent) {
    auto* widget = new QWidget(parent);
    widget->setToolTip(figure.tooltip);
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* name = new ShrinkingLabel(widget);
    name->setText(figure.name.toUpper());
    name->setObjectName(QStringLiteral("muted"));
    name->setFont(isNarrow ? Theme::smallFont() : Theme::cardTitleFont());
    column->addWidget(name);
    auto* line = new QHBoxLayout;
    line->setSpacing(6);
    auto* value = new QLabel(figure.value, widget);
    value->setFont(isNarrow ? narrowFont() : Theme::figureFont());
    line->addWidget(value, 0, Qt::AlignBottom);
    if (!figure.unit.isEmpty()) {
        auto* unit = new ShrinkingLabel(widget);
        unit->setText(figure.unit);
        unit->setObjectName(QStringLiteral("muted"));
        unit->setContentsMargins(0, 0, 0, isNarrow ? 1 : 4);  // on the figure's base line
        line->addWidget(unit, 0, Qt::AlignBottom);
    }
    line->addStretch(1);
    column->addLayout(line);
    widget->setAccessibleName(figure.name + ' ' + figure.value + ' ' + figure.unit);
    return widget;
}

}  // namespace

FigureRow::FigureRow(QWidget* parent) : QWidget(parent), m_layout(new QVBoxLayout(this)) {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(8);
}

void FigureRow::setFigures(const std::vector<Figure>& figures) {
    m_figures = figures;
    m_rows = rowCount();
    m_isNarrow = isNarrow();
    build();
    updateGeometry();
}

int FigureRow::rowCount() const {
    const int count = static_cast<int>(m_figures.size());
    return count > kMostInOneRow && width() < kRoomInOneRow * count ? 2 : 1;
}

bool FigureRow::isNarrow() const {
    const int count = static_cast<int>(m_figures.size());
    return width() * rowCount() < kRoomOfEach * count;
}

// Smaller figures, or two rows, rather than figures that are cut off.
void FigureRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (m_isNarrow == isNarrow() && m_rows == rowCount()) return;
    m_isNarrow = isNarrow();
    m_rows = rowCount();
    build();
    updateGeometry();
}

QSize FigureRow::minimumSizeHint() const {
    const int count = static_cast<int>(m_figures.size());
    const int inRow = count > kMostInOneRow ? (count + 1) / 2 : count;
    return {inRow * kLeastOfEach, QWidget::minimumSizeHint().height()};
}

void FigureRow::build() {
    while (QLayoutItem* row = m_layout->takeAt(0)) {
        while (QLayoutItem* item = row->layout()->takeAt(0)) {
            delete item->widget();
            delete item;
        }
        delete row;
    }
    const std::size_t inRow =
        (m_figures.size() + static_cast<std::size_t>(m_rows) - 1) / static_cast<std::size_t>(m_rows);
    QHBoxLayout* row = nullptr;
    for (std::size_t n = 0; n < m_figures.size(); ++n) {
        if (n % inRow == 0) {
            row = new QHBoxLayout;
            row->setSpacing(m_isNarrow ? 8 : 16);
            m_layout->addLayout(row);
        }
        QWidget* widget = makeFigure(m_figures[n], m_isNarrow, this);
        // Each as wide as it needs to be, but one below the other.
        row->addWidget(widget, m_rows > 1 ? 1 : 0);
        widget->show();  // also where the row is on the screen already
    }
}

QString FigureRow::valueOf(const QString& name) const {
    for (const Figure& figure : m_figures) {
        if (figure.name == name) return figure.value;
    }
    return {};
}

}  // namespace graft::ui
