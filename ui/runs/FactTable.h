// SPDX-License-Identifier: GPL-3.0-or-later
// What is known of one run or of several, line by line: a name, and a value for each of them. What stands
// out is bold.
#pragma once

#include <QString>
#include <QStringList>
#include <QTableView>
#include <vector>

#include "core/training/RunComparison.h"

namespace graft::ui {

struct Fact {
    QString label;
    QStringList values;  // one a column
    QStringList tips;    // of each value, where it is more than the value; may be empty
    bool standsOut = false;

    // Of core's table.
    static Fact of(const training::ComparedRow& row);
};

class FactModel;

class FactTable : public QTableView {
    Q_OBJECT
  public:
    explicit FactTable(QWidget* parent = nullptr);

    // columns: what each value is of; empty: there is one, and no header.
    void setFacts(std::vector<Fact> facts, const QStringList& columns = {});
    const std::vector<Fact>& facts() const;

  protected:
    void resizeEvent(QResizeEvent* event) override;

  private:
    void fitColumns();

    FactModel* m_model;
};

}  // namespace graft::ui
