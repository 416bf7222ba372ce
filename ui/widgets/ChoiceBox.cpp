// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/widgets/ChoiceBox.h"

#include <QAbstractItemView>
#include <QSignalBlocker>

namespace graft::ui {

ChoiceBox::ChoiceBox(QWidget* parent) : QComboBox(parent) {
    setFocusPolicy(Qt::StrongFocus);
    setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
}

void ChoiceBox::add(const QString& label, const QString& name, const QString& help) {
    addItem(label, name);
    setItemData(count() - 1, help, Qt::ToolTipRole);
}

void ChoiceBox::showName(const QString& name) {
    const QSignalBlocker quiet(this);
    setCurrentIndex(findData(name));
}

void ChoiceBox::widenList() {
    view()->setMinimumWidth(view()->sizeHintForColumn(0));
}

}  // namespace graft::ui
