// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BackboneModel.h"

#include <QLocale>
#include <set>

namespace graft::ui {

BackboneModel::BackboneModel(QObject* parent) : QAbstractTableModel(parent) {
    std::set<std::string> seen;
    for (const backbones::CatalogueEntry& entry : backbones::catalogue()) {
        if (seen.insert(entry.name).second) m_entries.push_back(entry);
    }
}

int BackboneModel::rowOf(const QString& backbone) const {
    for (std::size_t row = 0; row < m_entries.size(); ++row) {
        if (m_entries[row].name == backbone.toStdString()) return static_cast<int>(row);
    }
    return -1;
}

void BackboneModel::setLocated(const QHash<QString, QString>& files) {
    m_files = files;
    if (rowCount() > 0) emit dataChanged(index(0, Weights), index(rowCount() - 1, Weights));
}

int BackboneModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int BackboneModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BackboneModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const backbones::CatalogueEntry& entry = this->entry(index.row());
    const QString name = QString::fromStdString(entry.name);
    const QLocale locale;
    switch (role) {
        case Qt::DisplayRole:
            switch (index.column()) {
                case Title:
                    return QString::fromStdString(entry.title);
                case Parameters:
                    return locale.toString(static_cast<double>(entry.parameters) / 1e6, 'f', 1);
                case Accuracy:
                    return entry.top1 > 0 ? locale.toString(entry.top1, 'f', 1) : QStringLiteral("\u2013");
                case Weights:
                    return m_files.contains(name) ? tr("here") : tr("to fetch");
                default:
                    return {};
            }
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignVCenter |
                            (index.column() == Parameters || index.column() == Accuracy ? Qt::AlignRight
                                                                                        : Qt::AlignLeft));
        case Qt::ToolTipRole:
            return tr("%1 (%2)\n%3 parameters, %4 % top-1 and %5 % top-5 on ImageNet with %6\nWeights: %7")
                .arg(QString::fromStdString(entry.title), name,
                     locale.toString(static_cast<qlonglong>(entry.parameters)),
                     locale.toString(entry.top1, 'f', 1), locale.toString(entry.top5, 'f', 1),
                     QString::fromStdString(entry.tag),
                     m_files.contains(name) ? m_files.value(name) : tr("not on this machine"));
        case Qt::UserRole:
            return m_files.contains(name);
        // What the search looks through.
        case Qt::UserRole + 1:
            return QStringLiteral("%1 %2 %3")
                .arg(QString::fromStdString(entry.title), name, QString::fromStdString(entry.family));
        default:
            return {};
    }
}

QVariant BackboneModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole) {
        return QVariant(Qt::AlignVCenter |
                        (section == Parameters || section == Accuracy ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == Qt::ToolTipRole) {
        switch (section) {
            case Parameters:
                return tr("Million parameters, with the classifier for ImageNet's 1000 classes");
            case Accuracy:
                return tr("Published top-1 accuracy on ImageNet, per cent");
            case Weights:
                return tr("Whether the published weights are on this machine");
            default:
                return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Title:
            return tr("name");
        case Parameters:
            return tr("M par.");
        case Accuracy:
            return tr("top-1");
        case Weights:
            return tr("weights");
        default:
            return {};
    }
}

}  // namespace graft::ui
