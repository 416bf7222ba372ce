// SPDX-License-Identifier: GPL-3.0-or-later
// A combo box of names and what they are called in the window.
#pragma once

#include <QComboBox>

namespace graft::ui {

class ChoiceBox : public QComboBox {
    Q_OBJECT
  public:
    explicit ChoiceBox(QWidget* parent = nullptr);

    void add(const QString& label, const QString& name, const QString& help = {});  // data: name
    // Without currentIndexChanged(); none for a name that is not among them.
    void showName(const QString& name);
    QString name() const { return currentData().toString(); }
    // The list is as wide as its longest entry.
    void widenList();
};

}  // namespace graft::ui
