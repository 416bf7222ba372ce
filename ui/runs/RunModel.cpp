// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunModel.h"

#include <QDir>
#include <utility>

#include "ui/session/RunNews.h"
#include "ui/session/RunPlace.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

QString statusOf(const RunningRun& run) {
    using State = TrainingController::State;
    const QString position = RunModel::tr("%1 \u00b7 %2 %")
                                 .arg(run.position, QString::number(static_cast<int>(100 * run.progress)));
    if (run.state == State::Paused) return RunModel::tr("%1 \u00b7 paused").arg(position);
    if (run.state == State::Stopping) return RunModel::tr("%1 \u00b7 stopping").arg(position);
    return position;
}

}  // namespace

RunModel::RunModel(QObject* parent) : QAbstractTableModel(parent) {}

void RunModel::setRuns(std::shared_ptr<const training::Catalogue> runs, Arranged arranged) {
    beginResetModel();
    m_runs = std::move(runs);
    m_rows = std::move(arranged.rows);
    m_shapes = std::move(arranged.shapes);
    m_rowOf.clear();
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        m_rowOf.insert(placeOf(m_runs->runs[m_rows[row]].folder), static_cast<int>(row));
    endResetModel();
}

void RunModel::setRunning(const std::optional<RunningRun>& run, const training::CataloguedRun* card) {
    std::optional<Told> told;
    if (card != nullptr) {
        told = Told{placeOf(card->folder), {}, {}, {}};
        for (int column = 0; column < RunRows::ColumnCount; ++column) {
            told->cells << RunRows::cell(*card, column);
            told->tips << RunRows::tip(*card, column);
        }
    }
    if (run && run->hasBegun) {
        const QString folder = QDir::cleanPath(run->folder);
        if (!told || told->folder != folder) told = Told{folder, {}, {}, {}};
        told->status = statusOf(*run);
    }
    if (told == m_told) return;  // the news come with every batch
    const QString before = m_told ? m_told->folder : QString();
    m_told = std::move(told);
    renew(before);
    if (m_told && m_told->folder != before) renew(m_told->folder);
}

QStringList RunModel::shapes(int column) const {
    QStringList shapes = m_shapes[static_cast<std::size_t>(column)];
    const int row = m_told ? rowOf(m_told->folder) : -1;
    if (row >= 0) shapes << RunRows::shapeOf(data(index(row, column), Qt::DisplayRole).toString());
    return shapes;
}

void RunModel::renew(const QString& folder) {
    const int row = rowOf(folder);
    if (row >= 0) emit dataChanged(index(row, 0), index(row, RunRows::ColumnCount - 1));
}

const training::CataloguedRun* RunModel::runAt(int row) const {
    if (row < 0 || row >= rowCount()) return nullptr;
    return &m_runs->runs[m_rows[static_cast<std::size_t>(row)]];
}

QString RunModel::folderAt(int row) const {
    const training::CataloguedRun* run = runAt(row);
    return run != nullptr ? placeOf(run->folder) : QString();
}

int RunModel::rowOf(const QString& folder) const {
    return m_rowOf.value(QDir::cleanPath(folder), -1);
}

int RunModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RunModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(RunRows::ColumnCount);
}

// What of a run changes while it is being trained; note and star are as they were read.
QVariant RunModel::toldOf(int row, int column, int role) const {
    if (!m_told || rowOf(m_told->folder) != row) return {};
    const bool isTip = role == Qt::ToolTipRole;
    if (!isTip && role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    if (column == RunRows::Status && !m_told->status.isEmpty()) return m_told->status;
    const bool isFigure = column == RunRows::Best || column == RunRows::Epochs || column == RunRows::Time;
    if (!isFigure || m_told->cells.isEmpty()) return {};
    return (isTip ? m_told->tips : m_told->cells).value(column);
}

QVariant RunModel::data(const QModelIndex& index, int role) const {
    const training::CataloguedRun* run = runAt(index.row());
    if (run == nullptr) return {};
    const int column = index.column();
    if (const QVariant told = toldOf(index.row(), column, role); told.isValid()) return told;
    const Colours& colours = Theme::instance().colours();
    const bool isWrong = run->card ? run->card->run.status == training::RunStatus::Failed
                                   : run->card.error().code != ErrorCode::NotFound;
    switch (role) {
        case Qt::DisplayRole:
            return RunRows::cell(*run, column);
        case Qt::ToolTipRole:
            return RunRows::tip(*run, column);
        case Qt::TextAlignmentRole:
            return int(Qt::AlignVCenter | (column == RunRows::Star     ? Qt::AlignHCenter
                                           : RunRows::isNumber(column) ? Qt::AlignRight
                                                                       : Qt::AlignLeft));
        case Qt::ForegroundRole:
            if (column == RunRows::Status && isWrong) return colours.wrong;
            if (column == RunRows::Star)
                return run->card && run->card->note.star ? colours.trainable : colours.muted;
            return run->card ? QVariant() : QVariant::fromValue(colours.muted);
        case Qt::AccessibleTextRole:
            if (column == RunRows::Star)
                return run->card && run->card->note.star ? tr("starred") : tr("without a star");
            return RunRows::cell(*run, column);
        default:
            return {};
    }
}

QVariant RunModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return int(Qt::AlignVCenter | (RunRows::isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    if (role == Qt::ToolTipRole && section == RunRows::Best)
        return tr("Of the epoch whose model is kept; sorted by its validation accuracy");
    if (role == Qt::ToolTipRole && section == RunRows::Star) return tr("Starred runs");
    if (role == Qt::DisplayRole && section == RunRows::Star) return QStringLiteral("\u2605");
    return role == Qt::DisplayRole ? QVariant(RunRows::title(section)) : QVariant();
}

}  // namespace graft::ui
