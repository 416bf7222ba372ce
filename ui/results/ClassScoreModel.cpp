// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/results/ClassScoreModel.h"

#include "ui/results/ClassTable.h"
#include "ui/session/FigureText.h"

namespace graft::ui {

void ClassScoreModel::setScores(const std::vector<evaluation::ClassScore>& scores) {
    beginResetModel();
    m_scores = scores;
    endResetModel();
}

int ClassScoreModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_scores.size());
}

int ClassScoreModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ClassTable::ColumnCount;
}

QVariant ClassScoreModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const evaluation::ClassScore& score = m_scores[static_cast<std::size_t>(index.row())];
    const int column = index.column();
    if (role == Qt::TextAlignmentRole) {
        return int(Qt::AlignVCenter | (column == ClassTable::Name ? Qt::AlignLeft : Qt::AlignRight));
    }
    // Nothing can be said of a class without images, and the means leave it out.
    const bool occurs = score.support > 0;
    if (role == Qt::ToolTipRole) {
        const QString name = QString::fromStdString(score.name);
        if (!occurs) {
            return tr("%1: no validation images, so no figures; the model gave this class to %2")
                .arg(name, FigureText::count(score.predicted));
        }
        return tr("%1: %2; the model gave this class to %3")
            .arg(name, FigureText::images(score.support), FigureText::count(score.predicted));
    }
    if (role == Qt::UserRole && column == ClassTable::Bar) return occurs ? QVariant(score.f1) : QVariant();
    if (role != Qt::DisplayRole && role != kSortRole) return {};

    const auto figure = [role, occurs](double share) -> QVariant {
        if (role == kSortRole) return occurs ? QVariant(share) : QVariant();
        return occurs ? FigureText::percentFigure(share) : QStringLiteral("\u2013");
    };
    switch (column) {
        case ClassTable::Name:
            return QString::fromStdString(score.name);
        case ClassTable::Images:
            return QVariant::fromValue(static_cast<qulonglong>(score.support));
        case ClassTable::Precision:
            return figure(score.precision);
        case ClassTable::Recall:
            return figure(score.recall);
        case ClassTable::F1:
            return figure(score.f1);
        case ClassTable::Bar:
            return role == kSortRole ? figure(score.f1) : QVariant();
        default:
            return {};
    }
}

QVariant ClassScoreModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        return int(Qt::AlignVCenter | (section == ClassTable::Name ? Qt::AlignLeft : Qt::AlignRight));
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
            case ClassTable::Images:
                return tr("How many images are of this class");
            case ClassTable::Precision:
                return tr("Of the images given this class, the share that is right, %");
            case ClassTable::Recall:
                return tr("Of the images of this class, the share that was found, %");
            case ClassTable::F1:
                return tr("Harmonic mean of precision and recall, %");
            default:
                return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case ClassTable::Name:
            return tr("class");
        case ClassTable::Images:
            return tr("images");
        case ClassTable::Precision:
            return tr("precision");
        case ClassTable::Recall:
            return tr("recall");
        case ClassTable::F1:
            return tr("F1");
        default:
            return {};
    }
}

}  // namespace graft::ui
