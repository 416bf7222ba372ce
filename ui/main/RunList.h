// SPDX-License-Identifier: GPL-3.0-or-later
// The runs in the runs' folder, newest first: what was trained, when, and how good it got. The one that is
// being trained is told, not read: it is up to date with every batch. The row that is selected is the run
// that is shown; the arrow keys move a mark, and Return, Space or a click shows the run.
#pragma once

#include <QItemSelectionModel>
#include <QListView>
#include <QString>
#include <memory>
#include <optional>

class QStandardItem;
class QStandardItemModel;

namespace graft::ui {

struct RunningRun;

class RunList : public QListView {
    Q_OBJECT
  public:
    explicit RunList(QWidget* parent = nullptr);

    void readFolder(const QString& runsRoot);  // on a worker thread; a later call overtakes an earlier one
    void setCurrentRun(const QString& folder);
    void showRunning(const std::optional<RunningRun>& run);
    void markEnded(const QString& folder);  // it has ended and nobody has looked at it; empty: none has
    int runCount() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  signals:
    void runChosen(const QString& folder);
    void runCountChanged(int count);

  protected:
    QItemSelectionModel::SelectionFlags selectionCommand(const QModelIndex& index,
                                                         const QEvent* event) const override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void select();
    void goTo(const QString& folder);
    static std::optional<CursorAction> movementOf(int key);
    void showTold();
    QStandardItem* itemIn(const QString& folder) const;  // null: it is not listed

    QStandardItemModel* m_model;
    QString m_current;
    QString m_ended;
    std::shared_ptr<const RunningRun> m_running;  // null: there is none
    quint64 m_generation = 0;
};

}  // namespace graft::ui
