// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/FigureRow.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

QWidget* makeFigure(const Figure& figure, QWidget* parent) {
    auto* widget = new QWidget(parent);
    widget->setToolTip(figure.tooltip);
    auto* column = new QVBoxLayout(widget);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* name = new QLabel(figure.name.toUpper(), widget);
    name->setObjectName(QStringLiteral("muted"));
    name->setFont(Theme::cardTitleFont());
    column->addWidget(name);
    auto* line = new QHBoxLayout;
    line->setSpacing(6);
    auto* value = new QLabel(figure.value, widget);
    value->setFont(Theme::figureFont());
    line->addWidget(value, 0, Qt::AlignBottom);
    if (!figure.unit.isEmpty()) {
        auto* unit = new QLabel(figure.unit, widget);
        unit->setObjectName(QStringLiteral("muted"));
        unit->setContentsMargins(0, 0, 0, 4);  // on the figure's base line
        line->addWidget(unit, 0, Qt::AlignBottom);
    }
    line->addStretch(1);
    column->addLayout(line);
    widget->setAccessibleName(figure.name + ' ' + figure.value + ' ' + figure.unit);
    return widget;
}

}  // namespace

FigureRow::FigureRow(QWidget* parent) : QWidget(parent), m_layout(new QHBoxLayout(this)) {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(16);
}

void FigureRow::setFigures(const std::vector<Figure>& figures) {
    m_figures = figures;
    while (QLayoutItem* item = m_layout->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const Figure& figure : figures)
        m_layout->addWidget(makeFigure(figure, this), 1);
}

QString FigureRow::valueOf(const QString& name) const {
    for (const Figure& figure : m_figures) {
        if (figure.name == name) return figure.value;
    }
    return {};
}

}  // namespace graft::ui
