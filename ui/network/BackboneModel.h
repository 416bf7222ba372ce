// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue as a table, one row a set of published weights, with where they lie on this machine.
#pragma once

#include <QAbstractTableModel>
#include <QString>
#include <vector>

#include "core/backbones/Catalogue.h"

namespace graft::ui {

class BackboneModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Title, Family, Parameters, FileSize, Accuracy, MultiplyAdds, Weights, ColumnCount };
    enum Role {
        SortRole = Qt::UserRole,  // a number, or text; invalid where it is not known
        SearchRole,               // what a search looks through
        TagRole,                  // "V2"
        HereRole,                 // whether the weights are on this machine
    };

    explicit BackboneModel(std::vector<backbones::CatalogueEntry> entries, QObject* parent = nullptr);

    const std::vector<backbones::CatalogueEntry>& entries() const { return m_entries; }
    const backbones::CatalogueEntry& entry(int row) const { return m_entries[static_cast<std::size_t>(row)]; }
    // The row of a backbone with this weight file: the one whose file it is, else `otherwise` where that is a
    // row of this backbone, else the backbone's default weights. -1 if there is no such backbone.
    int rowOf(const QString& backbone, const QString& weightsFile, int otherwise) const;
    // The row that needs the fewest multiply-adds; -1 if none says.
    int leastWork() const { return m_leastWork; }

    // The weights' files as found on this machine, one a row; empty where there is none.
    void setLocated(std::vector<QString> files);
    QString weightsAt(int row) const { return m_files[static_cast<std::size_t>(row)]; }

    // "V2", "SWAG E2E V1": the tag without what all of them begin with.
    static QString shortTag(const backbones::CatalogueEntry& entry);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QVariant text(int row, int column) const;
    QVariant sortKey(int row, int column) const;
    QString toolTip(int row) const;

    std::vector<backbones::CatalogueEntry> m_entries;
    std::vector<QString> m_search;
    std::vector<QString> m_files;
    int m_leastWork = -1;
};

}  // namespace graft::ui
