// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the list on the Runs page. The run that is being trained is told, not read: it is up to date
// with every batch.
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QString>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/training/RunCatalogue.h"

namespace graft::ui {

struct RunningRun;

class RunModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    explicit RunModel(QObject* parent = nullptr);

    // rows: indices into the runs, in the order in which they are shown.
    void setRuns(std::shared_ptr<const training::Catalogue> runs, std::vector<std::size_t> rows);
    void setRunning(const std::optional<RunningRun>& run);

    const training::CataloguedRun* runAt(int row) const;  // null: there is no such row
    QString folderAt(int row) const;
    int rowOf(const QString& folder) const;  // -1: it is not shown

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    // As far as it is.
    struct Told {
        QString folder;
        QString status;
        QString best;
        QString bestTip;
        bool operator==(const Told&) const = default;
    };
    void renew(const QString& folder);
    QVariant toldOf(int row, int column, int role) const;

    std::shared_ptr<const training::Catalogue> m_runs;
    std::vector<std::size_t> m_rows;
    QHash<QString, int> m_rowOf;
    std::optional<Told> m_told;
};

}  // namespace graft::ui
