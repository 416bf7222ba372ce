// SPDX-License-Identifier: GPL-3.0-or-later
// The catalogue as a table, one row an architecture, with where its default weights lie on this machine.
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QString>
#include <vector>

#include "core/backbones/Catalogue.h"

namespace graft::ui {

class BackboneModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Title, Parameters, Accuracy, Weights, ColumnCount };

    explicit BackboneModel(QObject* parent = nullptr);

    const backbones::CatalogueEntry& entry(int row) const { return m_entries[static_cast<std::size_t>(row)]; }
    int rowOf(const QString& backbone) const;  // -1 if there is none

    // Files by backbone, as found on this machine; backbones without one are left out.
    void setLocated(const QHash<QString, QString>& files);
    QString weightsOf(const QString& backbone) const { return m_files.value(backbone); }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    std::vector<backbones::CatalogueEntry> m_entries;
    QHash<QString, QString> m_files;
};

}  // namespace graft::ui
