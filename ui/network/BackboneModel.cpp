// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/network/BackboneModel.h"

#include <QLocale>
#include <utility>

namespace graft::ui {

namespace {

const QString kUnknown = QStringLiteral("\u2013");
const QLatin1String kTagPrefix("IMAGENET1K_");

bool isNumber(int column) {
    return column >= BackboneModel::Parameters && column <= BackboneModel::MultiplyAdds;
}

// A figure with so many decimals; a dash for 0, which stands for what nobody has published.
QString figure(double value, int decimals) {
    return value > 0 ? QLocale().toString(value, 'f', decimals) : kUnknown;
}

QString searchText(const backbones::CatalogueEntry& entry) {
    return QString::fromStdString(entry.title + ' ' + entry.name + ' ' + entry.family + ' ' + entry.tag) +
           ' ' + BackboneModel::shortTag(entry);
}

}  // namespace

BackboneModel::BackboneModel(std::vector<backbones::CatalogueEntry> entries, QObject* parent)
    : QAbstractTableModel(parent), m_entries(std::move(entries)), m_files(m_entries.size()) {
    m_search.reserve(m_entries.size());
    for (int row = 0; row < rowCount(); ++row) {
        const backbones::CatalogueEntry& entry = this->entry(row);
        m_search.push_back(searchText(entry));
        if (entry.multiplyAdds <= 0) continue;
        if (m_leastWork < 0 || entry.multiplyAdds < this->entry(m_leastWork).multiplyAdds) m_leastWork = row;
    }
}

QString BackboneModel::shortTag(const backbones::CatalogueEntry& entry) {
    QString tag = QString::fromStdString(entry.tag);
    if (tag.startsWith(kTagPrefix)) tag.remove(0, kTagPrefix.size());
    return tag.replace('_', ' ');
}

int BackboneModel::rowOf(const QString& backbone, const QString& weightsFile, int otherwise) const {
    const std::string name = backbone.toStdString();
    const std::string file = weightsFile.mid(weightsFile.lastIndexOf('/') + 1).toStdString();
    int official = -1;
    int first = -1;
    for (int row = 0; row < rowCount(); ++row) {
        const backbones::CatalogueEntry& entry = this->entry(row);
        if (entry.name != name) continue;
        if (first < 0) first = row;
        if (file.empty()) continue;
        if (weightsAt(row) == weightsFile) return row;
        // Also where it does not lie in one of the folders that are looked through.
        if (file == entry.fileName || file == entry.name + '-' + entry.tag + ".safetensors") official = row;
    }
    if (official >= 0) return official;
    return otherwise >= 0 && entry(otherwise).name == name ? otherwise : first;
}

void BackboneModel::setLocated(std::vector<QString> files) {
    files.resize(m_entries.size());
    if (files == m_files) return;
    m_files = std::move(files);
    emit dataChanged(index(0, Title), index(rowCount() - 1, Weights));
}

int BackboneModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

int BackboneModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant BackboneModel::text(int row, int column) const {
    const backbones::CatalogueEntry& entry = this->entry(row);
    switch (column) {
        case Title:
            return QString::fromStdString(entry.title);
        case Family:
            return QString::fromStdString(entry.family);
        case Parameters:
            return figure(static_cast<double>(entry.parameters) / 1e6, 1);
        case FileSize:
            return figure(entry.megabytes, 0);
        case Accuracy:
            return figure(entry.top1, 1);
        case MultiplyAdds: {
            const double giga = static_cast<double>(entry.multiplyAdds) / 1e9;
            return figure(giga, giga < 100 ? 2 : 1);
        }
        case Weights:
            return !weightsAt(row).isEmpty() ? (entry.builtIn ? tr("built-in") : tr("here"))
                   : entry.url.empty()       ? kUnknown
                                             : tr("to fetch");
        default:
            return {};
    }
}

QVariant BackboneModel::sortKey(int row, int column) const {
    const backbones::CatalogueEntry& entry = this->entry(row);
    const auto known = [](auto value) { return value > 0 ? QVariant::fromValue(value) : QVariant(); };
    switch (column) {
        case Parameters:
            return known(static_cast<qlonglong>(entry.parameters));
        case FileSize:
            return known(entry.megabytes);
        case Accuracy:
            return known(entry.top1);
        case MultiplyAdds:
            return known(static_cast<qlonglong>(entry.multiplyAdds));
        case Weights:  // what is here comes first
            return !weightsAt(row).isEmpty() ? 0 : entry.url.empty() ? 2 : 1;
        default:
            return text(row, column);
    }
}

QString BackboneModel::toolTip(int row) const {
    const backbones::CatalogueEntry& entry = this->entry(row);
    const QString file = weightsAt(row);
    const QString accuracy =
        entry.top1 > 0
            ? tr("%1 % top-1 and %2 % top-5 on ImageNet").arg(figure(entry.top1, 1), figure(entry.top5, 1))
            : tr("no published accuracy");
    return tr("%1 (%2), %3\n%4 parameters, %5\nWeights: %6\nLicence: %7")
        .arg(QString::fromStdString(entry.title), QString::fromStdString(entry.name),
             QString::fromStdString(entry.tag), QLocale().toString(static_cast<qlonglong>(entry.parameters)),
             accuracy,
             !file.isEmpty()       ? file
             : entry.isPublished() ? tr("not on this machine")
                                   : tr("none are published"),
             QString::fromStdString(entry.licence));
}

QVariant BackboneModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const int row = index.row();
    switch (role) {
        case Qt::DisplayRole:
            return text(row, index.column());
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
        case Qt::ToolTipRole:
            return toolTip(row);
        case Qt::AccessibleTextRole:
            if (index.column() != Title) return text(row, index.column());
            return QStringLiteral("%1, %2").arg(QString::fromStdString(entry(row).title),
                                                shortTag(entry(row)));
        case SortRole:
            return sortKey(row, index.column());
        case SearchRole:
            return m_search[static_cast<std::size_t>(row)];
        case TagRole:
            return shortTag(entry(row));
        case HereRole:
            return !weightsAt(row).isEmpty();
        default:
            return {};
    }
}

QVariant BackboneModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    switch (role) {
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
        case Qt::InitialSortOrderRole:  // the first click brings up the most accurate
            return section == Accuracy ? Qt::DescendingOrder : Qt::AscendingOrder;
        case Qt::DisplayRole:
        case Qt::ToolTipRole:
            break;
        default:
            return {};
    }
    const std::pair<QString, QString> texts[ColumnCount] = {
        {tr("name"), tr("The network, and which of its published weights")},
        {tr("family"), {}},
        {tr("M par."), tr("Million parameters, with the classifier for ImageNet's 1000 classes")},
        {tr("MB"), tr("Size of the weights' file in megabytes")},
        {tr("top-1 %"), tr("Published accuracy on ImageNet: the first guess is right, per cent")},
        {tr("GMACs"), tr("Work for one image of the published size: thousand million multiply-adds")},
        {tr("weights"), tr("Whether the published weights are on this machine")},
    };
    return role == Qt::DisplayRole ? texts[section].first : texts[section].second;
}

}  // namespace graft::ui
