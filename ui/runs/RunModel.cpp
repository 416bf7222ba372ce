// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/runs/RunModel.h"

#include <QDir>
#include <utility>

#include "ui/runs/RunRows.h"
#include "ui/session/FigureText.h"
#include "ui/session/RunNews.h"
#include "ui/style/Theme.h"

namespace graft::ui {

namespace {

QString placeOf(const training::CataloguedRun& run) {
    return QDir::cleanPath(QString::fromStdString(run.folder));
}

QString statusOf(const RunningRun& run) {
    using State = TrainingController::State;
    const QString position =
        RunModel::tr("%1 \u00b7 %2 %").arg(run.position).arg(static_cast<int>(100 * run.progress));
    if (run.state == State::Paused) return RunModel::tr("%1 \u00b7 paused").arg(position);
    if (run.state == State::Stopping) return RunModel::tr("%1 \u00b7 stopping").arg(position);
    return position;
}

}  // namespace

RunModel::RunModel(QObject* parent) : QAbstractTableModel(parent) {}

void RunModel::setRuns(std::shared_ptr<const training::Catalogue> runs, std::vector<std::size_t> rows) {
    beginResetModel();
    m_runs = std::move(runs);
    m_rows = std::move(rows);
    m_rowOf.clear();
    for (std::size_t row = 0; row < m_rows.size(); ++row)
        m_rowOf.insert(placeOf(m_runs->runs[m_rows[row]]), static_cast<int>(row));
    endResetModel();
}

void RunModel::setRunning(const std::optional<RunningRun>& run) {
    std::optional<Told> told;
    if (run && run->hasBegun) {
        const QString best = run->valAccuracy ? FigureText::percent(*run->valAccuracy) : QString();
        told = Told{QDir::cleanPath(run->folder), statusOf(*run), best, run->best};
    }
    if (told == m_told) return;  // the news come with every batch
    const QString before = m_told ? m_told->folder : QString();
    m_told = std::move(told);
    renew(before);
    if (m_told && m_told->folder != before) renew(m_told->folder);
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
    return run != nullptr ? placeOf(*run) : QString();
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

QVariant RunModel::toldOf(int row, int column, int role) const {
    if (!m_told || rowOf(m_told->folder) != row) return {};
    const bool isText = role == Qt::DisplayRole || role == Qt::ToolTipRole;
    if (column == RunRows::Status && isText) return m_told->status;
    if (column != RunRows::Best || m_told->best.isEmpty()) return {};
    if (role == Qt::DisplayRole) return m_told->best;
    return role == Qt::ToolTipRole ? QVariant(m_told->bestTip) : QVariant();
}

QVariant RunModel::data(const QModelIndex& index, int role) const {
    const training::CataloguedRun* run = runAt(index.row());
    if (run == nullptr) return {};
    const int column = index.column();
    if (const QVariant told = toldOf(index.row(), column, role); told.isValid()) return told;
    const Colours& colours = Theme::instance().colours();
    const bool isWrong = !run->card || run->card->status == training::RunStatus::Failed;
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
