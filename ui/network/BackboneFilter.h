// SPDX-License-Identifier: GPL-3.0-or-later
// Which rows of the catalogue are shown, and in which order. Figures that nobody knows come last, whichever
// way a column is sorted.
#pragma once

#include <QSortFilterProxyModel>
#include <QStringList>

namespace graft::ui {

class BackboneFilter : public QSortFilterProxyModel {
    Q_OBJECT
  public:
    explicit BackboneFilter(QObject* parent = nullptr);

    void setSearch(const QString& text);  // rows that have every one of its words
    void setHereOnly(bool hereOnly);      // rows whose weights are on this machine

  protected:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override;
    bool lessThan(const QModelIndex& left, const QModelIndex& right) const override;

  private:
    QStringList m_words;
    bool m_hereOnly = false;
};

}  // namespace graft::ui
