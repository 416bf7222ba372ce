// SPDX-License-Identifier: GPL-3.0-or-later
// The list of backbones with its search box.
#pragma once

#include <QHash>
#include <QString>
#include <QWidget>

class QLabel;
class QLineEdit;
class QSortFilterProxyModel;
class QTableView;

namespace graft::ui {

class BackboneModel;

class BackboneTable : public QWidget {
    Q_OBJECT
  public:
    explicit BackboneTable(QWidget* parent = nullptr);

    void setCurrent(const QString& backbone);  // selects its row; tells nobody
    const BackboneModel& model() const { return *m_model; }
    // Looks again, on a worker thread, for weights on this machine; located() follows.
    void locateWeights();

  signals:
    void chosen(const QString& backbone);
    void located();

  private:
    BackboneModel* m_model;
    QSortFilterProxyModel* m_filtered;
    QLineEdit* m_search;
    QTableView* m_view;
    QLabel* m_nothing;
    bool m_telling = true;
};

}  // namespace graft::ui
