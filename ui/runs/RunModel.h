// SPDX-License-Identifier: GPL-3.0-or-later
// The rows of the list on the Runs page. The run that is being trained is told, not read: it is up to date
// with every batch.
#pragma once

#include <QAbstractTableModel>
#include <QHash>
#include <QString>
#include <QStringList>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "core/training/RunCatalogue.h"
#include "ui/runs/RunRows.h"

namespace graft::ui {

struct RunningRun;

class RunModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    explicit RunModel(QObject* parent = nullptr);

    struct Arranged {
        std::vector<std::size_t> rows;  // indices into the runs, in the order in which they are shown
        RunRows::Shapes shapes;         // of all of them
    };
    void setRuns(std::shared_ptr<const training::Catalogue> runs, Arranged arranged);
    // card: as far as it is, see AllRuns::running(); null: it is as it was read.
    void setRunning(const std::optional<RunningRun>& run, const training::CataloguedRun* card);
    // What the texts of a column look like that is never cut, see RunRows::shapes().
    QStringList shapes(int column) const;

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
        QString status;     // empty: as it was read
        QStringList cells;  // of every column; empty: as they were read
        QStringList tips;
        bool operator==(const Told&) const = default;
    };
    void renew(const QString& folder);
    QVariant toldOf(int row, int column, int role) const;

    std::shared_ptr<const training::Catalogue> m_runs;
    std::vector<std::size_t> m_rows;
    RunRows::Shapes m_shapes;
    QHash<QString, int> m_rowOf;
    std::optional<Told> m_told;
};

}  // namespace graft::ui
