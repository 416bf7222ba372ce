// SPDX-License-Identifier: GPL-3.0-or-later
// The runs in the runs' folder, newest first: what was trained, when, and how good it got.
#pragma once

#include <QListView>
#include <QString>

class QStandardItemModel;

namespace graft::ui {

class RunList : public QListView {
    Q_OBJECT
  public:
    explicit RunList(QWidget* parent = nullptr);

    void readFolder(const QString& runsRoot);  // on a worker thread; a later call overtakes an earlier one
    void setCurrentRun(const QString& folder);
    int runCount() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  signals:
    void runChosen(const QString& folder);
    void runCountChanged(int count);

  private:
    void select();

    QStandardItemModel* m_model;
    QString m_current;
    quint64 m_generation = 0;
};

}  // namespace graft::ui
